"""Who was in contact, and whether a new epoch still waits for some: links made before it wait until all counters have sent their stops."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from peewee import Database

from kiosk.ledger.database import ask
from kiosk.registry.answers import Contact
from kiosk.registry.head_row import HeadRow
from kiosk.registry.models import CounterState

LONGEST_WAIT = 60
"""Seconds from the first contact in a new epoch: a counter that is switched off must not keep all others from linking."""
_NOTE = """INSERT INTO counter_seen (name, at, version, epoch, cursor, pending, differs) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (name) DO UPDATE SET at = excluded.at, version = excluded.version, epoch = excluded.epoch, cursor = excluded.cursor,
    pending = excluded.pending, differs = excluded.differs"""
_SILENT = """SELECT count(*) FROM counter LEFT JOIN counter_seen ON counter_seen.name = counter.name
    WHERE state IN (?, ?) AND (epoch IS NULL OR epoch <> ?)"""


def note(database: Database, counter: str, contact: Contact, now: datetime) -> None:
    at, known = now.astimezone(UTC).isoformat(timespec="seconds"), contact.known
    ask(database, _NOTE, (counter, at, contact.version, known.epoch, known.cursor, contact.pending, int(contact.differs)))


def is_deferring(database: Database, row: HeadRow, now: int) -> tuple[bool, HeadRow]:
    """Whether links made in an earlier epoch wait at `now` (Unix seconds), and the head with that noted. Under its lock."""
    if row.stops_until is None:
        return False, row
    silent = ask(database, _SILENT, (CounterState.ACTIVE, CounterState.RETIRING, row.epoch)).fetchone()[0]
    if not silent or 0 < row.stops_until <= now:
        return False, replace(row, stops_until=None)
    # Never longer than that from now on, also if the clock was put back meanwhile.
    return True, replace(row, stops_until=min(row.stops_until or now + LONGEST_WAIT, now + LONGEST_WAIT))
