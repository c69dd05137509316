"""Finds what was changed behind the program: what the head row says is computed once more from all rows, and the feed is replayed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from peewee import Database

from kiosk.domain.decide import Closed, Opened
from kiosk.domain.errors import Unavailable
from kiosk.domain.feed import FeedEntry, PlacedLink
from kiosk.domain.model import LinkToken
from kiosk.domain.wire import Position
from kiosk.ledger.audit import AuditTrail
from kiosk.ledger.database import ask
from kiosk.ledger.digest import LinkHash, LinkSum
from kiosk.ledger.paging import PAGE, paged
from kiosk.registry.answers import Finding, Verification
from kiosk.registry.head_row import HeadRow
from kiosk.registry.models import SERVER
from kiosk.registry.row_sums import RowHash
from kiosk.registry.rows import feed_after, links_of

_LINKS = "SELECT token, number, position FROM link WHERE token > ? ORDER BY token LIMIT ?"
_STOPS = """SELECT cursor, part, token, number, counter, sequence FROM stop WHERE cursor = ? AND part > ? OR cursor > ?
    ORDER BY cursor, part LIMIT ?"""
_MORE = 10 * PAGE
_SUMMED = {
    "link": Finding.LINKS,
    "feed": Finding.FEED,
    "stop": Finding.STOPS,
    "operation": Finding.OPERATIONS,
    "counter": Finding.COUNTERS,
}


def verify_rows(
    database: Database, row: HeadRow, hashes: LinkHash, rows: RowHash, trail: AuditTrail, pause: Callable[[], None] = lambda: None
) -> Verification:
    """Within one snapshot of the database. `row`: read anew, its cuts too."""
    links = sum_of_links(database, hashes, pause)
    sums = rows.of_database(database, pause)
    found = {finding for table, finding in _SUMMED.items() if sums.totals[table] != row.sums.totals[table]}
    if links != row.links:
        found.add(Finding.LINKS)
    if not row.is_sealed:
        found.add(Finding.HEAD)
    found |= _Replay(database, row, pause).findings()
    altered = trail.verify(pause=pause)
    end = trail.head()
    if altered is None and end != row.trail:
        altered = min(end.rows, row.trail.rows) + 1
    if altered is not None:
        found.add(Finding.TRAIL)
    return Verification(Position(row.epoch, row.cursor), links.count, tuple(one for one in Finding if one in found), altered)


def sum_of_links(database: Database, hashes: LinkHash, pause: Callable[[], None] = lambda: None) -> LinkSum:
    return hashes.of_all(((bytes(token), number, position) for token, number, position in _links(database)), pause)


def _links(database: Database) -> Iterator[tuple[Any, ...]]:
    return paged(lambda token: list(ask(database, _LINKS, (token, _MORE)).fetchall()), b"", lambda row: bytes(row[0]))


def _stops(database: Database, floor: int) -> Iterator[tuple[Any, ...]]:
    """Above the floor: what lies below it may be erased at any time."""
    first = (floor + 1, -1)
    return paged(lambda at: list(ask(database, _STOPS, (*at, at[0], _MORE)).fetchall()), first, lambda row: (int(row[0]), int(row[1])))


class _Replay:
    """Compares the entries above the floor with the links and stops that should be there because of them: also what a mistake of our own
    would write shows.
    """

    def __init__(self, database: Database, row: HeadRow, pause: Callable[[], None]) -> None:
        self._database, self._row, self._pause = database, row, pause
        self._told: list[tuple[Any, ...]] = []
        """The stops that the feed tells of."""
        self._standing = 0
        """Links above the floor that are as the feed has opened them."""
        self._links_hold = True
        self._moved_in: list[int] = []
        """Cursors at which the links of a list were taken in, of which the feed does not tell."""

    def findings(self) -> set[Finding]:
        found = set() if self._follow() else {Finding.FEED}
        if self._told != [tuple(stop) for stop in _stops(self._database, self._row.floor)]:
            found.add(Finding.STOPS)
        (above,) = ask(self._database, "SELECT count(*) FROM link WHERE position > ?", (self._row.floor,)).fetchone()
        for cursor in self._moved_in:
            (taken_in,) = ask(self._database, "SELECT count(*) FROM link WHERE position = ?", (cursor,)).fetchone()
            above -= taken_in
        if not self._links_hold or above != self._standing:
            found.add(Finding.LINKS)
        return found

    def _follow(self) -> bool:
        """Whether the feed has every entry from floor to head."""
        last, head = self._row.floor, self._row.cursor
        try:
            while entries := feed_after(self._database, last, head, PAGE):
                if [entry.cursor for entry in entries] != list(range(last + 1, last + 1 + len(entries))):
                    return False
                self._told += [stop for entry in entries for stop in _stops_of(entry)]
                self._moved_in += [entry.cursor for entry in entries if entry.counter == SERVER]
                self._compare_links(entries)
                last = entries[-1].cursor
                self._pause()
        except Unavailable:  # a row that nobody wrote
            return False
        return last == head

    def _compare_links(self, entries: list[FeedEntry]) -> None:
        """What an entry has closed stands only if a later one has opened it."""
        opened = {PlacedLink(change.link, entry.cursor) for entry in entries for change in entry.changes if isinstance(change, Opened)}
        closed: dict[LinkToken | str, int] = {}
        for entry in entries:
            for change in entry.changes:
                if isinstance(change, Closed):
                    closed[change.token] = closed[change.number.text] = entry.cursor
        tokens = {placed.link.token for placed in opened} | {key for key in closed if isinstance(key, LinkToken)}
        numbers = [key for key in closed if isinstance(key, str)]
        try:
            standing = links_of(self._database, [token.digest for token in tokens], numbers)
        except Unavailable:
            self._links_hold = False
            return
        for placed in standing:
            last = max(closed.get(placed.link.token, 0), closed.get(placed.link.number.text, 0))
            self._standing += placed in opened
            # A replacement opens where it closes.
            if placed.cursor < last or (placed.cursor == last and placed not in opened):
                self._links_hold = False


def _stops_of(entry: FeedEntry) -> list[tuple[Any, ...]]:
    stopping = [change for change in entry.changes if not isinstance(change, Opened)]
    return [
        (entry.cursor, part, change.token and change.token.digest, change.number.text, entry.counter, entry.sequence)
        for part, change in enumerate(stopping)
    ]
