"""From one stroke to the next: `step(keyboard, stroke) -> (keyboard, decisions)`, pure and total."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from kiosk.domain.keyboard.decisions import (
    Alive,
    Click,
    Decision,
    Decisions,
    Fill,
    Forward,
    Hint,
    Scanned,
    Submit,
    Unfill,
    Wake,
    Why,
)
from kiosk.domain.keyboard.strokes import Field, Kind, Moment, Pressed, Released, Stroke, Target, Turned, Woke

QUIET = 0.3
"""Seconds without another key, before and behind a key that acts by itself."""
HOLD = 0.5
"""Seconds a key is held down to press a guarded target."""
LONGEST_HOLD = 5.0
"""Seconds after which it is no hand that holds the key, but something that lies on it."""
BOUNCE = 0.05
"""Seconds after a release within which its repeat would have come: X11 sends a held key as release and press with equal time stamps."""
TICK = 0.001
"""Seconds: no clock here is finer."""
SHORTEST_SCAN = 3
"""Characters in a row that make a code; fewer are a slip of the hand."""
LONGEST_SCAN = 64


@dataclass(frozen=True, slots=True)
class Begun:
    """A key that will press its target, if all goes well."""

    key: int
    target: Target
    at: Moment
    text: str = ""


@dataclass(frozen=True, slots=True)
class Keyboard:
    """What has to be remembered from one key to the next."""

    last: Moment | None = None
    released: Released | None = None
    """The last release: a press at the same instant is a repeat of the same key."""
    held: Begun | None = None
    let_go: Moment | None = None
    """When `held` was released, unless its repeat is still to come."""
    waiting: Begun | None = None
    """Acts when the keyboard stays quiet."""
    text: str = field(default="", repr=False)
    """Characters that no field took."""
    amid: bool = False
    """The last key was a character: more may belong to it."""
    cut: bool = False
    """The page has turned amid characters: what comes before the keyboard is quiet is the rest of something."""
    after_code: bool = False
    """A code has just ended: what its suffix sends once more asks for no hint."""


Step = tuple[Keyboard, Decisions]


def step(keyboard: Keyboard, stroke: Stroke) -> Step:
    match stroke:
        case Pressed():
            return _pressed(keyboard, stroke)
        case Released():
            return _released(keyboard, stroke)
        case Woke(at):
            return _woke(keyboard, at)
        case Turned():
            return _dropped(replace(keyboard, text="", cut=keyboard.amid))


def _dropped(keyboard: Keyboard) -> Step:
    """Whatever was begun does not count."""
    decisions: Decisions = (Unfill(),) if keyboard.held else ()
    return replace(keyboard, held=None, let_go=None, waiting=None), decisions


def _is_repeat(keyboard: Keyboard, pressed: Pressed) -> bool:
    released = keyboard.released
    return pressed.repeat or (released is not None and released.key == pressed.key and pressed.at.is_instant_of(released.at))


def _pressed(keyboard: Keyboard, pressed: Pressed) -> Step:
    if _is_repeat(keyboard, pressed):
        return _repeated(keyboard, pressed)
    noise = keyboard.last is not None and pressed.at.since(keyboard.last) < QUIET
    begun = keyboard.held or keyboard.waiting
    keyboard, dropped = _dropped(keyboard)
    # A space that would have pressed something was the first character of a code.
    text = (keyboard.text + (begun.text if begun else "")) if noise else ""
    after_code, cut, amid = keyboard.after_code and noise, keyboard.cut and noise, pressed.kind is Kind.TEXT
    keyboard = replace(keyboard, last=pressed.at, text=text, after_code=after_code, cut=cut, amid=amid)
    keyboard, decisions = _meant(keyboard, pressed, noise=noise)
    return keyboard, (Alive(), *dropped, *decisions)


def _repeated(keyboard: Keyboard, pressed: Pressed) -> Step:
    """A key held down is one press. In a field, and where it moves something, it goes on as it does everywhere."""
    keyboard = replace(keyboard, last=pressed.at)
    if keyboard.held is not None and keyboard.held.key == pressed.key:
        return replace(keyboard, let_go=None), ()
    if pressed.kind is Kind.TEXT and pressed.field is Field.NONE and pressed.target is None and not pressed.repeat:
        # Two equal characters of a code within a millisecond look the same.
        return _collected(keyboard, pressed.text)
    forwarded = pressed.kind in (Kind.MOVE, Kind.TAB, Kind.OTHER) or (pressed.kind is Kind.TEXT and pressed.field is not Field.NONE)
    return keyboard, ((Forward(),) if forwarded else ())


def _meant(keyboard: Keyboard, pressed: Pressed, *, noise: bool) -> Step:
    if keyboard.cut and pressed.kind is Kind.TAB:
        return replace(keyboard, text=""), (Forward(),)
    if keyboard.cut and pressed.kind in (Kind.TEXT, Kind.END):
        # Of a code whose beginning went to the page before: its tail may be somebody else's number.
        hint = pressed.kind is not Kind.TEXT and not keyboard.after_code
        return replace(keyboard, text=""), ((Hint(Why.NOISE),) if hint else ())
    match pressed.kind:
        case Kind.MOVE | Kind.OTHER:
            return replace(keyboard, text=""), (Forward(),)
        case Kind.CHORD:
            return _chord(replace(keyboard, text=""), pressed, noise=noise)
        case Kind.TEXT:
            if pressed.field is not Field.NONE:
                return replace(keyboard, text=""), (Forward(),)
            if pressed.target is not None and not keyboard.text:
                return _act(keyboard, pressed, noise=noise)
            return _collected(keyboard, pressed.text)
        case Kind.TAB if pressed.field is not Field.FILLED and len(keyboard.text) < SHORTEST_SCAN:
            return replace(keyboard, text=""), (Forward(),)
        case Kind.END | Kind.TAB:
            return _ended(keyboard, pressed, noise=noise)
        case Kind.ACT:
            return _act(keyboard, pressed, noise=noise)


def _collected(keyboard: Keyboard, text: str) -> Step:
    return replace(keyboard, text=(keyboard.text + text)[:LONGEST_SCAN], after_code=False), (Wake(QUIET),)


def _ended(keyboard: Keyboard, pressed: Pressed, *, noise: bool) -> Step:
    if pressed.field is Field.FILLED:
        return replace(keyboard, text="", after_code=True), (Submit(),)
    if keyboard.text:
        text = keyboard.text
        keyboard = replace(keyboard, text="", after_code=True)
        return keyboard, ((Scanned(text, whole=True) if len(text) >= SHORTEST_SCAN else Hint(Why.NOISE)),)
    return _act(keyboard, pressed, noise=noise)


def _chord(keyboard: Keyboard, pressed: Pressed, *, noise: bool) -> Step:
    """With quiet around it: Alt that a hand or a book holds down makes a chord of every character that a scanner sends meanwhile."""
    target = pressed.target
    if target is None or noise:
        return keyboard, (Hint(Why.NOISE if noise else Why.NOTHING, target),)
    return replace(keyboard, waiting=Begun(pressed.key, target, pressed.at)), (Wake(QUIET),)


def _act(keyboard: Keyboard, pressed: Pressed, *, noise: bool) -> Step:
    target = pressed.target
    if noise and keyboard.after_code:
        return keyboard, ()
    begun = None if target is None else Begun(pressed.key, target, pressed.at, pressed.text if pressed.kind is Kind.TEXT else "")
    if begun is None or target is None:
        return keyboard, (Hint(Why.NOISE if noise else Why.NOTHING),)
    if target.guarded:
        return replace(keyboard, held=begun), (Fill(target), Wake(LONGEST_HOLD + BOUNCE))
    if noise:
        return keyboard, (Hint(Why.NOISE, target),)
    return replace(keyboard, waiting=begun), (Wake(QUIET),)


def _released(keyboard: Keyboard, released: Released) -> Step:
    keyboard = replace(keyboard, released=released)
    if keyboard.held is None or keyboard.held.key != released.key:
        return keyboard, (Forward(),)
    return replace(keyboard, let_go=released.at), (Wake(BOUNCE),)


def _woke(keyboard: Keyboard, at: Moment) -> Step:
    decisions: list[Decision] = []
    for look in (_look_at_held, _look_at_waiting, _look_at_text):
        keyboard, more = look(keyboard, at)
        decisions += more
    return keyboard, tuple(decisions)


def _look_at_held(keyboard: Keyboard, at: Moment) -> Step:
    held, let_go = keyboard.held, keyboard.let_go
    if held is None:
        return keyboard, ()
    if let_go is None:
        left = LONGEST_HOLD + BOUNCE - at.since(held.at)
        if left > TICK:
            return keyboard, (Wake(left),)
        after, dropped = _dropped(keyboard)
        return after, (*dropped, Hint(Why.HOLD, held.target))
    left = BOUNCE - at.since(let_go)
    if left > TICK:
        return keyboard, (Wake(left),)
    long_enough = HOLD - TICK <= let_go.since(held.at) <= LONGEST_HOLD
    after, dropped = _dropped(keyboard)
    return after, (*dropped, Click(held.target) if long_enough else Hint(Why.HOLD, held.target))


def _look_at_waiting(keyboard: Keyboard, at: Moment) -> Step:
    waiting = keyboard.waiting
    if waiting is None:
        return keyboard, ()
    left = QUIET - at.since(waiting.at)
    if left > TICK:
        return keyboard, (Wake(left),)
    return replace(keyboard, waiting=None), (Click(waiting.target),)


def _look_at_text(keyboard: Keyboard, at: Moment) -> Step:
    if not keyboard.text or keyboard.last is None:
        return keyboard, ()
    left = QUIET - at.since(keyboard.last)
    if left > TICK:
        return keyboard, (Wake(left),)
    text = keyboard.text
    return replace(keyboard, text=""), ((Scanned(text, whole=False) if len(text) >= SHORTEST_SCAN else Hint(Why.NOTHING)),)
