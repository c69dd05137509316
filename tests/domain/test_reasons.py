"""Whoever is sent back a step is shown why, on both windows alike, until they have passed that step again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.domain.effects import ReadTries, VerifyPin
from kiosk.domain.errors import Code
from kiosk.domain.events import CardSlow, LastTryChosen, LinkAgreed, PinRejected, ReaderChanged
from kiosk.domain.model import Insertion, Language, ReaderCondition
from kiosk.domain.reader_trouble import as_it_stands, broken_off, reader_problem
from kiosk.domain.states import (
    AskingPin,
    AwaitingMyNumberCard,
    CheckingPin,
    ConfirmingLink,
    CounterRules,
    LastTryWarning,
    LendingRefused,
    Problem,
    Registered,
    RegistrationRefused,
    Waiting,
    When,
)
from kiosk.text import refusal_to_patron, say
from kiosk.ui.patron.message_texts import Message
from tests.support.domain.scripted_counter import Card, ScriptedCounter, link
from tests.support.windows.patron_message import message_of

BREAKING_OFF = [code for code in Code if code is not Code.PIN_WRONG and not code.about.ends_proof]
"""Whatever a card, its reader or a bug may end a proof with."""
AWAY = [ReaderCondition.MISSING, ReaderCondition.SERVICE_MISSING, ReaderCondition.DENIED, ReaderCondition.AMBIGUOUS]
READY = ReaderChanged(ReaderCondition.READY, ("Reader A",))


def said(message: Message) -> str:
    return f"{message.title} {message.lead} {message.care}"


def broken(code: Code, *, pressed: bool, tries: int = 3) -> tuple[ScriptedCounter, Card, Insertion]:
    """A registration whose proof ended so."""
    card = Card(tries=tries, breaks_at_pin=code if pressed else None, refuses_tries=None if pressed else code)
    desk = ScriptedCounter().tell(READY).to_card()
    insertion = desk.lay(card)
    desk.tell(LinkAgreed())
    if pressed:
        desk.tell(LastTryChosen()).press_pin()
    card.breaks_at_pin = card.refuses_tries = None
    return desk, card, insertion


@pytest.mark.parametrize("pressed", [True, False])
@pytest.mark.parametrize("code", BREAKING_OFF)
def test_who_is_asked_for_the_pin_again_is_told_why(code: Code, pressed: bool) -> None:
    desk, card, insertion = broken(code, pressed=pressed)
    reason = Problem(code)
    assert desk.at(AwaitingMyNumberCard).problem == reason
    told = as_it_stands(desk.counter, reason)
    desk.lift(insertion).lay(card)
    again = desk.at(ConfirmingLink)
    interrupted = broken_off(desk.counter, again.reading.token)
    assert interrupted is not None
    assert (interrupted.problem, interrupted.pressed) == (told, pressed)
    for language in Language:
        care = message_of(replace(desk.counter, language=language)).care
        assert care is not None
        assert care[0] == refusal_to_patron(told.code, language)[0]
        assert say("patron.again.next-pressed" if pressed else "patron.again.next", language) in care[1]
    desk.tell(LinkAgreed()).at(AskingPin)
    assert broken_off(desk.counter, again.reading.token) is not None, "it stands on the pad too"
    assert len(desk.of(VerifyPin)) == (1 if pressed else 0)
    assert len(desk.of(ReadTries)) == 2
    desk.press_pin().at(Registered)
    assert desk.counter.interrupted is None


def test_another_card_is_asked_for_nothing_again() -> None:
    desk, _card, insertion = broken(Code.READER_SERVICE_MISSING, pressed=True)
    desk.lift(insertion).lay(Card("b"))
    assert message_of(desk.counter).care is None
    desk.at(ConfirmingLink)
    assert desk.counter.interrupted is None


def test_a_pin_that_was_answered_ends_the_reason() -> None:
    desk, card, insertion = broken(Code.CARD_INTERRUPTED, pressed=True)
    desk.lift(insertion).lay(card)
    desk.tell(LinkAgreed()).press_pin(right=False)
    assert desk.at(AskingPin).after_mistake
    assert desk.counter.interrupted is None


def test_the_last_try_lost_on_the_way_is_not_called_locked_before() -> None:
    desk, card, insertion = broken(Code.READER_SERVICE_MISSING, pressed=True, tries=1)
    card.tries = 0
    desk.lift(insertion).lay(card)
    assert desk.tell(LinkAgreed()).at(RegistrationRefused).problem.code is Code.PIN_LOCKED


def test_a_card_found_locked_that_was_never_sent_a_pin_is_not_blamed_on_this_patron() -> None:
    desk, card, insertion = broken(Code.CARD_REMOVED, pressed=False)
    card.tries = 0
    desk.lift(insertion).lay(card)
    assert desk.tell(LinkAgreed()).at(RegistrationRefused).problem.code is Code.PIN_UNAVAILABLE


def test_one_wrong_press_on_the_last_try_is_not_called_three() -> None:
    card = Card(tries=1)
    desk = ScriptedCounter()
    desk.to_pad(card)
    assert desk.press_pin(right=False).at(RegistrationRefused).problem.code is Code.PIN_LOCKED
    for language in Language:
        told = say("refusal.pin-locked.staff") + say("patron.refusal.pin-locked", language)
        assert not any(count in told for count in ("3", "three", "連続"))


def test_the_press_that_locked_a_card_is_told_though_another_card_lies_there_by_now() -> None:
    card = Card()
    desk = ScriptedCounter(CounterRules(lending_pin=When.ALWAYS), links=[link(card)]).tell(READY)
    insertion = desk.lay(card)
    desk.answering = False
    checking = desk.press_pin().at(CheckingPin)
    desk.lift(insertion).lay(Card("b"))
    desk.tell(PinRejected(checking.ticket, insertion, 0))
    assert desk.at(LendingRefused).problem.code is Code.PIN_LOCKED


@pytest.mark.parametrize("code", [Code.READER_SERVICE_MISSING, Code.CARD_INTERRUPTED, Code.CARD_SILENT])
def test_at_lending_too_it_is_said_why_the_pin_is_asked_for_again(code: Code) -> None:
    card = Card(breaks_at_pin=code)
    desk = ScriptedCounter(CounterRules(lending_pin=When.ALWAYS), links=[link(card)]).tell(READY)
    insertion = desk.lay(card)
    desk.press_pin()
    assert desk.at(LendingRefused).problem.code is code
    card.breaks_at_pin = None
    desk.lift(insertion).lay(card)
    asked = desk.at(AskingPin)
    interrupted = broken_off(desk.counter, asked.goal.reading.token)
    assert interrupted is not None
    assert interrupted.pressed
    assert len(desk.of(VerifyPin)) == 1


def test_a_patron_who_has_gone_leaves_no_reason_behind() -> None:
    desk, card, insertion = broken(Code.READER_SERVICE_MISSING, pressed=True)
    desk.leave_alone().leave_alone().at(Waiting)
    assert desk.counter.interrupted is None
    desk.lift(insertion).to_card()
    desk.lay(card)
    assert message_of(desk.counter).care is None


def test_a_card_that_was_silent_is_not_said_to_have_left_by_itself() -> None:
    desk = ScriptedCounter()
    insertion = desk.to_pad(Card())
    desk.answering = False
    desk.press_pin().tell(CardSlow(insertion))
    assert desk.at(CheckingPin).slow
    assert desk.lift(insertion).at(AwaitingMyNumberCard).problem == Problem(Code.CARD_SILENT)


@pytest.mark.parametrize("lifted", [True, False])
def test_only_a_reader_says_that_a_card_has_left(lifted: bool) -> None:
    desk = ScriptedCounter().to_card()
    desk.answering = False
    insertion = desk.lay(Card(refused=Code.CARD_INTERRUPTED))
    if lifted:
        desk.lift(insertion)
    reason = desk.answer().at(AwaitingMyNumberCard).problem
    assert reason == Problem(Code.CARD_REMOVED if lifted else Code.CARD_INTERRUPTED)


@pytest.mark.parametrize("condition", AWAY)
@pytest.mark.parametrize("code", [None, *Code])
def test_while_the_reader_is_away_nobody_is_asked_to_lay_a_card(condition: ReaderCondition, code: Code | None) -> None:
    desk = ScriptedCounter().tell(READY).to_card()
    if code is not None:
        desk.lift(desk.lay(Card(refused=code)))
        if not isinstance(desk.flow, AwaitingMyNumberCard):
            return
    desk.tell(ReaderChanged(condition, ("Reader A 01 00", "Reader A 02 00"), "Reader A 00 00"))
    message = message_of(desk.counter)
    assert (message.title, message.care) == (say("patron.away.title"), None)
    trouble = reader_problem(desk.counter)
    assert trouble is not None
    assert trouble.code == condition.value
    # And when it is there again, nothing of its trouble is said in the present.
    message = message_of(desk.tell(READY).counter)
    assert message.title == say("patron.place.title")
    assert say("patron.away.lead") not in said(message)


@pytest.mark.parametrize("code", [code for code in Code if code.about.is_reader_trouble and code is not Code.READER_AMBIGUOUS])
def test_a_readers_trouble_that_is_over_is_told_as_one_that_was(code: Code) -> None:
    desk = ScriptedCounter().tell(READY)
    desk.lay(Card(refused=code))
    assert desk.at(LendingRefused).problem.code is code
    assert say("patron.refusal.reader-interrupted") in said(message_of(desk.counter))
    away = desk.tell(ReaderChanged(ReaderCondition(code.value)))
    assert refusal_to_patron(code, Language.JAPANESE)[0] in said(message_of(away.counter))


def test_with_one_try_left_the_reason_stands_before_the_choice() -> None:
    desk, card, insertion = broken(Code.CARD_REMOVED, pressed=False, tries=1)
    desk.lift(insertion).lay(card)
    desk.tell(LinkAgreed()).at(LastTryWarning)
    assert broken_off(desk.counter, card.token) is not None
