"""Decisions about a key."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum, unique

from kiosk.domain.fieldless import Fieldless
from kiosk.domain.keyboard.strokes import Target
from kiosk.domain.lazy_dataclass import dataclass


@unique
class Why(StrEnum):
    """Why a key had no effect; each has a hint."""

    HOLD = "hold"
    """A guarded target: hold the key or use the chord."""
    NOISE = "noise"
    """Other keys came just before."""
    NOTHING = "nothing"
    """Nothing here responds to this key."""
    ALT = "alt"
    """Alt has been down too long to be held by hand."""
    UNENTERED = "unentered"
    """Tab has left a number in the field that has not been entered."""
    SPOILED = "spoiled"
    """A non-character key came among characters, so they cannot be trusted."""


class Forward(Fieldless):
    """Pass the key on to whatever has the focus."""

    __slots__ = ()


class Submit(Fieldless):
    """Enter the content of the field."""

    __slots__ = ()


class Spoiled(Fieldless):
    """The content of the field or pad may be only part of a code: do not enter it unseen."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Click:
    """Press the target."""

    target: Target


@dataclass(frozen=True, slots=True)
class Fill:
    """Show on the target how long its key has been held."""

    target: Target


class Unfill(Fieldless):
    """Stop showing it."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Scanned:
    """A code was scanned while no field had the focus. Not `whole`: no suffix followed, so more may come."""

    text: str = field(repr=False)
    whole: bool


@dataclass(frozen=True, slots=True)
class Hint:
    """Show why a key had no effect."""

    why: Why
    target: Target | None = None


class Alive(Fieldless):
    """Somebody pressed a key. A held key counts once: a book lying on the keyboard keeps no session alive."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Wake:
    """Send `Woke` in this many seconds, after every key received by then. One due sooner may replace it."""

    seconds: float


Decision = Forward | Submit | Spoiled | Click | Fill | Unfill | Scanned | Hint | Alive | Wake
Decisions = tuple[Decision, ...]
