"""Where the proof can be that the holder is here and agrees: tries, pad, VERIFY. Registration and lending share it."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.effects import ReadTries, VerifyPin
from kiosk.domain.model import CardReading, Insertion, LibraryCardNumber, LinkToken, ReplaceReason, Ticket
from kiosk.domain.states.about import About, Display, RegistrationStep, Stage
from kiosk.domain.states.asked import Asked, AsksNothing
from kiosk.domain.states.ended import LeftWork
from kiosk.domain.states.pages import PageName, Section
from kiosk.domain.states.problem import Problem
from kiosk.domain.states.registration import Draft


@dataclass(frozen=True, slots=True)
class LinkGoal:
    """The PIN is asked for to link."""

    draft: Draft
    reading: CardReading
    replaces: ReplaceReason | None = None


@dataclass(frozen=True, slots=True)
class LendGoal:
    """The PIN is asked for to lend (`lending_pin`)."""

    reading: CardReading
    number: LibraryCardNumber


Goal = LinkGoal | LendGoal


def _about(goal: Goal, stage: Stage, display: Display, patron_page: PageName) -> About:
    if isinstance(goal, LinkGoal):
        return About(Section.REGISTRATION, stage, display, patron_page, LeftWork.REGISTRATION, RegistrationStep.PIN)
    return About(Section.HOME, stage, display, patron_page, LeftWork.LENDING)


@dataclass(frozen=True, slots=True)
class ReadingTries:
    """The card is asked how many tries are left; none is spent."""

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
    """One try left: the pad stays closed until the patron chooses to go on. `after_mistake` when a PIN was just wrong."""

    insertion: Insertion
    goal: Goal
    after_mistake: bool = False

    @property
    def about(self) -> About:
        return _about(self.goal, Stage.PROVING, Display.PATRONS, PageName.LAST_TRY)


@dataclass(frozen=True, slots=True)
class AskingPin(AsksNothing):
    """The pad is open. `typed` digits are in it (0-4); which ones, only the pad knows."""

    insertion: Insertion
    goal: Goal
    tries_left: int
    typed: int = 0
    after_mistake: bool = False
    barcode_cleared: bool = False
    """The pad threw away what looked like a barcode."""

    @property
    def about(self) -> About:
        return _about(self.goal, Stage.PROVING, Display.PATRONS, PageName.PIN)


@dataclass(frozen=True, slots=True)
class CheckingPin:
    """VERIFY and the signature are under way."""

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
    """A proof that broke off and has to be begun anew with the same card: why is said until the card has answered a PIN."""

    token: LinkToken
    problem: Problem
    pressed: bool
    """A PIN was on its way: it may have counted."""


Proof = ReadingTries | LastTryWarning | AskingPin | CheckingPin
