"""Serving a patron item by item: lending, renewing, placing holds, however fast items are scanned and however slowly they are answered."""

from __future__ import annotations

import pytest

from kiosk.domain.circulation import Due, Instead, Item, ItemAnswer, LoanList, Outcome, Reason, Standing, Stop
from kiosk.domain.effects import Act, DescribeItem, ListLoans, Play, PrintSlip, RecordAct, ServeItem
from kiosk.domain.errors import Code
from kiosk.domain.events import (
    Broke,
    BrokeSeen,
    ItemAnswered,
    ItemEntered,
    LeavePressed,
    LibraryCardEntered,
    LoansListed,
    RenewalChosen,
    ServiceChosen,
)
from kiosk.domain.itemservices import ITEM_SERVICES
from kiosk.domain.model import LocalService, Patron, Revocation, Service, Sound, Ticket
from kiosk.domain.rules import StartStop
from kiosk.domain.slip import SlipKind, SlipLine
from kiosk.domain.states import CounterRules, Entry, PatronShown, Progress, Waiting, When
from tests.support.domain.scripted_counter import NUMBER, Card, ScriptedCounter, link
from tests.support.domain.scripted_library import DUE, RENEWED_DUE, Library, title

QUICK = CounterRules(confirm_holder=When.NEVER)
A, B, C = "1103447109", "1100892031", "1098221670"


def served(library: Library | None = None, rules: CounterRules = QUICK) -> ScriptedCounter:
    """A desk that has just shown a patron, ready to lend."""
    desk = ScriptedCounter(rules, library=library or Library()).tell(LibraryCardEntered(NUMBER.text))
    desk.at(PatronShown)
    return desk


def scan(desk: ScriptedCounter, *items: str) -> ScriptedCounter:
    return desk.tell(*(ItemEntered(item) for item in items))


def lines(desk: ScriptedCounter) -> list[tuple[str, Progress, Reason | None]]:
    """What the staff window lists, the newest first."""
    return [(entry.item.number, entry.progress, entry.reason) for entry in desk.at(PatronShown).dealings.entries]


def asked(desk: ScriptedCounter) -> list[str]:
    return [effect.item.number for effect in desk.of(ServeItem)]


def loans(desk: ScriptedCounter) -> list[tuple[str, str, Due | None]]:
    return [(loan.number, loan.title, loan.due) for loan in desk.at(PatronShown).dealings.loans or ()]


# --- scanning -------------------------------------------------------------------------------------------------------------


def test_items_scanned_faster_than_answered_are_asked_for_one_at_a_time_in_order() -> None:
    desk = served()
    desk.answering = False
    scan(desk, A, B, C)
    assert lines(desk) == [(C, Progress.WAITING, None), (B, Progress.WAITING, None), (A, Progress.ASKED, None)]
    for known in ([A], [A, B], [A, B, C]):
        assert asked(desk) == known
        desk.answer()
    assert lines(desk) == [(item, Progress.DONE, None) for item in (C, B, A)]
    assert asked(desk) == [A, B, C]
    assert not desk.open


def test_a_done_loan_says_title_and_due_date_and_is_heard() -> None:
    desk = scan(served(), A)
    [entry] = desk.at(PatronShown).dealings.entries
    assert entry == Entry(Service.LOAN, Item(A, title(A), DUE), Progress.DONE)
    assert desk.of(Play)[-1] == Play(Sound.DONE)
    standing = desk.at(PatronShown).patron.standing
    assert (standing.loans, standing.loans_left, standing.on_loan.items) == (1, 9, (A,))


def test_what_is_left_of_the_limit_never_goes_below_nothing_and_what_is_not_told_stays_so() -> None:
    desk = scan(served(Library(Standing(loans_left=1))), A, B)
    assert desk.at(PatronShown).patron.standing.loans_left == 0
    desk = scan(served(Library(Standing(loans_left=None))), A)
    assert desk.at(PatronShown).patron.standing.loans_left is None


def test_a_refused_item_says_why_in_reason_and_words() -> None:
    desk = scan(served(Library(says={A: Reason.RESERVED})), A)
    assert desk.at(PatronShown).dealings.entries == (Entry(Service.LOAN, Item(A), Progress.REFUSED, Reason.RESERVED, "no"),)
    assert desk.of(Play)[-1] == Play(Sound.REFUSED)
    assert desk.at(PatronShown).patron.standing.on_loan.items == ()


