"""Registration, from "whose card" to "done", and every way it can be refused."""

from __future__ import annotations

import pytest

from kiosk.domain.circulation import Standing, Stop
from kiosk.domain.effects import Act, LookUpPatron, Play, ReadCard, ReadTries, RecordAct, ReleaseCard, SaveLink, VerifyPin
from kiosk.domain.errors import Code
from kiosk.domain.events import (
    ApplicantChosen,
    BackPressed,
    CardLifted,
    CardSlow,
    Event,
    GuardianCheckSet,
    LeavePressed,
    LibraryCardEntered,
    LinkAgreed,
    NextPressed,
    PadConfirmed,
    RegistrationChosen,
    ReplacementChosen,
)
from kiosk.domain.model import Applicant, GuardianCheck, Insertion, Patron, ReplaceReason, Revocation, Sound
from kiosk.domain.patron_view import patron_view
from kiosk.domain.registration.library_card import goes_unchecked
from kiosk.domain.states import (
    AlreadyLinked,
    AskingPin,
    AwaitingLibraryCard,
    AwaitingMyNumberCard,
    CheckingGuardian,
    CheckingLibraryCard,
    ChoosingApplicant,
    ChoosingReplacement,
    ConfirmingLink,
    ExplainingRecord,
    FindingLinks,
    LendingRefused,
    Problem,
    ReadingMyNumberCard,
    Registered,
    RegistrationRefused,
    SavingLink,
    Waiting,
)
from tests.support.domain.scripted_counter import NUMBER, OTHER_NUMBER, OTHER_READER, TODAY, Card, Params, ScriptedCounter, link
from tests.support.domain.scripted_library import Library


def problem(desk: ScriptedCounter) -> Code:
    assert isinstance(desk.flow, RegistrationRefused | AwaitingMyNumberCard | AwaitingLibraryCard)
    assert desk.flow.problem is not None
    return desk.flow.problem.code


def test_a_patron_registers_themselves() -> None:
    desk = ScriptedCounter()
    screens: list[type] = []
    card = Card()
    desk.tell(RegistrationChosen())
    screens.append(type(desk.flow))
    for event in (ApplicantChosen(Applicant.SELF), NextPressed(), LibraryCardEntered(f"a{NUMBER.text}b")):
        screens.append(type(desk.tell(event).flow))
    insertion = desk.lay(card)
    screens.append(type(desk.flow))
    screens.append(type(desk.tell(LinkAgreed()).flow))
    screens.append(type(desk.press_pin().flow))
    assert screens == [
        ChoosingApplicant,
        ExplainingRecord,
        AwaitingLibraryCard,
        AwaitingMyNumberCard,
        ConfirmingLink,
        AskingPin,
        Registered,
    ]
    [saved] = desk.of(SaveLink)
    assert saved == SaveLink(saved.ticket, saved.operation, card.token, NUMBER, Revocation.GOOD, by_guardian=False, replaces=None)
    assert desk.of(ReleaseCard) == [ReleaseCard(insertion)]


def test_the_pin_is_the_last_act_and_nothing_waits_for_a_person_between_verify_and_save() -> None:
    desk = ScriptedCounter()
    desk.to_pad(Card())
    before = len(desk.asked)
    desk.press_pin()
    questions = [type(effect) for effect in desk.asked[before:] if isinstance(effect, VerifyPin | SaveLink)]
    assert questions == [VerifyPin, SaveLink]


def test_somebody_elses_card_is_refused_before_any_card_is_asked_for() -> None:
    desk = ScriptedCounter().tell(RegistrationChosen(), ApplicantChosen(None))
    assert problem(desk) is Code.PROXY_REFUSED
    assert desk.of(RecordAct) == [RecordAct(Act.REFUSAL, None, Code.PROXY_REFUSED)]
    assert not desk.of(ReadCard)


