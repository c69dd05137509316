"""Finds what was changed behind the program: what the head row says is computed once more from all rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from peewee import Database

from kiosk.domain.decide import Opened
from kiosk.domain.errors import Unavailable
from kiosk.domain.feed import FeedEntry
from kiosk.domain.wire import Position
from kiosk.ledger.audit import AuditTrail
from kiosk.ledger.database import ask
from kiosk.ledger.digest import LinkHash
from kiosk.ledger.paging import PAGE, paged
from kiosk.registry.answers import Finding, Verification
from kiosk.registry.head_row import HeadRow
from kiosk.registry.rows import feed_after

_LINKS = "SELECT token, number, position FROM link WHERE token > ? ORDER BY token LIMIT ?"
_STOPS = """SELECT cursor, part, token, number, counter, sequence FROM stop WHERE cursor = ? AND part > ? OR cursor > ?
    ORDER BY cursor, part LIMIT ?"""
_MORE = 10 * PAGE


def verify(database: Database, row: HeadRow, hashes: LinkHash, trail: AuditTrail, pause: Callable[[], None]) -> Verification:
    """Within one snapshot of the database."""
    links = hashes.of_all(((bytes(token), number, position) for token, number, position in _links(database)), pause)
    findings = [] if links == row.links else [Finding.LINKS]
    stops: list[tuple[Any, ...]] = []
    if not _is_whole(database, row, stops, pause):
        findings.append(Finding.FEED)
    if stops != [tuple(stop) for stop in _stops(database, row.floor)]:
        findings.append(Finding.STOPS)
    altered = trail.verify(pause=pause)
    if altered is not None:
        findings.append(Finding.TRAIL)
    return Verification(Position(row.epoch, row.cursor), links.count, tuple(findings), altered)


def _links(database: Database) -> Iterator[tuple[Any, ...]]:
    return paged(lambda token: list(ask(database, _LINKS, (token, _MORE)).fetchall()), b"", lambda row: bytes(row[0]))


def _stops(database: Database, floor: int) -> Iterator[tuple[Any, ...]]:
    """Above the floor: what lies below it may be erased at any time."""
    first = (floor + 1, -1)
    return paged(lambda at: list(ask(database, _STOPS, (*at, at[0], _MORE)).fetchall()), first, lambda row: (int(row[0]), int(row[1])))


def _is_whole(database: Database, row: HeadRow, stops: list[tuple[Any, ...]], pause: Callable[[], None]) -> bool:
    """Whether the feed has every entry from floor to head; collects the stops that it tells of."""
    expected = row.floor
    try:
        for entry in paged(lambda cursor: feed_after(database, cursor, row.cursor, PAGE), row.floor, lambda entry: entry.cursor):
            expected += 1
            if entry.cursor != expected:
                return False
            stops += _stops_of(entry)
            pause()
    except Unavailable:  # an entry that nobody wrote
        return False
    return expected == row.cursor


def _stops_of(entry: FeedEntry) -> list[tuple[Any, ...]]:
    stopping = [change for change in entry.changes if not isinstance(change, Opened)]
    return [
        (entry.cursor, part, change.token and change.token.digest, change.number.text, entry.counter, entry.sequence)
        for part, change in enumerate(stopping)
    ]
