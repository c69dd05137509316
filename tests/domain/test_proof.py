"""The PIN: tries are read first, one VERIFY per press, the last try only by choice."""

from __future__ import annotations

import pytest

from kiosk.domain.effects import ReadTries, ReleaseCard, SaveLink, VerifyPin
from kiosk.domain.errors import Code
from kiosk.domain.events import (
    CardSlow,
    HomeChosen,
    LastTryChosen,
    LeavePressed,
    LibraryCardEntered,
    LinkAgreed,
    PadCleared,
    PadConfirmed,
    PadTyped,
    TriesRead,
)
from kiosk.domain.model import Insertion, Ticket
from kiosk.domain.states import (
    AskingPin,
    AwaitingMyNumberCard,
    CheckingPin,
    ConfirmingLink,
    CounterRules,
    LastTryWarning,
    LendingRefused,
    ReadingTries,
    Registered,
    RegistrationRefused,
    Waiting,
    When,
)
from tests.support.domain.scripted_counter import NUMBER, OTHER_READER, Card, ScriptedCounter, link


def at_confirmation(card: Card) -> tuple[ScriptedCounter, Insertion]:
    desk = ScriptedCounter().to_card()
    return desk, desk.lay(card)


def slowly_checking() -> tuple[ScriptedCounter, Insertion]:
    """A VERIFY is under way and not answered yet."""
    desk = ScriptedCounter()
    insertion = desk.to_pad(Card())
    desk.answering = False
    desk.press_pin()
    desk.at(CheckingPin)
    return desk, insertion


@pytest.mark.parametrize("tries", [3, 2])
def test_the_tries_left_are_known_before_the_pad_opens(tries: int) -> None:
    desk, insertion = at_confirmation(Card(tries=tries))
    assert not desk.of(ReadTries)
    desk.tell(LinkAgreed())
    assert [read.insertion for read in desk.of(ReadTries)] == [insertion]
    assert desk.at(AskingPin).tries_left == tries


def test_with_one_try_left_the_pad_opens_only_by_choice() -> None:
    desk, _ = at_confirmation(Card(tries=1))
    desk.tell(LinkAgreed(), PadTyped(4), PadConfirmed()).at(LastTryWarning)
    assert not desk.of(VerifyPin)
    assert desk.tell(LastTryChosen()).at(AskingPin).tries_left == 1


def test_the_last_try_can_be_kept() -> None:
    desk, _ = at_confirmation(Card(tries=1))
    desk.tell(LinkAgreed(), LeavePressed()).at(Waiting)
    assert not desk.of(VerifyPin)


def test_a_card_found_locked_is_refused_without_blame() -> None:
    desk, insertion = at_confirmation(Card(tries=0))
    assert desk.tell(LinkAgreed()).at(RegistrationRefused).problem.code is Code.PIN_UNAVAILABLE
    assert desk.of(ReleaseCard) == [ReleaseCard(insertion)]


def test_a_wrong_pin_says_how_many_tries_are_left_and_then_locks() -> None:
    desk, _ = at_confirmation(Card(tries=3))
    desk.tell(LinkAgreed()).press_pin(right=False)
    assert (desk.at(AskingPin).tries_left, desk.at(AskingPin).after_mistake) == (2, True)
    desk.press_pin(right=False)
    assert desk.at(LastTryWarning).after_mistake
    desk.tell(LastTryChosen())
    assert desk.at(AskingPin).after_mistake
    desk.press_pin(right=False)
    assert desk.at(RegistrationRefused).problem.code is Code.PIN_LOCKED
    assert len(desk.of(VerifyPin)) == 3
    assert not desk.of(SaveLink)


def test_time_gives_no_try_back() -> None:
    card = Card()
    desk = ScriptedCounter()
    insertion = desk.to_pad(card)
    desk.press_pin(right=False).leave_alone().leave_alone().at(Waiting)
    desk.lift(insertion).to_pad(card)
    assert desk.at(AskingPin).tries_left == 2


def test_one_press_sends_one_verify() -> None:
    desk, _ = slowly_checking()
    desk.tell(PadConfirmed(), PadTyped(4), PadConfirmed())
    assert len(desk.of(VerifyPin)) == 1


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_fewer_than_four_digits_send_nothing(count: int) -> None:
    desk = ScriptedCounter()
    desk.to_pad(Card())
    desk.tell(PadTyped(count), PadConfirmed()).at(AskingPin)
    assert not desk.of(VerifyPin)


@pytest.mark.parametrize("count", [-1, 5])
def test_a_count_that_no_pad_can_hold_changes_nothing(count: int) -> None:
    desk = ScriptedCounter()
    desk.to_pad(Card())
    assert desk.tell(PadTyped(count)).at(AskingPin).typed == 0


