"""The histories of `tests/support/ledger`, with two real stores: each shows what the model of the ledger says, also after a restart."""

from __future__ import annotations

import random
from collections.abc import Iterator
from uuid import UUID

import pytest

from tests.support.ledger.counter_in_store import stores
from tests.support.ledger.histories import make
from tests.support.ledger.world import NUMBERS, TOKENS, LedgerWorld

CARD, NUMBER, OTHER_NUMBER = TOKENS[0], *NUMBERS[:2]
A, B, C = (UUID(int=number) for number in range(1, 4))


def test_some_histories() -> None:
    with stores() as counters:
        make(first=0, count=50, counters=counters)


@pytest.mark.trial
@pytest.mark.timeout(600)
def test_2_000_histories() -> None:
    """Others each time; a failure names the one that went wrong: `python -m tests.support.ledger.histories store THAT 1` makes it again."""
    with stores() as counters:
        make(random.SystemRandom().randrange(1_000_000_000), 2_000, counters)


# Named histories: what random ones meet too seldom for so slow a counter.


@pytest.fixture
def world() -> Iterator[LedgerWorld]:
    with stores() as counters:
        yield LedgerWorld(counters)


def test_a_link_closed_elsewhere_stops_its_card_for_a_link_on_its_way(world: LedgerWorld) -> None:
    one, two = world.counters
    world.link(one, A, CARD, NUMBER)
    world.link(two, B, CARD, OTHER_NUMBER)
    world.send(two, B)
    world.unlink(two, C, OTHER_NUMBER)
    world.send(two, C)
    assert one.of_token(CARD) is not None
    world.catch_up(one)
    assert one.of_token(CARD) is None


def test_of_an_epoch_that_is_over_only_what_was_left_counts_as_known(world: LedgerWorld) -> None:
    """The stop has a lower place in the new epoch than the one up to which the counter knew the old one."""
    one, two = world.counters
    for uuid, number in ((A, OTHER_NUMBER), (B, NUMBER)):
        world.unlink(two, uuid, number)
        world.send(two, uuid)
    world.catch_up(one)
    world.link(one, C, CARD, NUMBER)
    world.restore()
    world.send(two, B)
    assert one.of_token(CARD) is not None
    world.catch_up(one)
    assert one.of_token(CARD) is None
    world.restart(one)
    world.send(one, C)
