"""Sessions of administrators: notes of the database, so that every server of it knows them. Only a hash of their secrets is kept."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, replace

from peewee import Database

from kiosk.domain.json_fields import count_in, fields_of, text_in
from kiosk.ledger.notes import drop_note, notes_after, parsed, read_note, write_note
from kiosk.registry.notes import SESSION

IDLE_SECONDS = 15 * 60
"""After which a session nobody used has ended (OWASP: 15 to 30 minutes where little is at stake; here someone walks away from a desk)."""
LONGEST_SECONDS = 12 * 3600
_NOTED_EVERY = 60
"""Seconds: a page is not written to the database each time it is looked at."""


@dataclass(frozen=True, slots=True)
class Session:
    administrator: str
    begun: int
    """Unix seconds."""
    used: int

    def has_ended(self, now: int) -> bool:
        # One that lies ahead was noted by a wrong clock.
        return not (self.begun <= now < self.begun + LONGEST_SECONDS and self.used <= now < self.used + IDLE_SECONDS)

    def encoded(self) -> str:
        return json.dumps([self.administrator, self.begun, self.used])

    @classmethod
    def decoded(cls, note: str) -> Session:
        """Parse what `encoded` returned. Raises ValueError."""
        values = json.loads(note)
        fields = fields_of(dict(zip(("administrator", "begun", "used"), values, strict=True)))
        return cls(text_in(fields, "administrator"), count_in(fields, "begun"), count_in(fields, "used"))


def begin_session(database: Database, administrator: str, now: int) -> str:
    """Begin a session, within a transaction, and forget those that have ended. Returns its secret."""
    for name, session in _all(database).items():
        if session.has_ended(now):
            drop_note(database, SESSION + name)
    secret = secrets.token_urlsafe(32)
    write_note(database, SESSION + _hashed(secret), Session(administrator, now, now).encoded())
    return secret


def session_of(database: Database, secret: str, now: int) -> Session | None:
    """The session of this secret, if it has not ended. Writes nothing."""
    note = read_note(database, SESSION + _hashed(secret))
    session = None if note is None else parsed(note, Session.decoded)
    return None if session is None or session.has_ended(now) else session


def is_use_new(session: Session, now: int) -> bool:
    """Whether `note_use` is to be called."""
    return now - session.used >= _NOTED_EVERY


def note_use(database: Database, secret: str, now: int) -> None:
    """Within a transaction. A session that was ended meanwhile stays ended."""
    session = session_of(database, secret, now)
    if session is not None:
        write_note(database, SESSION + _hashed(secret), replace(session, used=now).encoded())


def end_session(database: Database, secret: str) -> None:
    drop_note(database, SESSION + _hashed(secret))


def end_sessions_of(database: Database, administrator: str) -> None:
    for name, session in _all(database).items():
        if session.administrator == administrator:
            drop_note(database, SESSION + name)


def end_all_sessions(database: Database) -> None:
    for name in notes_after(database, SESSION):
        drop_note(database, SESSION + name)


def _all(database: Database) -> dict[str, Session]:
    return {name: parsed(note, Session.decoded) for name, note in notes_after(database, SESSION).items()}


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
