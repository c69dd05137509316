"""Unlinking (解除): by library card number, without the My Number Card, since a lost card is the most common reason (seed, Q.5)."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.answered_acts import done, saved
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
    TimeUp,
    UnlinkConfirmed,
    UnlinkReasonChosen,
)
from kiosk.domain.model import LibraryCardNumber, Link, RegistryCondition, Sound, UnlinkReason
from kiosk.domain.rules import read_library_card
from kiosk.domain.states import (
    AskingUnlinkNumber,
    ChoosingUnlinkReason,
    ClosingLink,
    ConfirmingStop,
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
            (ChoosingUnlinkReason() | AskingUnlinkNumber() | ConfirmingUnlink() | ConfirmingStop() | Unlinked() | UnlinkingRefused()),
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
        case FindingLinkToClose(), LinksFound(by_number=link, enrolled=enrolled):
            return _found(counter, flow, link, enrolled)
        case ConfirmingUnlink(link=link), UnlinkConfirmed():
            return _close(counter, flow, link.number)
        case ConfirmingStop(number=number), UnlinkConfirmed():
            return _close(counter, flow, number)
        case ((ConfirmingUnlink(reason, _, card_stopped) | ConfirmingStop(reason, _, card_stopped)), BackPressed()):
            return go(counter, AskingUnlinkNumber(reason, card_stopped))
        case ClosingLink(), LinkClosed(pending=pending):
            return saved(counter, flow, pending=pending)
        case ClosingLink(timer=timer), TimeUp(ticket) if ticket == timer:
            return done(counter, flow, pending=True)
        case ((FindingLinkToClose() | ClosingLink()), StoreFailed(code=code)):
            return _refuse(counter, flow, code)
    return stay(counter)


def _found(counter: Counter, flow: FindingLinkToClose, link: Link | None, enrolled: bool) -> Step:
    """Without a link here another counter may have one, unless this counter is alone."""
    if link is not None:
        return go(counter, ConfirmingUnlink(flow.reason, link, flow.card_stopped))
    if counter.registry is RegistryCondition.NONE and not enrolled:
        return _refuse(counter, flow, Code.NOTHING_TO_UNLINK)
    return go(counter, ConfirmingStop(flow.reason, flow.number, flow.card_stopped))


def _close(counter: Counter, flow: ConfirmingUnlink | ConfirmingStop, number: LibraryCardNumber) -> Step:
    counter, ticket = asking(counter)
    operation = new_operation(counter)
    closing = ClosingLink(ticket, flow.reason, number, operation, flow.card_stopped, isinstance(flow, ConfirmingUnlink))
    return go(counter, closing, CloseLink(ticket, operation, number, flow.reason), LookAtStore())


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
