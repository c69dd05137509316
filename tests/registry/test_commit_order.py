"""Positions are handed out in commit order: whoever reads the feed while others write misses nothing, whatever is slow."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from kiosk.domain.operations import AcceptedAt
from kiosk.domain.wire import Position
from kiosk.registry.answers import Batch, Entries
from kiosk.registry.ledger import RegistryLedger
from tests.support.ledger.registry_ledgers import KEY, TrialLedger
from tests.support.ledger.slow_commit import SlowToCommit
from tests.support.wait import LIMIT


def cursors_after(ledger: RegistryLedger, known: Position) -> list[int]:
    page = ledger.feed(known)
    assert isinstance(page, Entries)
    return [entry.cursor for entry in page.entries]


def test_whoever_comes_second_waits_for_a_slow_commit(open_trial: Callable[[], TrialLedger]) -> None:
    """With a sequence the second would commit first, at 2; a reader would go on from there, and never see 1."""
    slow, quick, reader = open_trial(), open_trial(), open_trial()
    reached, go_on = Event(), Event()

    def before_commit() -> None:
        reached.set()
        assert go_on.wait(LIMIT)

    delayed = RegistryLedger(SlowToCommit(slow.database, before_commit), KEY, clock=slow.clock)
    one, two = reader.counter("窓口1"), reader.counter("窓口2")
    first, second = one.link(1, 1001), two.link(2, 1002)
    with ThreadPoolExecutor(2) as threads:
        earlier = threads.submit(delayed.apply, [Batch((first,))])
        assert reached.wait(LIMIT)
        later = threads.submit(quick.tell, second)
        known = reader.ledger.head().position
        assert cursors_after(reader.ledger, known) == []
        assert not later.done()
        go_on.set()
        (applied,), _ = earlier.result(LIMIT)
        assert applied.answers[first.origin.uuid] == AcceptedAt(Position(known.epoch, 1))
        assert later.result(LIMIT) == [2]
        assert cursors_after(reader.ledger, known) == [1, 2]
        threads.submit(slow.database.close).result(LIMIT)


@pytest.mark.timeout(120)
def test_a_reader_never_skips_while_four_servers_write(open_trial: Callable[[], TrialLedger]) -> None:
    servers, reader = [open_trial() for _ in range(4)], open_trial()
    known = reader.ledger.head().position
    done = Event()

    def write(server: int) -> None:
        draw, trial = random.Random(server), servers[server]
        counter = trial.counter(f"窓口{server}")
        for _ in range(12):
            acts = [
                counter.link(draw.randrange(20), draw.randrange(20)) if draw.random() < 0.7 else counter.unlink(draw.randrange(20))
                for _ in range(draw.randint(1, 4))
            ]
            trial.reach_head(counter)
            trial.tell(*acts)
        trial.database.close()

    def read() -> list[int]:
        seen: list[int] = []
        while True:
            last_look = done.is_set()
            seen += (new := cursors_after(reader.ledger, Position(known.epoch, seen[-1] if seen else 0)))
            if last_look and not new:
                reader.database.close()
                return seen

    with ThreadPoolExecutor(5) as threads:
        reading = threads.submit(read)
        try:
            for writing in [threads.submit(write, server) for server in range(4)]:
                writing.result(LIMIT * 3)
        finally:
            done.set()
        assert reading.result(LIMIT) == list(range(1, reader.cursor() + 1))
    assert reader.ledger.verify().findings == ()
