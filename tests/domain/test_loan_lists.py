"""Loan lists that the library system refuses, truncates or gives as titles: nothing is assumed that was not reported."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.circulation import Item, LoanList, Told
from kiosk.domain.effects import DescribeItem, PrintSlip, ServeItem
from kiosk.domain.errors import Code
from kiosk.domain.events import ItemEntered, LeavePressed, LibraryCardEntered, LibraryFailed, RenewalChosen, ServiceChosen
from kiosk.domain.model import Service
from kiosk.domain.serving.loans import after_telling
from kiosk.domain.slip import Slip, SlipKind, SlipLine
from kiosk.domain.states import CounterRules, PatronShown, Waiting, When
from tests.support.domain.scripted_counter import NUMBER, ScriptedCounter
from tests.support.domain.scripted_library import DUE, Library, title

A, B, C = "1103447109", "1100892031", "1098221670"
DENIED, SILENT = LoanList(counted=120), LoanList()
CUT = LoanList((A, B), Told.PART, 120)
TITLES = LoanList(("雪国の民家", "雪国の民家", "1984"), Told.ALL, 3, as_titles=True)
SOME_TITLES = LoanList(("雪国の民家",), Told.PART, 120, as_titles=True)
EVERY_LIST = {"denied": DENIED, "silent": SILENT, "cut": CUT, "titles": TITLES, "some titles": SOME_TITLES}


def served(lists: LoanList, slip: SlipKind = SlipKind.ALL, library: Library | None = None) -> ScriptedCounter:
    """A patron whose loans the library's system lists so, or not; ready for a renewal."""
    rules = CounterRules(confirm_holder=When.NEVER, prints_slips=True, slip=slip)
    desk = ScriptedCounter(rules, library=library or Library(on_loan=[A, B], lists=lists)).tell(LibraryCardEntered(NUMBER.text))
    desk.at(PatronShown)
    return desk


def printed(desk: ScriptedCounter) -> list[Slip]:
    return [effect.slip for effect in desk.of(PrintSlip)]


def line(number: str) -> SlipLine:
    return SlipLine(Item(number, title(number), DUE), Service.LOAN)


def test_a_cut_list_says_how_many_there_are() -> None:
    desk = served(CUT).tell(ServiceChosen(Service.RENEWAL))
    flow = desk.at(PatronShown)
    assert [loan.number for loan in flow.dealings.loans or ()] == [A, B]
    assert (flow.patron.standing.loans, flow.patron.standing.on_loan) == (120, CUT)
    desk.tell(LeavePressed()).at(Waiting)
    assert printed(desk) == [Slip(SlipKind.ALL, NUMBER, (line(A), line(B)), told=Told.PART, counted=120)]


def test_a_list_that_is_denied_is_not_nothing_on_loan() -> None:
    desk = served(DENIED).tell(ServiceChosen(Service.RENEWAL))
    assert desk.at(PatronShown).patron.standing.loans == 120
    assert desk.at(PatronShown).patron.standing.on_loan.told is Told.NOTHING
    desk.tell(LeavePressed()).at(Waiting)
    assert printed(desk) == [Slip(SlipKind.TODAY, NUMBER, told=Told.NOTHING, counted=120)]


def test_what_was_lent_today_is_what_is_known_where_the_list_is_denied() -> None:
    desk = served(DENIED).tell(ItemEntered(C), LeavePressed())
    desk.at(Waiting)
    assert printed(desk) == [Slip(SlipKind.ALL, NUMBER, (line(C),), told=Told.PART, counted=120)]


def test_a_server_that_tells_no_count_either_is_not_made_to_say_one() -> None:
    desk = served(SILENT).tell(ItemEntered(C), LeavePressed())
    assert printed(desk) == [Slip(SlipKind.ALL, NUMBER, (line(C),), told=Told.PART)]
    assert printed(served(SILENT).tell(LeavePressed())) == [Slip(SlipKind.TODAY, NUMBER, told=Told.NOTHING)]


@pytest.mark.parametrize("lists", EVERY_LIST.values(), ids=EVERY_LIST)
def test_what_was_lent_in_this_session_is_known_to_be_on_loan_whatever_is_listed(lists: LoanList) -> None:
    desk = served(lists).tell(ItemEntered(C), ServiceChosen(Service.RENEWAL), ServiceChosen(Service.LOAN), ItemEntered(C))
    assert [effect.item.number for effect in desk.of(ServeItem)] == [C], "asked again, some servers would renew it"
    if not lists.as_titles:
        assert desk.at(PatronShown).patron.standing.on_loan.has(C)


