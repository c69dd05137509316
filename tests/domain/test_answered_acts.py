"""An act waits at most three seconds for the library's server before it is told."""

from __future__ import annotations

import pytest

from kiosk.domain.effects import CloseLink, SaveLink, StartTimer
from kiosk.domain.events import (
    LibraryCardEntered,
    OperationAccepted,
    TimeUp,
    UnlinkConfirmed,
    UnlinkingChosen,
    UnlinkReasonChosen,
)
from kiosk.domain.model import RegistryCondition, UnlinkReason
from kiosk.domain.states import ClosingLink, Registered, RegistrationRefused, SavingLink, Unlinked, UnlinkingRefused
from tests.support.domain.scripted_counter import NUMBER, Card, ScriptedCounter
from tests.support.domain.with_registry import refused, with_registry


def saving() -> tuple[ScriptedCounter, SavingLink]:
    """A registration that our own store has saved."""
    desk = with_registry()
    desk.to_pad(Card())
    desk.press_pin()
    return desk, desk.at(SavingLink)


def closing() -> tuple[ScriptedCounter, ClosingLink]:
    desk = with_registry(linked=(Card(),))
    desk.tell(UnlinkingChosen(), UnlinkReasonChosen(UnlinkReason.WISH), LibraryCardEntered(NUMBER.text), UnlinkConfirmed())
    return desk, desk.at(ClosingLink)


def test_a_registration_waits_three_seconds_and_is_then_told_as_pending() -> None:
    desk, flow = saving()
    assert [timer.seconds for timer in desk.of(StartTimer) if timer.ticket == flow.timer] == [3.0]
    desk.tell(TimeUp(flow.timer))
    assert desk.at(Registered).pending
    assert not desk.tell(OperationAccepted(flow.operation)).at(Registered).pending


def test_so_does_an_unlinking() -> None:
    desk, flow = closing()
    assert [timer.seconds for timer in desk.of(StartTimer) if timer.ticket == flow.timer] == [3.0]
    assert desk.tell(TimeUp(flow.timer)).at(Unlinked).pending


def test_the_answer_ends_the_wait() -> None:
    desk, flow = saving()
    assert not desk.tell(OperationAccepted(flow.operation)).at(Registered).pending
    page = desk.flow
    assert desk.tell(TimeUp(flow.timer)).flow == page
    desk, flow_of_unlinking = closing()
    assert not desk.tell(OperationAccepted(flow_of_unlinking.operation)).at(Unlinked).pending


def test_a_refusal_ends_the_wait() -> None:
    desk, flow = saving()
    assert desk.tell(refused(flow.operation)).at(RegistrationRefused).operation == flow.operation
    desk, flow_of_unlinking = closing()
    assert desk.tell(refused(flow_of_unlinking.operation)).at(UnlinkingRefused).operation == flow_of_unlinking.operation


def test_what_concerns_another_act_does_not() -> None:
    desk, flow = saving()
    desk.tell(TimeUp(desk.counter.idle_ticket), refused(flow.operation.__class__(int=999)))
    assert desk.at(SavingLink).timer == flow.timer


@pytest.mark.parametrize(
    "condition", [each for each in RegistryCondition if each is not RegistryCondition.CURRENT and not each.stops_cards]
)
def test_without_a_server_in_reach_nothing_waits(condition: RegistryCondition) -> None:
    desk = with_registry(condition)
    desk.to_pad(Card())
    desk.press_pin()
    assert desk.of(SaveLink)
    assert desk.at(Registered).pending
    desk = with_registry(condition, linked=(Card(),))
    desk.tell(UnlinkingChosen(), UnlinkReasonChosen(UnlinkReason.WISH), LibraryCardEntered(NUMBER.text), UnlinkConfirmed())
    assert desk.of(CloseLink)
    assert desk.at(Unlinked).pending
