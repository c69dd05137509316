"""The states of a registration, except the proof of its holder (`proof`)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from kiosk.domain.effects import FindLinks, LookUpPatron, ReadCard, SaveLink
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import Applicant, CardReading, GuardianCheck, Insertion, LibraryCardNumber, Link, Patron, ReplaceReason, Ticket
from kiosk.domain.states.about import About, Display, RegistrationStep, Stage
from kiosk.domain.states.asked import Asked, AsksNothing
from kiosk.domain.states.ended import LeftWork
from kiosk.domain.states.pages import PageName, Section
from kiosk.domain.states.problem import Problem

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class Draft:
    """What a registration has gathered so far. Kept in memory only."""

    applicant: Applicant | None = None
    checks: frozenset[GuardianCheck] = frozenset()
    patron: Patron | None = None
    called: LibraryCardNumber | None = None
    """Number of the patron being served when this began, to be compared with the library card and entered by staff. See `offered`."""

    @property
    def number(self) -> LibraryCardNumber:
        """The library card number. Raises ValueError in the steps before it is known."""
        if self.patron is None:
            raise ValueError("no library card has been read yet")
        return self.patron.number

    @property
    def offered(self) -> LibraryCardNumber | None:
        """The number staff may enter with one press; None for a child, whose card is not that of the parent being served."""
        return None if self.by_guardian else self.called

    @property
    def by_guardian(self) -> bool:
        return self.applicant is Applicant.CHILD


@dataclass(frozen=True, slots=True)
class ChoosingApplicant(AsksNothing):
    """対象の方: the patron, a child under 15 with a guardian, or somebody else (refused)."""

    about: ClassVar = About(
        Section.REGISTRATION, Stage.BEGUN, Display.STAFFS, PageName.STAFF, LeftWork.REGISTRATION, RegistrationStep.APPLICANT
    )
    draft: Draft


@dataclass(frozen=True, slots=True)
class ExplainingRecord(AsksNothing):
    """What is recorded and what is not."""

    about: ClassVar = About(
        Section.REGISTRATION, Stage.OPEN, Display.STAFFS, PageName.RECORD, LeftWork.REGISTRATION, RegistrationStep.APPLICANT
    )
    draft: Draft


@dataclass(frozen=True, slots=True)
class CheckingGuardian(AsksNothing):
    """書類の確認; `draft.checks` holds the checks confirmed so far, `born_on_or_after` the cut-off for being under 15 today."""

    about: ClassVar = About(
        Section.REGISTRATION, Stage.OPEN, Display.STAFFS, PageName.GUARDIAN, LeftWork.REGISTRATION, RegistrationStep.GUARDIAN
    )
    draft: Draft
    born_on_or_after: date


@dataclass(frozen=True, slots=True)
class AwaitingLibraryCard(AsksNothing):
    """The library card is to be scanned or its number typed. `problem`: why the last number was rejected."""

    about: ClassVar = About(
        Section.REGISTRATION, Stage.OPEN, Display.STAFFS, PageName.LIBRARY_CARD, LeftWork.REGISTRATION, RegistrationStep.LIBRARY_CARD
    )
    draft: Draft
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class CheckingLibraryCard:
    """The number is being looked up in the library system."""

    about: ClassVar = About(
        Section.REGISTRATION, Stage.OPEN, Display.STAFFS, PageName.STAFF, LeftWork.REGISTRATION, RegistrationStep.LIBRARY_CARD
    )
    ticket: Ticket
    draft: Draft
    number: LibraryCardNumber

    @property
    def waits_for(self) -> tuple[Asked, ...]:
        return (Asked(LookUpPatron, self.ticket),)


@dataclass(frozen=True, slots=True)
class AwaitingMyNumberCard(AsksNothing):
    """マイナンバーカードを置いてください. `problem`: why the card must be placed again."""

    about: ClassVar = About(
        Section.REGISTRATION, Stage.OPEN, Display.STAYS, PageName.PLACE, LeftWork.REGISTRATION, RegistrationStep.MY_NUMBER_CARD
    )
    draft: Draft
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class ReadingMyNumberCard:
    """The My Number Card is being read and judged."""

    about: ClassVar = About(
        Section.REGISTRATION, Stage.OPEN, Display.STAYS, PageName.READING, LeftWork.REGISTRATION, RegistrationStep.MY_NUMBER_CARD
    )
    ticket: Ticket
    draft: Draft
    insertion: Insertion
    slow: bool = False
    in_use: bool = False
    """Another program holds the card."""
    behind: str = ""
    """The reader whose unresponsive card keeps this one waiting; empty if none."""
    limit: Ticket = Ticket(0)
    """Timer that ends the wait."""
    before: Problem | None = None
    """Why a card must be placed again, kept while one that nobody placed is tried."""

    @property
    def waits_for(self) -> tuple[Asked, ...]:
        return (Asked(ReadCard, self.ticket, self.insertion),)


@dataclass(frozen=True, slots=True)
class FindingLinks:
    """The store is asked whether the card or the number is already linked."""

    about: ClassVar = About(
        Section.REGISTRATION, Stage.OPEN, Display.STAYS, PageName.READING, LeftWork.REGISTRATION, RegistrationStep.MY_NUMBER_CARD
    )
    ticket: Ticket
    draft: Draft
    insertion: Insertion
    reading: CardReading

    @property
    def waits_for(self) -> tuple[Asked, ...]:
        return (Asked(FindLinks, self.ticket),)


@dataclass(frozen=True, slots=True)
class ChoosingReplacement(AsksNothing):
    """The card or the number has another link: staff choose 付け替え with a reason, or leave. Links are shown masked."""

    about: ClassVar = About(
        Section.REGISTRATION, Stage.OPEN, Display.STAFFS, PageName.CHECKING, LeftWork.REGISTRATION, RegistrationStep.MY_NUMBER_CARD
    )
    draft: Draft
    insertion: Insertion
    reading: CardReading
    by_card: Link | None
    by_number: Link | None

    @property
    def shown(self) -> tuple[UUID, ...]:
        """The operations that opened these links."""
        return tuple(link.operation for link in (self.by_card, self.by_number) if link is not None)


@dataclass(frozen=True, slots=True)
class AlreadyLinked(AsksNothing):
    """This card and number are already linked; nothing to do."""

    about: ClassVar = About(Section.REGISTRATION, Stage.FINISHED, Display.STAYS, PageName.ALREADY, LeftWork.LINKED, takes_next_card=True)
    draft: Draft
    link: Link


@dataclass(frozen=True, slots=True)
class ConfirmingLink(AsksNothing):
    """The patron sees what will be linked and agrees, before the PIN."""

    about: ClassVar = About(
        Section.REGISTRATION, Stage.OPEN, Display.PATRONS, PageName.CONFIRM, LeftWork.REGISTRATION, RegistrationStep.CONFIRM
    )
    draft: Draft
    insertion: Insertion
    reading: CardReading
    replaces: ReplaceReason | None = None
    shown: tuple[UUID, ...] = ()
    """The operations that opened the links to be replaced, as staff were shown them."""


@dataclass(frozen=True, slots=True)
class SavingLink:
    """The holder is proved; the link is being saved. Nothing here waits for a person."""

    about: ClassVar = About(
        Section.REGISTRATION, Stage.ACTING, Display.STAYS, PageName.SAVING, LeftWork.REGISTRATION, RegistrationStep.SAVE
    )
    ticket: Ticket
    draft: Draft
    insertion: Insertion
    operation: UUID
    replaced: bool = False
    accepted: bool = False
    """The library's server has answered before our own store."""
    timer: Ticket = Ticket(0)
    """Our own store has answered; this ends the wait for the library's server."""

    @property
    def waits_for(self) -> tuple[Asked, ...]:
        return () if self.timer else (Asked(SaveLink, self.ticket),)


