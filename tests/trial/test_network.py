"""A network as bad as networks are, between the library's server and its counters: at the end all have the same links."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.postgres.cluster import PostgresCluster
from tests.support.registry.library import Library
from tests.support.registry.muddling_proxy import MuddlingProxy


@pytest.mark.parametrize(
    ("cuts", "acts", "counters", "processes"),
    [(12, 10, 3, 1), pytest.param(1000, 20, 20, 2, marks=[pytest.mark.trial, pytest.mark.timeout(1100)])],
    ids=["12-times", "1000-times"],
)
def test_cut_and_mended(cuts: int, acts: int, counters: int, processes: int, postgres: PostgresCluster, tmp_path: Path) -> None:
    """Three lines to the server go away in turn in the midst of everything. Counters go on with their work, line or none."""
    with Library(tmp_path, postgres.create_database(), counters=counters, processes=processes, lines=3) as library:
        for cut in range(cuts):
            line, offline = library.draw.choice(library.relays), library.draw.randrange(acts)
            line.cut()
            library.work(offline)
            line.mend()
            library.work(acts - offline)
            if cut % 50 == 49:
                library.deliver()
            if cut % 100 == 99:
                # From here on the counters may forget what the backup holds.
                library.server.administer("backup")
        library.settle(120)
        library.check()
        assert sum(line.cuts for line in library.relays) == cuts
        assert len(library.log.confirmed) > cuts * acts / 2


@pytest.mark.parametrize(
    ("times", "counters"), [(3, 3), pytest.param(30, 8, marks=[pytest.mark.trial, pytest.mark.timeout(240)])], ids=["few", "many"]
)
def test_answers_lost_and_late(times: int, counters: int, tmp_path: Path) -> None:
    """One answer in ten is lost after the server has acted, so that much is sent twice; what passes overtakes the rest."""
    with Library(tmp_path, counters=counters) as library:
        library.relay.delay(0.05)
        library.relay.lose(0.1)
        for _ in range(times):
            library.work(4 * counters)
            library.deliver()
        library.settle()
        library.check()
        assert library.relay.lost > 0


@pytest.mark.parametrize("acts", [40, pytest.param(1000, marks=[pytest.mark.trial, pytest.mark.timeout(180)])], ids=["few", "many"])
def test_packets_dropped_without_a_word(acts: int, tmp_path: Path) -> None:
    """A firewall that lets nothing pass breaks no connection. Counters work on, and come back when it does."""
    with Library(tmp_path) as library:
        library.work(acts)
        library.relay.freeze()
        library.work(acts)
        library.relay.mend()
        library.settle()
        library.check()


@pytest.mark.parametrize("acts", [40, pytest.param(1000, marks=[pytest.mark.trial, pytest.mark.timeout(180)])], ids=["few", "many"])
def test_clocks_wrong_by_a_day(acts: int, tmp_path: Path) -> None:
    """Order comes from positions: who thinks that it is yesterday, or tomorrow, is neither first nor last."""
    day = 86_400.0
    with Library(tmp_path, clocks=(-day, 0, day)) as library:
        library.work(acts)
        library.settle()
        library.check()


@pytest.mark.parametrize("times", [3, pytest.param(25, marks=[pytest.mark.trial, pytest.mark.timeout(240)])], ids=["few", "many"])
def test_answers_doubled_and_reordered(times: int, tmp_path: Path) -> None:
    """Behind a proxy that gives old answers to new questions, nobody believes what was not asked; afterwards all agree."""
    with Library(tmp_path) as library, MuddlingProxy(library.server.port, library.server.context(), library.seed) as proxy:
        library.relay.target = proxy.port
        library.relay.cut()
        library.relay.mend()
        proxy.muddle(0.1)
        for _ in range(times):
            library.work(10)
            library.deliver()
        proxy.muddle(0)
        library.settle()
        library.check()
        assert proxy.muddled > 0