def test_titles_are_no_numbers_and_two_alike_may_be_two_volumes() -> None:
    desk = served(TITLES).tell(ServiceChosen(Service.RENEWAL))
    loans = desk.at(PatronShown).dealings.loans
    assert loans == (Item("", "雪国の民家"), Item("", "雪国の民家"), Item("", "1984"))
    assert not desk.of(DescribeItem)
    desk.tell(RenewalChosen(), RenewalChosen(""), RenewalChosen("雪国の民家"))
    assert not desk.of(ServeItem)
    desk.tell(LeavePressed()).at(Waiting)
    assert printed(desk) == [Slip(SlipKind.ALL, NUMBER, tuple(SlipLine(loan, Service.LOAN) for loan in loans))]


def test_a_list_that_fails_leaves_what_is_known_of_the_loans() -> None:
    desk = served(CUT).tell(ServiceChosen(Service.RENEWAL))
    known = desk.at(PatronShown)
    desk.answering = False
    desk.tell(ServiceChosen(Service.RENEWAL))
    desk.tell(LibraryFailed(desk.at(PatronShown).dealings.listing, Code.ILS_UNREACHABLE))
    flow = desk.at(PatronShown)
    assert (flow.dealings.loans, flow.patron) == (known.dealings.loans, known.patron)
    assert flow.dealings.problem is Code.ILS_UNREACHABLE


def test_a_list_that_is_suddenly_denied_leaves_what_is_known_of_the_loans() -> None:
    library = Library(on_loan=[A, B])
    desk = served(SILENT, library=library).tell(ServiceChosen(Service.RENEWAL))
    library.lists = DENIED
    desk.tell(ServiceChosen(Service.RENEWAL))
    flow = desk.at(PatronShown)
    assert [loan.number for loan in flow.dealings.loans or ()] == [A, B]
    assert flow.patron.standing.on_loan == LoanList((A, B), Told.PART, 120)


NUMBERS = st.lists(st.sampled_from([A, B, C, "AB-12", "7"]), unique=True, max_size=5).map(tuple)
LISTS = st.builds(LoanList, NUMBERS, st.sampled_from(Told), st.one_of(st.none(), st.integers(0, 9)), st.booleans()).map(
    lambda made: LoanList(counted=made.counted) if made.told is Told.NOTHING else made
)


@given(before=LISTS, told=LISTS, lent=NUMBERS)
def test_what_is_known_of_the_loans_only_grows_by_being_told(before: LoanList, told: LoanList, lent: tuple[str, ...]) -> None:
    after = after_telling(before, told, lent)
    if told.told is Told.ALL:
        assert (after.told, after.as_titles) == (Told.ALL, told.as_titles)
        assert set(told.items) <= set(after.items)
    if told.told is Told.NOTHING:
        assert set(before.items) <= set(after.items)
        assert after.told is not Told.ALL or before.told is Told.ALL or after.counted == len(after.items) > 0
        # What says nothing leaves what was said.
        assert told.counted is not None or after.counted == before.counted or before.counted is None
    if not after.as_titles and after.told is not Told.ALL:
        assert all(after.has(number) for number in lent)
    for number in (A, B, C, "AB-12", "7"):
        # Nothing is said not to be on loan but by a list that is whole, be it by what was lent since.
        whole = len(after.items) == after.counted
        assert not after.lacks(number) or Told.ALL in (told.told, before.told) or whole


def test_a_list_that_contradicts_its_count_leaves_no_count() -> None:
    library = Library(on_loan=[A, B])
    desk = served(SILENT, library=library).tell(ServiceChosen(Service.RENEWAL))
    assert desk.at(PatronShown).patron.standing.loans == 2
    library.lists = LoanList((A, B), Told.PART, disputed=0)
    standing = desk.tell(ServiceChosen(Service.RENEWAL)).at(PatronShown).patron.standing
    assert (standing.loans, standing.on_loan.items, standing.on_loan.is_none) == (None, (A, B), False)
    desk.tell(LeavePressed()).at(Waiting)
    assert [(slip.told, slip.counted) for slip in printed(desk)] == [(Told.PART, None)]
