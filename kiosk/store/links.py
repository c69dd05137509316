"""The table of open links."""

from __future__ import annotations

from dataclasses import dataclass, field

from peewee import ModelDelete

from kiosk.ledger.paging import PAGE
from kiosk.store.cipher import CipherDatabase
from kiosk.store.models import LinkRow

# Plain SQL instead of peewee's query builder: this runs on every tap.
_SELECT = "SELECT token, number, since, counter, operation FROM link WHERE "


@dataclass(frozen=True, slots=True)
class StoredLink:
    """A row of the table. Secret: token and number together."""

    token: bytes = field(repr=False)
    number: str = field(repr=False)
    since: str
    counter: str
    operation: str


class LinkTable:
    def __init__(self, database: CipherDatabase) -> None:
        self._database = database

    def of_token(self, token: bytes) -> StoredLink | None:
        return self._one(_SELECT + "token = ?", token)

    def of_number(self, number: str) -> StoredLink | None:
        return self._one(_SELECT + "number = ?", number)

    def open(self, link: StoredLink) -> None:
        row = {"token": link.token, "number": link.number, "since": link.since, "counter": link.counter, "operation": link.operation}
        LinkRow.insert(row).execute(self._database)

    def close(self, link: StoredLink) -> None:
        """Delete the link; secure_delete overwrites it on disk."""
        ModelDelete(LinkRow).where(LinkRow.token == link.token).execute(self._database)

    def page(self, after: str) -> list[StoredLink]:
        """The next page of links after `after`, by number."""
        rows = self._database.ask(_SELECT + "number > ? ORDER BY number LIMIT ?", (after, PAGE)).fetchall()
        return [StoredLink(*row) for row in rows]

    def _one(self, sql: str, value: bytes | str) -> StoredLink | None:
        row = self._database.ask(sql, (value,)).fetchone()
        return StoredLink(*row) if row else None