def test_a_guardian_registers_a_child_after_every_check() -> None:
    desk = ScriptedCounter().tell(RegistrationChosen(), ApplicantChosen(Applicant.CHILD), NextPressed())
    desk.at(CheckingGuardian)
    for check in GuardianCheck:
        desk.tell(NextPressed()).at(CheckingGuardian)
        desk.tell(GuardianCheckSet(check, confirmed=True))
    desk.tell(NextPressed()).at(AwaitingLibraryCard)
    desk.tell(LibraryCardEntered(NUMBER.text))
    desk.lay(Card())
    desk.tell(LinkAgreed()).press_pin()
    assert desk.of(SaveLink)[0].by_guardian


def test_a_guardians_check_taken_back_closes_the_way_again() -> None:
    desk = ScriptedCounter().to_library_card(Applicant.CHILD).tell(BackPressed())
    desk.tell(GuardianCheckSet(GuardianCheck.SAME_HOUSEHOLD, confirmed=False), NextPressed())
    desk.at(CheckingGuardian)


def test_the_cut_off_is_shown_and_no_birthday_asked_for() -> None:
    desk = ScriptedCounter().tell(RegistrationChosen(), ApplicantChosen(Applicant.CHILD), NextPressed())
    assert desk.at(CheckingGuardian).born_on_or_after == TODAY.replace(year=2011, day=24)


def test_choosing_another_applicant_forgets_the_checks() -> None:
    desk = ScriptedCounter().to_library_card(Applicant.CHILD).tell(BackPressed(), BackPressed(), BackPressed())
    desk.tell(ApplicantChosen(Applicant.CHILD), NextPressed(), NextPressed())
    assert not desk.at(CheckingGuardian).draft.checks


def test_a_library_card_made_the_same_day_is_waited_for() -> None:
    desk = ScriptedCounter(patron_refused=Code.LIBRARY_CARD_UNKNOWN).to_library_card().tell(LibraryCardEntered(NUMBER.text))
    assert problem(desk) is Code.LIBRARY_CARD_UNKNOWN
    desk.patron_refused = None
    desk.tell(LibraryCardEntered(NUMBER.text)).at(AwaitingMyNumberCard)


@pytest.mark.parametrize("code", [Code.LIBRARY_CARD_EXPIRED, Code.LIBRARY_CARD_STOPPED, Code.LIBRARY_CARD_UNKNOWN])
def test_a_library_card_that_is_not_valid_is_not_linked(code: Code) -> None:
    desk = ScriptedCounter(patron_refused=code).to_card()
    assert problem(desk) is code
    assert desk.of(LookUpPatron)
    desk.lay(Card())
    assert not desk.of(ReadCard)


@pytest.mark.parametrize(
    ("code", "params"),
    [
        (Code.LIBRARY_CARD_EXPIRED, (("until", "2026-03-31"),)),
        (Code.LIBRARY_CARD_STOPPED, (("stops", f"{Stop.CARD_LOST} {Stop.FINES}"), ("said", "Please see the staff"))),
        (Code.LIBRARY_CARD_DIFFERS, ()),
    ],
)
def test_what_the_librarys_system_says_of_a_library_card_is_told_before_any_card_is_asked_for(code: Code, params: Params) -> None:
    desk = ScriptedCounter(patron_refused=code, patron_params=params).to_card()
    assert desk.at(AwaitingLibraryCard).problem == Problem(code, params, NUMBER.text)
    assert desk.of(Play)[-1] == Play(Sound.REFUSED)
    assert not desk.of(ReadCard)
    assert not desk.of(RecordAct), "another card may be shown"
    desk.patron_refused = None
    desk.tell(LibraryCardEntered(OTHER_NUMBER.text))
    assert desk.at(AwaitingMyNumberCard).draft.number == OTHER_NUMBER


