"""Acts on links are operations, which the library's register answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from kiosk.domain.effects import ForgetRefusal, LookAtStore, Play, SaveLink, StartTimer
from kiosk.domain.errors import Code
from kiosk.domain.events import (
    BackPressed,
    DayBegan,
    Event,
    LeavePressed,
    LibraryCardEntered,
    LinkAgreed,
    LinkClosed,
    LinkSaved,
    OperationAccepted,
    RefusalSeen,
    RegistrationChosen,
    ReplacementChosen,
    UnlinkConfirmed,
    UnlinkingChosen,
    UnlinkReasonChosen,
)
from kiosk.domain.machine import step
from kiosk.domain.model import EndedBy, Insertion, OperationKind, ReplaceReason, Sound, Ticket, UnlinkReason
from kiosk.domain.registry_news import refusals_to_tell
from kiosk.domain.states import (
    AskingUnlinkNumber,
    ClosingLink,
    Registered,
    RegistrationRefused,
    SavingLink,
    Unlinked,
    UnlinkingRefused,
    Waiting,
)
from tests.support.domain.scripted_counter import NUMBER, OTHER_NUMBER, Card, ScriptedCounter, link
from tests.support.domain.with_registry import refused, registered, told, unlinked, with_registry

# --- acts are operations ------------------------------------------------------------------------------------------------


def test_a_replacement_names_the_operations_behind_the_links_staff_were_shown() -> None:
    card, by_number = Card(), link(Card("old"))
    by_card = link(card, OTHER_NUMBER)
    desk = ScriptedCounter(links=[by_card, by_number]).to_card()
    desk.lay(card)
    # What is linked meanwhile was not shown.
    desk.links = [link(Card("new"))]
    desk.tell(ReplacementChosen(ReplaceReason.CORRECTION), LinkAgreed()).press_pin()
    assert desk.of(SaveLink)[0].shown == (by_card.operation, by_number.operation)


def test_a_registration_that_replaces_nothing_names_no_operation() -> None:
    desk = ScriptedCounter()
    desk.to_pad(Card())
    desk.press_pin()
    assert desk.of(SaveLink)[0].shown == ()


def test_a_registration_is_an_operation_of_its_own_which_its_page_knows() -> None:
    desk = ScriptedCounter()
    for holder in "ab":
        desk.to_pad(Card(holder))
        desk.press_pin()
        assert desk.at(Registered).operation == desk.of(SaveLink)[-1].operation
        desk.tell(LeavePressed())
    first, second = desk.of(SaveLink)
    assert first.operation != second.operation


def test_an_act_without_a_uuid_is_a_bug() -> None:
    desk = with_registry(linked=(Card(),))
    desk.tell(UnlinkingChosen(), UnlinkReasonChosen(UnlinkReason.WISH), LibraryCardEntered(NUMBER.text))
    with pytest.raises(ValueError, match="no UUID was stamped"):
        step(replace(desk.counter, next_operation=None), UnlinkConfirmed())


# --- what becomes of an operation ---------------------------------------------------------------------------------------


def test_a_registration_that_waits_is_confirmed_on_its_page() -> None:
    desk = with_registry()
    operation = registered(desk)
    assert desk.at(Registered).pending
    desk.asked.clear()
    desk.tell(OperationAccepted(operation))
    assert not desk.at(Registered).pending
    assert desk.of(Play) == [Play(Sound.DONE)]
    # It stays long enough to be read.
    assert desk.of(StartTimer)


def test_an_unlinking_that_waits_is_confirmed_on_its_page() -> None:
    desk = with_registry(linked=(Card(),))
    desk.tell(OperationAccepted(unlinked(desk)))
    assert not desk.at(Unlinked).pending


def test_another_operation_or_one_confirmed_already_changes_nothing() -> None:
    desk = with_registry()
    operation = registered(desk)
    before = desk.counter
    assert desk.tell(OperationAccepted(UUID(int=999))).counter == before
    after = desk.tell(OperationAccepted(operation)).counter
    desk.asked.clear()
    assert desk.tell(OperationAccepted(operation)).counter == after
    assert not desk.of(Play)


@pytest.mark.parametrize("answer", [OperationAccepted(UUID(int=901)), refused(UUID(int=901))])
def test_what_still_waits_is_counted_anew_after_each_answer(answer: Event) -> None:
    assert with_registry().tell(answer).of(LookAtStore) == [LookAtStore()]


def test_a_registration_refused_while_its_page_is_open_says_why() -> None:
    desk = with_registry()
    operation = registered(desk)
    desk.asked.clear()
    desk.tell(refused(operation))
    assert desk.at(RegistrationRefused).problem.code is Code.LINKED_ELSEWHERE
    assert desk.of(Play) == [Play(Sound.REFUSED)]
    assert told(desk) == [operation]


def test_an_unlinking_refused_while_its_page_is_open_leads_back_to_its_number() -> None:
    desk = with_registry(linked=(Card(),))
    operation = unlinked(desk)
    assert desk.tell(refused(operation, Code.OPERATION_NEWER)).at(UnlinkingRefused).problem.entered == NUMBER.text
    assert desk.tell(BackPressed()).at(AskingUnlinkNumber).reason is UnlinkReason.WISH
    assert told(desk) == []
    assert desk.of(ForgetRefusal) == [ForgetRefusal(operation)]


@pytest.mark.parametrize("seen", [LeavePressed(), RegistrationChosen()])
def test_staff_who_leave_the_page_have_seen_the_refusal(seen: Event) -> None:
    desk = with_registry()
    operation = registered(desk)
    desk.tell(refused(operation), seen)
    assert told(desk) == []
    assert desk.of(ForgetRefusal) == [ForgetRefusal(operation)]


@pytest.mark.parametrize("way", ["patron", "time", "next card"])
def test_a_refusal_that_staff_have_not_seen_is_told_at_home(way: str) -> None:
    desk = with_registry()
    operation = registered(desk)
    desk.tell(refused(operation))
    if way == "patron":
        desk.tell(LeavePressed(EndedBy.PATRON)).at(Waiting)
    elif way == "time":
        desk.leave_alone().leave_alone().at(Waiting)
    else:
        desk.lift(next(iter(desk.lying)))
        desk.lay(Card("b"))
    assert told(desk) == [operation]
    assert not desk.of(ForgetRefusal)


def test_refusals_wait_for_staff_and_each_is_forgotten_once() -> None:
    first, second = UUID(int=901), UUID(int=902)
    desk = with_registry().tell(refused(first), refused(second), refused(first))
    assert told(desk) == [first, second]
    desk.tell(DayBegan(date(2026, 11, 24)), RefusalSeen(first))
    assert told(desk) == [second]
    desk.tell(RefusalSeen(first), RefusalSeen(second), RefusalSeen(second))
    assert desk.of(ForgetRefusal) == [ForgetRefusal(first), ForgetRefusal(second)]


def test_a_refusal_leaves_the_page_of_another_operation_alone() -> None:
    desk = with_registry()
    registered(desk)
    flow = desk.flow
    assert desk.tell(refused(UUID(int=901))).flow == flow


# --- an answer that is faster than our own store ------------------------------------------------------------------------


@pytest.mark.parametrize("is_refused", [False, True])
def test_an_answer_that_comes_before_the_link_is_known_to_be_saved_reaches_its_page(is_refused: bool) -> None:
    desk = with_registry()
    registered(desk)
    page = desk.at(Registered)
    saving = SavingLink(Ticket(99), page.draft, Insertion(1, "reader"), page.operation)
    counter, _ = step(replace(desk.counter, flow=saving), refused(page.operation) if is_refused else OperationAccepted(page.operation))
    counter, _ = step(counter, LinkSaved(Ticket(99), page.operation, pending=True))
    if is_refused:
        assert isinstance(counter.flow, RegistrationRefused)
        assert counter.flow.operation == page.operation
    else:
        assert counter.flow == replace(page, pending=False)


@pytest.mark.parametrize("is_refused", [False, True])
def test_so_does_the_answer_to_an_unlinking(is_refused: bool) -> None:
    desk = with_registry(linked=(Card(),))
    unlinked(desk)
    page = desk.at(Unlinked)
    closing = ClosingLink(Ticket(99), page.reason, page.number, page.operation)
    told_first: Event = refused(page.operation) if is_refused else OperationAccepted(page.operation)
    counter, _ = step(replace(desk.counter, flow=closing), told_first)
    counter, _ = step(counter, LinkClosed(Ticket(99), page.operation, pending=True))
    if is_refused:
        assert isinstance(counter.flow, UnlinkingRefused)
    else:
        assert counter.flow == replace(page, pending=False)


# --- what staff are told first, and what may be tried again -------------------------------------------------------------


def test_a_card_that_could_not_be_unlinked_is_told_before_what_was_refused_earlier() -> None:
    registration, unlinking = refused(UUID(int=1)).refused, replace(refused(UUID(int=2)).refused, kind=OperationKind.UNLINK)
    counter = replace(with_registry().counter, refused_operations=(registration, unlinking))
    assert refusals_to_tell(counter) == (unlinking, registration)


def test_what_another_program_version_must_mend_is_not_tried_again() -> None:
    assert not Code.OPERATION_NEWER.about.may_succeed_again
    assert Code.STORE_LOCKED.about.may_succeed_again
