"""Repeated look-ups of transactions in doubt: before the session ends, and once after it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kiosk.domain.circulation import Item, ItemAnswer, LoanList, Outcome, Reason
from kiosk.domain.doubts_after_session import Doing, being_looked_at
from kiosk.domain.effects import Act, ListLoans, LookAgain, PrintSlip, RecogniseLibraryCard, RecordAct, ServeItem, StartTimer
from kiosk.domain.events import (
    Broke,
    DayBegan,
    IlsChanged,
    ItemAnswered,
    ItemEntered,
    LateSeen,
    LeavePressed,
    LibraryCardEntered,
    LibraryRetryPressed,
    LoansListed,
    LookedAgain,
    ServiceChosen,
    TimeUp,
    UnclearSeen,
)
from kiosk.domain.itemservices import ITEM_SERVICES
from kiosk.domain.model import IlsCondition, Service, Ticket
from kiosk.domain.slip import SlipKind
from kiosk.domain.states import CounterRules, PatronShown, Progress, Waiting, When
from tests.support.domain.scripted_counter import NUMBER, OTHER_NUMBER, TODAY, ScriptedCounter
from tests.support.domain.scripted_library import DUE, Library, title

A, B = "1103447109", "1100892031"
NOT_YET, UNKNOWN = (Outcome.REFUSED, Reason.NOT_THERE_YET), (Outcome.UNKNOWN, Reason.LOST_ANSWER)
NOT_SEEN, DONE = (Outcome.REFUSED, Reason.NOT_SEEN_YET), (Outcome.DONE, None)
Found = tuple[Outcome, Reason | None]


def in_doubt(found: Found, service: Service = Service.LOAN, item: str = A) -> ScriptedCounter:
    """A patron who is served, and an item of which it is not certain what became of it."""
    rules = CounterRules(confirm_holder=When.NEVER, prints_slips=True, slip=SlipKind.TODAY)
    desk = ScriptedCounter(rules, library=Library()).tell(LibraryCardEntered(NUMBER.text), ServiceChosen(service))
    desk.answering = False
    desk.open.clear()
    return ask(desk, found, item)


def ask(desk: ScriptedCounter, found: Found, item: str = A) -> ScriptedCounter:
    desk.tell(ItemEntered(item))
    asked = desk.of(ServeItem)[-1]
    desk.open.remove(asked)
    desk.tell(ItemAnswered(asked.ticket, ItemAnswer(Item(item), *found)))
    if any(isinstance(question, RecogniseLibraryCard) for question in desk.open):
        desk.answer(RecogniseLibraryCard)
    return desk


def looks(desk: ScriptedCounter) -> list[tuple[Service, str]]:
    return [(look.service, look.item.number) for look in desk.of(LookAgain)]


def find(desk: ScriptedCounter, found: Found) -> ScriptedCounter:
    """What the newest look shows."""
    look = desk.of(LookAgain)[-1]
    if look in desk.open:
        desk.open.remove(look)
    item = Item(look.item.number, title(look.item.number), DUE) if found == DONE else look.item
    return desk.tell(LookedAgain(look.ticket, ItemAnswer(item, *found)))


def line(desk: ScriptedCounter) -> tuple[Progress, Reason | None]:
    entry = desk.at(PatronShown).dealings.entries[0]
    return entry.progress, entry.reason


def later(desk: ScriptedCounter) -> ScriptedCounter:
    """So long after the session as it takes until it is looked at once more."""
    return desk.tell(*(TimeUp(doubt.due) for doubt in desk.counter.doubts))


@pytest.mark.parametrize("found", [NOT_YET, UNKNOWN, NOT_SEEN])
@pytest.mark.parametrize("service", ITEM_SERVICES)
def test_what_is_in_doubt_is_looked_at_before_the_session_ends(service: Service, found: Found) -> None:
    desk = in_doubt(found, service)
    assert not looks(desk)
    desk.tell(LeavePressed())
    assert desk.at(PatronShown).leaving
    assert looks(desk) == [(service, A)]
    find(desk, found).at(Waiting)


def test_what_was_lent_late_keeps_the_session_so_that_staff_are_told() -> None:
    desk = find(in_doubt(NOT_YET).tell(LeavePressed()), DONE)
    flow = desk.at(PatronShown)
    assert not flow.leaving
    assert line(desk) == (Progress.DONE, None)
    assert (flow.dealings.entries[0].item, flow.patron.standing.loans) == (Item(A, title(A), DUE), 1)
    assert [record.service for record in desk.of(RecordAct) if record.act is Act.SERVICE] == ["loan"]
    desk.tell(LeavePressed()).at(Waiting)
    assert len(looks(desk)) == 1
    [printed] = [effect.slip for effect in desk.of(PrintSlip)]
    assert [slip_line.item.number for slip_line in printed.lines] == [A]


def test_a_hold_that_the_server_said_yes_to_is_looked_at_before_the_end_and_once_after_it() -> None:
    desk = find(in_doubt(NOT_SEEN, Service.HOLD).tell(LeavePressed()), NOT_SEEN)
    desk.at(Waiting)
    later(desk)
    assert looks(desk) == [(Service.HOLD, A)] * 2
    find(desk, DONE)
    assert [(late.service, late.item.number) for late in desk.counter.late] == [(Service.HOLD, A)]


def test_what_was_unknown_and_is_not_there_is_told() -> None:
    desk = find(in_doubt(UNKNOWN).tell(LeavePressed()), NOT_YET)
    assert not desk.at(PatronShown).leaving
    assert line(desk) == (Progress.REFUSED, Reason.NOT_THERE_YET)
    find(desk.tell(LeavePressed()), NOT_YET).at(Waiting)


def test_a_look_that_tells_nothing_leaves_what_the_one_before_told() -> None:
    desk = in_doubt(NOT_YET).tell(LeavePressed(), ItemEntered(B))
    find(desk, UNKNOWN)
    assert [entry.reason for entry in desk.at(PatronShown).dealings.entries] == [None, Reason.NOT_THERE_YET]


def test_each_item_in_doubt_is_looked_at_one_after_the_other() -> None:
    desk = ask(in_doubt(NOT_YET), UNKNOWN, B).tell(LeavePressed())
    assert len(looks(desk)) == 1
    find(desk, NOT_YET)
    assert sorted(number for _, number in looks(desk)) == sorted([A, B])
    find(desk, UNKNOWN)


def test_nobody_waits_for_a_look_who_asks_to_leave_again() -> None:
    in_doubt(NOT_YET).tell(LeavePressed(), LeavePressed()).at(Waiting)


def test_a_librarys_system_that_is_away_is_not_waited_for_and_asked_after_the_session() -> None:
    desk = in_doubt(NOT_YET).tell(IlsChanged(IlsCondition.UNREACHABLE), LeavePressed())
    desk.at(Waiting)
    assert not looks(desk)
    assert looks(later(desk)) == [(Service.LOAN, A)]


def test_a_look_for_what_was_read_again_meanwhile_changes_nothing() -> None:
    desk = in_doubt(NOT_YET).tell(LeavePressed())
    look = desk.of(LookAgain)[-1]
    ask(desk, DONE)
    before = desk.at(PatronShown).patron
    desk.tell(LookedAgain(look.ticket, ItemAnswer(Item(A), *DONE)))
    assert line(desk) == (Progress.DONE, None)
    assert desk.at(PatronShown).patron == before


def test_a_list_of_loans_that_has_it_ends_the_doubt() -> None:
    desk = in_doubt(UNKNOWN).tell(ServiceChosen(Service.RENEWAL))
    desk.tell(LoansListed(desk.of(ListLoans)[-1].ticket, LoanList.whole([B, A])))
    assert line(desk) == (Progress.DONE, None)
    assert desk.at(PatronShown).patron.standing.loans == 2


def test_a_list_of_loans_that_lacks_it_makes_it_known_as_of_now() -> None:
    desk = in_doubt(UNKNOWN).tell(ServiceChosen(Service.RENEWAL))
    desk.tell(LoansListed(desk.of(ListLoans)[-1].ticket, LoanList.whole([B])))
    assert line(desk) == (Progress.REFUSED, Reason.NOT_THERE_YET)


# --- after the session ------------------------------------------------------------------------------------------------------


def ended(found: Found = NOT_YET, service: Service = Service.LOAN) -> ScriptedCounter:
    desk = find(in_doubt(found, service).tell(LeavePressed()), found)
    desk.at(Waiting)
    return desk


@pytest.mark.parametrize("found", [NOT_YET, UNKNOWN])
def test_it_is_looked_at_once_more_after_the_session_and_then_forgotten(found: Found) -> None:
    desk = ended(found)
    [doubt] = desk.counter.doubts
    [seconds] = [timer.seconds for timer in desk.of(StartTimer) if timer.ticket == doubt.due]
    assert 5 <= seconds <= 30
    later(desk)
    assert len(looks(desk)) == 2
    find(desk, found)
    assert (desk.counter.doubts, desk.counter.late) == ((), ())
    assert NUMBER.text not in repr(desk.counter)


@pytest.mark.parametrize("service", ITEM_SERVICES)
def test_what_was_done_late_is_told_on_whatever_page_is_open_without_whose_it_is(service: Service) -> None:
    desk = later(ended(service=service)).tell(LibraryCardEntered(OTHER_NUMBER.text))
    find(desk, DONE)
    assert [(late.service, late.item) for late in desk.counter.late] == [(service, Item(A, title(A), DUE))]
    assert not desk.counter.doubts
    assert NUMBER.text not in repr(desk.counter)
    assert desk.tell(LateSeen(), LateSeen()).counter.late == ()


def test_what_was_told_is_not_kept_over_night() -> None:
    assert find(later(ended()), DONE).tell(DayBegan(TODAY)).counter.late == ()


def test_a_look_that_broke_is_not_waited_for() -> None:
    desk = later(ended()).tell(Broke("1123-AB12"))
    assert not desk.counter.doubts
    assert NUMBER.text not in repr(desk.counter)


def test_a_bug_elsewhere_does_not_keep_from_looking() -> None:
    assert len(looks(later(ended().tell(Broke("1123-AB12"))))) == 2


def test_what_is_in_doubt_is_not_kept_over_night() -> None:
    desk = ended().tell(DayBegan(TODAY))
    assert not desk.counter.doubts
    assert NUMBER.text not in repr(desk.counter)


def test_what_is_certain_is_not_looked_at() -> None:
    desk = in_doubt((Outcome.REFUSED, Reason.RESERVED)).tell(LeavePressed())
    desk.at(Waiting)
    assert (looks(desk), desk.counter.doubts) == ([], ())


def test_what_the_same_patron_borrowed_since_is_no_news() -> None:
    desk = ended()
    desk.answering = True
    desk.library = Library()
    desk.tell(LibraryCardEntered(NUMBER.text), ItemEntered(A))
    desk.answering = False
    find(later(desk), DONE)
    assert len(looks(desk)) == 2
    assert desk.counter.late == ()


def test_an_answer_to_no_look_means_nothing() -> None:
    desk = ended()
    known = desk.counter
    for ticket in (Ticket(0), known.last_ticket, Ticket(9999)):
        assert desk.tell(LookedAgain(ticket, ItemAnswer(Item(A), *DONE))).counter == known


# --- what is not known yet, or cannot be


def doing(desk: ScriptedCounter) -> tuple[Service, list[str], Doing] | None:
    looked_at = being_looked_at(desk.counter)
    return None if looked_at is None else (looked_at.service, [item.number for item in looked_at.items], looked_at.doing)


@pytest.mark.parametrize("service", ITEM_SERVICES)
@pytest.mark.parametrize("found", [NOT_YET, UNKNOWN])
def test_what_is_unclear_at_the_end_is_told_at_once_with_what_is_done_about_it(service: Service, found: Found) -> None:
    desk = ended(found, service)
    assert doing(desk) == (service, [A], Doing.SOON)
    assert doing(later(desk)) == (service, [A], Doing.ASKING)
    assert desk.counter.unclear == ()


@pytest.mark.parametrize(("found", "outcome"), [(NOT_YET, Outcome.REFUSED), (UNKNOWN, Outcome.UNKNOWN)])
def test_what_the_last_look_has_told_is_told_until_staff_have_seen_it_without_whose_it_is(found: Found, outcome: Outcome) -> None:
    desk = later(ended())
    desk.now = datetime(2026, 11, 23, 5, 33, tzinfo=UTC)
    find(desk, found)
    assert doing(desk) is None
    assert [(each.service, each.item.number, each.outcome, each.at) for each in desk.counter.unclear] == [
        (Service.LOAN, A, outcome, desk.now)
    ]
    assert NUMBER.text not in repr(desk.counter)
    assert NUMBER.masked not in repr(desk.counter)
    assert desk.tell(UnclearSeen(), UnclearSeen()).counter.unclear == ()


def test_while_the_line_is_away_it_waits_and_is_looked_at_as_soon_as_it_is_back() -> None:
    desk = in_doubt(UNKNOWN).tell(IlsChanged(IlsCondition.UNREACHABLE), LeavePressed())
    desk.at(Waiting)
    assert doing(desk) == (Service.LOAN, [A], Doing.WHEN_BACK)
    for _ in range(2):
        find(later(desk), UNKNOWN)
        assert doing(desk) == (Service.LOAN, [A], Doing.WHEN_BACK)
        assert desk.counter.unclear == ()
        before = len(looks(desk))
        desk.tell(IlsChanged(IlsCondition.READY))
        assert len(looks(desk)) == before + 1
        assert doing(desk) == (Service.LOAN, [A], Doing.ASKING)
        desk.tell(IlsChanged(IlsCondition.UNREACHABLE))
    find(desk, DONE)
    assert (doing(desk), desk.counter.unclear, len(desk.counter.late)) == (None, (), 1)
    assert NUMBER.text not in repr(desk.counter)


def test_a_look_that_costs_the_line_each_time_comes_later_and_has_an_end() -> None:
    desk = ended(UNKNOWN, Service.RENEWAL).tell(IlsChanged(IlsCondition.READY))
    in_session, waits = len(looks(desk)), []
    later(desk)
    for _ in range(5):
        assert doing(desk) == (Service.RENEWAL, [A], Doing.ASKING)
        find(desk.tell(IlsChanged(IlsCondition.UNREACHABLE)), UNKNOWN)
        before = len(desk.of(StartTimer))
        desk.tell(IlsChanged(IlsCondition.READY))
        waits += [timer.seconds for timer in desk.of(StartTimer)[before:]]
        later(desk)
    assert (waits, len(looks(desk)) - in_session) == ([4, 8, 16], 5)
    assert (doing(desk), [each.outcome for each in desk.counter.unclear]) == (None, [Outcome.UNKNOWN])
    assert NUMBER.text not in repr(desk.counter)


def test_a_look_that_waits_is_taken_at_once_when_staff_have_the_line_tried() -> None:
    desk = later(ended(UNKNOWN).tell(IlsChanged(IlsCondition.READY)))
    for _ in range(2):
        find(desk.tell(IlsChanged(IlsCondition.UNREACHABLE)), UNKNOWN).tell(IlsChanged(IlsCondition.READY))
    assert doing(desk) == (Service.LOAN, [A], Doing.SOON)
    desk.tell(LibraryRetryPressed(), IlsChanged(IlsCondition.READY))
    assert doing(desk) == (Service.LOAN, [A], Doing.ASKING)


def test_a_line_that_is_away_again_is_not_asked_and_counts_for_nothing() -> None:
    desk = later(ended(UNKNOWN).tell(IlsChanged(IlsCondition.READY)))
    for _ in range(2):
        find(desk.tell(IlsChanged(IlsCondition.UNREACHABLE)), UNKNOWN).tell(IlsChanged(IlsCondition.READY))
    asked = len(looks(desk))
    for _ in range(9):
        assert doing(desk) == (Service.LOAN, [A], Doing.SOON)
        later(desk.tell(IlsChanged(IlsCondition.UNREACHABLE)))
        assert doing(desk) == (Service.LOAN, [A], Doing.WHEN_BACK)
        desk.tell(IlsChanged(IlsCondition.READY))
    assert len(looks(desk)) == asked
    find(later(desk), DONE)
    assert (doing(desk), len(desk.counter.late)) == (None, 1)


def test_what_is_unclear_goes_over_night_and_when_the_item_is_asked_for_again() -> None:
    assert find(later(ended()), UNKNOWN).tell(DayBegan(TODAY)).counter.unclear == ()
    assert serve_again(find(later(ended()), UNKNOWN), Library(), OTHER_NUMBER.text).tell(ItemEntered(A)).counter.unclear == ()
    assert find(later(ended()), UNKNOWN).tell(LeavePressed()).counter.unclear != ()


def test_a_look_that_broke_leaves_it_unclear() -> None:
    assert [each.outcome for each in later(ended()).tell(Broke("1123-AB12")).counter.unclear] == [Outcome.UNKNOWN]


# --- a notice that nobody needs any more


def told_late(service: Service = Service.LOAN) -> ScriptedCounter:
    desk = find(later(ended(service=service)), DONE)
    assert desk.counter.late
    return desk


def test_it_is_told_whose_it_is_and_when_as_the_audit_trail_would_write_it() -> None:
    desk = in_doubt(NOT_YET)
    desk.now = datetime(2026, 11, 23, 5, 32, tzinfo=UTC)
    find(desk.tell(LeavePressed()), NOT_YET)
    desk.now = datetime(2026, 11, 23, 5, 33, tzinfo=UTC)
    [late] = find(later(desk), DONE).counter.late
    assert (late.masked, late.at) == (NUMBER.masked, datetime(2026, 11, 23, 5, 32, tzinfo=UTC))
    assert NUMBER.text not in repr(desk.counter)


def serve_again(desk: ScriptedCounter, library: Library, number: str = NUMBER.text) -> ScriptedCounter:
    desk.answering, desk.library = True, library
    return desk.tell(LibraryCardEntered(number))


def test_it_goes_when_the_item_is_asked_for_again_and_answered() -> None:
    for number, library in ((NUMBER, Library()), (OTHER_NUMBER, Library()), (NUMBER, Library(says={A: Reason.ALREADY_LENT}))):
        desk = serve_again(told_late(), library, number.text)
        assert desk.counter.late
        assert not desk.tell(ItemEntered(A)).counter.late


def test_it_goes_with_the_session_in_which_staff_had_the_patron_before_them() -> None:
    desk = serve_again(told_late(), Library(on_loan=[A]))
    assert desk.counter.late, "staff read it now"
    assert not desk.tell(LeavePressed()).counter.late


def test_it_stays_while_others_are_served() -> None:
    for number, on_loan in ((OTHER_NUMBER, [A]), (OTHER_NUMBER, []), (NUMBER, [])):
        desk = serve_again(told_late(), Library(on_loan=on_loan), number.text).tell(ItemEntered(B), LeavePressed())
        desk.at(Waiting)
        assert desk.counter.late, (number, on_loan)
    held = serve_again(told_late(Service.HOLD), Library(on_loan=[A])).tell(LeavePressed())
    assert held.counter.late, "a list of loans tells nothing of holds"
