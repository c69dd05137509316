"""The rail: help and status beside the work, a question before work is lost, and then the page that was pressed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.domain.circulation import Reason
from kiosk.domain.effects import LookAgain, PrintSlip, ServeItem
from kiosk.domain.errors import Code
from kiosk.domain.events import (
    ApplicantChosen,
    BesideClosed,
    CardStopAnswered,
    Event,
    GuardianCheckSet,
    HelpChosen,
    HomeChosen,
    ItemEntered,
    LanguageChosen,
    LeavePressed,
    LeavingConfirmed,
    LeavingDenied,
    LibraryCardEntered,
    LinkAgreed,
    NextPressed,
    RegistrationChosen,
    StatusChosen,
    UnlinkingChosen,
    UnlinkReasonChosen,
)
from kiosk.domain.model import Applicant, GuardianCheck, Language, Ticket, UnlinkReason
from kiosk.domain.slip import SlipKind
from kiosk.domain.states import (
    AskingPin,
    AwaitingLibraryCard,
    ChoosingApplicant,
    ChoosingUnlinkReason,
    ConfirmingLink,
    Counter,
    CounterRules,
    PatronShown,
    Reading,
    ReadingTries,
    RegistrationRefused,
    Section,
    Stayed,
    UnlinkingRefused,
    Waiting,
    When,
)
from tests.support.domain.scripted_counter import NUMBER, OTHER_READER, READER, Card, ScriptedCounter, link
from tests.support.domain.scripted_library import Library

FIRST_CHECK, A = next(iter(GuardianCheck)), "31234567890123"
RULES = CounterRules(confirm_holder=When.NEVER, prints_slips=True, slip=SlipKind.TODAY)


def served(library: Library | None = None) -> ScriptedCounter:
    """A patron called up by library card; nothing has been done for them yet."""
    desk = ScriptedCounter(RULES, library=library or Library()).tell(LibraryCardEntered(NUMBER.text))
    desk.at(PatronShown)
    return desk


def lent() -> ScriptedCounter:
    return served().tell(ItemEntered(A))


def half_registered() -> ScriptedCounter:
    """A guardian's first document has been seen."""
    desk = ScriptedCounter().tell(RegistrationChosen(), ApplicantChosen(Applicant.CHILD), NextPressed())
    return desk.tell(GuardianCheckSet(FIRST_CHECK, confirmed=True))


def unlinking() -> ScriptedCounter:
    desk = ScriptedCounter(links=[link(Card())]).tell(UnlinkingChosen(), UnlinkReasonChosen(UnlinkReason.WISH))
    return desk.tell(LibraryCardEntered(NUMBER.text))


def unlinking_refused() -> ScriptedCounter:
    """The number was read wrong, and may be entered anew."""
    desk = ScriptedCounter().tell(UnlinkingChosen(), UnlinkReasonChosen(UnlinkReason.LOST), CardStopAnswered(stopped=True))
    desk.tell(LibraryCardEntered(NUMBER.text)).at(UnlinkingRefused)
    return desk


def child_refused() -> ScriptedCounter:
    """All documents have been seen, and then a card that cannot be linked was laid."""
    desk = ScriptedCounter().to_library_card(Applicant.CHILD).tell(LibraryCardEntered(NUMBER.text))
    desk.lay(Card(refused=Code.CARD_EXPIRED))
    desk.at(RegistrationRefused)
    return desk


def at_pad() -> ScriptedCounter:
    desk = ScriptedCounter()
    desk.to_pad(Card())
    return desk


UNFINISHED = [lent, half_registered, unlinking, unlinking_refused, child_refused]


def as_it_was(counter: Counter) -> Counter:
    """But for the idle time, which begins anew with every press."""
    return replace(counter, last_ticket=Ticket(0), idle_ticket=Ticket(0))


# --- beside the work


@pytest.mark.parametrize("work", [*UNFINISHED, served, at_pad, ScriptedCounter])
@pytest.mark.parametrize("page", [HelpChosen(), StatusChosen()])
@pytest.mark.parametrize("back", [BesideClosed(), "again"], ids=["closed", "pressed again"])
def test_help_and_status_lie_over_the_work_and_take_nothing_from_it(
    work: Callable[[], ScriptedCounter], page: Event, back: Event | str
) -> None:
    desk = work()
    before = as_it_was(desk.counter)
    desk.tell(page)
    assert desk.counter.beside is (Section.HELP if isinstance(page, HelpChosen) else Section.STATUS)
    assert as_it_was(replace(desk.counter, beside=None)) == before
    desk.tell(page if isinstance(back, str) else back)
    assert as_it_was(desk.counter) == before


