"""What the machine remembers between keys, and its time constants."""

from __future__ import annotations

from dataclasses import field

from kiosk.domain.keyboard.strokes import Moment, Released, Target
from kiosk.domain.lazy_dataclass import dataclass

QUIET = 0.3
"""Seconds without another key required before and after a key that acts by itself."""
HOLD = 0.5
"""Seconds a key is held to press a guarded target."""
LONGEST_HOLD = 5.0
"""Seconds after which a key is not held by hand but by something lying on it."""
BOUNCE = 0.05
"""Debounce: seconds after a release within which a repeat would arrive. X11 reports a held key as release and press with equal time stamps.
"""
FIRST_REPEAT = 0.19
"""Seconds: no keyboard repeats a held key sooner. Later repeats come at least twice as fast, which evenly spaced pulses never do."""
BEAT = 0.05
"""Polling interval in seconds while waiting for quiet. A poll later than this means a stall, after which keys may still be queued."""
TICK = 0.001
"""Clock resolution in seconds."""
SHORTEST_SCAN = 3
"""Consecutive characters that count as a code; fewer are a slip of the hand."""
LONGEST_SCAN = 64


SUFFIX = 0.1
"""Seconds: the longest pause of a scanner whose Tab enters what it has read. A hand is rarely as fast; what a slower scanner has read stays
in the field, with a hint.
"""


@dataclass(frozen=True, slots=True)
class Begun:
    """A key that will press its target if confirmed; without a target it leads to a hint."""

    key: int
    target: Target | None
    at: Moment
    text: str = ""
    delay: float = 0.0
    """Seconds until its first repeat."""
    repeated: Moment | None = None
    """Its last repeat."""


@dataclass(frozen=True, slots=True)
class Keyboard:
    """State kept between keys."""

    last: Moment | None = None
    released: Released | None = None
    """The last release: a press at the same instant is a repeat of that key."""
    down: frozenset[int] = frozenset()
    """Keys pressed and not released: pressed again, by a second keyboard, they begin nothing."""
    held: Begun | None = None
    let_go: Moment | None = None
    """When `held` was released, unless a repeat is still to come."""
    waiting: Begun | None = None
    """Acts if the keyboard stays quiet."""
    stalled: float = float("-inf")
    """When the program last resumed after a stall, by our clock: quiet is measured from there."""
    text: str = field(default="", repr=False)
    """Characters received without a field."""
    amid: bool = False
    """Characters have come; more may belong to them until the keyboard is quiet."""
    characters: int = 0
    """How many have come since the keyboard was quiet."""
    paused: bool = False
    """Between two keys since then was a pause longer than `SUFFIX`."""
    spoiled: bool = False
    """A non-character key came among them: until the keyboard is quiet, whatever follows is a fragment."""
    cut: bool = False
    """The page changed in mid-code: the rest belongs to the previous page."""
    lost: bool = False
    """Characters were dropped without a hint so far."""
    after_code: bool = False
    """A code has just ended: further suffix keys give no hint."""
