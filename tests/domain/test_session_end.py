"""An abandoned session is closed, and whoever comes back is told its result."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from kiosk.domain.circulation import Reason
from kiosk.domain.effects import LookAgain, StartTimer
from kiosk.domain.errors import Code
from kiosk.domain.events import (
    ApplicantChosen,
    CardPlaced,
    DayBegan,
    EndedSeen,
    Event,
    HelpChosen,
    HolderConfirmed,
    HomeChosen,
    ItemEntered,
    LanguageChosen,
    LeavePressed,
    LeavingConfirmed,
    LibraryCardEntered,
    LinkAgreed,
    RegistrationChosen,
    StatusChosen,
    TimeUp,
    UnlinkConfirmed,
    UnlinkingChosen,
    UnlinkReasonChosen,
)
from kiosk.domain.model import EndedBy, Insertion, Language, Ticket, UnlinkReason
from kiosk.domain.session_end import is_told_to_patron
from kiosk.domain.states import CounterRules, Ended, LeftWork, PatronShown, Waiting, When
from tests.support.domain.scripted_counter import NUMBER, READER, TODAY, Card, ScriptedCounter, link
from tests.support.domain.scripted_library import Library

AT = datetime(2026, 11, 23, 5, 32, tzinfo=UTC)


def registering() -> ScriptedCounter:
    return ScriptedCounter().to_library_card()


def at_the_pad() -> ScriptedCounter:
    desk = ScriptedCounter()
    desk.to_pad(Card())
    return desk


def at_the_last_try() -> ScriptedCounter:
    desk = ScriptedCounter().to_card()
    desk.lay(Card(tries=1))
    return desk.tell(LinkAgreed())


def registered() -> ScriptedCounter:
    return at_the_pad().press_pin()


def refused() -> ScriptedCounter:
    return ScriptedCounter().tell(RegistrationChosen(), ApplicantChosen(None))


def linked_already() -> ScriptedCounter:
    desk = ScriptedCounter(links=[link(Card())]).to_card()
    desk.lay(Card())
    return desk


def unlinking() -> ScriptedCounter:
    return ScriptedCounter(links=[link(Card())]).tell(
        UnlinkingChosen(), UnlinkReasonChosen(UnlinkReason.WISH), LibraryCardEntered(NUMBER.text)
    )


def unlinked() -> ScriptedCounter:
    return unlinking().tell(UnlinkConfirmed())


def looking_at_the_holder() -> ScriptedCounter:
    desk = ScriptedCounter(links=[link(Card())])
    desk.lay(Card())
    return desk


def serving() -> ScriptedCounter:
    return looking_at_the_holder().tell(HolderConfirmed())


def not_linked() -> ScriptedCounter:
    desk = ScriptedCounter()
    desk.lay(Card())
    return desk


def not_known() -> ScriptedCounter:
    desk = ScriptedCounter()
    desk.lay(Card(refused=Code.CARD_EXPIRED))
    return desk


def serving_by_library_card() -> ScriptedCounter:
    return ScriptedCounter().tell(LibraryCardEntered(NUMBER.text))


def asking_to_lend() -> ScriptedCounter:
    desk = ScriptedCounter(CounterRules(lending_pin=When.ALWAYS), links=[link(Card())])
    desk.lay(Card())
    return desk


LEFT: list[tuple[Callable[[], ScriptedCounter], LeftWork]] = [
    (registering, LeftWork.REGISTRATION),
    (at_the_pad, LeftWork.REGISTRATION),
    (at_the_last_try, LeftWork.REGISTRATION),
    (refused, LeftWork.REGISTRATION_REFUSED),
    (registered, LeftWork.REGISTERED),
    (linked_already, LeftWork.LINKED),
    (unlinking, LeftWork.UNLINKING),
    (unlinked, LeftWork.UNLINKED),
    (looking_at_the_holder, LeftWork.LENDING),
    (not_linked, LeftWork.REFUSED),
    (not_known, LeftWork.REFUSED),
    (asking_to_lend, LeftWork.LENDING),
    (serving, LeftWork.SERVING),
    (serving_by_library_card, LeftWork.SERVING_BY_LIBRARY_CARD),
]


def left(desk: ScriptedCounter) -> ScriptedCounter:
    desk.now = AT
    desk.leave_alone().leave_alone()
    desk.answering = False
    return desk


def told(desk: ScriptedCounter) -> Ended:
    assert desk.counter.ended is not None
    return desk.counter.ended


@pytest.mark.parametrize(("session", "work"), LEFT, ids=[session.__name__ for session, _ in LEFT])
def test_what_was_closed_is_told_without_whose_it_was(session: Callable[[], ScriptedCounter], work: LeftWork) -> None:
    desk = left(session().tell(LanguageChosen(Language.ENGLISH)))
    desk.at(Waiting)
    assert (told(desk).work, told(desk).at, told(desk).language) == (work, AT, Language.ENGLISH)
    assert is_told_to_patron(desk.counter)
    assert NUMBER.text not in repr(desk.counter)


UNDONE = (LeftWork.REGISTRATION, LeftWork.UNLINKING, LeftWork.LENDING)
SIMPLY_LEFT = (refused, not_linked, not_known)


@pytest.mark.parametrize(("session", "work"), LEFT, ids=[session.__name__ for session, _ in LEFT])
def test_what_staff_have_left_undone_is_told_as_theirs(session: Callable[[], ScriptedCounter], work: LeftWork) -> None:
    desk = session().leave_alone()
    assert desk.counter.idle_warning
    desk.now = AT
    desk.tell(LeavePressed()).at(Waiting)
    assert not is_told_to_patron(desk.counter)
    if work not in UNDONE or session in SIMPLY_LEFT:
        assert desk.counter.ended is None
    else:
        assert (told(desk).work, told(desk).by, told(desk).at) == (work, EndedBy.STAFF, AT)


def test_what_staff_leave_by_the_rail_is_told_as_theirs() -> None:
    left = told(registering().tell(HomeChosen(), LeavingConfirmed()))
    assert (left.work, left.by) == (LeftWork.REGISTRATION, EndedBy.STAFF)


NO_WAY_OUT = (LeftWork.UNLINKING, LeftWork.UNLINKED, LeftWork.SERVING, LeftWork.SERVING_BY_LIBRARY_CARD)
"""The patron's page has no button that leaves."""
PATRON_LEAVES = [(session, work) for session, work in LEFT if work not in NO_WAY_OUT]