def test_one_page_beside_the_work_takes_the_place_of_the_other() -> None:
    assert lent().tell(HelpChosen(), StatusChosen()).counter.beside is Section.STATUS


@pytest.mark.parametrize(("work", "own"), [(lent, HomeChosen()), (half_registered, RegistrationChosen()), (unlinking, UnlinkingChosen())])
def test_the_works_own_part_of_the_rail_leads_back_to_it(work: Callable[[], ScriptedCounter], own: Event) -> None:
    desk = work()
    before = as_it_was(desk.counter)
    assert as_it_was(desk.tell(HelpChosen(), own).counter) == before


def test_an_item_that_is_answered_beneath_leaves_help_where_it_is() -> None:
    desk = served()
    desk.answering = False
    desk.tell(ItemEntered(A), HelpChosen()).answer_all()
    assert desk.counter.beside is Section.HELP


def test_help_gives_way_to_what_comes_next() -> None:
    desk = ScriptedCounter(answering=False).tell(HelpChosen())
    desk.lay(Card())
    desk.at(Reading)
    assert desk.counter.beside is None
    desk = ScriptedCounter().to_card()
    desk.lay(Card())
    desk.at(ConfirmingLink)
    desk.answering = False
    desk.tell(HelpChosen(), LinkAgreed()).at(ReadingTries)
    assert desk.counter.beside is None


def test_a_session_that_times_out_closes_what_lies_over_it() -> None:
    desk = lent().tell(HelpChosen()).leave_alone().leave_alone()
    desk.at(Waiting)
    assert desk.counter.beside is None


# --- before work is lost


@pytest.mark.parametrize("work", UNFINISHED)
@pytest.mark.parametrize("page", [HomeChosen(), RegistrationChosen(), UnlinkingChosen()])
def test_unfinished_work_is_left_only_after_a_question(work: Callable[[], ScriptedCounter], page: Event) -> None:
    desk = work()
    before = as_it_was(desk.counter)
    own = (half_registered, RegistrationChosen()), (unlinking, UnlinkingChosen())
    desk.tell(page)
    if (work, page) in own:
        assert as_it_was(desk.counter) == before
        return
    assert desk.counter.leaving_for is not None
    assert as_it_was(replace(desk.counter, leaving_for=None)) == before
    assert desk.tell(page).flow == before.flow, "pressing once more is no answer"
    assert as_it_was(desk.tell(LeavingDenied()).counter) == before
    desk.tell(page, LeavingConfirmed())
    leads_to: dict[Event, type] = {HomeChosen(): Waiting, RegistrationChosen(): ChoosingApplicant, UnlinkingChosen(): ChoosingUnlinkReason}
    assert type(desk.flow) is leads_to[page]
    assert desk.counter.leaving_for is None


def test_an_answer_to_no_question_leaves_nothing() -> None:
    desk = lent()
    before = as_it_was(desk.counter)
    assert as_it_was(desk.tell(LeavingConfirmed(), LeavingDenied(), BesideClosed()).counter) == before


@pytest.mark.parametrize(
    ("work", "goes_on"),
    [(served, ItemEntered(A)), (half_registered, GuardianCheckSet(FIRST_CHECK, confirmed=False)), (lent, HelpChosen())],
)
def test_who_goes_on_with_the_work_has_answered(work: Callable[[], ScriptedCounter], goes_on: Event) -> None:
    desk = work().tell(ItemEntered(A), UnlinkingChosen())
    assert desk.counter.leaving_for is Section.UNLINKING
    assert desk.tell(goes_on).counter.leaving_for is None
    assert desk.tell(LeavingConfirmed()).flow != ChoosingUnlinkReason()


def test_the_question_stands_while_the_library_answers_and_goes_with_the_session() -> None:
    desk = served()
    desk.answering = False
    desk.tell(ItemEntered(A), UnlinkingChosen()).answer_all()
    assert desk.counter.leaving_for is Section.UNLINKING
    desk.tell(LeavePressed()).answer_all().at(Waiting)
    assert desk.counter.leaving_for is None


def test_where_nothing_was_done_the_page_opens_at_once() -> None:
    served().tell(UnlinkingChosen()).at(ChoosingUnlinkReason)
    served().tell(HomeChosen()).at(Waiting)
    ScriptedCounter().tell(RegistrationChosen(), UnlinkingChosen()).at(ChoosingUnlinkReason)
    refused = ScriptedCounter().to_card()
    refused.lay(Card(refused=Code.CARD_EXPIRED))
    refused.tell(UnlinkingChosen()).at(ChoosingUnlinkReason)