@pytest.mark.parametrize("code", [code for code in Code if code.about.is_ils_trouble])
def test_a_library_system_in_trouble_leaves_the_card_unchecked_and_says_so(code: Code) -> None:
    desk = ScriptedCounter(patron_refused=code).to_card()
    assert desk.at(AwaitingMyNumberCard).draft.patron == Patron(NUMBER, checked=False)
    desk.lay(Card())
    desk.tell(LinkAgreed()).press_pin()
    assert desk.of(SaveLink)[0].number == NUMBER


def test_a_patron_with_stops_may_register_and_what_is_known_of_them_goes_along() -> None:
    standing = Standing(stops=frozenset({Stop.FINES}))
    desk = ScriptedCounter(library=Library(standing)).to_card()
    patron = desk.at(AwaitingMyNumberCard).draft.patron
    assert patron is not None
    assert patron.checked
    assert patron.standing.stops == {Stop.FINES}


def test_a_library_card_scanned_twice_is_looked_up_once() -> None:
    desk = ScriptedCounter().to_library_card()
    desk.answering = False
    desk.tell(LibraryCardEntered(NUMBER.text), LibraryCardEntered(NUMBER.text))
    assert [question.number for question in desk.of(LookUpPatron)] == [NUMBER]


def test_another_library_card_scanned_meanwhile_is_the_one_that_counts() -> None:
    desk = ScriptedCounter().to_library_card()
    desk.answering = False
    desk.tell(LibraryCardEntered(NUMBER.text), LibraryCardEntered(OTHER_NUMBER.text))
    assert desk.at(CheckingLibraryCard).number == OTHER_NUMBER
    desk.answer().at(CheckingLibraryCard)
    assert desk.answer().at(AwaitingMyNumberCard).draft.number == OTHER_NUMBER


def test_a_number_that_cannot_be_one_ends_the_look_up_before_it() -> None:
    desk = ScriptedCounter().to_library_card()
    desk.answering = False
    desk.tell(LibraryCardEntered(NUMBER.text), LibraryCardEntered(""))
    assert desk.answer().at(AwaitingLibraryCard).problem == Problem(Code.NUMBER_EMPTY)


def test_a_look_up_that_takes_long_can_be_taken_back() -> None:
    desk = ScriptedCounter().to_library_card()
    desk.answering = False
    desk.tell(LibraryCardEntered(NUMBER.text), BackPressed())
    back = desk.counter
    assert desk.answer().counter == back


@pytest.mark.parametrize("answered", [0, 1])
@pytest.mark.parametrize(("said", "shown"), [(LeavePressed(), Waiting), (BackPressed(), AwaitingLibraryCard)])
def test_a_card_being_read_can_be_left(answered: int, said: Event, shown: type) -> None:
    desk = ScriptedCounter().to_card()
    desk.answering = False
    insertion = desk.lay(Card())
    for _ in range(answered):
        desk.answer()
    assert type(desk.tell(said).flow) is shown
    assert ReleaseCard(insertion) in desk.asked
    left = desk.counter
    assert desk.answer().counter == left


@pytest.mark.parametrize("refused", [None, Code.LIBRARY_CARD_EXPIRED, Code.ILS_UNREACHABLE])
def test_the_answer_about_a_library_card_comes_too_late_for_the_next_registration(refused: Code | None) -> None:
    desk = ScriptedCounter(patron_refused=refused).to_library_card()
    desk.answering = False
    desk.tell(LibraryCardEntered(NUMBER.text), LeavePressed()).to_library_card()
    now = desk.counter
    assert desk.answer().counter == now


def test_going_back_to_the_library_card_forgets_what_was_known_of_it() -> None:
    desk = ScriptedCounter(library=Library()).to_card().tell(BackPressed())
    assert desk.at(AwaitingLibraryCard).draft.patron is None


def test_a_number_that_cannot_be_one_is_said_and_asked_for_again() -> None:
    desk = ScriptedCounter().to_library_card().tell(LibraryCardEntered("12"))
    assert problem(desk) is Code.NUMBER_LENGTH
    desk.tell(LibraryCardEntered(NUMBER.text)).at(AwaitingMyNumberCard)