@pytest.mark.parametrize(("session", "work"), PATRON_LEAVES, ids=[session.__name__ for session, _ in PATRON_LEAVES])
def test_what_the_patron_ends_is_told_to_staff_as_the_patrons(session: Callable[[], ScriptedCounter], work: LeftWork) -> None:
    desk = session()
    desk.now = AT
    desk.tell(LeavePressed(EndedBy.PATRON)).at(Waiting)
    assert (told(desk).work, told(desk).by, told(desk).at) == (work, EndedBy.PATRON, AT)
    assert not is_told_to_patron(desk.counter)
    assert NUMBER.text not in repr(desk.counter)
    assert desk.tell(EndedSeen()).counter.ended is None


@pytest.mark.parametrize(
    ("session", "why"), [(refused, Code.PROXY_REFUSED), (not_known, Code.CARD_EXPIRED), (at_the_pad, None), (registered, None)]
)
def test_why_a_refused_session_was_refused_is_told_with_its_end(session: Callable[[], ScriptedCounter], why: Code | None) -> None:
    assert told(session().tell(LeavePressed(EndedBy.PATRON))).why is why
    assert told(left(session())).why is why


def test_a_finished_registration_that_closes_by_itself_is_nobodys_fault() -> None:
    desk = registered()
    desk.lift(desk.counter.cards[0]).leave_alone().at(Waiting)
    assert desk.counter.ended is None


def test_the_patron_reads_it_for_a_short_time_and_staff_until_they_have_seen_it() -> None:
    desk = left(registering())
    [seconds] = [timer.seconds for timer in desk.of(StartTimer) if timer.ticket == told(desk).patron_timer]
    assert 10 <= seconds <= 30
    desk.tell(TimeUp(told(desk).patron_timer or Ticket(0)))
    assert not is_told_to_patron(desk.counter)
    assert told(desk).work is LeftWork.REGISTRATION
    desk.tell(StatusChosen(), HelpChosen(), HomeChosen()).leave_alone()
    assert told(desk).work is LeftWork.REGISTRATION
    assert desk.tell(EndedSeen()).counter.ended is None


NEXT: list[tuple[Event, ...]] = [
    (RegistrationChosen(),),
    (UnlinkingChosen(),),
    (LibraryCardEntered(NUMBER.text),),
    (CardPlaced(Insertion(7, READER)),),
    (DayBegan(TODAY),),
]


@pytest.mark.parametrize("events", NEXT, ids=[type(events[0]).__name__ for events in NEXT])
def test_it_goes_when_the_next_work_begins(events: tuple[Event, ...]) -> None:
    assert left(registering()).tell(*events).counter.ended is None


def test_a_card_that_nobody_brought_is_no_work() -> None:
    desk = left(registering()).tell(CardPlaced(Insertion(7, READER), found=True))
    assert told(desk).work is LeftWork.REGISTRATION


def test_the_next_patron_chooses_the_language_of_it() -> None:
    desk = left(registering().tell(LanguageChosen(Language.ENGLISH))).tell(LanguageChosen(Language.EASY_JAPANESE))
    assert told(desk).language is Language.EASY_JAPANESE


def doubtful() -> ScriptedCounter:
    rules = CounterRules(confirm_holder=When.NEVER)
    desk = ScriptedCounter(rules, library=Library(says={"1103447109": Reason.LOST_ANSWER}))
    desk.tell(LibraryCardEntered(NUMBER.text), ItemEntered("1103447109"))
    desk.answering = False
    return desk


def test_a_session_that_waits_for_a_last_look_is_told_of_from_when_it_is_closed() -> None:
    desk = left(doubtful())
    assert desk.at(PatronShown).leaving
    timers = len(desk.of(StartTimer))
    desk.now = AT + timedelta(minutes=5)
    assert desk.library is not None
    desk.library.down = Code.ILS_UNREACHABLE
    desk.answer(LookAgain).at(Waiting)
    assert (told(desk).work, told(desk).at) == (LeftWork.SERVING_BY_LIBRARY_CARD, AT + timedelta(minutes=5))
    assert told(desk).patron_timer in [timer.ticket for timer in desk.of(StartTimer)[timers:]]
    assert is_told_to_patron(desk.counter)
    desk.tell(TimeUp(told(desk).patron_timer or Ticket(0)))
    assert not is_told_to_patron(desk.counter)


def test_a_session_that_stays_because_of_its_last_look_was_not_closed() -> None:
    desk = left(doubtful()).answer(LookAgain)
    assert not desk.at(PatronShown).leaving
    assert desk.counter.ended is None


def test_whoever_goes_on_with_a_session_that_waited_to_be_closed_is_told_nothing() -> None:
    desk = left(doubtful()).tell(ItemEntered("1100892031"))
    assert not desk.at(PatronShown).leaving
    assert desk.counter.ended is None