def test_a_hold_says_its_position() -> None:
    desk = scan(served().tell(ServiceChosen(Service.HOLD)), A)
    assert desk.at(PatronShown).dealings.entries[0].position == 2
    assert desk.at(PatronShown).patron.standing.on_loan.items == ()


@pytest.mark.parametrize("service", ITEM_SERVICES)
def test_a_double_trigger_before_the_answer_is_one_wish(service: Service) -> None:
    desk = served(Library(on_loan=[C])).tell(ServiceChosen(service))
    desk.answering = False
    scan(desk, A, A, B, B, A)
    assert [number for number, _, _ in lines(desk)] == [B, A]
    desk.answer_all()
    assert asked(desk) == [A, B]


@pytest.mark.parametrize("service", ITEM_SERVICES)
def test_a_double_trigger_after_the_answer_changes_nothing_in_the_librarys_system(service: Service) -> None:
    desk = scan(served().tell(ServiceChosen(service)), A, A)
    assert asked(desk) == [A]
    assert (A, Progress.DONE, None) in lines(desk)


def test_the_same_item_may_be_wished_for_twice_when_the_wishes_differ() -> None:
    desk = served()
    desk.answering = False
    scan(desk, A).tell(ServiceChosen(Service.HOLD))
    scan(desk, A).answer_all()
    assert [(effect.service, effect.item.number) for effect in desk.of(ServeItem)] == [(Service.LOAN, A), (Service.HOLD, A)]


def test_an_item_lent_in_this_session_is_said_to_be_and_not_asked_for_again() -> None:
    desk = scan(served(), A, B, A)
    assert lines(desk) == [(A, Progress.REFUSED, Reason.ALREADY_LENT), (B, Progress.DONE, None), (A, Progress.DONE, None)]
    assert asked(desk) == [A, B]
    assert desk.of(Play)[-1] == Play(Sound.REFUSED)


@pytest.mark.parametrize("scanned", [A, "ab-12", "AB-12"])
def test_an_item_on_loan_to_this_patron_before_is_not_asked_for_again(scanned: str) -> None:
    desk = scan(served(Library(on_loan=[A, "AB-12"])), scanned)
    assert lines(desk) == [(scanned, Progress.REFUSED, Reason.ALREADY_LENT)]
    assert not asked(desk)


@pytest.mark.parametrize("earlier", [True, False], ids=["before this session", "in this session"])
def test_of_an_item_on_loan_to_this_patron_title_and_due_date_are_told(earlier: bool) -> None:
    """Staff are to tell the patron when it is due."""
    desk = served(Library(on_loan=[A] if earlier else []))
    scan(desk, B, A) if earlier else scan(desk, A, B, A)
    twice = desk.at(PatronShown).dealings.entries[0]
    assert (twice.reason, twice.item) == (Reason.ALREADY_LENT, Item(A, title(A), DUE))
    assert [effect.item for effect in desk.of(DescribeItem)] == ([A] if earlier else [])
    assert desk.at(PatronShown).dealings.undescribed == ()


def test_a_title_still_to_come_when_the_library_system_goes_down_stays_unknown() -> None:
    library = Library(on_loan=[A])
    desk = served(library)
    library.down = Code.ILS_UNREACHABLE
    scan(desk, A)
    twice = desk.at(PatronShown).dealings.entries[0]
    assert (twice.reason, twice.item) == (Reason.ALREADY_LENT, Item(A))
    assert desk.at(PatronShown).dealings.undescribed == ()


def test_a_second_hold_of_the_same_item_is_not_asked_for() -> None:
    desk = scan(served().tell(ServiceChosen(Service.HOLD)), A, A)
    assert lines(desk)[0] == (A, Progress.REFUSED, Reason.ALREADY_RESERVED)
    assert asked(desk) == [A]


@pytest.mark.parametrize("reason", [Reason.RESERVED, Reason.NOT_REACHED, Reason.LOST_ANSWER])
def test_a_row_that_was_not_done_gives_way_when_tried_again(reason: Reason) -> None:
    library = Library(says={A: reason})
    desk = scan(served(library), A, B)
    library.says.clear()
    scan(desk, A)
    assert lines(desk) == [(A, Progress.DONE, None), (B, Progress.DONE, None)]
    assert asked(desk) == [A, B, A]


