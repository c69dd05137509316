"""Lending: from a card on the reader to a patron with a library card number."""

from __future__ import annotations

import pytest

from kiosk.domain.circulation import Stop
from kiosk.domain.effects import Act, FindLinks, LookUpPatron, ReadCard, RecordAct, ReleaseCard, VerifyPin
from kiosk.domain.errors import Code
from kiosk.domain.events import (
    CardPlaced,
    CardSlow,
    DayBegan,
    HolderConfirmed,
    HolderDenied,
    LanguageChosen,
    LeavePressed,
    LibraryCardEntered,
    ServiceChosen,
)
from kiosk.domain.model import Insertion, Language, Month, Patron, Revocation, Service, Shown
from kiosk.domain.rules import BarcodeRule
from kiosk.domain.states import (
    AskingPin,
    ConfirmingHolder,
    CounterRules,
    FindingLink,
    LastTryWarning,
    LendingRefused,
    LookingUpPatron,
    PatronShown,
    Problem,
    Reading,
    Waiting,
    When,
)
from tests.support.domain.scripted_counter import NUMBER, OTHER_NUMBER, OTHER_READER, TODAY, Card, ScriptedCounter, link

QUICK = CounterRules(confirm_holder=When.NEVER)


def test_a_linked_card_calls_up_the_library_card_number() -> None:
    card = Card()
    desk = ScriptedCounter(links=[link(card)])
    insertion = desk.lay(card)
    assert desk.at(ConfirmingHolder).patron.number == NUMBER
    desk.tell(HolderConfirmed())
    assert desk.at(PatronShown).patron.number == NUMBER
    assert desk.at(PatronShown).shown is Shown.MY_NUMBER_CARD
    asked = [type(effect) for effect in desk.asked if isinstance(effect, ReadCard | FindLinks | LookUpPatron)]
    assert asked == [ReadCard, FindLinks, LookUpPatron, FindLinks]
    assert ReleaseCard(insertion) in desk.asked


def test_a_use_is_recorded_with_what_was_checked() -> None:
    card = Card()
    desk = ScriptedCounter(links=[link(card)])
    desk.lay(card)
    desk.tell(HolderConfirmed())
    assert desk.of(RecordAct) == [RecordAct(Act.USE, NUMBER, None, Revocation.GOOD, pin_checked=False, holder_confirmed=True)]


def test_no_pin_is_asked_for_at_lending_unless_the_library_wants_it() -> None:
    card = Card()
    desk = ScriptedCounter(QUICK, links=[link(card)])
    desk.lay(card)
    desk.at(PatronShown)
    assert not desk.of(VerifyPin)


def test_not_the_holder_refuses_and_shows_nothing_of_the_patron() -> None:
    card = Card()
    desk = ScriptedCounter(links=[link(card)])
    desk.lay(card)
    desk.tell(HolderDenied())
    assert desk.at(LendingRefused).problem.code is Code.HOLDER_DENIED
    assert NUMBER.text not in repr(desk.flow)
    assert desk.of(RecordAct) == [RecordAct(Act.REFUSAL, NUMBER, Code.HOLDER_DENIED, Revocation.GOOD)]


def test_the_first_look_of_the_day_is_enough_where_the_library_says_so() -> None:
    card = Card()
    desk = ScriptedCounter(CounterRules(confirm_holder=When.FIRST_OF_DAY), links=[link(card)])
    insertion = desk.lay(card)
    desk.tell(HolderConfirmed(), LeavePressed()).lift(insertion)
    insertion = desk.lay(card)
    desk.at(PatronShown)
    desk.tell(LeavePressed()).lift(insertion).tell(DayBegan(TODAY.replace(day=24)))
    desk.lay(card)
    desk.at(ConfirmingHolder)


