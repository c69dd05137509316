"""The states of unlinking."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from kiosk.domain.effects import CloseLink, FindLinks
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import LibraryCardNumber, Link, Ticket, UnlinkReason
from kiosk.domain.states.about import About, Display, Stage
from kiosk.domain.states.asked import Asked, AsksNothing
from kiosk.domain.states.ended import LeftWork
from kiosk.domain.states.pages import PageName, Section
from kiosk.domain.states.problem import Problem

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class ChoosingUnlinkReason(AsksNothing):
    """Staff choose why the link is to be closed."""

    about: ClassVar = About(Section.UNLINKING, Stage.BEGUN, Display.STAFFS, PageName.STAFF, LeftWork.UNLINKING)


@dataclass(frozen=True, slots=True)
class AskingUnlinkNumber(AsksNothing):
    """Staff enter the library card number; the My Number Card is not needed. For a lost card, `card_stopped` must be answered first."""

    about: ClassVar = About(Section.UNLINKING, Stage.OPEN, Display.STAFFS, PageName.STAFF, LeftWork.UNLINKING)
    reason: UnlinkReason
    card_stopped: bool | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class FindingLinkToClose:
    """The store is asked for the link of this number."""

    about: ClassVar = About(Section.UNLINKING, Stage.OPEN, Display.STAFFS, PageName.STAFF, LeftWork.UNLINKING)
    ticket: Ticket
    reason: UnlinkReason
    number: LibraryCardNumber
    card_stopped: bool | None = None

    @property
    def waits_for(self) -> tuple[Asked, ...]:
        return (Asked(FindLinks, self.ticket),)


@dataclass(frozen=True, slots=True)
class ConfirmingUnlink(AsksNothing):
    """The link was found; staff confirm that it is to be closed."""

    about: ClassVar = About(Section.UNLINKING, Stage.OPEN, Display.STAFFS, PageName.STAFF, LeftWork.UNLINKING)
    reason: UnlinkReason
    link: Link
    card_stopped: bool | None = None


@dataclass(frozen=True, slots=True)
class ConfirmingStop(AsksNothing):
    """No link is known here; another counter may know one. Staff confirm that the number is to be stopped at every counter."""

    about: ClassVar = About(Section.UNLINKING, Stage.OPEN, Display.STAFFS, PageName.STAFF, LeftWork.UNLINKING)
    reason: UnlinkReason
    number: LibraryCardNumber
    card_stopped: bool | None = None


@dataclass(frozen=True, slots=True)
class ClosingLink:
    """The link is being closed in the store."""

    about: ClassVar = About(Section.UNLINKING, Stage.ACTING, Display.STAFFS, PageName.STAFF, LeftWork.UNLINKING)
    ticket: Ticket
    reason: UnlinkReason
    number: LibraryCardNumber
    operation: UUID
    card_stopped: bool | None = None
    link_known: bool = True
    accepted: bool = False
    """The library's server has answered before our own store."""
    timer: Ticket = Ticket(0)
    """Our own store has answered; this ends the wait for the library's server."""

    @property
    def waits_for(self) -> tuple[Asked, ...]:
        return () if self.timer else (Asked(CloseLink, self.ticket),)


@dataclass(frozen=True, slots=True)
class Unlinked(AsksNothing):
    """Done; for a lost card the page shows what to tell the caller."""

    about: ClassVar = About(Section.UNLINKING, Stage.FINISHED, Display.STAFFS, PageName.ENDED, LeftWork.UNLINKED, takes_next_card=True)
    reason: UnlinkReason
    number: LibraryCardNumber
    operation: UUID
    pending: bool
    """Not yet confirmed by the library's server; this page hears of that while it is open."""
    card_stopped: bool | None = None
    link_known: bool = True
    """False: no link was known here, and the number was stopped at every counter."""


@dataclass(frozen=True, slots=True)
class UnlinkingRefused(AsksNothing):
    """Unlinking failed. Earlier answers are kept: going back leads to the number."""

    about: ClassVar = About(Section.UNLINKING, Stage.FINISHED, Display.STAFFS, PageName.STAFF, LeftWork.UNLINKING, takes_next_card=True)
    problem: Problem
    reason: UnlinkReason
    card_stopped: bool | None = None
    operation: UUID | None = None
    """The operation refused by the register after it had been carried out here."""


UnlinkingFlow = (
    ChoosingUnlinkReason
    | AskingUnlinkNumber
    | FindingLinkToClose
    | ConfirmingUnlink
    | ConfirmingStop
    | ClosingLink
    | Unlinked
    | UnlinkingRefused
)