def test_a_row_said_again_by_ourselves_does_not_pile_up() -> None:
    desk = scan(served(), A, A, A, A)
    assert lines(desk) == [(A, Progress.REFUSED, Reason.ALREADY_LENT), (A, Progress.DONE, None)]


@pytest.mark.parametrize("text", ["", "   ", "9173", "a|b", "あいう", "12 34", "x" * 65])
def test_what_is_no_items_number_is_said_and_not_asked_for(text: str) -> None:
    desk = scan(served(), text)
    wrong = desk.at(PatronShown).wrong
    assert wrong is not None
    assert wrong.code is Code.ITEM_NUMBER
    assert not asked(desk)
    assert not lines(desk)
    assert desk.of(Play)[-1] == Play(Sound.REFUSED)
    assert scan(desk, A).at(PatronShown).wrong is None


def test_what_was_no_items_number_is_forgotten_with_its_service() -> None:
    assert scan(served(), "").tell(ServiceChosen(Service.HOLD)).at(PatronShown).wrong is None


@pytest.mark.parametrize(("rule", "number"), [(StartStop.STRIP, A), (StartStop.KEEP, f"A{A}B")])
def test_start_and_stop_characters_of_items_follow_the_librarys_rule(rule: StartStop, number: str) -> None:
    desk = scan(served(rules=CounterRules(items_start_stop=rule)), f"A{A}B")
    assert asked(desk) == [number]


def test_without_a_service_a_scan_means_nothing() -> None:
    desk = served(Library(Standing(stops=frozenset({Stop.FINES}))))
    assert desk.at(PatronShown).service is None
    before = desk.flow
    assert scan(desk, A).flow == before


# --- stops ----------------------------------------------------------------------------------------------------------------

NO_LENDING = [Stop.CHARGE_DENIED, Stop.CARD_LOST, Stop.TOO_MANY_CHARGED, Stop.TOO_MANY_OVERDUE, Stop.FINES, Stop.RECALL_OVERDUE]


@pytest.mark.parametrize(
    ("service", "stop"),
    [
        *((Service.LOAN, stop) for stop in NO_LENDING),
        *((Service.RENEWAL, stop) for stop in (Stop.RENEWAL_DENIED, Stop.CARD_LOST)),
        *((Service.HOLD, stop) for stop in (Stop.HOLD_DENIED, Stop.CARD_LOST)),
    ],
)
def test_a_stop_denies_its_service_here_with_the_reason(service: Service, stop: Stop) -> None:
    desk = served(Library(Standing(stops=frozenset({stop})))).tell(ServiceChosen(service))
    scan(desk, A)
    assert lines(desk) == [(A, Progress.REFUSED, Reason.PATRON_STOPPED)]
    assert not asked(desk)


@pytest.mark.parametrize(
    ("service", "stop"),
    [
        *((Service.LOAN, stop) for stop in (Stop.RENEWAL_DENIED, Stop.HOLD_DENIED, Stop.RECALL_DENIED)),
        *((Service.RENEWAL, stop) for stop in (Stop.CHARGE_DENIED, Stop.HOLD_DENIED, Stop.RECALL_DENIED, Stop.TOO_MANY_CHARGED)),
        *((Service.HOLD, stop) for stop in (Stop.CHARGE_DENIED, Stop.RENEWAL_DENIED, Stop.RECALL_DENIED)),
    ],
)
def test_a_stop_leaves_the_other_services_to_the_librarys_system(service: Service, stop: Stop) -> None:
    desk = served(Library(Standing(stops=frozenset({stop})))).tell(ServiceChosen(service))
    scan(desk, A)
    assert lines(desk) == [(A, Progress.DONE, None)]


def test_a_patron_who_may_borrow_is_ready_to_and_one_who_may_not_is_not() -> None:
    assert served().at(PatronShown).service is Service.LOAN
    assert served(Library(Standing(stops=frozenset({Stop.HOLD_DENIED})))).at(PatronShown).service is Service.LOAN
    assert served(Library(Standing(stops=frozenset({Stop.FINES})))).at(PatronShown).service is None


def test_a_patron_who_could_not_be_checked_is_lent_to_only_when_staff_choose_so() -> None:
    library = Library(down=Code.ILS_UNREACHABLE)
    desk = served(library)
    assert desk.at(PatronShown).patron == Patron(NUMBER)
    assert desk.at(PatronShown).service is None
    library.down = None
    scan(desk.tell(ServiceChosen(Service.LOAN)), A)
    assert lines(desk) == [(A, Progress.DONE, None)]


