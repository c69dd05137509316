"""What comes in: keys as they are pressed and released, the page that turns, time that passes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Moment:
    """When a key was pressed or released, by two clocks."""

    clock: float
    """Seconds that never go back, when the program took it up."""
    stamp: int = 0
    """Milliseconds, when the window system noticed it; 0 where it does not say."""

    def since(self, earlier: Moment) -> float:
        """Seconds between both: the shorter of what the two clocks say.

        A program that stalls takes up a scan slowly, and only the stamps show how fast it came; some window systems have no stamps.
        """
        by_clock = self.clock - earlier.clock
        return min(by_clock, (self.stamp - earlier.stamp) / 1000) if self.stamp and earlier.stamp else by_clock

    def stamped_since(self, earlier: Moment) -> float:
        """Seconds between both: by the window system where it says, however late the program took them up."""
        return (self.stamp - earlier.stamp) / 1000 if self.stamp and earlier.stamp else self.clock - earlier.clock

    def is_instant_of(self, other: Moment) -> bool:
        return self.stamp != 0 and self.stamp == other.stamp


class Target(Protocol):
    """What a key would press."""

    @property
    def guarded(self) -> bool:
        """It has consequences: a key that is only tapped never presses it."""


@unique
class Kind(StrEnum):
    TEXT = "text"
    """A character, Space included."""
    END = "end"
    """What scanners put behind a code: Enter, or a line feed or carriage return as Ctrl+J or Ctrl+M."""
    TAB = "tab"
    """The same behind characters, and otherwise a move."""
    ACT = "act"
    """A function key or Esc; Enter with a modifier, which means nothing anywhere."""
    CHORD = "chord"
    """Alt and a letter or digit."""
    MOVE = "move"
    """Moves the focus or the cursor, scrolls, selects, copies."""
    ERASE = "erase"
    """Takes a character back."""
    PASTE = "paste"
    """Brings characters that nobody has typed: paste, undo, redo."""
    OTHER = "other"


@unique
class Field(StrEnum):
    """What takes characters: the number field that has the focus, or the page itself."""

    NONE = "none"
    EMPTY = "empty"
    FILLED = "filled"
    PAD = "pad"
    """The page takes digits in no field."""


@dataclass(frozen=True, slots=True)
class Pressed:
    key: int
    kind: Kind
    at: Moment
    text: str = ""
    repeat: bool = False
    """The window system says that the key is held down."""
    target: Target | None = None
    """What Enter, Space, a function key or a chord would press here and now."""
    field: Field = Field.NONE
    alt_since: Moment | None = None
    """When the Alt of a chord went down, if that was seen."""


@dataclass(frozen=True, slots=True)
class Released:
    key: int
    at: Moment


@dataclass(frozen=True, slots=True)
class Turned:
    """Something else is on the page: nothing that was begun before counts any more."""

    away: bool = False
    """The keyboard went to another window: releases are not seen any more."""


@dataclass(frozen=True, slots=True)
class Woke:
    """Time has passed; asked for by `Wake`."""

    at: Moment
    due: float
    """When it was asked for, by our clock."""


Stroke = Pressed | Released | Turned | Woke
