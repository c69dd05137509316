"""Staff who fetch something keep what is open for five more minutes, twice per session."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.domain.effects import StartTimer
from kiosk.domain.events import (
    HolderConfirmed,
    LanguageChosen,
    LeavePressed,
    LibraryCardEntered,
    LinkAgreed,
    MoreTimePressed,
    TimeUp,
    Touched,
    UnlinkingChosen,
)
from kiosk.domain.idle_extension import is_running, left_of, may_have_more
from kiosk.domain.model import Language
from kiosk.domain.states import AskingPin, ConfirmingLink, LendingRefused, MoreTime, PatronShown, Registered, Waiting
from tests.support.domain.scripted_counter import NUMBER, Card, ScriptedCounter, link


def serving() -> ScriptedCounter:
    desk = ScriptedCounter(links=[link(Card())])
    desk.lay(Card())
    return desk.tell(HolderConfirmed())


def registering() -> ScriptedCounter:
    return ScriptedCounter().to_library_card()


def unlinking() -> ScriptedCounter:
    return ScriptedCounter().tell(UnlinkingChosen())


SESSIONS: list[Callable[[], ScriptedCounter]] = [serving, registering, unlinking]


def is_over(desk: ScriptedCounter) -> ScriptedCounter:
    """The five minutes have passed."""
    return desk.tell(TimeUp(desk.counter.more_time.ticket))


@pytest.mark.parametrize("session", SESSIONS)
@pytest.mark.parametrize("warned", [False, True])
def test_what_is_open_stays_for_five_minutes_and_then_for_the_usual_time(session: Callable[[], ScriptedCounter], warned: bool) -> None:
    desk = session().leave_alone() if warned else session()
    flow = desk.flow
    desk.tell(MoreTimePressed())
    assert not desk.counter.idle_warning
    assert [timer.seconds for timer in desk.of(StartTimer) if timer.ticket == desk.counter.more_time.ticket] == [300]
    for _ in range(9):
        assert not desk.leave_alone().counter.idle_warning
    is_over(desk)
    assert not desk.counter.idle_warning
    assert desk.leave_alone().counter.idle_warning
    assert desk.flow == flow
    desk.leave_alone().at(Waiting)


def test_it_can_be_had_twice_in_a_session_one_after_the_other_or_both_at_once() -> None:
    one, both = serving(), serving()
    is_over(one.tell(MoreTimePressed())).tell(MoreTimePressed())
    both.tell(MoreTimePressed(), MoreTimePressed())
    assert [left_of(each.counter, 100.0) for each in (one, both)] == [100.0, 400.0]
    for desk in (one, both):
        assert not may_have_more(desk.counter)
        assert desk.tell(MoreTimePressed()).counter.more_time.used == 2
    assert not is_over(both).leave_alone().counter.idle_warning
    for desk in (one, both):
        assert is_over(desk).leave_alone().counter.idle_warning


def test_the_next_session_may_have_it_again() -> None:
    desk = serving().tell(MoreTimePressed(), MoreTimePressed(), LeavePressed())
    assert desk.counter.more_time == MoreTime()
    desk.lift(desk.counter.cards[0]).tell(LibraryCardEntered(NUMBER.text)).at(PatronShown)
    assert may_have_more(desk.counter)


def test_a_library_card_read_on_a_refusal_begins_a_session_with_all_of_its_time() -> None:
    desk = ScriptedCounter()
    desk.lay(Card())
    desk.tell(MoreTimePressed(), MoreTimePressed()).at(LendingRefused)
    desk.tell(LibraryCardEntered(NUMBER.text)).at(PatronShown)
    assert desk.counter.more_time == MoreTime()
    assert may_have_more(desk.counter)


def test_a_sign_of_life_does_not_take_it_away() -> None:
    desk = serving().tell(MoreTimePressed(), Touched(), LanguageChosen(Language.ENGLISH))
    assert not desk.leave_alone().counter.idle_warning


def test_nothing_that_is_open_to_nobody_is_kept() -> None:
    desk = ScriptedCounter()
    assert not may_have_more(desk.counter)
    assert desk.tell(MoreTimePressed()).counter.more_time == MoreTime()


def test_a_patrons_pin_is_never_left_open_for_longer() -> None:
    desk = ScriptedCounter().to_card()
    desk.tell(MoreTimePressed())
    desk.lay(Card())
    desk.at(ConfirmingLink)
    desk.tell(LinkAgreed()).at(AskingPin)
    assert not may_have_more(desk.counter)
    assert desk.leave_alone().counter.idle_warning


def test_a_finished_registration_closes_by_itself_all_the_same() -> None:
    desk = ScriptedCounter().to_card().tell(MoreTimePressed())
    card = desk.lay(Card())
    desk.tell(LinkAgreed()).press_pin().at(Registered)
    assert not is_running(desk.counter), "it is not said to stay open"
    desk.lift(card)
    used = desk.counter.more_time.used
    assert not may_have_more(desk.counter)
    assert desk.tell(MoreTimePressed()).counter.more_time.used == used
    closing = desk.counter.idle_ticket
    assert is_over(desk).counter.idle_ticket == closing, "what was asked for before does not put off its end"
    desk.leave_alone().at(Waiting)
