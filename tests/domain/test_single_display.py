"""Who holds the single display: it passes to the patron and back openly, and staff see every result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import get_args

import pytest

from kiosk.domain.effects import VerifyPin
from kiosk.domain.errors import Code
from kiosk.domain.events import (
    Broke,
    BrokeSeen,
    CardLeftSeen,
    CardPlaced,
    DisplayTaken,
    Event,
    HomeChosen,
    LastTryChosen,
    LeavePressed,
    LibraryCardEntered,
    LinkAgreed,
    NextPressed,
    RegistrationChosen,
    ReplacementChosen,
    SlipTroubleSeen,
    StatusChosen,
    StraySeen,
    TakenBack,
    rail,
    staff,
)
from kiosk.domain.events.about import By
from kiosk.domain.machine import step
from kiosk.domain.model import EndedBy, Insertion, ReplaceReason, Ticket
from kiosk.domain.patron_view import patron_view
from kiosk.domain.slip import Slip, SlipKind
from kiosk.domain.states import (
    AlreadyLinked,
    AskingPin,
    AwaitingMyNumberCard,
    ChoosingReplacement,
    ConfirmingLink,
    CounterRules,
    Flow,
    OutOfOrder,
    PageName,
    Paper,
    PatronShown,
    Problem,
    Registered,
    RegistrationRefused,
    Screen,
    Stray,
    Waiting,
    When,
)
from tests.support.domain.scripted_counter import OTHER_NUMBER, OTHER_READER, READER, Card, ScriptedCounter, link

STAFF_CODE = "0417"
ONE_DISPLAY = CounterRules(single_display=True, staff_code=STAFF_CODE, confirm_holder=When.NEVER)


def screen(desk: ScriptedCounter) -> Screen:
    return desk.counter.screen


def offered() -> ScriptedCounter:
    desk = ScriptedCounter(ONE_DISPLAY).to_card()
    desk.lay(Card())
    return desk


def in_the_patrons_hands() -> ScriptedCounter:
    return offered().tell(DisplayTaken(), LinkAgreed())


def test_what_stands_on_staffs_window_alone_is_not_heard_from_the_patron() -> None:
    on_either = {LeavePressed, TakenBack}
    on_staffs = {event for event in get_args(Event) if event.__module__ in (staff.__name__, rail.__name__)} - on_either
    assert {event.__name__ for event in on_staffs if event.about.by is not By.STAFF} == set()


def test_a_notice_for_staff_is_not_put_away_while_the_patron_holds_the_display() -> None:
    unprinted = Paper(Ticket(0), Slip(SlipKind.RECORDED, OTHER_NUMBER), Code.SLIP_FAILED)
    stray = Stray(Insertion(99, READER), Problem(Code.NOT_MY_NUMBER_CARD))
    before = replace(in_the_patrons_hands().counter, papers=(unprinted,), stray_notice=stray, card_left=3)
    for event in (CardLeftSeen(), StraySeen(), SlipTroubleSeen()):
        assert step(before, event) == (before, ())


def test_the_display_is_offered_to_the_patron_and_shows_no_pad_before_it_is_taken() -> None:
    desk = offered()
    assert screen(desk) is Screen.OFFERED
    desk.tell(LinkAgreed()).at(ConfirmingLink)
    desk.tell(DisplayTaken(), LinkAgreed()).at(AskingPin)
    assert screen(desk) is Screen.PATRON


def test_a_pad_that_the_patron_has_not_taken_sends_nothing() -> None:
    desk = ScriptedCounter(CounterRules(single_display=True, lending_pin=When.ALWAYS), links=[link(Card())])
    desk.lay(Card())
    assert desk.at(AskingPin).typed == 0
    assert desk.press_pin().at(AskingPin).typed == 0
    assert not desk.of(VerifyPin)
    desk.tell(DisplayTaken()).press_pin()
    assert len(desk.of(VerifyPin)) == 1


def test_the_patron_gives_it_back_and_staff_take_it_with_their_code() -> None:
    desk = in_the_patrons_hands().tell(LeavePressed(EndedBy.PATRON))
    desk.at(Waiting)
    assert screen(desk) is Screen.RETURNING
    desk.tell(TakenBack("1111"))
    assert (screen(desk), desk.counter.wrong_staff_code) == (Screen.RETURNING, True)
    desk.tell(TakenBack(STAFF_CODE))
    assert (screen(desk), desk.counter.wrong_staff_code) == (Screen.STAFF, False)


def registered_by_the_patron() -> ScriptedCounter:
    return in_the_patrons_hands().press_pin()


def locked_by_the_patron() -> ScriptedCounter:
    desk = ScriptedCounter(ONE_DISPLAY).to_card()
    desk.lay(Card(tries=1))
    return desk.tell(DisplayTaken(), LinkAgreed(), LastTryChosen()).press_pin(right=False)


def found_linked_by_the_patron() -> ScriptedCounter:
    desk = in_the_patrons_hands()
    desk.links = [link(Card("b"))]
    [insertion] = desk.counter.cards
    desk.lift(insertion).lay(Card("b"))
    return desk


RESULTS = pytest.mark.parametrize(
    ("session", "result"),
    [(registered_by_the_patron, Registered), (locked_by_the_patron, RegistrationRefused), (found_linked_by_the_patron, AlreadyLinked)],
)


@RESULTS
def test_a_result_the_patron_has_read_is_shown_to_staff_too(session: Callable[[], ScriptedCounter], result: type[Flow]) -> None:
    desk = session()
    before = desk.at(result)
    assert screen(desk) is Screen.PATRON
    desk.tell(LeavePressed(EndedBy.PATRON))
    assert screen(desk) is Screen.RETURNING
    desk.tell(TakenBack(STAFF_CODE))
    assert (desk.flow, screen(desk), desk.counter.ended) == (before, Screen.STAFF, None)
    desk.tell(LeavePressed()).at(Waiting)
    assert desk.counter.ended is None


@RESULTS
def test_a_result_the_patron_leaves_standing_is_kept_for_staff(session: Callable[[], ScriptedCounter], result: type[Flow]) -> None:
    desk = session()
    before = desk.at(result)
    for insertion in desk.counter.cards:
        desk.lift(insertion)
    desk.leave_alone()
    if screen(desk) is Screen.PATRON:
        assert desk.counter.idle_warning
        desk.leave_alone()
    assert (desk.flow, screen(desk), desk.counter.idle_warning) == (before, Screen.RETURNING, False)
    desk.tell(TakenBack(STAFF_CODE))
    assert (desk.flow, screen(desk)) == (before, Screen.STAFF)
    assert desk.leave_alone().counter.idle_warning, "staff have as long as for any page"


@RESULTS
def test_a_result_nobody_comes_for_is_closed_and_told(session: Callable[[], ScriptedCounter], result: type[Flow]) -> None:
    desk = session()
    work = desk.at(result).about.left_as
    desk.tell(LeavePressed(EndedBy.PATRON)).leave_alone().at(Waiting)
    assert screen(desk) is Screen.RETURNING
    assert desk.counter.ended is not None
    assert (desk.counter.ended.work, desk.counter.ended.by) == (work, EndedBy.TIME)
    desk.tell(TakenBack(STAFF_CODE)).at(Waiting)
    assert desk.counter.ended is not None


@RESULTS
def test_whoever_has_read_the_result_is_asked_to_take_the_card(session: Callable[[], ScriptedCounter], result: type[Flow]) -> None:
    desk = session()
    desk.at(result)
    desk.tell(LeavePressed(EndedBy.PATRON))
    view = patron_view(desk.counter, None)
    assert (view.page, view.take_card, view.go_on) == (PageName.RETURNING, True, False)


@pytest.mark.parametrize(
    "event",
    [HomeChosen(), StatusChosen(), RegistrationChosen(), NextPressed(), LibraryCardEntered(OTHER_NUMBER.text), TakenBack(STAFF_CODE)],
    ids=lambda event: type(event).__name__,
)
def test_what_only_staff_may_say_is_not_heard_from_the_patron(event: Event) -> None:
    desk = in_the_patrons_hands()
    before = desk.flow
    desk.tell(event)
    assert (desk.flow, screen(desk)) == (before, Screen.PATRON)


def test_leaving_before_taking_it_gives_it_back_to_staff_at_once() -> None:
    desk = offered().tell(LeavePressed())
    desk.at(Waiting)
    assert screen(desk) is Screen.STAFF


def test_a_card_lifted_before_the_display_is_taken_brings_it_back_to_staff() -> None:
    desk = offered()
    [insertion] = desk.counter.cards
    desk.lift(insertion).at(AwaitingMyNumberCard)
    assert screen(desk) is Screen.STAFF


def test_the_patron_keeps_it_while_laying_the_card_anew() -> None:
    desk = in_the_patrons_hands()
    [insertion] = desk.counter.cards
    desk.lift(insertion).at(AwaitingMyNumberCard)
    desk.lay(Card())
    desk.at(ConfirmingLink)
    assert screen(desk) is Screen.PATRON


def test_a_refusal_is_read_by_the_patron_before_it_is_given_back() -> None:
    desk = in_the_patrons_hands()
    desk.store_fails = Code.STORE_FULL
    desk.press_pin().at(RegistrationRefused)
    assert screen(desk) is Screen.PATRON


def test_left_alone_it_asks_to_be_returned_and_shows_nothing_of_the_patron() -> None:
    desk = in_the_patrons_hands().leave_alone().leave_alone()
    desk.at(Waiting)
    assert screen(desk) is Screen.RETURNING


def test_a_bug_never_opens_the_staff_window_to_the_patron() -> None:
    desk = in_the_patrons_hands().tell(Broke("1123-AB12"))
    assert screen(desk) is Screen.RETURNING
    desk.tell(BrokeSeen()).at(OutOfOrder)
    desk.tell(TakenBack(STAFF_CODE), BrokeSeen()).at(Waiting)


def test_a_choice_of_staff_calls_the_display_back() -> None:
    desk = in_the_patrons_hands()
    desk.links = [link(Card("b"), OTHER_NUMBER)]
    [insertion] = desk.counter.cards
    desk.lift(insertion).lay(Card("b"))
    desk.at(ChoosingReplacement)
    assert screen(desk) is Screen.RETURNING
    desk.tell(ReplacementChosen(ReplaceReason.CORRECTION)).at(ChoosingReplacement)
    desk.tell(TakenBack(STAFF_CODE), ReplacementChosen(ReplaceReason.CORRECTION)).at(ConfirmingLink)
    assert screen(desk) is Screen.OFFERED


@RESULTS
def test_a_card_laid_before_the_display_is_back_is_read_then(session: Callable[[], ScriptedCounter], result: type[Flow]) -> None:
    desk = session()
    desk.at(result)
    [insertion] = desk.counter.cards
    desk.lift(insertion).tell(LeavePressed(EndedBy.PATRON))
    desk.links = [link(Card("c"), OTHER_NUMBER)]
    desk.lay(Card("c"))
    desk.at(result)
    assert desk.tell(TakenBack(STAFF_CODE)).at(PatronShown).patron.number == OTHER_NUMBER


@RESULTS
def test_a_card_nobody_brought_takes_no_result_from_staff(session: Callable[[], ScriptedCounter], result: type[Flow]) -> None:
    desk = session()
    desk.at(result)
    desk.tell(LeavePressed(EndedBy.PATRON), CardPlaced(Insertion(7, OTHER_READER), found=True), TakenBack(STAFF_CODE))
    desk.at(result)


def test_a_card_laid_while_nobody_is_served_is_read_when_the_display_is_back() -> None:
    desk = in_the_patrons_hands()
    [insertion] = desk.counter.cards
    desk.tell(LeavePressed(EndedBy.PATRON)).lift(insertion)
    desk.links = [link(Card("c"), OTHER_NUMBER)]
    desk.lay(Card("c"))
    desk.at(Waiting)
    assert desk.tell(TakenBack(STAFF_CODE)).at(PatronShown).patron.number == OTHER_NUMBER


def test_with_two_displays_nothing_is_turned() -> None:
    desk = ScriptedCounter()
    desk.to_pad(Card())
    assert screen(desk) is Screen.STAFF
    desk.tell(DisplayTaken(), TakenBack(""))
    assert screen(desk) is Screen.STAFF
