"""Fixed properties of a state, whatever it holds. Every state declares them once, as its `about`."""

from __future__ import annotations

from enum import Enum, StrEnum, auto, unique

from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.states.ended import LeftWork
from kiosk.domain.states.pages import PageName, Section


@unique
class Stage(Enum):
    """How far the work has come, and so what is lost by leaving it now."""

    RESTING = auto()
    """Belongs to nobody: no idle timeout, no confirmation on leaving, and a card left behind is announced in full."""
    PASSING = auto()
    """Over in a moment; nothing would be lost yet."""
    BEGUN = auto()
    """Nothing would be lost yet."""
    OPEN = auto()
    PROVING = auto()
    """The patron is entering the PIN, or about to."""
    ACTING = auto()
    """An operation is in progress that must be answered before anybody leaves."""
    FINISHED = auto()
    """Successfully or not."""


@unique
class Display(Enum):
    """Who holds a single display in this state."""

    STAFFS = auto()
    PATRONS = auto()
    """The patron has to act: the display is turned to them."""
    STAYS = auto()
    """Whoever holds it keeps it: the patron's turn continues, or they read the result, which staff see after them."""


@unique
class RegistrationStep(StrEnum):
    """The steps shown above the registration pages, in order. Each value is the last part of its message key."""

    APPLICANT = "applicant"
    GUARDIAN = "guardian"
    LIBRARY_CARD = "library-card"
    MY_NUMBER_CARD = "my-number-card"
    CONFIRM = "confirm"
    PIN = "pin"
    SAVE = "save"


@dataclass(frozen=True, slots=True)
class About:
    """Fixed properties of one state."""

    section: Section
    """Which part of the rail this work belongs to."""
    stage: Stage
    display: Display
    patron_page: PageName
    """What the patron normally sees; `patron_view` decides the exceptions."""
    left_as: LeftWork
    """What is reported as left undone, or as done, when this state is closed."""
    step: RegistrationStep | None = None
    takes_next_card: bool = False
    """A card placed here belongs to the next patron and is read at once."""

    @property
    def rests(self) -> bool:
        return self.stage is Stage.RESTING
