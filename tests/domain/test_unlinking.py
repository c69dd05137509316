"""Unlinking: by library card number, with what the caller must be asked and told."""

from __future__ import annotations

import pytest

from kiosk.domain.effects import CloseLink, FindLinks, ReadCard
from kiosk.domain.errors import Code
from kiosk.domain.events import (
    BackPressed,
    CardStopAnswered,
    HomeChosen,
    LeavePressed,
    LeavingConfirmed,
    LibraryCardEntered,
    UnlinkConfirmed,
    UnlinkingChosen,
    UnlinkReasonChosen,
)
from kiosk.domain.model import UnlinkReason
from kiosk.domain.states import (
    AskingUnlinkNumber,
    ChoosingUnlinkReason,
    ClosingLink,
    ConfirmingUnlink,
    FindingLinkToClose,
    Unlinked,
    UnlinkingRefused,
    Waiting,
)
from tests.support.domain.scripted_counter import NUMBER, Card, ScriptedCounter, link


def asked_for(reason: UnlinkReason, desk: ScriptedCounter | None = None) -> ScriptedCounter:
    desk = ScriptedCounter(links=[link(Card())]) if desk is None else desk
    desk.tell(UnlinkingChosen(), UnlinkReasonChosen(reason))
    if reason is UnlinkReason.LOST:
        desk.tell(CardStopAnswered(stopped=True))
    return desk.tell(LibraryCardEntered(NUMBER.text))


def test_a_lost_card_is_unlinked_without_the_card() -> None:
    desk = asked_for(UnlinkReason.LOST)
    assert desk.at(ConfirmingUnlink).link.number == NUMBER
    desk.tell(UnlinkConfirmed())
    assert desk.at(Unlinked).number == NUMBER
    assert desk.at(Unlinked).card_stopped is True
    assert [(close.number, close.reason) for close in desk.of(CloseLink)] == [(NUMBER, UnlinkReason.LOST)]
    assert not desk.of(ReadCard)


def test_an_unlinking_is_an_operation_which_its_page_knows() -> None:
    desk = asked_for(UnlinkReason.WISH).tell(UnlinkConfirmed())
    assert desk.at(Unlinked).operation == desk.of(CloseLink)[0].operation


def test_whether_a_lost_card_was_stopped_is_asked_first() -> None:
    desk = ScriptedCounter(links=[link(Card())]).tell(UnlinkingChosen(), UnlinkReasonChosen(UnlinkReason.LOST))
    desk.tell(LibraryCardEntered(NUMBER.text)).at(AskingUnlinkNumber)
    assert not desk.of(FindLinks)
    assert desk.tell(CardStopAnswered(stopped=False)).at(AskingUnlinkNumber).card_stopped is False
    desk.tell(LibraryCardEntered(NUMBER.text)).at(ConfirmingUnlink)


@pytest.mark.parametrize("reason", [UnlinkReason.WISH, UnlinkReason.CORRECTION])
def test_other_reasons_need_no_such_answer(reason: UnlinkReason) -> None:
    asked_for(reason).tell(UnlinkConfirmed()).at(Unlinked)


def test_nothing_to_unlink_is_said() -> None:
    assert asked_for(UnlinkReason.WISH, ScriptedCounter()).at(UnlinkingRefused).problem.code is Code.NOTHING_TO_UNLINK


def test_a_wrong_number_is_said_and_asked_for_again() -> None:
    desk = ScriptedCounter().tell(UnlinkingChosen(), UnlinkReasonChosen(UnlinkReason.WISH), LibraryCardEntered("7"))
    problem = desk.at(AskingUnlinkNumber).problem
    assert problem is not None
    assert problem.code is Code.NUMBER_LENGTH


def test_nothing_is_closed_before_staff_confirm() -> None:
    desk = asked_for(UnlinkReason.WISH)
    desk.tell(BackPressed()).at(AskingUnlinkNumber)
    desk.tell(UnlinkConfirmed(), LeavePressed()).at(Waiting)
    assert not desk.of(CloseLink)


def test_an_unlinking_under_way_is_not_left() -> None:
    desk = asked_for(UnlinkReason.WISH)
    desk.answering = False
    desk.tell(UnlinkConfirmed(), LeavePressed(), HomeChosen()).at(ClosingLink)
    desk.leave_alone().at(ClosingLink)
    desk.answer().at(Unlinked)


def test_a_store_in_trouble_confirms_nothing() -> None:
    desk = asked_for(UnlinkReason.WISH)
    desk.store_fails = Code.STORE_READ_ONLY
    assert desk.tell(UnlinkConfirmed()).at(UnlinkingRefused).problem.code is Code.STORE_READ_ONLY


def test_a_link_looked_up_late_changes_nothing() -> None:
    desk = ScriptedCounter(links=[link(Card())], answering=False)
    asked_for(UnlinkReason.WISH, desk).at(FindingLinkToClose)
    desk.tell(HomeChosen(), LeavingConfirmed()).at(Waiting)
    desk.answer().at(Waiting)


def test_going_back_and_leaving() -> None:
    desk = ScriptedCounter().tell(UnlinkingChosen(), UnlinkReasonChosen(UnlinkReason.LOST), BackPressed())
    desk.at(ChoosingUnlinkReason)
    desk.tell(BackPressed()).at(Waiting)
    desk = asked_for(UnlinkReason.WISH, ScriptedCounter())
    assert desk.tell(BackPressed()).at(AskingUnlinkNumber).reason is UnlinkReason.WISH
    desk.tell(BackPressed()).at(ChoosingUnlinkReason)


def test_the_next_card_may_come_once_it_is_done() -> None:
    desk = asked_for(UnlinkReason.WISH).tell(UnlinkConfirmed())
    desk.lay(Card())
    assert desk.of(ReadCard)