# --- renewing -------------------------------------------------------------------------------------------------------------


def test_the_loans_are_listed_and_their_titles_fetched_one_after_another() -> None:
    desk = served(Library(on_loan=[A, B]))
    desk.answering = False
    desk.tell(ServiceChosen(Service.RENEWAL)).answer(ListLoans)
    assert loans(desk) == [(A, "", None), (B, "", None)]
    assert [effect.item for effect in desk.of(DescribeItem)] == [A]
    desk.answer(DescribeItem)
    assert loans(desk) == [(A, title(A), DUE), (B, "", None)]
    desk.answer_all()
    assert loans(desk) == [(A, title(A), DUE), (B, title(B), DUE)]
    assert [effect.item for effect in desk.of(DescribeItem)] == [A, B]
    assert desk.at(PatronShown).dealings.listed


def test_titles_wait_for_the_items_that_people_wait_for() -> None:
    desk = served(Library(on_loan=[A, B]))
    desk.answering = False
    desk.tell(ServiceChosen(Service.RENEWAL)).answer(ListLoans).tell(ServiceChosen(Service.LOAN))
    scan(desk, C).answer(DescribeItem)
    assert [type(question) for question in desk.open if not isinstance(question, ListLoans)] == [ServeItem]
    desk.answer(ServeItem)
    assert desk.of(DescribeItem)[-1].item == B


def test_one_loan_is_renewed_and_its_due_date_is_the_new_one() -> None:
    desk = served(Library(on_loan=[A, B])).tell(ServiceChosen(Service.RENEWAL), RenewalChosen(A))
    assert asked(desk) == [A]
    assert desk.of(ServeItem)[0].item == Item(A, title(A), DUE)
    assert loans(desk) == [(A, title(A), RENEWED_DUE), (B, title(B), DUE)]
    assert desk.at(PatronShown).patron.standing.loans == 2


def test_all_loans_are_renewed_but_what_was_lent_or_renewed_today() -> None:
    library = Library(on_loan=[A, B], says={B: Reason.NO_MORE_RENEWALS})
    desk = scan(served(library), C).tell(ServiceChosen(Service.RENEWAL), RenewalChosen())
    assert asked(desk) == [C, A, B]
    assert lines(desk)[:2] == [(B, Progress.REFUSED, Reason.NO_MORE_RENEWALS), (A, Progress.DONE, None)]
    desk.tell(RenewalChosen())
    assert asked(desk) == [C, A, B, B], "only what was refused is tried again"
    assert [line for line in lines(desk) if line[0] == B] == [(B, Progress.REFUSED, Reason.NO_MORE_RENEWALS)]


def test_a_loan_left_out_of_all_says_why_and_is_renewed_by_itself() -> None:
    desk = scan(served(Library(on_loan=[A])), C).tell(ServiceChosen(Service.RENEWAL), RenewalChosen())
    assert (C, Progress.REFUSED, Reason.LENT_NOW) in lines(desk)
    desk.tell(RenewalChosen(C))
    assert asked(desk) == [C, A, C]
    assert (C, Progress.REFUSED, Reason.LENT_NOW) not in lines(desk)


def test_all_is_not_said_of_a_loan_of_which_it_is_not_known_whether_it_was_renewed() -> None:
    library = Library(on_loan=[A, B], says={B: Reason.LOST_ANSWER})
    desk = served(library).tell(ServiceChosen(Service.RENEWAL), RenewalChosen(), RenewalChosen())
    assert asked(desk) == [A, B]
    desk.tell(RenewalChosen(B))
    assert asked(desk) == [A, B, B], "whoever has looked may ask for it by itself"


@pytest.mark.parametrize("instead", Instead)
def test_what_was_renewed_in_place_of_a_loan_is_settled_for_all(instead: Instead) -> None:
    library = Library(on_loan=[B])
    desk = served(library)
    desk.answering = False
    scan(desk, A)
    desk.open.clear()
    desk.tell(ItemAnswered(desk.of(ServeItem)[-1].ticket, ItemAnswer(Item(A, title(A), DUE), Outcome.DONE, instead=instead)))
    desk.answering = True
    library.on_loan.append(A)
    desk.tell(ServiceChosen(Service.RENEWAL), RenewalChosen())
    assert asked(desk) == [A, B]
    assert Reason.LENT_NOW not in {reason for _, _, reason in lines(desk)}


