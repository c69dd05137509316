"""A card that waits behind an unresponsive one: its owner is told so, and the wait has a limit."""

from __future__ import annotations

import pytest

from kiosk.domain.effects import ReadCard, ReleaseCard, StartTimer
from kiosk.domain.errors import Code
from kiosk.domain.events import CardInUse, CardSlow, CardsTurn, CardWaits, LeavePressed, LibraryCardEntered, TimeUp
from kiosk.domain.model import Insertion, Ticket
from kiosk.domain.states import (
    AwaitingMyNumberCard,
    ConfirmingHolder,
    ConfirmingLink,
    LendingRefused,
    PatronShown,
    Problem,
    Reading,
    ReadingMyNumberCard,
)
from tests.support.domain.scripted_counter import NUMBER, OTHER_READER, READER, Card, ScriptedCounter, link

GOOD = Card("b")


def desk_for(registers: bool) -> ScriptedCounter:
    desk = ScriptedCounter(links=[] if registers else [link(GOOD)])
    if registers:
        desk.to_card()
    desk.answering = False
    return desk


@pytest.mark.parametrize("trouble", [CardSlow, CardInUse])
@pytest.mark.parametrize("registers", [False, True])
@pytest.mark.parametrize("trouble_first", [False, True])
def test_a_card_that_cannot_be_read_now_gives_way_to_a_good_one(
    registers: bool, trouble_first: bool, trouble: type[CardSlow | CardInUse]
) -> None:
    desk = desk_for(registers)
    hung = desk.lay(Card("a"), READER)
    if trouble_first:
        desk.tell(trouble(hung))
    good = desk.lay(GOOD, OTHER_READER)
    if not trouble_first:
        assert [read.insertion for read in desk.of(ReadCard)] == [hung], "only such a card gives way"
        desk.tell(trouble(hung))
    assert isinstance(desk.flow, Reading | ReadingMyNumberCard)
    assert desk.flow.insertion == good
    assert desk.asked.index(ReleaseCard(hung)) < desk.asked.index(desk.of(ReadCard)[-1])
    desk.tell(CardWaits(good, READER))
    assert isinstance(desk.flow, Reading | ReadingMyNumberCard)
    assert desk.flow.behind == READER
    # It is lifted, and the card thread comes to the good one.
    desk.lift(hung).answer_all()
    desk.at(ConfirmingLink if registers else ConfirmingHolder)


@pytest.mark.parametrize("registers", [False, True])
def test_the_waiting_has_a_limit(registers: bool) -> None:
    desk = desk_for(registers)
    hung = desk.lay(Card("a"), READER)
    desk.tell(CardSlow(hung))
    good = desk.lay(GOOD, OTHER_READER)
    desk.tell(CardWaits(good, READER), CardWaits(good, READER))
    assert isinstance(desk.flow, Reading | ReadingMyNumberCard)
    limit = desk.flow.limit
    assert [timer.seconds for timer in desk.of(StartTimer) if timer.ticket == limit] == [desk.counter.rules.wait_seconds]
    desk.tell(TimeUp(limit))
    refused = Problem(Code.CARD_WAITED, (("reader", READER),))
    desk.at(AwaitingMyNumberCard if registers else LendingRefused)
    assert getattr(desk.flow, "problem", None) == refused
    assert ReleaseCard(good) in desk.asked
    assert getattr(desk.tell(TimeUp(limit)).flow, "problem", None) == refused


@pytest.mark.parametrize("registers", [False, True])
def test_the_waiting_is_over_when_the_card_has_its_turn(registers: bool) -> None:
    desk = desk_for(registers)
    hung = desk.lay(Card("a"), READER)
    desk.tell(CardSlow(hung))
    good = desk.lay(GOOD, OTHER_READER)
    desk.tell(CardWaits(good, READER))
    assert isinstance(desk.flow, Reading | ReadingMyNumberCard)
    limit = desk.flow.limit
    desk.tell(CardsTurn(good))
    assert isinstance(desk.flow, Reading | ReadingMyNumberCard)
    assert (desk.flow.behind, desk.flow.limit) == ("", Ticket(0))
    before = desk.flow
    assert desk.tell(TimeUp(limit)).flow == before, "it is being read by now"
    desk.tell(CardWaits(good, READER))
    assert isinstance(desk.flow, Reading | ReadingMyNumberCard)
    assert (desk.flow.behind, desk.flow.limit != limit) == (READER, True), "whatever it waits for next has its own time"


@pytest.mark.parametrize("registers", [False, True])
def test_the_turn_of_another_card_ends_no_waiting(registers: bool) -> None:
    desk = desk_for(registers)
    hung = desk.lay(Card("a"), READER)
    desk.tell(CardSlow(hung))
    desk.tell(CardWaits(desk.lay(GOOD, OTHER_READER), READER))
    before = desk.flow
    assert desk.tell(CardsTurn(hung)).flow == before


def test_a_library_card_serves_while_a_card_waits() -> None:
    desk = desk_for(registers=False)
    hung = desk.lay(Card("a"), READER)
    desk.tell(CardSlow(hung), LeavePressed())
    good = desk.lay(GOOD, OTHER_READER)
    desk.tell(CardWaits(good, READER), LibraryCardEntered(NUMBER.text))
    assert desk.answer_all().at(PatronShown).patron.number == NUMBER


def test_the_wait_of_another_card_means_nothing_here() -> None:
    desk = desk_for(registers=False)
    desk.lay(Card("a"), READER)
    before = desk.flow
    assert desk.tell(CardWaits(Insertion(9, OTHER_READER), READER)).flow == before


@pytest.mark.parametrize("registers", [False, True])
def test_a_card_that_another_program_holds_is_read_when_it_is_free(registers: bool) -> None:
    desk = desk_for(registers)
    held = desk.lay(GOOD, READER)
    desk.tell(CardInUse(held))
    assert isinstance(desk.flow, Reading | ReadingMyNumberCard)
    assert desk.flow.in_use
    assert not desk.flow.slow
    desk.answer_all().at(ConfirmingLink if registers else ConfirmingHolder)
