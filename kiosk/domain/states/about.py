"""What is true of a state whatever it holds. Every state declares it once, as its `about`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum, auto, unique

from kiosk.domain.states.ended import LeftWork
from kiosk.domain.states.pages import PageName, Section


@unique
class Stage(Enum):
    """How far the work has come, and so what is lost when it is left now."""

    RESTING = auto()
    """It belongs to nobody: it does not time out, is left without ceremony, and says in full that a card was left."""
    PASSING = auto()
    """Over in a moment; nothing is lost yet."""
    BEGUN = auto()
    """Nothing is lost yet."""
    OPEN = auto()
    PROVING = auto()
    """The patron is at the PIN, or on the way there."""
    ACTING = auto()
    """Something is under way that has to be answered before anybody leaves."""
    FINISHED = auto()
    """With or without success."""


@unique
class Display(Enum):
    """Who holds a single display here."""

    STAFFS = auto()
    PATRONS = auto()
    """The patron has to act: it is turned to them."""
    STAYS = auto()
    """Whoever holds it keeps it: the patron's turn goes on, or they read what became of it."""


@unique
class RegistrationStep(StrEnum):
    """The steps above the pages of a registration, in their order, under the last words of their sentences' keys."""

    APPLICANT = "applicant"
    GUARDIAN = "guardian"
    LIBRARY_CARD = "library-card"
    MY_NUMBER_CARD = "my-number-card"
    CONFIRM = "confirm"
    PIN = "pin"
    SAVE = "save"


@dataclass(frozen=True, slots=True)
class About:
    section: Section
    """Which part of the rail the work belongs to."""
    stage: Stage
    display: Display
    patron_page: PageName
    """What the patron sees as a rule; `patronview` says when it is something else."""
    left_as: LeftWork
    """What is left undone, or was done, when this is closed."""
    step: RegistrationStep | None = None
    takes_next_card: bool = False
    """A card that is laid here is read at once: it is the next patron's."""

    @property
    def rests(self) -> bool:
        return self.stage is Stage.RESTING