def test_a_loan_that_is_being_renewed_is_not_said_to_be_left_out_of_all() -> None:
    desk = scan(served(), C).tell(ServiceChosen(Service.RENEWAL))
    desk.answering = False
    desk.tell(RenewalChosen(C), RenewalChosen())
    assert [line for line in lines(desk) if line[2] is Reason.LENT_NOW] == []


def test_a_renewal_chosen_twice_is_asked_for_once() -> None:
    desk = served(Library(on_loan=[A, B])).tell(ServiceChosen(Service.RENEWAL), RenewalChosen(A), RenewalChosen(A))
    assert asked(desk) == [A]
    assert desk.of(Play)[-1] == Play(Sound.DONE), "nothing has gone wrong"
    desk.tell(RenewalChosen(B), RenewalChosen(A))
    assert lines(desk) == [(A, Progress.DONE, None), (B, Progress.DONE, None)]


def test_what_is_not_on_the_list_is_renewed_only_by_its_barcode() -> None:
    desk = served(Library(on_loan=[A])).tell(ServiceChosen(Service.RENEWAL), RenewalChosen(B))
    assert not asked(desk)
    assert asked(scan(desk, B)) == [B]


def test_a_renewal_is_asked_with_the_due_date_that_is_known_by_then() -> None:
    desk = served(Library(on_loan=[A, B]))
    desk.answering = False
    desk.tell(ServiceChosen(Service.RENEWAL)).answer(ListLoans).tell(RenewalChosen())
    desk.answer(DescribeItem)
    [first] = desk.of(ServeItem)
    assert first.item == Item(A), "asked for before its title came"
    desk.answer(ServeItem)
    desk.tell(ServiceChosen(Service.LOAN), ServiceChosen(Service.RENEWAL)).answer_all()
    assert loans(desk) == [(A, title(A), RENEWED_DUE), (B, title(B), RENEWED_DUE)]


def test_a_renewal_waiting_while_its_title_comes_is_asked_for_with_it() -> None:
    desk = served(Library(on_loan=[B, A]))
    desk.answering = False
    desk.tell(ServiceChosen(Service.RENEWAL)).answer(ListLoans).tell(ServiceChosen(Service.LOAN))
    scan(desk, C).tell(ServiceChosen(Service.RENEWAL), RenewalChosen(B)).answer(DescribeItem).answer(ServeItem)
    assert desk.of(ServeItem)[-1].item == Item(B, title(B), DUE)


def test_what_was_lent_and_then_renewed_is_listed_with_the_later_date() -> None:
    desk = scan(served(), A).tell(ServiceChosen(Service.RENEWAL), RenewalChosen(A))
    assert loans(desk) == [(A, title(A), RENEWED_DUE)]
    desk.tell(ServiceChosen(Service.LOAN), ServiceChosen(Service.RENEWAL))
    assert loans(desk) == [(A, title(A), RENEWED_DUE)]
    assert not desk.of(DescribeItem)


def test_what_was_lent_and_renewed_before_the_list_came_is_listed_with_the_later_date() -> None:
    library = Library()
    desk = scan(served(library), A)
    library.down = Code.ILS_UNREACHABLE
    desk.tell(ServiceChosen(Service.RENEWAL))
    library.down = None
    scan(desk, A)
    assert desk.at(PatronShown).dealings.loans is None
    desk.tell(ServiceChosen(Service.RENEWAL))
    assert loans(desk) == [(A, title(A), RENEWED_DUE)]


def test_a_title_on_its_way_while_the_list_is_asked_for_anew_stays_with_its_own_item() -> None:
    library = Library(on_loan=[A, B])
    desk = served(library)
    desk.answering = False
    desk.tell(ServiceChosen(Service.RENEWAL)).answer(ListLoans).tell(ServiceChosen(Service.RENEWAL))
    library.on_loan = [B, C]
    desk.answer(ListLoans).answer_all()
    assert loans(desk) == [(B, title(B), DUE), (C, title(C), DUE)]


