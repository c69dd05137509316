"""How a channel fares: whether its last message went out, and when the next may be tried. A note of the database for each channel."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from enum import StrEnum, unique

from peewee import Database

from kiosk.domain.json_fields import count_in, fields_of, text_in
from kiosk.ledger.notes import parsed, read_note, write_note
from kiosk.registry.backup.timetable import pause_after
from kiosk.registry.notes import CHANNEL

_LEASE = 120
"""Seconds in which a server sends, and others over the same database do not: longer than any attempt (channels.py)."""


@unique
class Trouble(StrEnum):
    """Why a message did not go out."""

    UNREACHABLE = "unreachable"
    NO_ANSWER = "no-answer"
    CERTIFICATE = "certificate"
    NO_ENCRYPTION = "no-encryption"
    """The mail server offers no STARTTLS."""
    PASSWORD = "password"  # noqa: S105 - no password
    """The one for the mail server cannot be read, or is wrong."""
    REFUSED = "refused"
    """The other end does not take it."""


class NotDelivered(Exception):
    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Delivery:
    """Times are Unix seconds; 0: never."""

    sent: int = 0
    """The last message that went out."""
    failing_since: int = 0
    failures: int = 0
    """In a row."""
    tried: int = 0
    leased: int = 0
    trouble: str = ""

    def is_due(self, now: int) -> bool:
        # What lies ahead was noted by a wrong clock.
        if self.leased <= now < self.leased + _LEASE:
            return False
        return not self.failures or not self.tried <= now < self.tried + int(pause_after(self.failures).total_seconds())

    def begun(self, now: int) -> Delivery:
        return replace(self, leased=now)

    def succeeded(self, now: int) -> Delivery:
        return Delivery(sent=now)

    def failed(self, trouble: Trouble, now: int) -> Delivery:
        return Delivery(self.sent, self.failing_since or now, self.failures + 1, now, 0, trouble.value)


def load_delivery(database: Database, channel: str) -> Delivery:
    note = read_note(database, CHANNEL + channel)
    return Delivery() if note is None else parsed(note, _decoded)


def save_delivery(database: Database, channel: str, delivery: Delivery) -> None:
    values = {name: getattr(delivery, name) for name in Delivery.__slots__}
    write_note(database, CHANNEL + channel, json.dumps(values, separators=(",", ":")))


def _decoded(note: str) -> Delivery:
    """Raises ValueError."""
    fields = fields_of(json.loads(note))
    counts = {name: count_in(fields, name) for name in Delivery.__slots__ if name != "trouble"}
    return Delivery(**counts, trouble=text_in(fields, "trouble"))
