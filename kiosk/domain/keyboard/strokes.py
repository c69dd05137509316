"""Inputs of the machine: key presses and releases, page changes, time."""

from __future__ import annotations

from enum import StrEnum, unique
from typing import Protocol

from kiosk.domain.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Moment:
    """When a key was pressed or released, by two clocks."""

    clock: float
    """Seconds on a monotonic clock, when the program received it."""
    stamp: int = 0
    """Milliseconds, when the window system registered it; 0 if not reported."""

    def since(self, earlier: Moment) -> float:
        """Seconds since `earlier`: the shorter of the two clocks' readings.

        A stalled program receives a scan slowly, and only the stamps show how fast it was; some window systems have no stamps.
        """
        by_clock = self.clock - earlier.clock
        return min(by_clock, (self.stamp - earlier.stamp) / 1000) if self.stamp and earlier.stamp else by_clock

    def stamped_since(self, earlier: Moment) -> float:
        """Seconds since `earlier` by the window system's stamps if available, however late the program received the keys."""
        return (self.stamp - earlier.stamp) / 1000 if self.stamp and earlier.stamp else self.clock - earlier.clock

    def is_instant_of(self, other: Moment) -> bool:
        return self.stamp != 0 and self.stamp == other.stamp


class Target(Protocol):
    """The control a key would press."""

    @property
    def guarded(self) -> bool:
        """It has consequences: a tapped key never presses it."""


@unique
class Kind(StrEnum):
    """What a key does."""

    TEXT = "text"
    """A character, Space included."""
    END = "end"
    """The suffix of a scanned code: Enter, or a line feed or carriage return as Ctrl+J or Ctrl+M."""
    TAB = "tab"
    """A suffix after characters that came at a scanner's pace, otherwise a move of the focus."""
    ACT = "act"
    """A function key or Esc; also Enter with a modifier, which has no effect anywhere."""
    CHORD = "chord"
    """Alt with a letter or digit."""
    MOVE = "move"
    """Moves the focus or the cursor, scrolls, selects, copies."""
    ERASE = "erase"
    """Deletes a character."""
    PASTE = "paste"
    """Inserts characters nobody typed: paste, undo, redo."""
    OTHER = "other"


@unique
class Field(StrEnum):
    """Where characters go: the number field that has the focus, or the page itself."""

    NONE = "none"
    EMPTY = "empty"
    FILLED = "filled"
    PAD = "pad"
    """The page takes digits without a field."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key was pressed."""

    key: int
    kind: Kind
    at: Moment
    text: str = ""
    repeat: bool = False
    """The window system reports the key as held down."""
    target: Target | None = None
    """What Enter, Space, a function key or a chord would press at this moment."""
    field: Field = Field.NONE
    alt_since: Moment | None = None
    """When the Alt of a chord was pressed, if seen."""


@dataclass(frozen=True, slots=True)
class Released:
    """A key was released."""

    key: int
    at: Moment


@dataclass(frozen=True, slots=True)
class Turned:
    """The page changed: nothing begun before counts any more."""

    away: bool = False
    """The keyboard focus went to another window: releases are no longer seen."""


@dataclass(frozen=True, slots=True)
class Woke:
    """The time requested by `Wake` has passed."""

    at: Moment
    due: float
    """When it was requested for, by our clock."""


Stroke = Pressed | Released | Turned | Woke
