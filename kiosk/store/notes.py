"""Single facts about the store itself."""

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
"""32 hexadecimal digits, random, made with the store; copies share it."""
LINKS_DIGEST = "links.digest"
ANCHORED = "store.anchored"
"""An anchor was laid outside: from then on a missing one has been taken away."""
DOUBT = "store.doubt"
"""What was found of this store and nobody has confirmed: a code, and how many acts are lacking where that is known."""
ACCEPTED = "store.accepted"
"""How far back what is wrong was confirmed by somebody: a row of the trail, and by how much the links differ from what it tells."""


def read_note(database: CipherDatabase, name: str) -> str | None:
    """Written out, not built by peewee: it is asked several times for each act."""
    row = database.ask("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row[0])


def parsed(note: str, parse: Callable[[str], T]) -> T:
    """What a note tells. Raises Unavailable: store-damaged, for one that this program did not write."""
    try:
        return parse(note)
    except (ValueError, IndexError, OverflowError) as error:
        raise Unavailable(Code.STORE_DAMAGED) from error


def write_note(database: CipherDatabase, name: str, value: str) -> None:
    MetaRow.insert(name=name, value=value).on_conflict_replace().execute(database)


def drop_note(database: CipherDatabase, name: str) -> None:
    database.ask("DELETE FROM meta WHERE name = ?", (name,))
