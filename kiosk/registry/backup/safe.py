"""Which operations counters may forget: those that every backup holds that is kept, by whichever server.

Each server that keeps backups notes in the database what all of its own hold; the lowest of these notes is safe. A server that was given
up stops renewing its note, and counts no more after a while.
"""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from peewee import Database

from kiosk.domain.decide import Epochs
from kiosk.domain.wire import Position
from kiosk.ledger.database import ask
from kiosk.ledger.notes import drop_note, write_note
from kiosk.registry.backup.folder import Kept, safe_of

_PREFIX = "backups.safe."
_RENEWED_AFTER = timedelta(hours=1)
_GIVEN_UP_AFTER = timedelta(days=7)


def server_name(home: Path) -> str:
    """What distinguishes the servers over one database."""
    return hashlib.sha256(f"{socket.gethostname()}\x00{home.absolute()}".encode("utf-8", "surrogateescape")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Safe:
    cursor: int
    note: str | None
    """Of this server's backups; None if there are none."""
    is_note_new: bool


def safe_among(database: Database, server: str, backups: Sequence[Kept] | None, epochs: Epochs, now: datetime) -> Safe:
    """What is safe, given this server's backups and the notes of the others.

    `backups`: None if they cannot be seen now. What was noted of them holds on, since they may be put back once they can.
    """
    rows = ask(database, "SELECT name, value FROM meta WHERE substr(name, 1, ?) = ?", (len(_PREFIX), _PREFIX)).fetchall()
    notes = {str(name): str(value) for name, value in rows}
    kept = notes.pop(_PREFIX + server, None)
    mine = _note_of(kept, backups, epochs, now)
    if kept is not None and mine is not None and not _is_other(kept, mine, now):
        mine = kept
    told = [_decoded(note) for note in (*notes.values(), mine) if note is not None]
    cursor = min((epochs.effective(position) for position, at in told if abs(now - at) < _GIVEN_UP_AFTER), default=0)
    return Safe(cursor, mine, mine != kept)


def safe_with(database: Database, server: str, backups: Sequence[Kept] | None, epochs: Epochs, now: datetime) -> int:
    """`safe_among`, within a transaction, with the note written. Returns the cursor."""
    safe = safe_among(database, server, backups, epochs, now)
    if safe.note is None:
        drop_note(database, _PREFIX + server)
    elif safe.is_note_new:
        write_note(database, _PREFIX + server, safe.note)
    return safe.cursor


def _note_of(kept: str | None, backups: Sequence[Kept] | None, epochs: Epochs, now: datetime) -> str | None:
    if backups is None:
        return None if kept is None else _encoded(_decoded(kept)[0], now)
    return _encoded(safe_of(backups, epochs), now) if backups else None


def _is_other(kept: str, mine: str, now: datetime) -> bool:
    (before, at), (position, _) = _decoded(kept), _decoded(mine)
    return before != position or abs(now - at) > _RENEWED_AFTER


def _encoded(position: Position, now: datetime) -> str:
    return f"{position.epoch} {position.cursor} {now.astimezone(UTC).isoformat(timespec='seconds')}"


def _decoded(note: str) -> tuple[Position, datetime]:
    """What nobody of ours wrote counts as a backup of nothing, renewed just now: nothing is forgotten because of it."""
    try:
        epoch, cursor, at = note.split()
        return Position(int(epoch), int(cursor)), datetime.fromisoformat(at).astimezone(UTC)
    except ValueError:
        return Position(-1, 0), datetime.now(UTC)
