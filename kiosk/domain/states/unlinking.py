"""Where unlinking can be."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.model import LibraryCardNumber, Link, Ticket, UnlinkReason
from kiosk.domain.states.problem import Problem


@dataclass(frozen=True, slots=True)
class ChoosingUnlinkReason:
    pass


@dataclass(frozen=True, slots=True)
class AskingUnlinkNumber:
    """By library card number; the My Number Card is not needed. For a lost card, `card_stopped` must be answered first."""

    reason: UnlinkReason
    card_stopped: bool | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class FindingLinkToClose:
    ticket: Ticket
    reason: UnlinkReason
    number: LibraryCardNumber
    card_stopped: bool | None = None


@dataclass(frozen=True, slots=True)
class ConfirmingUnlink:
    reason: UnlinkReason
    link: Link
    card_stopped: bool | None = None


@dataclass(frozen=True, slots=True)
class ClosingLink:
    ticket: Ticket
    reason: UnlinkReason
    number: LibraryCardNumber
    card_stopped: bool | None = None


@dataclass(frozen=True, slots=True)
class Unlinked:
    """Done; for a lost card, what to tell the caller."""

    reason: UnlinkReason
    number: LibraryCardNumber
    pending: bool
    card_stopped: bool | None = None


@dataclass(frozen=True, slots=True)
class UnlinkingRefused:
    """What was answered before stays: going back leads to the number."""

    problem: Problem
    reason: UnlinkReason
    card_stopped: bool | None = None


UnlinkingFlow = (
    ChoosingUnlinkReason | AskingUnlinkNumber | FindingLinkToClose | ConfirmingUnlink | ClosingLink | Unlinked | UnlinkingRefused
)
