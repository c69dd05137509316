"""Two counters and a server: whatever is lost, late, doubled or restored, each shows what the model of the ledger says."""

from __future__ import annotations

import random
import subprocess
import sys
from uuid import UUID

import pytest

from kiosk.domain.operations import AcceptedAt, Pending
from tests.support import ROOT
from tests.support.ledger.histories import make
from tests.support.ledger.world import NUMBERS, TOKENS, LedgerWorld

CARD, OTHER_CARD = TOKENS[:2]
NUMBER, OTHER_NUMBER = NUMBERS[:2]
A, B, C, D = map(UUID, (f"{digit:032x}" for digit in range(1, 5)))


def test_some_thousand_histories_end_with_both_counters_equal_to_the_server() -> None:
    make(first=0, count=2_500)


@pytest.mark.trial
@pytest.mark.timeout(1100)
def test_200_000_histories() -> None:
    """Others each time. A failure says which it was: `python -m tests.support.ledger.histories memory THAT 1` makes it again."""
    first = random.SystemRandom().randrange(1_000_000_000)
    print("histories from", first)  # noqa: T201
    program = [sys.executable, "-m", "tests.support.ledger.histories", "memory"]
    halves = [
        subprocess.Popen([*program, str(start), "100000"], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        for start in (first, first + 100_000)
    ]
    try:
        assert [half.communicate(timeout=1000)[1] for half in halves] == ["", ""]
        assert [half.returncode for half in halves] == [0, 0]
    finally:
        for half in halves:
            half.kill()
            half.wait()


# Named histories: what went wrong once, and what must be understood of the rules.


@pytest.fixture
def world() -> LedgerWorld:
    return LedgerWorld()


def test_an_unlinking_lost_at_the_first_of_two_cuts_is_sent_again(world: LedgerWorld) -> None:
    """The counter sleeps through both. What fills the place of its unlinking in the second epoch is another's."""
    one, two = world.counters
    world.unlink(one, A, NUMBER)
    world.send(one, A)
    world.restore()
    world.catch_up(two)
    world.link(two, B, CARD, OTHER_NUMBER)
    world.send(two, B)
    world.back_up()
    world.restore()
    world.catch_up(one)
    assert [own.state for own in one.kept()] == [Pending()]
    world.send(one, A)
    assert world.server.position.cursor == 2


def test_an_answer_of_an_epoch_that_is_over_changes_nothing(world: LedgerWorld) -> None:
    one, two = world.counters
    world.link(one, A, CARD, NUMBER)
    late = world.ask(one, one.kept()[0].operation)
    world.restore()
    world.unlink(two, B, OTHER_NUMBER)
    world.send(two, B)
    world.catch_up(one)
    world.answer(one, late)
    assert [own.state for own in one.kept()] == [Pending()]
    world.send(one, A)
    assert one.kept()[0].state == AcceptedAt(world.server.position)


def test_a_snapshot_hides_no_link_behind_an_unlinking_that_it_holds(world: LedgerWorld) -> None:
    """The answer was lost, another has linked the number since: until the answer is repeated, the number stays stopped here."""
    one, two = world.counters
    world.unlink(one, A, NUMBER)
    world.ask(one, one.kept()[0].operation)
    world.catch_up(two)
    world.link(two, B, CARD, NUMBER)
    world.send(two, B)
    world.snapshot(one, world.server.snapshot(), world.server.safe)
    assert one.of_number(NUMBER) is None
    world.send(one, A)
    link = one.of_number(NUMBER)
    assert link is not None
    assert link.operation == B


def test_one_counter_unlinks_a_number_offline_and_links_its_new_card(world: LedgerWorld) -> None:
    one, two = world.counters
    world.link(two, A, CARD, NUMBER)
    world.send(two, A)
    world.catch_up(one)
    world.unlink(one, B, NUMBER)
    world.link(one, C, OTHER_CARD, NUMBER)
    world.send(one, B)
    world.send(one, C)
    world.catch_up(two)
    assert two.of_token(CARD) is None
    assert two.of_token(OTHER_CARD) is not None


def test_a_card_linked_offline_before_it_was_reported_lost_elsewhere_stays_stopped(world: LedgerWorld) -> None:
    one, two = world.counters
    world.link(one, A, CARD, NUMBER)
    world.unlink(two, B, NUMBER)
    world.send(two, B)
    assert one.of_token(CARD) is not None
    world.catch_up(one)
    assert one.of_token(CARD) is None
    world.send(one, A)
    assert world.server.position.cursor == 1


def test_an_answer_writes_no_link_over_rows_that_are_still_to_come(world: LedgerWorld) -> None:
    """The feed has an older link of the same number, which another has ended since."""
    one, two = world.counters
    world.link(two, A, CARD, NUMBER)
    world.send(two, A)
    world.unlink(one, B, NUMBER)
    world.send(one, B)
    world.link(one, C, OTHER_CARD, NUMBER)
    world.send(one, C)
    for shown in ("both are seen", "the older row has come", "its end has come", "everything has come"):
        assert [link.operation for link in (one.of_number(NUMBER), one.of_token(OTHER_CARD)) if link] == [C, C], shown
        world.page(one, world.next_page(one))
