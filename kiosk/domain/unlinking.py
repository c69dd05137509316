"""Unlinking (解除): by library card number, without the My Number Card, since a lost card is the most common reason (seed, Q.5)."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.effects import CloseLink, FindLinks, LookAtStore, Play
from kiosk.domain.errors import Code, Refused
from kiosk.domain.events import (
    BackPressed,
    CardStopAnswered,
    Event,
    LeavePressed,
    LibraryCardEntered,
    LinkClosed,
    LinksFound,
    StoreFailed,
    UnlinkConfirmed,
    UnlinkReasonChosen,
)
from kiosk.domain.model import Sound, UnlinkReason
from kiosk.domain.rules import read_library_card
from kiosk.domain.states import (
    AskingUnlinkNumber,
    ChoosingUnlinkReason,
    ClosingLink,
    ConfirmingUnlink,
    Counter,
    FindingLinkToClose,
    Problem,
    Unlinked,
    UnlinkingFlow,
    UnlinkingRefused,
)
from kiosk.domain.transition import Step, asking, end_session, go, new_operation, refused_number, stay


def begin(counter: Counter) -> Step:
    return go(counter, ChoosingUnlinkReason())


def step(counter: Counter, flow: UnlinkingFlow, event: Event) -> Step:
    match flow, event:
        case (
            (ChoosingUnlinkReason() | AskingUnlinkNumber() | ConfirmingUnlink() | Unlinked() | UnlinkingRefused()),
            LeavePressed(),
        ):
            return end_session(counter)
        case ChoosingUnlinkReason(), UnlinkReasonChosen(reason):
            return go(counter, AskingUnlinkNumber(reason))
        case ChoosingUnlinkReason(), BackPressed():
            return end_session(counter)
        case AskingUnlinkNumber(), CardStopAnswered(stopped):
            return go(counter, replace(flow, card_stopped=stopped))
        case AskingUnlinkNumber(), LibraryCardEntered(text) if not waits_for_stop_answer(flow):
            return _number(counter, flow, text)
        case AskingUnlinkNumber(), BackPressed():
            return go(counter, ChoosingUnlinkReason())
        case UnlinkingRefused(problem, reason, card_stopped), BackPressed():
            return go(counter, AskingUnlinkNumber(reason, card_stopped, problem))
        case FindingLinkToClose(_, reason, _, card_stopped), LinksFound(by_number=link):
            if link is None:
                return _refuse(counter, flow, Code.NOTHING_TO_UNLINK)
            return go(counter, ConfirmingUnlink(reason, link, card_stopped))
        case ConfirmingUnlink(reason, link, card_stopped), UnlinkConfirmed():
            counter, ticket = asking(counter)
            operation = new_operation(counter)
            closing = ClosingLink(ticket, reason, link.number, operation, card_stopped)
            return go(counter, closing, CloseLink(ticket, operation, link.number, reason), LookAtStore())
        case ConfirmingUnlink(reason, _, card_stopped), BackPressed():
            return go(counter, AskingUnlinkNumber(reason, card_stopped))
        case ClosingLink(_, reason, number, _, card_stopped), LinkClosed(_, operation, pending):
            return go(counter, Unlinked(reason, number, operation, pending, card_stopped), Play(Sound.DONE))
        case ((FindingLinkToClose() | ClosingLink()), StoreFailed(code=code)):
            return _refuse(counter, flow, code)
    return stay(counter)


def _refuse(counter: Counter, flow: FindingLinkToClose | ClosingLink, code: Code) -> Step:
    problem = Problem(code, entered=flow.number.text)
    return go(counter, UnlinkingRefused(problem, flow.reason, flow.card_stopped), Play(Sound.REFUSED))


def waits_for_stop_answer(flow: AskingUnlinkNumber) -> bool:
    """Whether staff must first ask the caller if the card has been stopped at the call centre."""
    return flow.reason is UnlinkReason.LOST and flow.card_stopped is None


def _number(counter: Counter, flow: AskingUnlinkNumber, text: str) -> Step:
    try:
        number = read_library_card(text, counter.rules.barcode)
    except Refused as refusal:
        return go(counter, replace(flow, problem=refused_number(counter, refusal, text)))
    counter, ticket = asking(counter)
    finding = FindingLinkToClose(ticket, flow.reason, number, flow.card_stopped)
    return go(counter, finding, FindLinks(ticket, (), number))