def test_a_barcode_where_the_card_is_expected_is_said() -> None:
    assert problem(ScriptedCounter().to_card().tell(LibraryCardEntered(NUMBER.text))) is Code.BARCODE_ON_WRONG_STEP


def test_a_card_laid_early_is_read_when_its_step_comes() -> None:
    desk = ScriptedCounter().to_library_card()
    desk.lay(Card())
    assert not desk.of(ReadCard)
    desk.tell(LibraryCardEntered(NUMBER.text)).at(ConfirmingLink)


@pytest.mark.parametrize(
    "code", [Code.NOT_MY_NUMBER_CARD, Code.LIBRARY_CARD_ON_READER, Code.PHONE_NOT_ACCEPTED, Code.CARD_UNREADABLE, Code.CARD_IN_USE]
)
def test_a_card_that_can_be_laid_anew_is_asked_for_again(code: Code) -> None:
    desk = ScriptedCounter().to_card()
    insertion = desk.lay(Card(refused=code))
    assert problem(desk) is code
    desk.at(AwaitingMyNumberCard)
    desk.lift(insertion).lay(Card())
    desk.at(ConfirmingLink)


@pytest.mark.parametrize(
    "code",
    [Code.NO_CERTIFICATE, Code.CARD_EXPIRED, Code.CARD_STOPPED, Code.ISSUER_UNKNOWN, Code.TRUST_MISSING, Code.CERTIFICATE_UNREADABLE],
)
def test_a_card_that_cannot_be_registered_ends_it_and_is_unpowered(code: Code) -> None:
    desk = ScriptedCounter().to_card()
    insertion = desk.lay(Card(refused=code))
    desk.at(RegistrationRefused)
    assert problem(desk) is code
    assert desk.of(ReleaseCard) == [ReleaseCard(insertion)]
    assert not desk.of(ReadTries)


def test_the_same_pair_again_is_said_and_nothing_is_done() -> None:
    card = Card()
    desk = ScriptedCounter(links=[link(card)]).to_card()
    desk.lay(card)
    desk.at(AlreadyLinked)
    assert not desk.of(ReadTries)


def test_a_renewed_card_replaces_the_old_one_with_a_reason() -> None:
    desk = ScriptedCounter(links=[link(Card("old"))]).to_card()
    desk.lay(Card("b"))
    assert desk.at(ChoosingReplacement).by_number == link(Card("old"))
    desk.tell(ReplacementChosen(ReplaceReason.RENEWED), LinkAgreed()).press_pin()
    assert desk.of(SaveLink)[0].replaces is ReplaceReason.RENEWED
    assert desk.at(Registered).replaced


def test_a_card_linked_to_another_library_card_is_shown_with_that_link() -> None:
    card = Card()
    desk = ScriptedCounter(links=[link(card, OTHER_NUMBER)]).to_card()
    desk.lay(card)
    assert desk.at(ChoosingReplacement).by_card == link(card, OTHER_NUMBER)
    desk.tell(LeavePressed()).at(Waiting)
    assert not desk.of(SaveLink)


def test_a_pending_link_is_said_to_be_one() -> None:
    desk = ScriptedCounter(pending=True)
    desk.to_pad(Card())
    desk.press_pin()
    assert desk.at(Registered).pending


def test_a_store_that_cannot_write_refuses_and_confirms_nothing() -> None:
    desk = ScriptedCounter()
    desk.to_pad(Card())
    desk.store_fails = Code.STORE_FULL
    desk.press_pin()
    desk.at(RegistrationRefused)
    assert problem(desk) is Code.STORE_FULL


def test_from_not_linked_the_card_is_registered_where_it_lies() -> None:
    desk = ScriptedCounter()
    insertion = desk.lay(Card())
    assert desk.at(LendingRefused).insertion == insertion
    desk.to_card()
    assert desk.at(ConfirmingLink).insertion == insertion
    assert desk.leave_lying().counter.card_left == 0