@pytest.mark.parametrize("when", [When.ALWAYS, When.NEVER])
def test_nobody_is_remembered_unless_the_rule_needs_it(when: When) -> None:
    card = Card()
    desk = ScriptedCounter(CounterRules(confirm_holder=when, lending_pin=when), links=[link(card)])
    desk.lay(card)
    desk.press_pin().tell(HolderConfirmed())
    desk.at(PatronShown)
    assert not desk.counter.seen_today
    assert not desk.counter.proved_today


def test_the_pin_is_asked_for_at_each_tap_or_once_a_day() -> None:
    card = Card()
    for when, second in ((When.ALWAYS, AskingPin), (When.FIRST_OF_DAY, PatronShown)):
        desk = ScriptedCounter(CounterRules(confirm_holder=When.NEVER, lending_pin=when), links=[link(card)])
        insertion = desk.lay(card)
        desk.at(AskingPin)
        desk.press_pin()
        desk.at(PatronShown)
        assert desk.of(RecordAct)[0].pin_checked
        desk.tell(LeavePressed()).lift(insertion).lay(card)
        assert type(desk.flow) is second


def test_a_pin_due_again_at_midnight_is_asked_of_a_card_that_still_has_its_power() -> None:
    card = Card()
    desk = ScriptedCounter(CounterRules(confirm_holder=When.NEVER, lending_pin=When.FIRST_OF_DAY), links=[link(card)])
    insertion = desk.lay(card)
    desk.press_pin().tell(LeavePressed()).lift(insertion)
    desk.answering = False
    insertion = desk.lay(card)
    desk.answer().at(FindingLink)
    desk.answering = True
    desk.tell(DayBegan(TODAY.replace(day=24))).at(AskingPin)
    assert ReleaseCard(insertion) not in desk.asked


def test_the_last_try_is_warned_of_at_lending_too() -> None:
    card = Card(tries=1)
    desk = ScriptedCounter(CounterRules(lending_pin=When.ALWAYS), links=[link(card)])
    desk.lay(card)
    desk.at(LastTryWarning)


def test_a_card_whose_pin_is_locked_is_refused_where_a_pin_is_needed() -> None:
    card = Card(tries=0)
    desk = ScriptedCounter(CounterRules(lending_pin=When.ALWAYS), links=[link(card)])
    desk.lay(card)
    assert desk.at(LendingRefused).problem.code is Code.PIN_UNAVAILABLE


def test_the_month_a_certificate_ends_goes_with_the_patron() -> None:
    card = Card(ends=Month(2027, 1))
    desk = ScriptedCounter(QUICK, links=[link(card)])
    desk.lay(card)
    reading = desk.at(PatronShown).reading
    assert reading is not None
    assert reading.ends == Month(2027, 1)


def test_a_card_not_linked_says_so() -> None:
    desk = ScriptedCounter()
    desk.lay(Card())
    assert desk.at(LendingRefused).problem.code is Code.NOT_LINKED


@pytest.mark.parametrize("code", [Code.CARD_EXPIRED, Code.CARD_STOPPED, Code.ISSUER_UNKNOWN, Code.NOT_MY_NUMBER_CARD])
def test_a_card_not_accepted_is_refused_recorded_and_unpowered(code: Code) -> None:
    desk = ScriptedCounter()
    insertion = desk.lay(Card(refused=code))
    assert desk.at(LendingRefused).problem.code is code
    assert desk.of(RecordAct)[0].code is code
    assert desk.of(ReleaseCard) == [ReleaseCard(insertion)]
    assert not desk.of(FindLinks)


def test_an_expired_library_card_serves_no_more_with_the_my_number_card() -> None:
    card = Card()
    desk = ScriptedCounter(links=[link(card)], patron_refused=Code.LIBRARY_CARD_EXPIRED)
    desk.lay(card)
    assert desk.at(LendingRefused).problem.code is Code.LIBRARY_CARD_EXPIRED