@pytest.mark.parametrize("page", [HomeChosen(), RegistrationChosen(), UnlinkingChosen()])
def test_a_patron_at_the_pin_is_not_left_by_the_rail_at_all(page: Event) -> None:
    desk = at_pad().tell(page)
    desk.at(AskingPin)
    assert desk.counter.leaving_for is None


# --- what is owed comes first, and then the page


def test_the_slip_is_printed_before_the_page_opens() -> None:
    desk = lent().tell(RegistrationChosen())
    assert not desk.of(PrintSlip)
    desk.tell(LeavingConfirmed()).at(ChoosingApplicant)
    assert len(desk.of(PrintSlip)) == 1


@pytest.mark.parametrize(
    ("page", "opens"), [(RegistrationChosen(), ChoosingApplicant), (UnlinkingChosen(), ChoosingUnlinkReason), (HomeChosen(), Waiting)]
)
def test_the_page_opens_once_what_is_in_doubt_has_been_looked_at(page: Event, opens: type) -> None:
    library = Library(says={A: Reason.LOST_ANSWER})
    desk = served(library).tell(ItemEntered(A))
    desk.answering, library.down = False, Code.ILS_UNREACHABLE
    desk.tell(page, LeavingConfirmed())
    assert desk.at(PatronShown).leaving
    assert len(desk.of(LookAgain)) == 1
    desk.answer_all()
    assert type(desk.flow) is opens
    assert len(desk.counter.doubts) == 1, "and is looked at once more, as at the end button"


def test_a_refusal_holds_the_patron_and_nothing_opens_behind_it_later() -> None:
    desk = served(Library(says={A: Reason.RESERVED}))
    desk.answering = False
    desk.tell(ItemEntered(A), RegistrationChosen(), LeavingConfirmed()).answer_all()
    assert desk.at(PatronShown).stayed is Stayed.REFUSED
    desk.tell(LeavePressed()).answer_all().at(Waiting)


def test_a_card_laid_while_the_page_is_waited_for_comes_before_it() -> None:
    desk = served()
    desk.answering = False
    desk.tell(ItemEntered(A), UnlinkingChosen(), LeavingConfirmed())
    desk.lay(Card(), OTHER_READER)
    desk.answer(ServeItem).at(Reading)


def test_no_page_opens_for_staff_who_are_not_there_any_more() -> None:
    desk = served(Library(says={A: Reason.LOST_ANSWER})).tell(ItemEntered(A))
    desk.answering = False
    desk.tell(UnlinkingChosen(), LeavingConfirmed()).at(PatronShown)
    desk.leave_alone().leave_alone().at(Waiting)


# --- what is known travels along


def test_the_number_of_the_open_patron_stands_in_the_registration_to_be_entered_by_staff() -> None:
    desk = served().tell(LanguageChosen(Language.ENGLISH), RegistrationChosen(), ApplicantChosen(Applicant.SELF), NextPressed())
    draft = desk.at(AwaitingLibraryCard).draft
    assert draft.called == NUMBER
    assert draft.patron is None, "nobody has compared it with the card yet"
    assert desk.counter.language is Language.ENGLISH


def test_the_number_of_the_patron_who_was_open_is_offered_for_their_own_card_and_never_for_their_childs() -> None:
    desk = served().tell(RegistrationChosen(), ApplicantChosen(Applicant.SELF), NextPressed())
    assert desk.at(AwaitingLibraryCard).draft.offered == NUMBER
    desk = served().tell(RegistrationChosen(), ApplicantChosen(Applicant.CHILD), NextPressed())
    desk.tell(*(GuardianCheckSet(check, confirmed=True) for check in GuardianCheck), NextPressed())
    assert desk.at(AwaitingLibraryCard).draft.offered is None


def test_a_number_that_is_still_looked_up_travels_too_and_none_where_none_was() -> None:
    desk = ScriptedCounter(RULES, library=Library(), answering=False).tell(LibraryCardEntered(NUMBER.text), RegistrationChosen())
    assert desk.at(ChoosingApplicant).draft.called == NUMBER
    assert ScriptedCounter().tell(RegistrationChosen()).at(ChoosingApplicant).draft.called is None
    assert READER not in repr(desk.flow)
