"""The table of open links. Only the feed, a snapshot, or a counter that is its own feed writes it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from peewee import ModelDelete

from kiosk.domain.decide import OpenLink
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.model import LibraryCardNumber, LinkToken
from kiosk.store.cipher import CipherDatabase
from kiosk.store.models import LinkRow

_SELECT = "SELECT token, number, since, counter, operation FROM link WHERE "


class LinkTable:
    def __init__(self, database: CipherDatabase) -> None:
        self._database = database

    def of_token(self, token: LinkToken) -> OpenLink | None:
        return self._one(_SELECT + "token = ?", token.digest)

    def of_number(self, number: LibraryCardNumber) -> OpenLink | None:
        return self._one(_SELECT + "number = ?", number.text)

    def opened_by(self, operation: UUID) -> OpenLink | None:
        """The link that an operation opened. Reads the whole table: only for one made before, which is rare."""
        return self._one(_SELECT + "operation = ?", str(operation))

    def position_of(self, token: LinkToken) -> int | None:
        """The cursor at which the link of this token was opened."""
        row = self._database.ask("SELECT position FROM link WHERE token = ?", (token.digest,)).fetchone()
        return None if row is None else int(row[0])

    def open(self, link: OpenLink, position: int) -> None:
        LinkRow.insert({**columns(link), "position": position}).execute(self._database)

    def close(self, token: LinkToken) -> None:
        """Delete the link; secure_delete overwrites it on disk."""
        ModelDelete(LinkRow).where(LinkRow.token == token.digest).execute(self._database)

    def close_all(self) -> None:
        self._database.ask("DELETE FROM link")

    def _one(self, sql: str, value: bytes | str) -> OpenLink | None:
        row = self._database.ask(sql, (value,)).fetchone()
        return None if row is None else link_in(row)


def columns(link: OpenLink) -> dict[str, object]:
    return {
        "token": link.token.digest,
        "number": link.number.text,
        "since": link.since.isoformat(timespec="seconds"),
        "counter": link.counter,
        "operation": str(link.operation),
    }


def link_in(row: tuple[Any, ...]) -> OpenLink:
    """The link in a row of token, number, since, counter and operation. Raises Unavailable: store-damaged."""
    match row:
        case bytes(token), str(number), str(since), str(counter), str(operation):
            with suppress(ValueError):
                return OpenLink(LinkToken(token), LibraryCardNumber(number), datetime.fromisoformat(since), counter, UUID(operation))
    # This program did not write it.
    raise Unavailable(Code.STORE_DAMAGED)
