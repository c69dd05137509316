"""The states of proving that the holder is present and agrees: tries, pad, VERIFY. Shared by registration and lending."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.domain.effects import ReadTries, VerifyPin
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import CardReading, Insertion, LibraryCardNumber, LinkToken, ReplaceReason, Ticket
from kiosk.domain.states.about import About, Display, RegistrationStep, Stage
from kiosk.domain.states.asked import Asked, AsksNothing
from kiosk.domain.states.ended import LeftWork
from kiosk.domain.states.pages import PageName, Section
from kiosk.domain.states.problem import Problem
from kiosk.domain.states.registration import Draft

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class LinkGoal:
    """The PIN is requested to link the card."""

    draft: Draft
    reading: CardReading
    replaces: ReplaceReason | None = None
    shown: tuple[UUID, ...] = ()
    """The operations that opened the links to be replaced, as staff were shown them."""


@dataclass(frozen=True, slots=True)
class LendGoal:
    """The PIN is requested to lend (`lending_pin`)."""

    reading: CardReading
    number: LibraryCardNumber
    elsewhere: bool = False
    """The library's server knows the link, and it may not have arrived here yet."""


Goal = LinkGoal | LendGoal


def _about(goal: Goal, stage: Stage, display: Display, patron_page: PageName) -> About:
    if isinstance(goal, LinkGoal):
        return About(Section.REGISTRATION, stage, display, patron_page, LeftWork.REGISTRATION, RegistrationStep.PIN)
    return About(Section.HOME, stage, display, patron_page, LeftWork.LENDING)


@dataclass(frozen=True, slots=True)
class ReadingTries:
    """The card is asked how many tries are left, which uses none."""

    ticket: Ticket
    insertion: Insertion
    goal: Goal
    slow: bool = False

    @property
    def about(self) -> About:
        return _about(self.goal, Stage.PROVING, Display.STAYS, PageName.READING_TRIES)

    @property
    def waits_for(self) -> tuple[Asked, ...]:
        return (Asked(ReadTries, self.ticket, self.insertion),)


@dataclass(frozen=True, slots=True)
class LastTryWarning(AsksNothing):
    """One try left: the pad stays closed until the patron chooses to continue. `after_mistake`: a PIN was just wrong."""

    insertion: Insertion
    goal: Goal
    after_mistake: bool = False

    @property
    def about(self) -> About:
        return _about(self.goal, Stage.PROVING, Display.PATRONS, PageName.LAST_TRY)


@dataclass(frozen=True, slots=True)
class AskingPin(AsksNothing):
    """The pad is open and holds `typed` digits (0–4); only the pad has the digits themselves."""

    insertion: Insertion
    goal: Goal
    tries_left: int
    typed: int = 0
    after_mistake: bool = False
    barcode_cleared: bool = False
    """The pad discarded what looked like a barcode."""

    @property
    def about(self) -> About:
        return _about(self.goal, Stage.PROVING, Display.PATRONS, PageName.PIN)


@dataclass(frozen=True, slots=True)
class CheckingPin:
    """VERIFY and the signature are in progress."""

    ticket: Ticket
    insertion: Insertion
    goal: Goal
    slow: bool = False

    @property
    def about(self) -> About:
        return _about(self.goal, Stage.ACTING, Display.STAYS, PageName.CHECKING_PIN)

    @property
    def waits_for(self) -> tuple[Asked, ...]:
        return (Asked(VerifyPin, self.ticket, self.insertion),)


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A proof that was interrupted and must be restarted with the same card; the reason is shown until the card has answered a PIN."""

    token: LinkToken
    problem: Problem
    pressed: bool
    """A PIN was being sent: the card may have counted a try."""


Proof = ReadingTries | LastTryWarning | AskingPin | CheckingPin
