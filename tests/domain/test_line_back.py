"""A patron who could not be looked up is looked up as soon as the library system responds again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from kiosk.domain.circulation import LoanList, Standing, Stop
from kiosk.domain.effects import ListLoans, LookUpPatron, RetryLibrary, StartTimer
from kiosk.domain.errors import Code
from kiosk.domain.events import (
    DayBegan,
    HandoverAsked,
    IlsChanged,
    ItemEntered,
    LeavePressed,
    LibraryCardEntered,
    LibraryRetryPressed,
    PatronFound,
    PatronRefused,
    ServiceChosen,
    TimeUp,
)
from kiosk.domain.model import IlsCondition, Patron, Service, Ticket
from kiosk.domain.states import CounterRules, HandoverWhen, PatronShown, Problem, Tried, Waiting, When
from tests.support.domain.scripted_counter import NUMBER, ScriptedCounter
from tests.support.domain.scripted_library import Library

A = "1103447109"
QUICK = CounterRules(confirm_holder=When.NEVER)


def unchecked(library: Library) -> ScriptedCounter:
    library.down = Code.ILS_UNREACHABLE
    desk = ScriptedCounter(QUICK, library=library).tell(LibraryCardEntered(NUMBER.text), IlsChanged(IlsCondition.UNREACHABLE))
    assert not desk.at(PatronShown).patron.checked
    return desk


def test_staff_try_the_line_and_the_patron_is_looked_up() -> None:
    library = Library(Standing(stops=frozenset({Stop.FINES})), on_loan=[A])
    desk = unchecked(library).tell(LibraryRetryPressed())
    assert desk.of(RetryLibrary) == [RetryLibrary()]
    library.down = None
    desk.tell(IlsChanged(IlsCondition.READY))
    patron = desk.at(PatronShown).patron
    assert (patron.checked, patron.standing.loans, patron.standing.on_loan) == (True, 1, LoanList.whole([A]))
    assert patron.standing.stops == {Stop.FINES}
    desk.tell(IlsChanged(IlsCondition.UNREACHABLE), IlsChanged(IlsCondition.READY))
    assert len(desk.of(LookUpPatron)) == 2, "who is known is not asked for again"


@pytest.mark.parametrize("condition", [IlsCondition.STARTING, IlsCondition.UNREACHABLE, IlsCondition.LOGIN_LOST])
def test_nobody_is_looked_up_before_the_line_is_there(condition: IlsCondition) -> None:
    desk = unchecked(Library()).tell(IlsChanged(condition))
    assert len(desk.of(LookUpPatron)) == 1


def test_a_card_that_may_not_be_used_is_told_and_what_was_done_stays() -> None:
    library = Library()
    desk = unchecked(library)
    desk.answering = False
    desk.tell(IlsChanged(IlsCondition.READY))
    ticket = desk.of(LookUpPatron)[-1].ticket
    desk.tell(PatronRefused(ticket, Code.LIBRARY_CARD_EXPIRED, (("until", "2026-03-31"),)))
    flow = desk.at(PatronShown)
    assert flow.objection == Problem(Code.LIBRARY_CARD_EXPIRED, (("until", "2026-03-31"),))
    assert not flow.patron.checked


def test_a_line_that_breaks_again_leaves_it_as_it_was_and_is_tried_the_next_time() -> None:
    desk = unchecked(Library())
    desk.answering = False
    desk.tell(IlsChanged(IlsCondition.READY))
    desk.tell(PatronRefused(desk.of(LookUpPatron)[-1].ticket, Code.ILS_UNREACHABLE))
    flow = desk.at(PatronShown)
    assert (flow.objection, flow.patron, flow.checking) == (None, Patron(NUMBER), Ticket(0))
    desk.tell(IlsChanged(IlsCondition.READY))
    assert len(desk.of(LookUpPatron)) == 3


def hangs_at_the_patron(desk: ScriptedCounter) -> ScriptedCounter:
    """A server that logs in and answers everything but this."""
    desk.tell(PatronRefused(desk.of(LookUpPatron)[-1].ticket, Code.ILS_UNREACHABLE))
    return desk.tell(IlsChanged(IlsCondition.UNREACHABLE), IlsChanged(IlsCondition.READY))


def test_a_look_up_that_costs_the_line_each_time_comes_later_each_time() -> None:
    library = Library()
    desk = unchecked(library)
    desk.answering = False
    idle, waits = desk.counter.idle_ticket, []
    hangs_at_the_patron(desk.tell(IlsChanged(IlsCondition.READY)))
    for _ in range(6):
        asked = len(desk.of(LookUpPatron))
        hangs_at_the_patron(desk)
        hangs_at_the_patron(desk)
        timer = desk.of(StartTimer)[-1]
        waits.append(timer.seconds)
        assert len(desk.of(LookUpPatron)) == asked, "whoever lends meanwhile does not wait behind it"
        desk.tell(TimeUp(timer.ticket))
        assert len(desk.of(LookUpPatron)) == asked + 1
    assert waits == [4, 8, 16, 32, 60, 60]
    assert desk.counter.idle_ticket == idle, "nobody has touched anything"
    desk.answering = True
    desk.open.clear()
    desk.tell(PatronFound(desk.of(LookUpPatron)[-1].ticket, Patron(NUMBER, checked=True)))
    assert desk.at(PatronShown).patron.checked


def test_a_look_up_whose_time_has_come_waits_for_a_line_that_is_away() -> None:
    desk = unchecked(Library())
    desk.answering = False
    desk.tell(IlsChanged(IlsCondition.READY))
    hangs_at_the_patron(hangs_at_the_patron(desk)).tell(IlsChanged(IlsCondition.UNREACHABLE))
    asked = len(desk.of(LookUpPatron))
    desk.tell(TimeUp(desk.of(StartTimer)[-1].ticket))
    assert len(desk.of(LookUpPatron)) == asked
    desk.tell(IlsChanged(IlsCondition.READY))
    desk.tell(TimeUp(desk.of(StartTimer)[-1].ticket))
    assert len(desk.of(LookUpPatron)) == asked + 1


def test_what_waits_is_asked_for_at_once_when_staff_have_it_tried() -> None:
    desk = unchecked(Library())
    desk.answering = False
    desk.tell(IlsChanged(IlsCondition.READY))
    hangs_at_the_patron(hangs_at_the_patron(desk))
    asked = len(desk.of(LookUpPatron))
    desk.tell(LibraryRetryPressed(), IlsChanged(IlsCondition.READY))
    assert len(desk.of(LookUpPatron)) == asked + 1


def test_a_list_that_waits_is_asked_for_at_once_when_staff_have_it_tried() -> None:
    library = Library(on_loan=[A])
    desk = ScriptedCounter(QUICK, library=library).tell(LibraryCardEntered(NUMBER.text), IlsChanged(IlsCondition.READY))
    library.down = Code.ILS_UNREACHABLE
    desk.tell(ServiceChosen(Service.RENEWAL))
    desk.tell(TimeUp(desk.of(StartTimer)[-1].ticket))
    library.down = None
    desk.tell(LibraryRetryPressed(), IlsChanged(IlsCondition.READY))
    assert desk.at(PatronShown).dealings.loans is not None


def test_an_answer_after_the_session_or_to_another_question_means_nothing() -> None:
    desk = unchecked(Library())
    desk.answering = False
    desk.tell(IlsChanged(IlsCondition.READY))
    ticket = desk.of(LookUpPatron)[-1].ticket
    known = desk.counter
    assert desk.tell(PatronFound(Ticket(ticket - 1), Patron(NUMBER, checked=True))).counter.flow == known.flow
    desk.tell(LeavePressed()).at(Waiting)
    desk.tell(PatronFound(ticket, Patron(NUMBER, checked=True))).at(Waiting)


# --- what was tried at once and did not help is said


AT = datetime(2026, 11, 23, 5, 32, tzinfo=UTC)
TROUBLE = [IlsCondition.UNREACHABLE, IlsCondition.LOGIN_LOST, IlsCondition.NOT_TRUSTED]


@pytest.mark.parametrize("condition", [*TROUBLE, IlsCondition.READY])
def test_that_it_was_tried_is_known_with_the_time_whatever_came_of_it(condition: IlsCondition) -> None:
    desk = unchecked(Library()).tell(LibraryRetryPressed())
    assert desk.counter.tried == Tried(under_way=True)
    desk.now = AT
    desk.tell(IlsChanged(condition))
    assert desk.counter.tried == Tried(under_way=False, at=AT)
    desk.now = AT + timedelta(minutes=3)
    desk.tell(IlsChanged(IlsCondition.UNREACHABLE))
    assert desk.counter.tried == Tried(under_way=False, at=AT), "nobody pressed for this"
    desk.tell(LibraryRetryPressed(), IlsChanged(condition))
    assert desk.counter.tried == Tried(under_way=False, at=desk.now)


def test_an_answer_to_an_item_is_newer_than_what_was_tried() -> None:
    desk = ScriptedCounter(QUICK, library=Library()).tell(
        LibraryCardEntered(NUMBER.text), LibraryRetryPressed(), IlsChanged(IlsCondition.READY)
    )
    assert desk.tell(ItemEntered(A)).counter.tried is None
    desk.tell(LibraryRetryPressed(), IlsChanged(IlsCondition.UNREACHABLE), DayBegan(date(2026, 11, 24)))
    assert desk.counter.tried is None


def test_a_list_that_cannot_be_had_again_says_when() -> None:
    library = Library()
    desk = ScriptedCounter(QUICK, library=library).tell(LibraryCardEntered(NUMBER.text))
    library.down, desk.now = Code.ILS_UNREACHABLE, AT
    desk.tell(ServiceChosen(Service.RENEWAL))
    assert (desk.at(PatronShown).dealings.problem, desk.at(PatronShown).dealings.failed_at) == (Code.ILS_UNREACHABLE, AT)
    desk.now = AT + timedelta(seconds=5)
    desk.tell(ServiceChosen(Service.RENEWAL))
    assert desk.at(PatronShown).dealings.failed_at == desk.now
    desk.now = AT + timedelta(seconds=9)
    desk.tell(IlsChanged(IlsCondition.UNREACHABLE), ServiceChosen(Service.RENEWAL))
    assert (desk.at(PatronShown).dealings.problem, desk.at(PatronShown).dealings.failed_at) == (Code.ILS_UNREACHABLE, desk.now)


def test_a_number_that_cannot_be_handed_over_again_says_when() -> None:
    desk = ScriptedCounter(CounterRules(confirm_holder=When.NEVER, handover=HandoverWhen.ON_CHOICE), window_fails=Code.HANDOVER_NO_WINDOW)
    desk.tell(LibraryCardEntered(NUMBER.text))
    desk.now = AT
    assert desk.tell(HandoverAsked()).at(PatronShown).handing_failed_at == AT
    desk.now = AT + timedelta(seconds=5)
    assert desk.tell(HandoverAsked()).at(PatronShown).handing_failed_at == desk.now


def test_a_list_that_the_line_cost_comes_by_itself() -> None:
    library = Library(on_loan=[A])
    desk = unchecked(library).tell(ServiceChosen(Service.RENEWAL))
    assert desk.at(PatronShown).dealings.problem is Code.ILS_UNREACHABLE
    library.down = None
    desk.tell(IlsChanged(IlsCondition.READY))
    dealings = desk.at(PatronShown).dealings
    assert (dealings.problem, [loan.number for loan in dealings.loans or ()]) == (None, [A])


def test_a_list_that_fails_on_a_good_line_is_asked_for_later_each_time_and_keeps_no_session() -> None:
    library = Library(on_loan=[A])
    desk = ScriptedCounter(QUICK, library=library).tell(LibraryCardEntered(NUMBER.text), IlsChanged(IlsCondition.READY))
    library.down = Code.ILS_UNREACHABLE
    desk.tell(ServiceChosen(Service.RENEWAL))
    idle, waits = desk.counter.idle_ticket, []
    for _ in range(7):
        timer = desk.of(StartTimer)[-1]
        waits.append(timer.seconds)
        desk.tell(TimeUp(timer.ticket))
    assert waits == [2, 4, 8, 16, 32, 60, 60]
    assert desk.counter.idle_ticket == idle, "nobody has touched anything"
    library.down = None
    desk.tell(TimeUp(desk.of(StartTimer)[-1].ticket))
    assert desk.at(PatronShown).dealings.loans is not None


def test_a_list_that_nobody_looks_at_any_more_is_not_asked_for() -> None:
    desk = unchecked(Library(on_loan=[A])).tell(ServiceChosen(Service.RENEWAL), ServiceChosen(Service.LOAN))
    desk.tell(IlsChanged(IlsCondition.READY))
    assert not desk.of(ListLoans)
