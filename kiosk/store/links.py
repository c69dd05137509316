"""The table of open links. Only the feed, a snapshot, or a counter that is its own feed writes it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from kiosk.domain.decide import OpenLink
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.feed import PlacedLink
from kiosk.domain.model import LibraryCardNumber, LinkToken
from kiosk.store.cipher import CipherDatabase

LinkValues = tuple[bytes, str, str, str, str, int]
"""Token, number, since, counter, operation and position."""


class LinkTable:
    """One of the two pairs of tables: the links in the order of their tokens, and which token each number has.

    The second is a table instead of an index so that a million links can be written, and erased, in the order of either.
    """

    def __init__(self, database: CipherDatabase, prefix: str = "") -> None:
        """`prefix`: "staged_" for the tables of a snapshot that is being taken over."""
        self._database = database
        self._link, self._number = f"{prefix}link", f"{prefix}link_number"
        placed = f"SELECT token, {self._link}.number, since, counter, operation, position FROM {self._link}"  # noqa: S608 - our own names
        self._of_token = f"{placed} WHERE token = ?"
        self._of_number = f"{placed} JOIN {self._number} USING (token) WHERE {self._number}.number = ?1 AND {self._link}.number = ?1"
        self._insert = f"INSERT INTO {self._link} (token, number, since, counter, operation, position) VALUES (?, ?, ?, ?, ?, ?)"  # noqa: S608 - our own names
        self._insert_number = f"INSERT INTO {self._number} (number, token) VALUES (?, ?)"  # noqa: S608 - our own names

    def of_token(self, token: LinkToken) -> OpenLink | None:
        placed = self.placed_of_token(token)
        return None if placed is None else placed.link

    def of_number(self, number: LibraryCardNumber) -> OpenLink | None:
        placed = self.placed_of_number(number)
        return None if placed is None else placed.link

    def placed_of_token(self, token: LinkToken) -> PlacedLink | None:
        return self._one(self._of_token, token.digest)

    def placed_of_number(self, number: LibraryCardNumber) -> PlacedLink | None:
        return self._one(self._of_number, number.text)

    def open(self, link: OpenLink, position: int) -> None:
        self._database.ask(self._insert, values(link, position))
        self._database.ask(self._insert_number, (link.number.text, link.token.digest))

    def close(self, link: OpenLink) -> None:
        """Delete the link; secure_delete overwrites it on disk."""
        self._database.ask(f"DELETE FROM {self._link} WHERE token = ?", (link.token.digest,))  # noqa: S608 - our own names
        self._database.ask(f"DELETE FROM {self._number} WHERE number = ?", (link.number.text,))  # noqa: S608 - our own names

    def number_anew(self) -> None:
        """Write the numbers anew from the links. Of two links with one number the later stays."""
        number, link = self._number, self._link
        self._database.ask(f"DELETE FROM {number}")  # noqa: S608 - our own names
        self._database.ask(f"INSERT OR REPLACE INTO {number} SELECT number, token FROM {link} ORDER BY number, position")  # noqa: S608
        other = f"SELECT 1 FROM {number} WHERE {number}.number = {link}.number AND {number}.token = {link}.token"  # noqa: S608
        self._database.ask(f"DELETE FROM {link} WHERE NOT EXISTS ({other})")  # noqa: S608 - our own names

    def _one(self, sql: str, value: bytes | str) -> PlacedLink | None:
        row = self._database.ask(sql, (value,)).fetchone()
        return None if row is None else PlacedLink(link_in(row[:5]), int(row[5]))


def values(link: OpenLink, position: int) -> LinkValues:
    """A row of the table."""
    since = link.since.isoformat(timespec="seconds")
    return link.token.digest, link.number.text, since, link.counter, str(link.operation), position


def link_in(row: tuple[Any, ...]) -> OpenLink:
    """The link in a row of token, number, since, counter and operation. Raises Unavailable: store-damaged."""
    match row:
        case bytes(token), str(number), str(since), str(counter), str(operation):
            with suppress(ValueError):
                return OpenLink(LinkToken(token), LibraryCardNumber(number), datetime.fromisoformat(since), counter, UUID(operation))
    # This program did not write it.
    raise Unavailable(Code.STORE_DAMAGED)
