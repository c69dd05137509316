"""A card stopped at another counter while its page is open here: its link is looked up again before its number is called up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.domain.effects import Act, FindLinks, LookUpPatron, RecordAct, ReleaseCard
from kiosk.domain.errors import Code
from kiosk.domain.events import HolderConfirmed, HolderDenied
from kiosk.domain.model import RegistryCondition
from kiosk.domain.states import AskingPin, ConfirmingHolder, CounterRules, FindingLink, LendingRefused, PatronShown, When
from tests.support.domain.scripted_counter import NUMBER, OTHER_NUMBER, Card, ScriptedCounter, link

PIN_ONLY = CounterRules(confirm_holder=When.NEVER, lending_pin=When.ALWAYS)
CARD = Card()


def at_photo(rules: CounterRules | None = None) -> ScriptedCounter:
    desk = ScriptedCounter(rules or CounterRules(), links=[link(CARD)])
    desk.lay(CARD)
    desk.at(ConfirmingHolder)
    return desk


def test_the_photo_is_confirmed_for_a_card_that_was_stopped_meanwhile() -> None:
    desk = at_photo()
    desk.links.clear()
    desk.tell(HolderConfirmed())
    assert desk.at(LendingRefused).problem.code is Code.STOPPED_MEANWHILE
    assert not desk.at(LendingRefused).linked
    assert [(act.act, act.code, act.number) for act in desk.of(RecordAct)] == [(Act.REFUSAL, Code.STOPPED_MEANWHILE, None)]


def test_the_card_now_leads_to_another_number() -> None:
    desk = at_photo()
    desk.links[:] = [link(CARD, OTHER_NUMBER)]
    assert desk.tell(HolderConfirmed()).at(LendingRefused).problem.code is Code.STOPPED_MEANWHILE


def test_nothing_is_shown_before_the_store_has_answered_and_the_button_asks_once() -> None:
    desk = at_photo()
    desk.answering = False
    desk.tell(HolderConfirmed(), HolderConfirmed()).at(ConfirmingHolder)
    assert [asked.tokens for asked in desk.of(FindLinks)] == [(CARD.token,)] * 2
    assert not desk.of(RecordAct)
    assert desk.answer(FindLinks).at(PatronShown).patron.number == NUMBER


def test_staff_take_their_answer_back_while_the_store_is_asked() -> None:
    desk = at_photo()
    desk.answering = False
    desk.tell(HolderConfirmed(), HolderDenied()).answer(FindLinks)
    assert desk.at(LendingRefused).problem.code is Code.HOLDER_DENIED


def test_a_store_that_cannot_be_read_calls_nobody_up() -> None:
    desk = at_photo()
    desk.store_fails = Code.STORE_LOCKED
    assert desk.tell(HolderConfirmed()).at(LendingRefused).problem.code is Code.STORE_LOCKED


@pytest.mark.parametrize("condition", [condition for condition in RegistryCondition if condition.stops_cards])
def test_a_photo_is_confirmed_when_the_register_stops_cards(condition: RegistryCondition) -> None:
    desk = at_photo()
    desk.counter = replace(desk.counter, registry=condition)
    assert desk.tell(HolderConfirmed()).at(LendingRefused).problem.code is Code(condition)


def test_a_refused_photo_does_not_count_as_seen_today() -> None:
    desk = at_photo(CounterRules(confirm_holder=When.FIRST_OF_DAY))
    desk.links.clear()
    assert not desk.tell(HolderConfirmed()).counter.seen_today


def test_the_pin_is_right_for_a_card_that_was_stopped_meanwhile() -> None:
    desk = ScriptedCounter(PIN_ONLY, links=[link(CARD)])
    insertion = desk.lay(CARD)
    desk.at(AskingPin)
    desk.links.clear()
    desk.press_pin()
    assert desk.at(LendingRefused).problem.code is Code.STOPPED_MEANWHILE
    assert not desk.of(LookUpPatron)
    assert desk.of(ReleaseCard) == [ReleaseCard(insertion)]


def test_the_pin_is_right_and_the_link_still_stands() -> None:
    desk = ScriptedCounter(PIN_ONLY, links=[link(CARD)])
    desk.lay(CARD)
    desk.answering = False
    desk.press_pin().answer()
    desk.at(FindingLink)
    desk.answer(FindLinks).answer(LookUpPatron)
    assert desk.at(PatronShown).pin_checked


@pytest.mark.parametrize("pin", [When.NEVER, When.ALWAYS])
def test_a_link_that_only_the_server_knows_yet_is_served(pin: When) -> None:
    desk = ScriptedCounter(CounterRules(lending_pin=pin), elsewhere=[link(CARD)])
    desk.counter = replace(desk.counter, registry=RegistryCondition.CURRENT)
    desk.lay(CARD)
    if pin is When.ALWAYS:
        desk.press_pin()
    assert desk.tell(HolderConfirmed()).at(PatronShown).patron.number == NUMBER


def test_a_tap_that_nobody_confirms_is_as_quick_as_before() -> None:
    desk = ScriptedCounter(CounterRules(confirm_holder=When.NEVER), links=[link(CARD)])
    desk.lay(CARD)
    desk.at(PatronShown)
    assert len(desk.of(FindLinks)) == 1


def test_a_patron_being_served_stays_when_the_card_is_stopped() -> None:
    desk = at_photo().tell(HolderConfirmed())
    desk.links.clear()
    desk.lift(desk.at(PatronShown).insertion or pytest.fail("no card"))
    desk.at(PatronShown)