LIBRARY_CARD_PROBLEMS: dict[Code, tuple[tuple[str, str], ...]] = {
    Code.LIBRARY_CARD_EXPIRED: (("until", "2026-03-31"),),
    Code.LIBRARY_CARD_STOPPED: (("stops", f"{Stop.CARD_LOST} {Stop.FINES}"), ("said", "Please see the staff")),
    Code.LIBRARY_CARD_UNKNOWN: (),
    Code.LIBRARY_CARD_DIFFERS: (),
}


@pytest.mark.parametrize(("code", "params"), LIBRARY_CARD_PROBLEMS.items())
def test_a_library_card_that_is_no_good_is_refused_with_all_that_was_said(code: Code, params: tuple[tuple[str, str], ...]) -> None:
    card = Card()
    desk = ScriptedCounter(QUICK, links=[link(card)], patron_refused=code, patron_params=params)
    desk.lay(card)
    refused = desk.at(LendingRefused)
    assert refused == LendingRefused(Problem(code, params), None, linked=True)
    assert desk.of(RecordAct) == [RecordAct(Act.REFUSAL, NUMBER, code, Revocation.GOOD)], "nothing the server said is written down"
    desk.tell(LibraryCardEntered(NUMBER.text))
    refused = desk.at(LendingRefused)
    assert refused == LendingRefused(Problem(code, params, NUMBER.text)), "the library card itself says the same; of a link nobody looked"
    assert desk.of(RecordAct)[1:] == [RecordAct(Act.REFUSAL, NUMBER, code, card_read=False)], "no certificate was judged"


@pytest.mark.parametrize("code", [code for code in Code if code.about.is_ils_trouble])
@pytest.mark.parametrize("pin", [When.NEVER, When.ALWAYS])
def test_a_library_system_in_trouble_still_gives_the_number(pin: When, code: Code) -> None:
    card = Card()
    desk = ScriptedCounter(CounterRules(confirm_holder=When.NEVER, lending_pin=pin), links=[link(card)], patron_refused=code)
    desk.lay(card)
    desk.press_pin()
    assert desk.at(PatronShown).patron == Patron(NUMBER, checked=False)
    desk.tell(LeavePressed(), LibraryCardEntered(NUMBER.text))
    assert desk.at(PatronShown).patron == Patron(NUMBER, checked=False)
    assert [record.act for record in desk.of(RecordAct)] == [Act.USE], "trouble is no refusal"


def test_a_patron_whose_number_is_not_a_card_of_this_library_any_more_is_looked_up_by_the_link_all_the_same() -> None:
    """The rule of the barcode is for what is scanned; a link was made under the rule of its time."""
    card = Card()
    desk = ScriptedCounter(CounterRules(BarcodeRule(length=8), confirm_holder=When.NEVER), links=[link(card)])
    desk.lay(card)
    assert desk.at(PatronShown).patron.number == NUMBER


def test_a_store_in_trouble_refuses() -> None:
    desk = ScriptedCounter(store_fails=Code.STORE_DAMAGED)
    desk.lay(Card())
    assert desk.at(LendingRefused).problem.code is Code.STORE_DAMAGED


def test_a_library_card_serves_beside_the_my_number_card() -> None:
    desk = ScriptedCounter().tell(LibraryCardEntered(NUMBER.text))
    assert desk.at(PatronShown).shown is Shown.LIBRARY_CARD
    assert not desk.of(RecordAct)


def test_a_library_card_serves_after_a_refusal_too() -> None:
    desk = ScriptedCounter()
    desk.lay(Card(refused=Code.CARD_EXPIRED))
    assert desk.tell(LibraryCardEntered(NUMBER.text)).at(PatronShown).patron.number == NUMBER


def test_a_number_that_cannot_be_one_is_said_and_put_away() -> None:
    desk = ScriptedCounter().tell(LibraryCardEntered("x"))
    problem = desk.at(Waiting).problem
    assert problem is not None
    assert problem.code is Code.NUMBER_CHARACTERS
    assert desk.tell(LeavePressed()).at(Waiting).problem is None