def test_a_barcode_on_the_pad_is_said_and_sends_nothing() -> None:
    desk = ScriptedCounter()
    desk.to_pad(Card())
    desk.tell(PadTyped(4), PadCleared(), PadConfirmed(), LibraryCardEntered(NUMBER.text))
    assert (desk.at(AskingPin).typed, desk.at(AskingPin).barcode_cleared) == (0, True)
    assert not desk.of(VerifyPin)
    assert not desk.tell(PadTyped(1)).at(AskingPin).barcode_cleared


def test_the_link_is_saved_only_for_the_certificate_that_signed() -> None:
    desk = ScriptedCounter()
    insertion = desk.to_pad(Card("a", signs_as="b"))
    assert desk.press_pin().at(RegistrationRefused).problem.code is Code.KEY_MISMATCH
    assert not desk.of(SaveLink)
    assert desk.of(ReleaseCard) == [ReleaseCard(insertion)]


def test_a_lost_answer_is_never_asked_for_by_another_verify() -> None:
    desk = ScriptedCounter()
    card = Card(breaks_at_pin=Code.CARD_REMOVED)
    insertion = desk.to_pad(card)
    desk.press_pin()
    problem = desk.at(AwaitingMyNumberCard).problem
    assert problem is not None
    assert problem.code is Code.CARD_REMOVED
    desk.lift(insertion).lay(card)
    desk.at(ConfirmingLink)
    desk.tell(LinkAgreed()).at(AskingPin)
    assert len(desk.of(ReadTries)) == 2
    assert len(desk.of(VerifyPin)) == 1


def test_tries_that_cannot_be_read_open_no_pad() -> None:
    desk, _ = at_confirmation(Card(refuses_tries=Code.CARD_ANSWER_UNEXPECTED))
    desk.tell(LinkAgreed()).at(AwaitingMyNumberCard)


def test_tries_of_another_insertion_open_no_pad() -> None:
    desk, _ = at_confirmation(Card())
    desk.answering = False
    desk.tell(LinkAgreed())
    ticket = desk.at(ReadingTries).ticket
    desk.tell(TriesRead(ticket, Insertion(9, OTHER_READER), 3), TriesRead(Ticket(ticket - 1), desk.at(ReadingTries).insertion, 3))
    desk.at(ReadingTries)


@pytest.mark.parametrize("lifted_at", [ReadingTries, LastTryWarning, AskingPin])
def test_a_lifted_card_closes_the_pad(lifted_at: type) -> None:
    desk, insertion = at_confirmation(Card(tries=1))
    desk.answering = False
    desk.tell(LinkAgreed())
    if lifted_at is not ReadingTries:
        desk.answer()
    if lifted_at is AskingPin:
        desk.tell(LastTryChosen())
    assert type(desk.flow) is lifted_at
    desk.lift(insertion).at(AwaitingMyNumberCard)
    desk.tell(PadTyped(4), PadConfirmed())
    assert not desk.of(VerifyPin)


def test_a_right_pin_counts_even_when_the_card_is_lifted_before_the_answer() -> None:
    desk, insertion = slowly_checking()
    desk.answering = True
    desk.lift(insertion)
    desk.at(Registered)


def test_after_a_wrong_pin_the_pad_does_not_open_for_a_card_that_has_gone() -> None:
    desk, insertion = slowly_checking()
    desk.pin_is_right = False
    desk.lift(insertion).answer()
    problem = desk.at(AwaitingMyNumberCard).problem
    assert problem is not None
    assert (problem.code, dict(problem.params)) == (Code.PIN_WRONG, {"tries_left": 2})


def test_a_card_that_does_not_answer_verify_is_freed_by_lifting_it() -> None:
    desk, insertion = slowly_checking()
    desk.tell(LeavePressed(), HomeChosen()).at(CheckingPin)
    assert desk.tell(CardSlow(insertion)).at(CheckingPin).slow
    desk.lift(insertion).at(AwaitingMyNumberCard)
    desk.answer().at(AwaitingMyNumberCard)
    assert not desk.of(SaveLink)


@pytest.mark.parametrize("leave", [True, False])
def test_a_card_that_does_not_answer_verify_can_be_left(leave: bool) -> None:
    desk, insertion = slowly_checking()
    desk.tell(CardSlow(insertion))
    if leave:
        desk.tell(LeavePressed())
    else:
        desk.leave_alone().leave_alone()
    desk.at(Waiting)
    assert ReleaseCard(insertion) in desk.asked
    desk.answer().at(Waiting)
    assert not desk.of(SaveLink)


def test_a_card_laid_anew_while_its_last_try_was_spent_is_told_as_locked() -> None:
    card = Card(tries=1)
    desk = ScriptedCounter(CounterRules(lending_pin=When.ALWAYS, confirm_holder=When.NEVER), links=[link(card)])
    first = desk.lay(card)
    desk.tell(LastTryChosen())
    desk.answering = False
    desk.press_pin(right=False)
    desk.lift(first).lay(Card(tries=0))
    desk.answering = True
    desk.answer_all()
    assert desk.at(LendingRefused).problem.code is Code.PIN_LOCKED
