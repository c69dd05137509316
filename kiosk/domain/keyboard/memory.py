"""What the machine remembers from one key to the next, and the times it goes by."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.domain.keyboard.strokes import Moment, Released, Target

QUIET = 0.3
"""Seconds without another key, before and behind a key that acts by itself."""
HOLD = 0.5
"""Seconds a key is held down to press a guarded target."""
LONGEST_HOLD = 5.0
"""Seconds after which it is no hand that holds the key, but something that lies on it."""
BOUNCE = 0.05
"""Seconds after a release within which its repeat would have come: X11 sends a held key as release and press with equal time stamps."""
FIRST_REPEAT = 0.19
"""Seconds: no keyboard repeats a held key sooner. The repeats behind the first come at least twice as fast, which equal pulses never do."""
BEAT = 0.05
"""Seconds between two looks while quiet is waited for. One that comes so much late tells of a stall, behind which keys may still come."""
TICK = 0.001
"""Seconds: no clock here is finer."""
SHORTEST_SCAN = 3
"""Characters in a row that make a code; fewer are a slip of the hand."""
LONGEST_SCAN = 64


@dataclass(frozen=True, slots=True)
class Begun:
    """A key that will press its target, if all goes well; without one it asks for a hint."""

    key: int
    target: Target | None
    at: Moment
    text: str = ""
    delay: float = 0.0
    """Seconds to its first repeat."""
    repeated: Moment | None = None
    """Its last repeat."""


@dataclass(frozen=True, slots=True)
class Keyboard:
    """What has to be remembered from one key to the next."""

    last: Moment | None = None
    released: Released | None = None
    """The last release: a press at the same instant is a repeat of the same key."""
    down: frozenset[int] = frozenset()
    """Pressed and not released: pressed again, by a second keyboard, they begin nothing."""
    held: Begun | None = None
    let_go: Moment | None = None
    """When `held` was released, unless its repeat is still to come."""
    waiting: Begun | None = None
    """Acts when the keyboard stays quiet."""
    stalled: float = float("-inf")
    """When the program last went on after a stall, by our clock: quiet is counted from there."""
    text: str = field(default="", repr=False)
    """Characters that no field took."""
    amid: bool = False
    """Characters have come: more may belong to them until the keyboard is quiet."""
    spoiled: bool = False
    """So has a key among them that is no character: what comes before the keyboard is quiet is the rest of something."""
    cut: bool = False
    """The page has turned amid characters: the rest belongs to the page before."""
    lost: bool = False
    """Characters were dropped, and nothing has been said of it."""
    after_code: bool = False
    """A code has just ended: what its suffix sends once more asks for no hint."""
