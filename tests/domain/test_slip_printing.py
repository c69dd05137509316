"""Slips being printed: a failed one can be printed again, and its notice and its button disappear together."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.domain.effects import PrintSlip
from kiosk.domain.errors import Code
from kiosk.domain.events import (
    Broke,
    BrokeSeen,
    DayBegan,
    Event,
    HelpChosen,
    ItemEntered,
    LeavePressed,
    LibraryCardEntered,
    SlipAsked,
    SlipFailed,
    SlipPrinted,
    SlipRetryPressed,
    SlipTroubleSeen,
    StatusChosen,
)
from kiosk.domain.model import Ticket
from kiosk.domain.slip import SlipKind
from kiosk.domain.states import CounterRules, PatronShown, Registered, Section, Waiting, When
from tests.support.domain.scripted_counter import NUMBER, OTHER_NUMBER, TODAY, Card, ScriptedCounter
from tests.support.domain.scripted_library import Library

A, B = "1103447109", "1100892031"
RULES = CounterRules(confirm_holder=When.NEVER, prints_slips=True, slip=SlipKind.TODAY)


def lend(desk: ScriptedCounter, number: str = NUMBER.text, item: str = A) -> ScriptedCounter:
    """One whole session, which ends with a slip on its way to the printer."""
    return desk.tell(LibraryCardEntered(number), ItemEntered(item), LeavePressed())


def printing(desk: ScriptedCounter) -> Ticket:
    return desk.of(PrintSlip)[-1].ticket


def fail(desk: ScriptedCounter, ticket: Ticket | None = None) -> ScriptedCounter:
    return desk.tell(SlipFailed(printing(desk) if ticket is None else ticket, Code.SLIP_PRINTER_SILENT))


def troubles(desk: ScriptedCounter) -> list[tuple[str, Code]]:
    """What staff are told of, and can have printed again."""
    return [(paper.slip.number.text, paper.trouble) for paper in desk.counter.papers if paper.trouble is not None]


@pytest.fixture
def desk() -> ScriptedCounter:
    return lend(ScriptedCounter(RULES, library=Library()))


def test_a_slip_that_came_out_is_forgotten(desk: ScriptedCounter) -> None:
    desk.at(Waiting)
    assert [paper.ticket for paper in desk.counter.papers] == [printing(desk)]
    assert desk.tell(SlipPrinted(printing(desk))).counter.papers == ()


def test_a_slip_that_did_not_come_out_is_printed_again_as_often_as_it_takes(desk: ScriptedCounter) -> None:
    first = desk.of(PrintSlip)[-1]
    for _ in range(3):
        assert troubles(fail(desk)) == [(NUMBER.text, Code.SLIP_PRINTER_SILENT)]
        desk.tell(SlipRetryPressed())
        assert not troubles(desk), "it is under way"
        again = desk.of(PrintSlip)[-1]
        assert (again.slip, again.ticket != first.ticket) == (first.slip, True)
    assert desk.tell(SlipPrinted(printing(desk))).counter.papers == ()
    assert len(desk.of(PrintSlip)) == 4


def test_pressing_again_while_it_is_printed_prints_nothing_more(desk: ScriptedCounter) -> None:
    fail(desk).tell(SlipRetryPressed(), SlipRetryPressed())
    assert len(desk.of(PrintSlip)) == 2


@pytest.mark.parametrize("late", [SlipPrinted, lambda ticket: SlipFailed(ticket, Code.SLIP_FAILED)])
def test_an_answer_to_another_print_means_nothing(desk: ScriptedCounter, late: Callable[[Ticket], SlipPrinted | SlipFailed]) -> None:
    fail(desk)
    before = printing(desk)
    desk.tell(SlipRetryPressed())
    known = desk.counter.papers
    assert desk.tell(late(before), late(Ticket(0))).counter.papers == known


def test_staff_who_have_seen_it_are_told_no_more_and_nothing_is_kept(desk: ScriptedCounter) -> None:
    assert fail(desk).tell(SlipTroubleSeen()).counter.papers == ()
    desk.tell(SlipRetryPressed())
    assert len(desk.of(PrintSlip)) == 1


def test_a_page_looked_at_meanwhile_takes_neither_trouble_nor_button(desk: ScriptedCounter) -> None:
    assert fail(desk).tell(StatusChosen()).counter.beside is Section.STATUS
    assert troubles(desk)
    desk.tell(HelpChosen(), SlipRetryPressed())
    assert len(desk.of(PrintSlip)) == 2


def test_the_trouble_of_the_one_before_is_told_during_the_next_session_and_ends_with_it(desk: ScriptedCounter) -> None:
    ticket = printing(desk)
    desk.tell(LibraryCardEntered(OTHER_NUMBER.text)).at(PatronShown)
    assert troubles(fail(desk, ticket)) == [(NUMBER.text, Code.SLIP_PRINTER_SILENT)]
    desk.tell(ItemEntered(B), LeavePressed()).at(Waiting)
    assert not troubles(desk)
    assert [paper.slip.number for paper in desk.counter.papers] == [OTHER_NUMBER], "the next one's own is on its way"


def test_each_patrons_slip_is_printed_again_with_its_own_number(desk: ScriptedCounter) -> None:
    first = printing(desk)
    lend(desk, OTHER_NUMBER.text, B)
    second = printing(desk)
    fail(fail(desk, first), second)
    assert [number for number, _ in troubles(desk)] == [NUMBER.text, OTHER_NUMBER.text]
    desk.tell(SlipRetryPressed())
    assert [effect.slip.number for effect in desk.of(PrintSlip)[-2:]] == [NUMBER, OTHER_NUMBER]


def test_a_slip_nobody_came_back_for_is_forgotten_when_the_counter_has_been_left_alone(desk: ScriptedCounter) -> None:
    fail(desk)
    assert desk.seconds() == RULES.idle_seconds
    assert desk.leave_alone().counter.papers == ()


def test_the_slip_of_a_registration_can_be_printed_again_on_its_page() -> None:
    desk = ScriptedCounter(RULES)
    desk.to_pad(Card())
    desk.press_pin().at(Registered)
    desk.tell(SlipAsked(), SlipAsked())
    assert len(desk.of(PrintSlip)) == 1, "it is under way"
    fail(desk)
    assert troubles(desk)
    desk.tell(SlipRetryPressed()).at(Registered)
    assert len(desk.of(PrintSlip)) == 2
    desk.tell(SlipPrinted(printing(desk)), SlipAsked())
    assert len(desk.of(PrintSlip)) == 3, "one more, for whoever asks for it"
    fail(desk).tell(LeavePressed()).at(Waiting)
    assert desk.counter.papers == ()


@pytest.mark.parametrize("event", [Broke("1123-AB12"), DayBegan(TODAY)])
def test_a_slip_that_nobody_answers_for_any_more_is_forgotten(desk: ScriptedCounter, event: Event) -> None:
    """After a bug while it was printed no answer comes."""
    desk.tell(event)
    assert desk.counter.papers == ()
    assert NUMBER.text not in repr(desk.counter)
    assert A not in repr(desk.counter)


def test_after_a_bug_while_it_was_printed_the_same_slip_can_be_printed(desk: ScriptedCounter) -> None:
    desk.tell(Broke("1123-AB12"), BrokeSeen()).library = Library()
    assert len(lend(desk).of(PrintSlip)) == 2
