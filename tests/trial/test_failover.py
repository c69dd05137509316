"""PostgreSQL fails over to a standby that lacks what counters were told: a new epoch begins by itself, and all of it is sent again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from kiosk.domain.wire import Position
from kiosk.store.sync.tls import Authority, read_certificate
from tests.support.postgres.cluster import PostgresCluster
from tests.support.registry.sent_operations import fresh_number, fresh_token
from tests.support.registry.server_process import RegistryProcess
from tests.support.sync.enrolled_counter import EnrolledCounter
from tests.support.wait import LIMIT, wait_until

pytestmark = [pytest.mark.trial, pytest.mark.timeout(240)]


class FailingOver:
    """`kiosk serve`, its database, and two counters, all of which were told what the standby does not have."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.database = stack.enter_context(PostgresCluster())
        self.url = self.database.create_database()
        self.server = stack.enter_context(RegistryProcess(folder / "server", self.url))
        self.one, self.other = (stack.enter_context(self._counter(folder, name)) for name in ("窓口1", "窓口2"))
        self.kept, self.stopped, self.lost = (fresh_number() for _ in range(3))
        for number in (self.kept, self.stopped):
            self.one.link(fresh_token(), number)
        self.settle()
        self.remembered = self.server.keys / "outlives-restore.json"
        wait_until(lambda: f'"cursor": {self.position.cursor},' in self.remembered.read_text(), "the server to take it down", LIMIT)
        self.held = self.position
        self.written_down = self.remembered.read_bytes()
        self.database.keep()
        self.one.link(fresh_token(), self.lost)
        self.other.unlink(self.stopped)
        self.settle()
        assert self.position.cursor == self.held.cursor + 2

    def _counter(self, folder: Path, name: str) -> EnrolledCounter:
        (enrolled,) = self.server.enrol(name)
        authority = Authority(read_certificate(enrolled.authority.encode()))
        return EnrolledCounter(folder / f"{name}.db", self.server.url, authority, name, enrolled.site_key, enrolled.secret)

    def settle(self) -> None:
        for counter in (self.one, self.other):
            if counter.sync is None:
                counter.start()
        for counter in (self.one, self.other):
            counter.until(lambda here: self.is_settled(here))

    def is_settled(self, counter: EnrolledCounter) -> bool:
        return not counter.store.outgoing() and counter.store.position() == self.position

    @property
    def position(self) -> Position:
        return Position(*self.server.head())

    def is_in_new_epoch(self) -> bool:
        return self.position.epoch > self.held.epoch

    def check(self) -> None:
        """All that was told holds, at the server and at both counters, and nobody did anything for it."""
        wait_until(self.is_in_new_epoch, f"a new epoch; {self.server.end_of_log()}", LIMIT)
        self.settle()
        stands = {self.kept.text, self.lost.text}
        for counter in (self.one, self.other):
            assert set(counter.links()) == stands
        assert {number for _, number, *_ in self.server.tables().links} == stands
        assert dict(self.server.tables().cuts)[self.held.epoch] <= self.held.cursor


@pytest.fixture
def library(tmp_path: Path) -> Iterator[FailingOver]:
    with ExitStack() as stack:
        yield FailingOver(tmp_path, stack)


def test_a_server_that_goes_on_finds_out_by_what_it_has_told(library: FailingOver) -> None:
    library.database.fail_over()
    library.check()
    assert dict(library.server.tables().cuts)[library.held.epoch] == library.held.cursor, "no more is sent again than was lost"


def test_a_server_that_died_with_its_database_hears_of_it_from_its_counters(library: FailingOver) -> None:
    """It had no time to write down what it told."""
    library.server.stop()
    library.remembered.write_bytes(library.written_down)
    library.database.fail_over()
    library.server.start()
    library.check()