@pytest.mark.parametrize("service", list(Service))
def test_every_service_can_be_chosen_for_a_patron(service: Service) -> None:
    desk = ScriptedCounter().tell(LibraryCardEntered(NUMBER.text), ServiceChosen(service))
    assert desk.at(PatronShown).service is service


def test_the_card_may_be_lifted_at_the_beep() -> None:
    card = Card()
    desk = ScriptedCounter(QUICK, links=[link(card)])
    desk.lift(desk.lay(card))
    desk.at(PatronShown)


def test_lifting_ends_the_session_where_the_library_says_so() -> None:
    card = Card()
    desk = ScriptedCounter(CounterRules(confirm_holder=When.NEVER, end_on_lift=True), links=[link(card)])
    desk.lift(desk.lay(card))
    desk.at(Waiting)


def test_the_next_card_ends_the_session_and_its_language() -> None:
    card, other = Card("a"), Card("b")
    desk = ScriptedCounter(QUICK, links=[link(card), link(other, OTHER_NUMBER)])
    insertion = desk.lay(card)
    desk.tell(LanguageChosen(Language.ENGLISH)).lift(insertion).lay(other)
    assert desk.at(PatronShown).patron.number == OTHER_NUMBER
    assert desk.counter.language is Language.JAPANESE


def test_another_card_after_a_refusal_is_read_in_the_same_language() -> None:
    desk = ScriptedCounter().tell(LanguageChosen(Language.ENGLISH))
    desk.lift(desk.lay(Card(refused=Code.NOT_MY_NUMBER_CARD))).lay(Card())
    assert desk.at(LendingRefused).problem.code is Code.NOT_LINKED
    assert desk.counter.language is Language.ENGLISH


@pytest.mark.parametrize("answers", [1, 2])
def test_a_card_laid_in_place_of_the_one_looked_up_is_shown_instead(answers: int) -> None:
    first, second = Card("a"), Card("b")
    desk = ScriptedCounter(links=[link(first), link(second, OTHER_NUMBER)], answering=False)
    insertion = desk.lay(first)
    for _ in range(answers):
        desk.answer()
    assert isinstance(desk.flow, FindingLink | LookingUpPatron)
    desk.lift(insertion).lay(second)
    desk.answering = True
    desk.answer()
    assert desk.at(ConfirmingHolder).patron.number == OTHER_NUMBER
    assert not desk.of(RecordAct)


def test_a_card_laid_while_the_one_before_is_read_is_read_next() -> None:
    first, second = Card("a", refused=Code.CARD_REMOVED), Card("b")
    desk = ScriptedCounter(links=[link(second)], answering=False)
    insertion = desk.lay(first)
    desk.lift(insertion).lay(second)
    desk.answering = True
    desk.answer()
    assert desk.at(ConfirmingHolder).reading.token == second.token
    assert ReleaseCard(insertion) in desk.asked


def test_a_card_on_another_reader_waits_while_the_first_still_lies() -> None:
    first, second = Card("a"), Card("b")
    desk = ScriptedCounter(links=[link(first), link(second, OTHER_NUMBER)], answering=False)
    desk.lay(first)
    desk.lay(second, OTHER_READER)
    desk.answering = True
    desk.answer()
    assert desk.at(ConfirmingHolder).patron.number == NUMBER


def test_a_card_on_another_reader_has_its_turn_when_the_refused_one_is_lifted() -> None:
    """That a card is gone may be known from its silence before the reader says so."""
    first, second = Card("a", refused=Code.CARD_REMOVED), Card("b")
    desk = ScriptedCounter(links=[link(second)], answering=False)
    insertion = desk.lay(first)
    desk.lay(second, OTHER_READER)
    desk.answering = True
    desk.answer()
    assert desk.at(LendingRefused).problem.code is Code.CARD_REMOVED
    desk.lift(insertion)
    assert desk.at(ConfirmingHolder).reading.token == second.token


