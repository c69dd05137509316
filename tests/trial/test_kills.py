"""kill -9 in the midst of work: of counters, of the library's server, of its database."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.postgres.cluster import PostgresCluster
from tests.support.registry.library import Library

LONG = [pytest.mark.trial, pytest.mark.timeout(240)]


@pytest.mark.parametrize(("kills", "counters"), [(2, 2), pytest.param(25, 6, marks=LONG)], ids=["twice", "25-times"])
def test_counters_killed(kills: int, counters: int, tmp_path: Path) -> None:
    with Library(tmp_path, counters=counters) as library:
        for _ in range(kills):
            library.work(15)
            library.kill_counters(library.processes[0])
        library.settle()
        library.check()


@pytest.mark.parametrize(
    ("kills", "counters", "kind"),
    [(2, 3, "sqlite"), pytest.param(25, 6, "sqlite", marks=LONG), pytest.param(25, 6, "postgresql", marks=LONG)],
    ids=["twice", "25-times", "25-times-postgresql"],
)
def test_the_server_killed(kills: int, counters: int, kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    database = "" if kind == "sqlite" else request.getfixturevalue("postgres").create_database()
    with Library(tmp_path, database, counters=counters) as library:
        for _ in range(kills):
            library.work(15)
            library.server.stop()
            library.server.start(waits=False)
        library.settle()
        library.check()


@pytest.mark.trial
@pytest.mark.timeout(240)
def test_the_database_killed_and_stopped(tmp_path: Path) -> None:
    """PostgreSQL ends as by a power failure, and as an administrator ends it. The server waits for it to come back."""
    with PostgresCluster() as postgres, Library(tmp_path, postgres.create_database(), counters=6) as library:
        for time in range(12):
            library.work(15)
            (postgres.stop if time % 2 else postgres.crash)()
            library.work(5)
            postgres.start()
            library.work(5)
            postgres.disconnect_all()
        library.settle()
        library.check()


@pytest.mark.trial
@pytest.mark.timeout(240)
def test_everything_at_once(tmp_path: Path) -> None:
    """Whatever may break breaks in turn, on a network that loses and delays answers; in its middle the library gets another site key."""
    with PostgresCluster() as postgres, Library(tmp_path, postgres.create_database(), counters=6, processes=2) as library:

        def crash() -> None:
            postgres.crash()
            postgres.start()

        def restart() -> None:
            library.server.stop()
            library.server.start(waits=False)

        breaks = [crash, restart, *(lambda one=one: library.kill_counters(one) for one in library.processes), library.relay.cut]
        for turn in range(30):
            if turn == 15:
                library.server.stop()
                library.server.administer("rotate-key", "--yes")
                library.server.start(waits=False)
            library.server.keep_running()
            library.relay.mend()
            library.relay.delay(0.02)
            library.relay.lose(0.1)
            library.work(20)
            library.draw.choice(breaks)()
        library.server.await_running()
        library.settle(120)
        library.check()
        assert library.log.refused, "counters were in each other's way"