@dataclass(frozen=True, slots=True)
class Registered(AsksNothing):
    """連携登録ができました: what the card cannot do, keep the library card, take both cards."""

    about: ClassVar = About(
        Section.REGISTRATION, Stage.FINISHED, Display.STAYS, PageName.DONE, LeftWork.REGISTERED, RegistrationStep.SAVE, takes_next_card=True
    )
    draft: Draft
    operation: UUID
    pending: bool
    """Not yet confirmed by the library's server; this page hears of that while it is open."""
    replaced: bool


@dataclass(frozen=True, slots=True)
class RegistrationRefused(AsksNothing):
    """One cause, one next step; the library card keeps working. Earlier confirmations remain valid for another card."""

    about: ClassVar = About(
        Section.REGISTRATION, Stage.FINISHED, Display.STAYS, PageName.REFUSED, LeftWork.REGISTRATION_REFUSED, takes_next_card=True
    )
    draft: Draft
    problem: Problem
    operation: UUID | None = None
    """The operation refused by the register after it had been saved here."""


RegistrationFlow = (
    ChoosingApplicant
    | ExplainingRecord
    | CheckingGuardian
    | AwaitingLibraryCard
    | CheckingLibraryCard
    | AwaitingMyNumberCard
    | ReadingMyNumberCard
    | FindingLinks
    | ChoosingReplacement
    | AlreadyLinked
    | ConfirmingLink
    | SavingLink
    | Registered
    | RegistrationRefused
)
