"""A batch is as good as its operations one by one: the same answers, links, stops, feed and trail."""

from __future__ import annotations

import random

import pytest

from kiosk.domain.operations import AcceptedAt
from kiosk.domain.wire import LinkOperation, Operation, Position
from kiosk.registry.answers import Batch, Entries
from kiosk.registry.database import RegistryDatabase
from kiosk.registry.ledger import RegistryLedger
from tests.support.ledger.acts import CounterActs
from tests.support.ledger.server_in_database import ServerInDatabase, rows_of


class Drawn:
    """Operations of two counters among few cards and numbers, with repeats."""

    def __init__(self, seed: int, known: Position) -> None:
        self._draw, self._made = random.Random(seed), list[Operation]()
        self._counters = [CounterActs("窓口1", known), CounterActs("窓口2", known)]

    def some(self, known: Position) -> list[Operation]:
        """The next ones. One of the counters has heard of what came before."""
        self._draw.choice(self._counters).known = known
        new = [self._one() for _ in range(self._draw.randint(1, 25))]
        self._made += new
        return new

    def _one(self) -> Operation:
        draw, counter = self._draw, self._draw.choice(self._counters)
        one, number = draw.randrange(5), draw.randrange(5)
        match draw.randrange(6):
            case 0 | 1:
                return counter.link(one, number)
            case 2 | 3:
                links = [operation for operation in self._made if isinstance(operation, LinkOperation)]
                return counter.replace(one, number, *draw.sample(links, min(len(links), draw.randint(0, 2))))
            case 4:
                return counter.unlink(number, draw.choice((None, one)))
            case _:
                return draw.choice(self._made or [counter.unlink(number)])


def outcome(ledger: RegistryLedger, database: RegistryDatabase) -> object:
    entries = ledger.feed(Position(ledger.head().position.epoch, 0))
    assert isinstance(entries, Entries)
    assert ledger.verify().findings == ()
    rows = rows_of(database)
    return ledger.head(), entries.entries, {table: sorted(map(repr, rows[table])) for table in ("link", "stop", "operation", "audit")}


@pytest.mark.parametrize("seed", range(4))
def test_a_batch_is_as_good_as_its_operations_one_by_one(registry_database: RegistryDatabase, seed: int) -> None:
    server = ServerInDatabase(registry_database)
    drawn, batches, answers = Drawn(seed, server.position), [], []
    for _ in range(8):
        batches.append(drawn.some(server.position))
        answers.append([server.take(operation).state for operation in batches[-1]])
    expected = outcome(server.ledger, registry_database)

    again = ServerInDatabase(registry_database)
    for batch, told in zip(batches, answers, strict=True):
        (applied,), _ = again.ledger.apply([Batch(tuple(batch))])
        assert [applied.answers[operation.origin.uuid] for operation in batch] == told
    assert outcome(again.ledger, registry_database) == expected


def test_what_is_drawn_meets_every_answer(registry_database: RegistryDatabase) -> None:
    told: set[object] = set()
    for seed in range(4):
        server = ServerInDatabase(registry_database)
        drawn = Drawn(seed, server.position)
        for _ in range(8):
            states = [server.take(operation).state for operation in drawn.some(server.position)]
            told |= {"accepted" if isinstance(state, AcceptedAt) else state.code.value for state in states}
    assert told == {"accepted", "stopped-since", "linked-elsewhere", "number-linked-elsewhere", "premises-changed"}
