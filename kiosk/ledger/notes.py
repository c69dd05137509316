"""Notes: key-value metadata of a database, in its table `meta`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from peewee import Database

from kiosk.domain.errors import Code, Unavailable
from kiosk.ledger.database import ask

T = TypeVar("T")


def read_note(database: Database, name: str) -> str | None:
    """Read one value, or None. Plain SQL, since this runs several times per act."""
    return ask_note(database, name)()


def ask_note(database: Database, name: str) -> Callable[[], str | None]:
    """Ask for one value, and return what awaits the answer."""
    cursor = ask(database, "SELECT value FROM meta WHERE name = ?", (name,))

    def note() -> str | None:
        row = cursor.fetchone()
        return None if row is None else str(row[0])

    return note


def notes_after(database: Database, prefix: str) -> dict[str, str]:
    """All values whose names begin so, by what follows in their names."""
    rows = ask(database, "SELECT name, value FROM meta WHERE substr(name, 1, ?) = ?", (len(prefix), prefix)).fetchall()
    return {str(name).removeprefix(prefix): str(value) for name, value in rows}


def parsed(note: str, parse: Callable[[str], T]) -> T:
    """Parse a note. Raises Unavailable: store-damaged, if this program did not write it."""
    try:
        return parse(note)
    except (ValueError, IndexError, OverflowError) as error:
        raise Unavailable(Code.STORE_DAMAGED) from error


def write_note(database: Database, name: str, value: str) -> None:
    upsert = "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    ask(database, upsert, (name, value))


def drop_note(database: Database, name: str) -> None:
    ask(database, "DELETE FROM meta WHERE name = ?", (name,))
