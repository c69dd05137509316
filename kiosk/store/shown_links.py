"""What a tap reads: the links, seen through what this counter's own operations will make of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kiosk.domain.decide import Accepted, Closed, Opened, OpenLink
from kiosk.domain.model import LibraryCardNumber, LinkToken
from kiosk.domain.overlay import Overlay, Surroundings
from kiosk.ledger.paging import PAGE
from kiosk.store.cipher import CipherDatabase
from kiosk.store.links import link_in, values

_COLUMNS = "token, number, since, counter, operation"
_OF_LINK = "link.token, link.number, since, counter, operation"
_PENDING = "EXISTS (SELECT 1 FROM operation WHERE uuid = overlay.operation AND state = 'pending')"
# Plain SQL instead of peewee's query builder: this runs on every tap.
_OF_TOKEN = f"""SELECT {_PENDING}, {_COLUMNS} FROM overlay WHERE token = ?1
    UNION ALL SELECT 0, {_COLUMNS} FROM link WHERE token = ?1 AND NOT EXISTS (SELECT 1 FROM overlay WHERE token = ?1)"""  # noqa: S608
_OF_NUMBER = f"""SELECT {_PENDING}, {_COLUMNS} FROM overlay WHERE number = ?1
    UNION ALL SELECT 0, {_OF_LINK} FROM link_number JOIN link ON link.token = link_number.token AND link.number = link_number.number
    WHERE link_number.number = ?1 AND NOT EXISTS (SELECT 1 FROM overlay WHERE overlay.token = link.token)"""  # noqa: S608
# By the number that the rows are found by, which stands for the link's: ordered by the other, each page would sort all that follow.
_PAGE = f"""SELECT {_COLUMNS} FROM overlay WHERE number > ?1
    UNION ALL SELECT link.token, link_number.number, since, counter, operation
    FROM link_number JOIN link ON link.token = link_number.token AND link.number = link_number.number
    WHERE link_number.number > ?1 AND NOT EXISTS (SELECT 1 FROM overlay WHERE overlay.token = link.token) ORDER BY 2 LIMIT ?2"""  # noqa: S608
# A join might read all links instead of the overlay.
_DIFFERENCE = "SELECT count(number), total(EXISTS (SELECT 1 FROM link WHERE link.token = overlay.token)) FROM overlay"


@dataclass(frozen=True, slots=True)
class ShownLink:
    """A link as shown."""

    link: OpenLink
    pending: bool = False
    """The library's server has not answered yet."""


class ShownLinks:
    """The links as shown. Overlay rows stay as they are until `take` or `replace` changes them."""

    def __init__(self, database: CipherDatabase) -> None:
        self._database = database

    def of_token(self, token: LinkToken) -> ShownLink | None:
        return _shown(self._database.ask(_OF_TOKEN, (token.digest,)).fetchone())

    def of_number(self, number: LibraryCardNumber) -> ShownLink | None:
        return _shown(self._database.ask(_OF_NUMBER, (number.text,)).fetchone())

    def hides(self, token: LinkToken) -> bool:
        """Whether the link of a token, if there is one, is not shown."""
        return bool(self._database.ask("SELECT 1 FROM overlay WHERE token = ? AND number IS NULL", (token.digest,)).fetchall())

    def page(self, after: str) -> list[OpenLink]:
        """The next page of links after `after`, by number."""
        rows = self._database.ask(_PAGE, (after, PAGE)).fetchall()
        return [link_in(row) for row in rows]

    def difference(self) -> int:
        """How many more links are shown than the table holds; negative if fewer."""
        shown, standing = self._database.ask(_DIFFERENCE).fetchone()
        return int(shown) - int(standing)

    def take(self, accepted: Accepted) -> None:
        """Show what an operation just made will change."""
        for change in accepted.changes:
            match change:
                case Opened(link):
                    self._write([_showing(link)])
                case Closed(token):
                    self._write([_hiding(token)])

    def overlay(self) -> Overlay:
        """The difference between the links and what is shown."""
        overlay = Overlay()
        for row in self._database.ask(f"SELECT {_COLUMNS} FROM overlay").fetchall():  # noqa: S608 - our own names
            if row[1] is None:
                overlay.hidden.add(LinkToken(bytes(row[0])))
            else:
                overlay.show(link_in(row))
        return overlay

    def replace(self, overlay: Overlay) -> None:
        """Show another overlay instead."""
        self._database.ask("DELETE FROM overlay")
        self._write(_rows(overlay))

    def replace_within(self, around: Surroundings, overlay: Overlay) -> None:
        """Show another overlay of these tokens and numbers, which nothing connects with the others."""
        for token in around.tokens:
            self._database.ask("DELETE FROM overlay WHERE token = ?", (token.digest,))
        for number in around.numbers:
            self._database.ask("DELETE FROM overlay WHERE number = ?", (number.text,))
        self._write(_rows(overlay))

    def _write(self, rows: Iterable[tuple[bytes | str | None, ...]]) -> None:
        for row in rows:
            self._database.ask(f"INSERT OR REPLACE INTO overlay ({_COLUMNS}) VALUES (?, ?, ?, ?, ?)", row)  # noqa: S608 - our own names


def _rows(overlay: Overlay) -> list[tuple[bytes | str | None, ...]]:
    return [*map(_showing, overlay.opened.values()), *map(_hiding, overlay.hidden)]


def _shown(row: tuple[Any, ...] | None) -> ShownLink | None:
    if row is None:
        return None
    pending, token, number, *rest = row
    return None if number is None else ShownLink(link_in((token, number, *rest)), bool(pending))


def _showing(link: OpenLink) -> tuple[bytes | str | None, ...]:
    return values(link, 0)[:5]


def _hiding(token: LinkToken) -> tuple[bytes | str | None, ...]:
    return token.digest, None, None, None, None
