"""The server over its real storage, for histories: backups are the rows of all tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from kiosk.domain.decide import Epochs
from kiosk.domain.feed import PlacedLink, PlacedStop, Snapshot
from kiosk.domain.model import LinkToken
from kiosk.domain.operations import AcceptedAt, RefusedFor
from kiosk.domain.wire import Operation, Position
from kiosk.ledger.database import ask
from kiosk.registry.answers import Batch, Entries
from kiosk.registry.database import RegistryDatabase
from kiosk.registry.ledger import RegistryLedger
from tests.support.ledger.counters import MADE
from tests.support.ledger.new_epoch import begin_epoch
from tests.support.ledger.safe import keep_safe
from tests.support.ledger.server import Answer, FeedPage

TABLES = ("head", "epoch", "link", "feed", "stop", "operation", "counter", "counter_seen", "audit", "meta")
FIRST_EPOCH = datetime.fromtimestamp(0, UTC)
Rows = dict[str, list[tuple[Any, ...]]]
KEY = bytes(range(32))


def rows_of(database: RegistryDatabase) -> Rows:
    with database.reading() as opened:
        return {table: list(ask(opened, f"SELECT * FROM {table}").fetchall()) for table in TABLES}  # noqa: S608


def put_back(database: RegistryDatabase, rows: Rows) -> None:
    """Replace all rows, as a restored backup does."""
    with database.writing() as opened:
        for table in TABLES:
            ask(opened, f"DELETE FROM {table}")  # noqa: S608
            for row in rows.get(table, []):
                ask(opened, f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608


class ServerInDatabase:
    """A new ledger in a database that may have held another."""

    def __init__(self, database: RegistryDatabase, clock: Callable[[], datetime] = lambda: MADE) -> None:
        self._database, self._clock = database, clock
        put_back(database, {})
        RegistryLedger.found(database, KEY, "library", FIRST_EPOCH)
        self.ledger = RegistryLedger(database, KEY, clock=clock)
        self._backups = [(0, rows_of(database))]
        """The last two at most, each with its cursor."""

    @property
    def epochs(self) -> Epochs:
        return self.ledger.head().epochs

    @property
    def position(self) -> Position:
        return self.ledger.head().position

    @property
    def safe(self) -> Position:
        return self.ledger.head().safe

    @property
    def links(self) -> Mapping[LinkToken, PlacedLink]:
        return {placed.link.token: placed for placed in self.ledger.snapshot().links}

    def take(self, operation: Operation) -> Answer:
        (applied,), _ = self.ledger.apply([Batch((operation,))])
        state = applied.answers[operation.origin.uuid]
        assert isinstance(state, AcceptedAt | RefusedFor)
        return Answer(applied.head.position.epoch, operation.origin.uuid, state)

    def page(self, cursor: int, count: int) -> FeedPage:
        page = self.ledger.feed(Position(self.epochs.current, cursor), count)
        assert isinstance(page, Entries)
        return FeedPage(page.entries, page.head.safe)

    def stops_above(self, cursor: int) -> Sequence[PlacedStop]:
        page = self.ledger.stops(Position(self.epochs.current, cursor))
        assert page.next is None
        return page.stops

    def snapshot(self) -> Snapshot:
        page, stops = self.ledger.snapshot(), self.ledger.stops(Position())
        assert (page.done, stops.next) == (True, None)
        return Snapshot(page.head.epochs, page.head.position.cursor, page.links, stops.stops)

    def back_up(self) -> None:
        self._backups = [*self._backups[-1:], (self.position.cursor, rows_of(self._database))]
        self._keep_safe()

    def restore(self, oldest: bool = False) -> None:
        if oldest:
            del self._backups[1:]
        outlived = self.epochs
        put_back(self._database, self._backups[-1][1])
        self.ledger = RegistryLedger(self._database, KEY, clock=self._clock)
        begin_epoch(self._database, KEY, self._clock(), outlived)
        self._keep_safe()

    def _keep_safe(self) -> None:
        keep_safe(self._database, KEY, Position(self.epochs.current, self._backups[0][0]))