def test_a_card_lifted_after_not_linked_has_to_be_laid_again() -> None:
    desk = ScriptedCounter()
    desk.lift(desk.lay(Card()))
    assert desk.at(LendingRefused).insertion is None
    assert isinstance(desk.to_card().flow, AwaitingMyNumberCard)


def test_an_expired_card_is_not_read_again_where_it_lies() -> None:
    desk = ScriptedCounter()
    desk.lay(Card(refused=Code.CARD_EXPIRED))
    assert isinstance(desk.to_card().flow, AwaitingMyNumberCard)


@pytest.mark.parametrize("agreed", [False, True])
def test_a_swapped_card_is_read_shown_and_agreed_to_anew(agreed: bool) -> None:
    desk = ScriptedCounter()
    first, second = Card("a"), Card("b", tries=2)
    insertion = desk.to_card().lay(first)
    if agreed:
        desk.tell(LinkAgreed())
    desk.lift(insertion)
    assert problem(desk) is Code.CARD_REMOVED
    desk.lay(second)
    assert desk.at(ConfirmingLink).reading.token == second.token
    assert not desk.of(VerifyPin)
    desk.tell(PadConfirmed(), LinkAgreed())
    assert desk.at(AskingPin).tries_left == 2
    desk.press_pin()
    assert [saved.token for saved in desk.of(SaveLink)] == [second.token]


def test_a_card_on_another_reader_is_ignored_until_the_session_ends() -> None:
    desk = ScriptedCounter()
    insertion = desk.to_pad(Card("a"))
    desk.lay(Card("b"), OTHER_READER)
    assert desk.at(AskingPin).insertion == insertion
    desk.press_pin()
    assert [saved.token for saved in desk.of(SaveLink)] == [Card("a").token]
    assert {read.insertion for read in desk.of(ReadCard)} == {insertion}


def test_a_swap_while_the_certificate_is_read_begins_with_the_card_that_lies_there() -> None:
    desk = ScriptedCounter().to_card()
    desk.answering = False
    first = desk.lay(Card("a"))
    desk.lift(first)
    second = desk.lay(Card("b"))
    desk.answer()
    assert desk.at(ReadingMyNumberCard).insertion == second
    assert desk.asked.index(ReleaseCard(first)) < desk.asked.index(desk.of(ReadCard)[1])


def test_a_card_on_another_reader_has_its_turn_when_the_refused_one_is_lifted() -> None:
    """That a card is gone may be known from its silence before the reader says so."""
    first, second = Card("a", refused=Code.CARD_REMOVED), Card("b")
    desk = ScriptedCounter().to_card()
    desk.answering = False
    insertion = desk.lay(first)
    desk.lay(second, OTHER_READER)
    desk.answering = True
    desk.answer()
    assert desk.at(AwaitingMyNumberCard).problem is not None
    desk.lift(insertion)
    assert desk.at(ConfirmingLink).reading.token == second.token


def test_a_silent_card_is_freed_by_lifting_it() -> None:
    desk = ScriptedCounter().to_card()
    desk.answering = False
    insertion = desk.lay(Card())
    desk.tell(CardSlow(insertion))
    assert desk.at(ReadingMyNumberCard).slow
    assert problem(desk.lift(insertion)) is Code.CARD_SILENT
    late = desk.counter
    assert desk.answer().counter == late


@pytest.mark.parametrize("stage", [ConfirmingLink, AskingPin])
def test_lifting_the_card_before_the_pin_asks_for_it_again(stage: type) -> None:
    desk = ScriptedCounter().to_card()
    insertion = desk.lay(Card())
    if stage is AskingPin:
        desk.tell(LinkAgreed())
    desk.at(stage)
    assert problem(desk.lift(insertion)) is Code.CARD_REMOVED


