"""An attempt does not overwrite what is known of an item: no line ever claims more than is certain."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.domain.circulation import Due, Item, ItemAnswer, LoanList, Outcome, Reason
from kiosk.domain.effects import HandOver, LookAgain, ServeItem
from kiosk.domain.errors import Code
from kiosk.domain.events import (
    HandedOver,
    HandoverAsked,
    HandoverFailed,
    HoldConfirmed,
    ItemAnswered,
    ItemDescribed,
    ItemEntered,
    LeavePressed,
    LibraryCardEntered,
    LoansListed,
    LookedAgain,
    NextPatronDenied,
    RenewalChosen,
    ServiceChosen,
)
from kiosk.domain.itemservices import ITEM_SERVICES
from kiosk.domain.model import Service
from kiosk.domain.states import CounterRules, Entry, Handing, HandoverWhen, PatronShown, Problem, Progress, When
from tests.support.domain.scripted_counter import NUMBER, OTHER_NUMBER, ScriptedCounter
from tests.support.domain.scripted_library import DUE, RENEWED_DUE, Library, title

A, B = "1103447109", "1100892031"


def served(library: Library | None = None, **rules: object) -> ScriptedCounter:
    made = CounterRules(confirm_holder=When.NEVER, **rules)  # type: ignore[arg-type]
    desk = ScriptedCounter(made, library=library or Library()).tell(LibraryCardEntered(NUMBER.text))
    desk.at(PatronShown)
    return desk


def line(desk: ScriptedCounter, number: str = A) -> Entry:
    return next(entry for entry in desk.at(PatronShown).dealings.entries if entry.item.number == number)


def stands(desk: ScriptedCounter, number: str = A) -> tuple[Progress, Reason | None]:
    found = line(desk, number)
    return found.progress, found.reason


@pytest.mark.parametrize("service", ITEM_SERVICES)
def test_what_is_unknown_stays_so_when_the_next_attempt_reaches_nobody(service: Service) -> None:
    library = Library(says={A: Reason.LOST_ANSWER})
    desk = served(library).tell(ServiceChosen(service), ItemEntered(A))
    assert stands(desk) == (Progress.UNKNOWN, Reason.LOST_ANSWER)
    library.down = Code.ILS_UNREACHABLE
    desk.tell(ItemEntered(A), ItemEntered(A))
    assert stands(desk) == (Progress.UNKNOWN, Reason.NOT_REACHED)
    assert len(desk.at(PatronShown).dealings.entries) == 1


def test_renewing_from_the_list_leaves_what_is_unknown() -> None:
    library = Library(on_loan=[A], says={A: Reason.LOST_ANSWER})
    desk = served(library).tell(ServiceChosen(Service.RENEWAL), RenewalChosen(A))
    library.down = Code.ILS_UNREACHABLE
    desk.tell(RenewalChosen(A))
    assert stands(desk)[0] is Progress.UNKNOWN
    asked = len(desk.of(ServeItem))
    desk.tell(RenewalChosen())
    assert len(desk.of(ServeItem)) == asked, "all are renewed but those of which it is not known"


def test_what_is_unknown_is_not_said_to_be_held_back() -> None:
    library = Library(says={A: Reason.LOST_ANSWER, OTHER_NUMBER.text: Reason.ITEM_UNKNOWN}, cards={OTHER_NUMBER.text})
    desk = served(library).tell(ItemEntered(A), ItemEntered(OTHER_NUMBER.text), ItemEntered(A))
    assert stands(desk) == (Progress.UNKNOWN, Reason.HELD_BACK)
    desk.tell(NextPatronDenied())
    assert stands(desk)[0] is Progress.UNKNOWN


def test_what_waits_for_another_answer_stays_unknown_when_it_is_held_back() -> None:
    library = Library(says={A: Reason.LOST_ANSWER, OTHER_NUMBER.text: Reason.ITEM_UNKNOWN}, cards={OTHER_NUMBER.text})
    desk = served(library).tell(ItemEntered(A))
    desk.answering = False
    desk.tell(ItemEntered(OTHER_NUMBER.text), ItemEntered(A)).answer_all()
    assert stands(desk) == (Progress.UNKNOWN, Reason.HELD_BACK)


def test_a_card_of_the_same_number_does_not_tell_what_became_of_an_item() -> None:
    library = Library(cards={OTHER_NUMBER.text})
    desk = served(library)
    desk.answering = False
    desk.tell(ItemEntered(OTHER_NUMBER.text))
    [asked] = desk.of(ServeItem)
    desk.open.clear()
    desk.tell(ItemAnswered(asked.ticket, ItemAnswer(asked.item, Outcome.REFUSED, Reason.LOST_ANSWER))).answer_all()
    assert stands(desk, OTHER_NUMBER.text) == (Progress.REFUSED, Reason.LOST_ANSWER)
    assert desk.at(PatronShown).next_card is not None


@pytest.mark.parametrize("reason", [Reason.NOT_FOR_LOAN, Reason.ITEM_UNKNOWN, Reason.ALREADY_LENT])
def test_what_the_server_says_of_the_item_itself_ends_the_doubt(reason: Reason) -> None:
    library = Library(says={A: Reason.LOST_ANSWER})
    desk = served(library).tell(ItemEntered(A))
    library.says[A] = reason
    assert stands(desk.tell(ItemEntered(A))) == (Progress.REFUSED, reason)


@pytest.mark.parametrize("reason", [Reason.ON_LOAN, Reason.TOO_MANY, Reason.OTHER])
def test_a_refusal_that_the_first_attempt_may_have_caused_leaves_the_doubt(reason: Reason) -> None:
    library = Library(says={A: Reason.LOST_ANSWER})
    desk = served(library).tell(ItemEntered(A))
    library.says[A] = reason
    assert stands(desk.tell(ItemEntered(A))) == (Progress.UNKNOWN, reason)


# --- whatever comes ---------------------------------------------------------------------------------------------------------

ONCE_DONE = [Reason.ON_LOAN, Reason.ALREADY_LENT, Reason.ALREADY_RESERVED, Reason.TOO_MANY, Reason.RESERVED]
ONCE_DONE += [Reason.NO_MORE_RENEWALS, Reason.PATRON_STOPPED, Reason.OTHER]
"""What a server may say to the same request again when it has carried out the first."""
SAID_BEFORE = {Reason.ALREADY_LENT, Reason.ALREADY_RESERVED}
SERVERS = sorted(set(Reason) - {Reason.HELD_BACK, Reason.NOT_REACHED, Reason.LOST_ANSWER, Reason.NOT_THERE_YET, Reason.NOT_SUPPORTED})


@dataclass(frozen=True)
class Attempt:
    """One reading of the barcode: what the server does, and what comes of the answer."""

    reached: bool
    carries_out: bool
    lost: bool
    late: bool
    """It is carried out only after it was looked for."""
    looked: bool
    """After a lost answer it could be looked for."""
    no: Reason
    leaves: bool = False
    """Staff end the session after it, unless something keeps it."""


NO = st.sampled_from([*SERVERS, *ONCE_DONE])
LOST = st.builds(Attempt, st.just(True), st.booleans(), st.just(True), st.booleans(), st.booleans(), NO, st.booleans())
AWAY = st.just(Attempt(False, False, False, False, False, Reason.OTHER))
ANSWERED = st.builds(Attempt, st.just(True), st.booleans(), st.just(False), st.just(False), st.just(False), NO, st.booleans())
ATTEMPTS = st.one_of(LOST, LOST, AWAY, ANSWERED)


class World:
    """A server that does what it does, and a client that says only what it can know."""

    def __init__(self) -> None:
        self.done = False

    def answer(self, attempt: Attempt) -> tuple[Outcome, Reason | None]:
        if not attempt.reached:
            return Outcome.REFUSED, Reason.NOT_REACHED
        was_done = self.done
        if attempt.lost:
            seen = self.done = was_done or (attempt.carries_out and not attempt.late)
            self.done = self.done or attempt.carries_out
            if not attempt.looked:
                return Outcome.UNKNOWN, Reason.LOST_ANSWER
            return (Outcome.DONE, None) if seen else (Outcome.REFUSED, Reason.NOT_THERE_YET)
        if was_done:
            return Outcome.REFUSED, attempt.no if attempt.no in ONCE_DONE else Reason.OTHER
        self.done = attempt.carries_out
        return (Outcome.DONE, None) if self.done else (Outcome.REFUSED, Reason.OTHER if attempt.no in SAID_BEFORE else attempt.no)

    def look(self, attempt: Attempt) -> tuple[Outcome, Reason | None]:
        if not attempt.looked:
            return Outcome.UNKNOWN, Reason.LOST_ANSWER
        return (Outcome.DONE, None) if self.done else (Outcome.REFUSED, Reason.NOT_THERE_YET)


@settings(max_examples=400)
@given(service=st.sampled_from([*ITEM_SERVICES]), attempts=st.lists(ATTEMPTS, min_size=1, max_size=5))
def test_no_line_ever_claims_what_is_not_so(service: Service, attempts: list[Attempt]) -> None:
    desk, world = served().tell(ServiceChosen(service)), World()
    desk.answering = False
    for attempt in attempts:
        desk.tell(ItemEntered(A))
        while desk.open:
            question = desk.open.popleft()
            if isinstance(question, ServeItem):
                desk.tell(ItemAnswered(question.ticket, ItemAnswer(Item(A), *world.answer(attempt))))
            else:
                desk.tell(desk.answer_to(question))
        if attempt.leaves:
            desk.tell(LeavePressed())
            while desk.open and isinstance(desk.flow, PatronShown):
                look = desk.open.popleft()
                assert isinstance(look, LookAgain)
                desk.tell(LookedAgain(look.ticket, ItemAnswer(Item(A), *world.look(attempt))))
        if not isinstance(desk.flow, PatronShown):
            return
        progress, why = stands(desk)
        if progress is Progress.DONE:
            assert world.done
        elif progress is Progress.REFUSED and why is not Reason.NOT_THERE_YET:
            assert world.done is (why in SAID_BEFORE), "said to be not done"
        else:
            assert progress in (Progress.REFUSED, Progress.UNKNOWN)


# --- its siblings -----------------------------------------------------------------------------------------------------------


def test_a_title_that_comes_late_leaves_the_due_date_of_a_renewal_since() -> None:
    desk = served(Library(on_loan=[A]))
    desk.answering = False
    desk.tell(ServiceChosen(Service.RENEWAL))
    listing = desk.at(PatronShown).dealings.listing
    desk.open.clear()
    desk.tell(LoansListed(listing, LoanList.whole([A])), RenewalChosen(A))
    asked = desk.of(ServeItem)[-1]
    describing = desk.at(PatronShown).dealings.describing
    desk.tell(ItemAnswered(asked.ticket, ItemAnswer(Item(A, "", RENEWED_DUE), Outcome.DONE)))
    desk.tell(ItemDescribed(describing, Item(A, title(A), DUE)))
    assert desk.at(PatronShown).dealings.loans == (Item(A, title(A), RENEWED_DUE),)


def test_a_title_that_does_not_come_leaves_what_is_known() -> None:
    desk = served(Library(on_loan=[A]))
    desk.answering = False
    desk.tell(ServiceChosen(Service.RENEWAL))
    desk.open.clear()
    desk.tell(LoansListed(desk.at(PatronShown).dealings.listing, LoanList.whole([A])))
    desk.tell(ItemDescribed(desk.at(PatronShown).dealings.describing, Item(A, "", Due(None, "tomorrow"))))
    assert desk.at(PatronShown).dealings.loans == (Item(A, "", Due(None, "tomorrow")),)


UNTYPED = [Code.HANDOVER_NO_WINDOW, Code.HANDOVER_IMPOSSIBLE, Code.HANDOVER_KEYS_HELD, Code.HANDOVER_FIELD_FILLED]


@pytest.mark.parametrize("code", [*UNTYPED, Code.HANDOVER_CHANGED, Code.HANDOVER_NOT_SHOWN])
def test_a_number_that_was_handed_over_stays_so_when_nothing_was_typed_since(code: Code) -> None:
    desk = served(handover=HandoverWhen.ON_CHOICE)
    desk.answering = False
    desk.tell(ServiceChosen(Service.INTERLIBRARY_LOAN))
    desk.tell(HandedOver(desk.of(HandOver)[-1].ticket))
    assert desk.at(PatronShown).handed
    desk.tell(HandoverAsked())
    desk.tell(HandoverFailed(desk.of(HandOver)[-1].ticket, code))
    flow = desk.at(PatronShown)
    assert (flow.handing, flow.handing_problem) == (Handing.FAILED, Problem(code))
    assert flow.handed is (code in UNTYPED)


# --- a hold that may be there ---------------------------------------------------------------------------------------------


def test_a_hold_that_may_be_there_is_placed_once_staff_have_looked() -> None:
    desk = served(Library(says={A: Reason.PERHAPS_RESERVED})).tell(ServiceChosen(Service.HOLD), ItemEntered(A), ItemEntered(A))
    assert stands(desk) == (Progress.REFUSED, Reason.PERHAPS_RESERVED)
    assert [asked.sure for asked in desk.of(ServeItem)] == [False, False], "to read it once more confirms nothing"
    desk.tell(HoldConfirmed(A))
    assert stands(desk) == (Progress.DONE, None)
    assert [asked.sure for asked in desk.of(ServeItem)] == [False, False, True]
    assert len(desk.at(PatronShown).dealings.entries) == 1


def test_nothing_is_placed_that_was_not_in_question() -> None:
    desk = served(Library(says={A: Reason.RESERVED})).tell(ServiceChosen(Service.HOLD), ItemEntered(A))
    desk.tell(HoldConfirmed(A), HoldConfirmed(B))
    assert len(desk.of(ServeItem)) == 1


def test_a_hold_in_doubt_stays_so_where_the_list_does_not_tell() -> None:
    library = Library(says={A: Reason.LOST_ANSWER})
    desk = served(library).tell(ServiceChosen(Service.HOLD), ItemEntered(A))
    library.says[A] = Reason.PERHAPS_RESERVED
    desk.tell(ItemEntered(A))
    assert stands(desk)[0] is Progress.UNKNOWN
