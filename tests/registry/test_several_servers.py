"""Several server processes over one PostgreSQL: what each of them decides, gives away or forgets is so for the others at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest

from kiosk.domain.counter_secret import fresh_secret, secret_hash
from kiosk.domain.errors import Refused
from kiosk.domain.operations import AcceptedAt
from kiosk.domain.registry_json import read_operation
from kiosk.registry.answers import Batch, CounterShutOut
from kiosk.registry.open_codes import MOST_TRIES
from kiosk.registry.writer import Writer
from tests.support.postgres.cluster import PostgresCluster
from tests.support.registry.enrolling_server import EnrollingServer
from tests.support.registry.sent_operations import Maker
from tests.support.wait import LIMIT

pytestmark = pytest.mark.linux("PostgreSQL")

T = TypeVar("T")


@pytest.fixture
def servers(postgres: PostgresCluster, tmp_path: Path) -> Iterator[tuple[EnrollingServer, EnrollingServer]]:
    url = postgres.create_database()
    one, other = (EnrollingServer(tmp_path, url) for _ in range(2))
    yield one, other
    for server in (one, other):
        server.ledger.database.close()


def at_once(servers: tuple[EnrollingServer, EnrollingServer], times: int, ask: Callable[[EnrollingServer], T]) -> list[T]:
    """Ask both, so many times together, at the same moment."""

    def asked(server: EnrollingServer) -> T:
        try:
            return ask(server)
        finally:
            server.ledger.database.database.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(asked, [servers[number % 2] for number in range(times)]))


def enrolled(code: str, server: EnrollingServer) -> str:
    try:
        return server.enrolment.enrol(code, fresh_secret()).counter
    except Refused as refused:
        return str(refused.params["reason"])


def test_a_code_serves_once_wherever_it_is_used(servers: tuple[EnrollingServer, EnrollingServer]) -> None:
    code = servers[0].open("中央1")
    told = at_once(servers, 4, partial(enrolled, code))
    assert sorted(told) == sorted(["中央1", "used", "used", "used"])


def test_tries_are_counted_by_all_of_them(servers: tuple[EnrollingServer, EnrollingServer]) -> None:
    code = servers[0].open("中央1")
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    told = at_once(servers, 2 * MOST_TRIES, partial(enrolled, wrong))
    assert (told.count("unknown"), told.count("closed")) == (MOST_TRIES, MOST_TRIES)


def test_what_is_handed_in_to_all_at_once_counts_once_and_each_tells_the_same(servers: tuple[EnrollingServer, EnrollingServer]) -> None:
    """As where a counter has lost its connection to one, which is still at work, and goes on with another."""
    maker = Maker("中央1", (servers[0].ledger.head().position.epoch, 0))
    batch = Batch(tuple(read_operation(maker.link()) for _ in range(20)))
    writers = [Writer(server.ledger) for server in servers]
    answers = [writer.submit(batch) for writer in (*writers, *writers)]
    told = [answer.result(LIMIT).answers for answer in answers]
    for writer in writers:
        writer.close()
    assert all(one == told[0] for one in told)
    assert all(isinstance(answer, AcceptedAt) for answer in told[0].values())
    assert servers[0].ledger.head() == servers[1].ledger.head()
    assert servers[0].ledger.head().position.cursor == 20
    assert not servers[1].ledger.verify().findings


def test_who_was_revoked_at_one_writes_nothing_through_another(servers: tuple[EnrollingServer, EnrollingServer]) -> None:
    secret = fresh_secret()
    servers[0].enrolment.enrol(servers[0].open("中央1"), secret)
    maker = Maker("中央1", (servers[0].ledger.head().position.epoch, 0))
    servers[1].ledger.apply([Batch((read_operation(maker.link()),), secret_hash(secret))])
    servers[0].counters.revoke("中央1")
    with pytest.raises(CounterShutOut):
        servers[1].ledger.apply([Batch((read_operation(maker.link()),), secret_hash(secret))])
    assert servers[1].ledger.head().position.cursor == 1