def test_lifting_the_card_while_links_are_looked_up_asks_for_it_again() -> None:
    desk = ScriptedCounter().to_card()
    desk.answering = False
    insertion = desk.lay(Card())
    desk.answer()
    desk.at(FindingLinks)
    assert problem(desk.lift(insertion)) is Code.CARD_REMOVED


def test_lifting_the_card_after_the_proof_changes_nothing() -> None:
    desk = ScriptedCounter()
    insertion = desk.to_pad(Card())
    desk.answering = False
    desk.press_pin().answer()
    desk.at(SavingLink)
    desk.lift(insertion).answer().at(Registered)


def events_of_leaving() -> list[list[Event]]:
    """After each of these prefixes a registration stands at another step, and can be left."""
    steps: list[Event] = [RegistrationChosen(), ApplicantChosen(Applicant.SELF), NextPressed(), LibraryCardEntered(NUMBER.text)]
    return [steps[: length + 1] for length in range(len(steps))]


@pytest.mark.parametrize("steps", events_of_leaving(), ids=lambda steps: type(steps[-1]).__name__)
def test_every_step_can_be_left(steps: list[Event]) -> None:
    assert isinstance(ScriptedCounter().tell(*steps, LeavePressed()).flow, Waiting)


def test_a_look_up_that_takes_long_can_be_left() -> None:
    desk = ScriptedCounter().to_library_card()
    desk.answering = False
    desk.tell(LibraryCardEntered(NUMBER.text))
    desk.at(CheckingLibraryCard)
    desk.tell(LeavePressed()).at(Waiting)
    desk.answer().at(Waiting)


def test_going_back_goes_one_step_back() -> None:
    desk = ScriptedCounter().to_card()
    for expected in (AwaitingLibraryCard, ExplainingRecord, ChoosingApplicant, Waiting):
        desk.tell(BackPressed()).at(expected)


def test_choosing_registration_again_does_not_begin_it_anew() -> None:
    desk = ScriptedCounter().to_card()
    before = desk.flow
    assert desk.tell(RegistrationChosen()).flow == before


def test_the_lift_of_another_card_means_nothing() -> None:
    desk = ScriptedCounter().to_card()
    desk.lay(Card())
    before = desk.flow
    assert desk.tell(CardLifted(Insertion(99, OTHER_READER))).flow == before


@pytest.mark.parametrize(
    ("library", "unchecked"), [(Library(down=Code.ILS_UNREACHABLE), True), (Library(), False), (None, False)], ids=["down", "up", "none"]
)
def test_a_number_that_the_librarys_system_could_not_be_asked_about_stays_marked(library: Library | None, unchecked: bool) -> None:
    desk = ScriptedCounter(library=library)
    desk.to_pad(Card())
    desk.press_pin()
    assert goes_unchecked(desk.counter, desk.at(Registered).draft) is unchecked


@pytest.mark.parametrize("lifted", [True, False], ids=["lifted", "lying"])
@pytest.mark.parametrize("applicant", Applicant)
def test_behind_a_refused_card_another_is_read_with_all_that_was_confirmed(applicant: Applicant, lifted: bool) -> None:
    desk = ScriptedCounter().to_library_card(applicant).tell(LibraryCardEntered(NUMBER.text))
    refused = desk.lay(Card(refused=Code.CARD_EXPIRED))
    draft = desk.at(RegistrationRefused).draft
    if lifted:
        desk.lift(refused)
    assert desk.tell(BackPressed()).at(AwaitingMyNumberCard).draft == draft
    assert patron_view(desk.counter, None).take_card is not lifted
    if not lifted:
        desk.lift(refused)
    desk.lay(Card())
    assert desk.at(ConfirmingLink).draft == draft


def test_a_refusal_before_any_library_card_leads_back_nowhere() -> None:
    desk = ScriptedCounter().tell(RegistrationChosen(), ApplicantChosen(None))
    desk.at(RegistrationRefused)
    desk.tell(BackPressed()).at(RegistrationRefused)