def test_a_silent_card_is_freed_by_lifting_it() -> None:
    desk = ScriptedCounter(answering=False)
    insertion = desk.lay(Card())
    desk.tell(CardSlow(insertion))
    assert desk.at(Reading).slow
    assert desk.lift(insertion).at(LendingRefused).problem.code is Code.CARD_SILENT


@pytest.mark.parametrize("slow", [False, True])
@pytest.mark.parametrize("answers", [0, 1, 2])
def test_a_library_card_serves_while_the_my_number_card_is_read_or_says_nothing(answers: int, slow: bool) -> None:
    card = Card()
    desk = ScriptedCounter(links=[link(card)], answering=False)
    insertion = desk.lay(card)
    for _ in range(answers):
        desk.answer()
    if slow:
        desk.tell(CardSlow(insertion))
    desk.tell(LibraryCardEntered(OTHER_NUMBER.text))
    assert ReleaseCard(insertion) in desk.asked
    assert desk.answer_all().at(PatronShown).patron.number == OTHER_NUMBER
    assert desk.at(PatronShown).shown is Shown.LIBRARY_CARD
    # The card that lies there has had its session.
    desk.tell(LeavePressed()).at(Waiting)


@pytest.mark.parametrize("answers", [0, 1, 2])
def test_a_number_that_cannot_be_one_is_said_while_the_card_is_read_on(answers: int) -> None:
    card = Card()
    desk = ScriptedCounter(CounterRules(BarcodeRule(length=10)), links=[link(card)], answering=False)
    desk.lay(card)
    for _ in range(answers):
        desk.answer()
    desk.tell(LibraryCardEntered("21040"))
    while not isinstance(desk.flow, ConfirmingHolder):
        assert isinstance(desk.flow, Reading | FindingLink | LookingUpPatron)
        assert desk.flow.wrong == Problem(Code.NUMBER_LENGTH, (("expected", "10"), ("got", 5)), "21040")
        desk.answer()


def test_another_library_card_read_while_one_is_looked_up_is_the_one_that_counts() -> None:
    desk = ScriptedCounter(answering=False)
    desk.tell(LibraryCardEntered(NUMBER.text), LibraryCardEntered(OTHER_NUMBER.text), LibraryCardEntered(OTHER_NUMBER.text))
    assert [question.number for question in desk.of(LookUpPatron)] == [NUMBER, OTHER_NUMBER]
    assert desk.answer_all().at(PatronShown).patron.number == OTHER_NUMBER


@pytest.mark.parametrize("slow", [False, True])
def test_a_card_being_read_can_be_left(slow: bool) -> None:
    desk = ScriptedCounter(answering=False)
    insertion = desk.lay(Card())
    if slow:
        desk.tell(CardSlow(insertion))
    desk.tell(LeavePressed()).at(Waiting)
    assert ReleaseCard(insertion) in desk.asked
    left = desk.counter
    assert desk.answer().counter == left


def test_a_card_slow_elsewhere_means_nothing_here() -> None:
    desk = ScriptedCounter(answering=False)
    desk.lay(Card())
    assert not desk.tell(CardSlow(Insertion(9, OTHER_READER))).at(Reading).slow


@pytest.mark.parametrize("answers", [1, 2])
def test_a_look_up_that_takes_long_can_be_left(answers: int) -> None:
    card = Card()
    desk = ScriptedCounter(links=[link(card)], answering=False)
    desk.lay(card)
    for _ in range(answers):
        desk.answer()
    desk.tell(LeavePressed()).at(Waiting)
    left = desk.counter
    assert desk.answer().counter == left


def test_a_card_counts_again_only_when_it_has_been_lifted() -> None:
    card = Card()
    desk = ScriptedCounter(QUICK, links=[link(card)])
    insertion = desk.lay(card)
    desk.tell(LeavePressed(), CardPlaced(insertion)).at(Waiting)
    desk.lift(insertion).lay(card)
    desk.at(PatronShown)