def test_a_title_on_its_way_when_nothing_is_on_loan_any_more_is_dropped() -> None:
    library = Library(on_loan=[A])
    desk = served(library)
    desk.answering = False
    desk.tell(ServiceChosen(Service.RENEWAL)).answer(ListLoans).tell(ServiceChosen(Service.RENEWAL))
    library.on_loan = []
    desk.answer(ListLoans).answer_all()
    assert loans(desk) == []
    assert desk.at(PatronShown).dealings.listed


def test_without_titles_the_numbers_stay() -> None:
    library = Library(on_loan=[A, B])
    desk = served(library)
    desk.answering = False
    desk.tell(ServiceChosen(Service.RENEWAL)).answer(ListLoans)
    library.down = Code.ILS_UNREACHABLE
    desk.answer_all()
    assert loans(desk) == [(A, "", None), (B, "", None)]
    assert desk.at(PatronShown).dealings.listed
    assert desk.at(PatronShown).dealings.problem is None


def test_loans_that_cannot_be_listed_are_said_not_to_be_and_asked_for_again_by_choosing_again() -> None:
    library = Library(on_loan=[A])
    desk = served(library)
    library.down = Code.ILS_UNREACHABLE
    assert desk.tell(ServiceChosen(Service.RENEWAL)).at(PatronShown).dealings.problem is Code.ILS_UNREACHABLE
    assert desk.at(PatronShown).dealings.loans is None
    library.down = None
    desk.tell(ServiceChosen(Service.RENEWAL))
    assert loans(desk) == [(A, title(A), DUE)]
    assert desk.at(PatronShown).dealings.problem is None


def test_a_list_with_the_same_number_twice_counts_it_once() -> None:
    desk = served(Library(on_loan=[A, A, B])).tell(ServiceChosen(Service.RENEWAL))
    assert [number for number, _, _ in loans(desk)] == [A, B]
    assert desk.at(PatronShown).patron.standing.loans == 2


def test_a_loan_that_was_listed_before_it_was_answered_counts_once() -> None:
    desk = served()
    desk.answering = False
    scan(desk, A).tell(ServiceChosen(Service.RENEWAL))
    flow = desk.at(PatronShown)
    desk.tell(
        LoansListed(flow.dealings.listing, LoanList.whole((A,))),
        ItemAnswered(flow.dealings.asked, ItemAnswer(Item(A, title(A), DUE), Outcome.DONE)),
    )
    assert loans(desk) == [(A, title(A), DUE)]
    standing = desk.at(PatronShown).patron.standing
    assert (standing.loans, standing.on_loan.items) == (1, (A,))


# --- what is counted ------------------------------------------------------------------------------------------------------


def test_a_service_is_counted_when_it_was_done_once_a_session_and_without_a_number() -> None:
    desk = scan(served(Library(says={A: Reason.RESERVED})), A)
    assert not desk.of(RecordAct)
    scan(desk, B, C).tell(ServiceChosen(Service.HOLD))
    scan(desk, B, C)
    assert desk.of(RecordAct) == [RecordAct(Act.SERVICE, service="loan"), RecordAct(Act.SERVICE, service="hold")]
    scan(desk.tell(LeavePressed(), LibraryCardEntered(NUMBER.text)), "1200000001")
    assert desk.of(RecordAct)[-1] == RecordAct(Act.SERVICE, service="loan")
    assert len(desk.of(RecordAct)) == 3


def test_what_is_served_elsewhere_is_counted_when_chosen_once_a_session_each() -> None:
    desk = served().tell(ServiceChosen(Service.INTERLIBRARY_COPY), ServiceChosen(Service.LOAN), ServiceChosen(Service.INTERLIBRARY_COPY))
    desk.tell(ServiceChosen(Service.INTERNET_TERMINAL))
    assert desk.of(RecordAct) == [RecordAct(Act.SERVICE, service="interlibrary-copy"), RecordAct(Act.SERVICE, service="internet-terminal")]


def test_services_of_the_librarys_own_are_counted_each_without_their_names() -> None:
    first, second = LocalService("視聴覚室"), LocalService("loan")
    desk = served().tell(ServiceChosen(first), ServiceChosen(second), ServiceChosen(first))
    scan(desk.tell(ServiceChosen(Service.LOAN)), A)
    assert [record.service for record in desk.of(RecordAct)] == ["local", "local", "loan"]
    assert "視聴覚室" not in repr(desk.of(RecordAct))


