"""Key-value metadata about the store."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from kiosk.domain.errors import Code, Unavailable
from kiosk.store.cipher import CipherDatabase
from kiosk.store.models import MetaRow

T = TypeVar("T")
AUDIT_HEAD = "audit.head"
RECOVERY_SHEET = "recovery.confirmed"
IDENTITY = "store.identity"
"""32 random hexadecimal digits, created with the store; copies share them."""
LINKS_DIGEST = "links.digest"
ANCHORED = "store.anchored"
"""An anchor was written; if it is missing later, it was removed."""
DOUBT = "store.doubt"
"""A problem found and not yet confirmed: its code, and the number of missing acts if known."""
ACCEPTED = "store.accepted"
"""Confirmed problems: the audit row up to which the trail was accepted, and the accepted excess of links."""


def read_note(database: CipherDatabase, name: str) -> str | None:
    """Read one value, or None. Plain SQL, since this runs several times per act."""
    row = database.ask("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row[0])


def parsed(note: str, parse: Callable[[str], T]) -> T:
    """Parse a note. Raises Unavailable: store-damaged, if this program did not write it."""
    try:
        return parse(note)
    except (ValueError, IndexError, OverflowError) as error:
        raise Unavailable(Code.STORE_DAMAGED) from error


def write_note(database: CipherDatabase, name: str, value: str) -> None:
    MetaRow.insert(name=name, value=value).on_conflict_replace().execute(database)


def drop_note(database: CipherDatabase, name: str) -> None:
    database.ask("DELETE FROM meta WHERE name = ?", (name,))
