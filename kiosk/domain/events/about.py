"""Fixed properties of an event, whatever it holds. Every event declares them once, as its `about`."""

from __future__ import annotations

from enum import Enum, auto, unique
from typing import ClassVar

from kiosk.domain.effects import Question
from kiosk.domain.lazy_dataclass import dataclass


@unique
class By(Enum):
    """Who may trigger the event. With a single display only its current holder is heeded (`display`)."""

    STAFF = auto()
    PATRON = auto()
    EITHER = auto()
    NOBODY = auto()
    """Nobody at the counter: devices, clocks and the program itself."""


@unique
class Acting(Enum):
    """Where the event has consequences, so that a key triggers it only as a chord or when held (`keyboard`)."""

    ALWAYS = auto()
    WITH_OPEN_WORK = auto()
    """It discards what is on the page."""
    WITH_HANDOVER = auto()
    """If it types the number into another window."""


@dataclass(frozen=True, slots=True)
class Harmless:
    """The event may be triggered by a tapped key."""

    because: str


@unique
class GoesOn(Enum):
    """Whether the event means that its author continues the work."""

    NO = auto()
    WORK = auto()
    """It answers the question whether to leave the work."""
    ITEMS = auto()
    """As WORK; it also answers what kept a session from ending (`Stayed`)."""


@unique
class SignOfLife(Enum):
    """Whether the event shows that somebody is present, which restarts the idle timeout."""

    ALWAYS = auto()
    BY_CHANGE = auto()
    """Only if it changes the state."""
    BY_FLOW = auto()
    """Only if it changes the flow."""
    NEVER = auto()


@dataclass(frozen=True, slots=True)
class Said:
    """An event triggered by people, on either window."""

    by: By
    acting: Acting | Harmless
    goes_on: GoesOn
    sign_of_life: SignOfLife = SignOfLife.ALWAYS


class _Unsaid:
    __slots__ = ()
    by: ClassVar = By.NOBODY
    acting: ClassVar = Harmless("nobody says it")
    goes_on: ClassVar = GoesOn.NO


@dataclass(frozen=True, slots=True)
class Told(_Unsaid):
    """An event from a device, a clock or the program itself that answers no question."""

    sign_of_life: SignOfLife


@dataclass(frozen=True, slots=True)
class Answering(_Unsaid):
    """The answer to one of these questions."""

    questions: tuple[type[Question], ...]
    sign_of_life: SignOfLife = SignOfLife.BY_CHANGE


ONE_STEP_BACK = Harmless("the page before is one press away, and nothing has been asked of anybody")
ASKED_AGAIN = Harmless("what was entered on the page before is asked for again")
ASKS_FIRST = Harmless("asks first where anything would be lost (`rail`)")
LIES_OVER = Harmless("the work stays as it is beneath")
ENDS_NOTHING = Harmless("nothing ends")
CHANGED_AGAIN = Harmless("changed again by the next press")
PAPER = Harmless("brings out paper, which says what has been done already")
CHARACTERS = Harmless("made of characters, which are what a scanner is for; what they may do is judged by the page that takes them")
HELD_IN_ANY_CASE = Harmless("no button a key can reach: by keyboard it is always a held key (`control_of_enter` of the patron's window)")