def test_the_ndls_service_is_recorded_with_the_number_and_what_was_checked() -> None:
    card = Card()
    desk = ScriptedCounter(CounterRules(confirm_holder=When.NEVER, lending_pin=When.ALWAYS), links=[link(card)], library=Library())
    desk.lay(card)
    desk.press_pin().tell(ServiceChosen(Service.NDL_DIGITAL), ServiceChosen(Service.NDL_DIGITAL))
    records = [record for record in desk.of(RecordAct) if record.act is Act.SERVICE]
    assert records == [RecordAct(Act.SERVICE, NUMBER, None, Revocation.GOOD, pin_checked=True, service="ndl-digital")]


def test_the_ndls_service_by_library_card_is_recorded_as_such() -> None:
    desk = served().tell(ServiceChosen(Service.NDL_DIGITAL))
    assert desk.of(RecordAct) == [RecordAct(Act.SERVICE, NUMBER, service="ndl-digital", card_read=False)]


# --- late, and too much ---------------------------------------------------------------------------------------------------


def test_a_former_patrons_answers_mean_nothing_to_the_next() -> None:
    desk = served(Library(on_loan=[A]))
    desk.answering = False
    desk.tell(ServiceChosen(Service.RENEWAL)).answer(ListLoans)
    late = desk.answer_to(desk.open.popleft())
    desk.answering = True
    desk.tell(LeavePressed(), LibraryCardEntered(NUMBER.text))
    now = desk.counter
    assert desk.tell(late).counter == now


def test_an_answer_after_our_own_failure_reaches_nobody() -> None:
    desk = served()
    desk.answering = False
    scan(desk, A).tell(Broke("1123-AB12"), BrokeSeen())
    now = desk.counter
    assert desk.answer().counter == now
    desk.at(Waiting)


@pytest.mark.parametrize("ticket", [Ticket(0), Ticket(10**6)])
def test_answers_nobody_asked_for_change_nothing(ticket: Ticket) -> None:
    desk = served()
    before = desk.counter
    for event in unasked(ticket):
        assert desk.tell(event).counter == before


def unasked(ticket: Ticket) -> list[ItemAnswered | LoansListed]:
    return [ItemAnswered(ticket, ItemAnswer(Item(A), Outcome.DONE)), LoansListed(ticket, LoanList.whole((A,)))]


# --- all of an answer -----------------------------------------------------------------------------------------------------


def test_what_was_renewed_in_place_of_a_loan_is_no_loan_more() -> None:
    desk = served(rules=CounterRules(confirm_holder=When.NEVER, prints_slips=True, slip=SlipKind.TODAY))
    desk.answering = False
    scan(desk, A)
    answer = ItemAnswer(Item(A, title(A), RENEWED_DUE), Outcome.DONE, None, "renewed", None, Instead.RENEWED, "50 JPY")
    desk.tell(ItemAnswered(desk.of(ServeItem)[-1].ticket, answer))
    [entry] = desk.at(PatronShown).dealings.entries
    assert (entry.progress, entry.said, entry.instead, entry.fee) == (Progress.DONE, "renewed", Instead.RENEWED, "50 JPY")
    standing = desk.at(PatronShown).patron.standing
    assert (standing.loans, standing.loans_left) == (0, 10)
    assert [record.service for record in desk.of(RecordAct) if record.act is Act.SERVICE] == ["renewal"]
    desk.tell(LeavePressed())
    [printed] = [effect.slip for effect in desk.of(PrintSlip)]
    assert printed.lines == (SlipLine(Item(A, title(A), RENEWED_DUE), Service.RENEWAL),)


@pytest.mark.parametrize("instead", [Instead.SAME_DATE, Instead.EARLIER])
def test_a_renewal_that_extended_nothing_is_printed_as_that(instead: Instead) -> None:
    desk = served(Library(on_loan=[A]), CounterRules(confirm_holder=When.NEVER, prints_slips=True, slip=SlipKind.TODAY))
    desk.tell(ServiceChosen(Service.RENEWAL))
    desk.answering = False
    scan(desk, A)
    desk.tell(ItemAnswered(desk.of(ServeItem)[-1].ticket, ItemAnswer(Item(A, title(A), DUE), Outcome.DONE, instead=instead)))
    desk.tell(LeavePressed())
    [printed] = [effect.slip for effect in desk.of(PrintSlip)]
    assert printed.lines == (SlipLine(Item(A, title(A), DUE), Service.RENEWAL, instead),)
