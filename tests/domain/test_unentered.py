"""A number that stands in an item's field and has not been entered: nobody loses it unasked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.domain.consequences import Open, why_open, why_unfinished
from kiosk.domain.events import Event, HomeChosen, ItemEntered, ItemTyped, LeavePressed, LeavingConfirmed, LeavingDenied, SlipChosen
from kiosk.domain.slip import SlipKind
from kiosk.domain.states import CounterRules, PatronShown, Reading, Section, Waiting, When
from tests.support.domain.scripted_counter import OTHER_NUMBER, OTHER_READER, Card, ScriptedCounter, link
from tests.support.domain.scripted_library import Library

ON_LIFT = CounterRules(confirm_holder=When.NEVER, prints_slips=True, end_on_lift=True)
ITEM = "1103447109"
FIRST, SECOND = Card("a"), Card("b")


def served() -> ScriptedCounter:
    """The first of two patrons is shown, whose card lies on the reader; the library's system waits to be told to answer."""
    desk = ScriptedCounter(ON_LIFT, links=[link(FIRST), link(SECOND, OTHER_NUMBER)], library=Library())
    desk.lay(FIRST)
    desk.at(PatronShown)
    desk.answering = False
    return desk


def typed() -> ScriptedCounter:
    return served().tell(ItemTyped(standing=True))


def press(*events: Event) -> Callable[[ScriptedCounter], object]:
    return lambda desk: desk.tell(*events)


def lay_the_next(desk: ScriptedCounter) -> None:
    """On the other reader, while the first card may still lie."""
    desk.lay(SECOND, OTHER_READER)


def lift(desk: ScriptedCounter) -> None:
    desk.lift(desk.counter.cards[0])


ASKS = {"F12": press(LeavePressed()), "home": press(HomeChosen()), "next card": lay_the_next, "lifting": lift}


@pytest.mark.parametrize("end", ASKS.values(), ids=ASKS)
def test_a_number_that_has_not_been_entered_is_asked_about(end: Callable[[ScriptedCounter], object]) -> None:
    desk = typed()
    end(desk)
    assert not desk.at(PatronShown).leaving
    assert desk.counter.leaving_for is Section.HOME
    assert why_unfinished(desk.counter) is Open.TYPED
    stays = desk.tell(LeavingDenied())
    assert (stays.at(PatronShown).typed, stays.counter.leaving_for) == (True, None)


def test_staff_leave_all_the_same() -> None:
    typed().tell(LeavePressed(), LeavingConfirmed()).at(Waiting)


def test_the_next_card_is_read_once_staff_have_left() -> None:
    desk = typed()
    lay_the_next(desk)
    assert desk.tell(LeavingConfirmed()).at(Reading).insertion == desk.counter.cards[-1]


@pytest.mark.parametrize(
    "event", [ItemEntered(ITEM), ItemTyped(standing=False), SlipChosen(SlipKind.NONE)], ids=["entered", "deleted", "other"]
)
def test_what_becomes_of_the_number_answers_the_question(event: Event) -> None:
    desk = typed().tell(LeavePressed(), event)
    desk.at(PatronShown)
    assert desk.counter.leaving_for is None


def test_an_empty_field_is_not_asked_about() -> None:
    typed().tell(ItemTyped(standing=False), LeavePressed()).at(Waiting)


def test_it_is_said_before_what_is_waited_for_anyway() -> None:
    desk = served().tell(ItemEntered(ITEM), ItemTyped(standing=True))
    assert why_open(desk.counter) is Open.UNANSWERED
    assert why_unfinished(desk.counter) is Open.TYPED
    assert desk.tell(LeavePressed(), LeavePressed()).counter.leaving_for is Section.HOME


def test_a_number_nobody_has_entered_is_told_when_the_session_times_out() -> None:
    desk = typed().leave_alone().leave_alone()
    desk.at(Waiting)
    assert desk.counter.ended is not None
    assert desk.counter.ended.typed
