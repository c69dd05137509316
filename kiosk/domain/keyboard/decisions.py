"""What is decided about a key."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum, unique

from kiosk.domain.keyboard.strokes import Target


@unique
class Why(StrEnum):
    """Why a key was not heard; each has a hint."""

    HOLD = "hold"
    """A guarded target: hold the key, or use the chord."""
    NOISE = "noise"
    """Other keys came just before."""
    NOTHING = "nothing"
    """There is nothing here for this key."""
    ALT = "alt"
    """Alt has been down for too long to be held by a hand."""
    SPOILED = "spoiled"
    """A key that is no character came amid characters: what they are is not sure."""


@dataclass(frozen=True, slots=True)
class Forward:
    """The key goes to whatever has the focus."""


@dataclass(frozen=True, slots=True)
class Submit:
    """Enter what stands in the field."""


@dataclass(frozen=True, slots=True)
class Spoiled:
    """What stands in the field, or on the pad, may be no more than a part of something: it is not to be entered unseen."""


@dataclass(frozen=True, slots=True)
class Click:
    target: Target


@dataclass(frozen=True, slots=True)
class Fill:
    """Show on the target how long its key is being held."""

    target: Target


@dataclass(frozen=True, slots=True)
class Unfill:
    pass


@dataclass(frozen=True, slots=True)
class Scanned:
    """A code was read while no field had the focus. Not `whole`: nothing came behind it, so more of it may come."""

    text: str = field(repr=False)
    whole: bool


@dataclass(frozen=True, slots=True)
class Hint:
    why: Why
    target: Target | None = None


@dataclass(frozen=True, slots=True)
class Alive:
    """Somebody pressed a key. A held key says so once: a book on the keyboard keeps no session."""


@dataclass(frozen=True, slots=True)
class Wake:
    """Send `Woke` in so many seconds, behind every key that has come by then. One that is due sooner may stand for it."""

    seconds: float


Decision = Forward | Submit | Spoiled | Click | Fill | Unfill | Scanned | Hint | Alive | Wake
Decisions = tuple[Decision, ...]
