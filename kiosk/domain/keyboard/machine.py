"""The transition function: `step(keyboard, stroke) -> (keyboard, decisions)`, pure and total."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.keyboard.decisions import (
    Alive,
    Click,
    Decision,
    Decisions,
    Fill,
    Forward,
    Hint,
    Scanned,
    Spoiled,
    Submit,
    Unfill,
    Wake,
    Why,
)
from kiosk.domain.keyboard.memory import (
    BEAT,
    BOUNCE,
    FIRST_REPEAT,
    HOLD,
    LONGEST_HOLD,
    LONGEST_SCAN,
    QUIET,
    SHORTEST_SCAN,
    SUFFIX,
    TICK,
    Begun,
    Keyboard,
)
from kiosk.domain.keyboard.strokes import Field, Kind, Moment, Pressed, Released, Stroke, Turned, Woke

Step = tuple[Keyboard, Decisions]
_NO_CHARACTERS = (Kind.MOVE, Kind.ERASE, Kind.OTHER, Kind.ACT, Kind.CHORD)


def step(keyboard: Keyboard, stroke: Stroke) -> Step:
    match stroke:
        case Pressed():
            return _pressed(keyboard, stroke)
        case Released():
            return _released(keyboard, stroke)
        case Woke(at, due):
            return _woke(keyboard, at.clock, due)
        case Turned(away):  # pragma: no branch
            cut = keyboard.cut or keyboard.amid or keyboard.spoiled
            return _dropped(replace(keyboard, text="", cut=cut, down=frozenset() if away else keyboard.down))


def _dropped(keyboard: Keyboard) -> Step:
    """Cancel whatever was begun."""
    decisions: Decisions = (Unfill(),) if keyboard.held else ()
    return replace(keyboard, held=None, let_go=None, waiting=None), decisions


def _is_repeat(keyboard: Keyboard, pressed: Pressed) -> bool:
    released = keyboard.released
    again = released is not None and released.key == pressed.key and pressed.at.is_instant_of(released.at)
    return pressed.repeat or again or pressed.key in keyboard.down


def _pressed(keyboard: Keyboard, pressed: Pressed) -> Step:
    repeat = _is_repeat(keyboard, pressed)
    keyboard = replace(keyboard, down=keyboard.down | {pressed.key})
    if repeat:
        return _repeated(keyboard, pressed)
    noise = keyboard.last is not None and pressed.at.since(keyboard.last) < QUIET
    begun = keyboard.held or keyboard.waiting
    keyboard, dropped = _dropped(keyboard)
    # A space that would have pressed something was the first character of a code.
    text = (keyboard.text + (begun.text if begun else "")) if noise else ""
    amid = keyboard.amid and noise
    erases = pressed.kind is Kind.ERASE and pressed.field is Field.PAD
    spoils = pressed.kind is Kind.PASTE or (amid and pressed.kind in _NO_CHARACTERS and not erases)
    keyboard = replace(
        keyboard,
        last=pressed.at,
        text=text,
        amid=amid,
        characters=(keyboard.characters if noise else 0) + (pressed.kind is Kind.TEXT),
        paused=noise and (keyboard.paused or (keyboard.last is not None and pressed.at.stamped_since(keyboard.last) > SUFFIX)),
        spoiled=spoils or (keyboard.spoiled and noise),
        cut=keyboard.cut and noise,
        after_code=keyboard.after_code and noise,
    )
    keyboard, decisions = _meant(keyboard, pressed, noise=noise)
    return keyboard, (Alive(), *dropped, *decisions)


def _repeated(keyboard: Keyboard, pressed: Pressed) -> Step:
    """A held key counts as one press. In a field, or if it moves something, it repeats as usual."""
    keyboard = replace(keyboard, last=pressed.at)
    held, waiting = keyboard.held, keyboard.waiting
    if held is not None and held.key == pressed.key:
        if not _is_in_rhythm(held, pressed.at):
            return _not_held(keyboard, held)
        return replace(keyboard, held=_repeated_at(held, pressed.at), let_go=None), ()
    if waiting is not None and waiting.key == pressed.key:
        if not _is_in_rhythm(waiting, pressed.at):
            return replace(keyboard, waiting=None), (Hint(Why.NOISE, waiting.target),)
        return replace(keyboard, waiting=_repeated_at(waiting, pressed.at)), ()
    if pressed.kind is Kind.TEXT and pressed.field is Field.NONE and pressed.target is None and not pressed.repeat:
        # Two equal characters of a code within a millisecond look like a repeat.
        return _collected(keyboard, pressed.text)
    moves = pressed.kind in (Kind.MOVE, Kind.TAB, Kind.ERASE, Kind.PASTE, Kind.OTHER)
    forwarded = moves or (pressed.kind is Kind.TEXT and pressed.field is not Field.NONE and not keyboard.cut)
    return keyboard, ((Forward(),) if forwarded else ())


def _is_in_rhythm(begun: Begun, at: Moment) -> bool:
    """Whether a repeat of the key, or its release, comes when a keyboard's would."""
    if begun.repeated is None:
        return at.since(begun.at) >= FIRST_REPEAT
    return at.stamped_since(begun.repeated) <= begun.delay / 2


def _repeated_at(begun: Begun, at: Moment) -> Begun:
    return replace(begun, delay=at.since(begun.at) if begun.repeated is None else begun.delay, repeated=at)


def _not_held(keyboard: Keyboard, held: Begun) -> Step:
    keyboard, dropped = _dropped(keyboard)
    return keyboard, (*dropped, Hint(Why.HOLD, held.target))


def _meant(keyboard: Keyboard, pressed: Pressed, *, noise: bool) -> Step:
    if keyboard.cut or (keyboard.spoiled and pressed.field is Field.NONE):
        match pressed.kind:
            case Kind.TEXT:
                # The tail of a code may be another valid number.
                return replace(keyboard, text="", lost=True), (Wake(BEAT),)
            case Kind.END:
                return _said_lost(keyboard)
    if pressed.field is Field.PAD and (keyboard.spoiled or (keyboard.amid and pressed.kind in (Kind.END, Kind.TAB))):
        return _spoiled_pad(keyboard, pressed)
    match pressed.kind:
        case Kind.CHORD:
            return _chord(replace(keyboard, text=""), pressed, noise=noise)
        case Kind.TEXT:
            return _character(keyboard, pressed, noise=noise)
        case Kind.END:
            return _ended(keyboard, pressed, noise=noise)
        case Kind.TAB if not keyboard.cut and (pressed.field is Field.FILLED or len(keyboard.text) >= SHORTEST_SCAN):
            return _ended(keyboard, pressed, noise=noise) if _is_suffix(keyboard) else _moved_on(keyboard, pressed)
        case Kind.ACT:
            return _act(keyboard, pressed, noise=noise)
        case Kind.TAB | Kind.MOVE:
            return replace(keyboard, text="", spoiled=keyboard.spoiled or keyboard.amid), (Forward(),)
        case Kind.ERASE | Kind.PASTE | Kind.OTHER:  # pragma: no branch
            return _other(replace(keyboard, text=""), pressed)


def _character(keyboard: Keyboard, pressed: Pressed, *, noise: bool) -> Step:
    if pressed.field is not Field.NONE:
        return replace(keyboard, text="", amid=True), (Forward(),)
    if pressed.target is not None and not keyboard.text:
        keyboard, decisions = _act(keyboard, pressed, noise=noise)
        return replace(keyboard, amid=True), decisions
    return _collected(keyboard, pressed.text)


def _collected(keyboard: Keyboard, text: str) -> Step:
    return replace(keyboard, text=(keyboard.text + text)[:LONGEST_SCAN], amid=True, after_code=False), (Wake(BEAT),)


def _said_lost(keyboard: Keyboard) -> Step:
    """A code has ended of which only part was received."""
    why = Why.NOISE if keyboard.cut else Why.SPOILED
    said: Decisions = () if keyboard.after_code else (Hint(why),)
    return replace(keyboard, text="", lost=False, after_code=True), said


def _spoiled_pad(keyboard: Keyboard, pressed: Pressed) -> Step:
    """Only a scanner sends non-digits this fast. Everything after it is ignored until the keyboard is quiet."""
    first = not keyboard.after_code
    keyboard = replace(keyboard, amid=False, spoiled=True, after_code=True)
    moved: Decisions = (Forward(),) if pressed.kind in (Kind.TAB, Kind.MOVE) else ()
    return keyboard, ((Spoiled(), Hint(Why.NOISE), *moved) if first else moved)


def _ended(keyboard: Keyboard, pressed: Pressed, *, noise: bool) -> Step:
    keyboard = replace(keyboard, amid=False)
    if pressed.field is Field.FILLED:
        entered: Decisions = (Spoiled(), Hint(Why.SPOILED)) if keyboard.spoiled else (Submit(),)
        return replace(keyboard, text="", after_code=True), entered
    if keyboard.text:
        text = keyboard.text
        keyboard = replace(keyboard, text="", after_code=True)
        return keyboard, ((Scanned(text, whole=True) if len(text) >= SHORTEST_SCAN else Hint(Why.NOISE)),)
    return _act(keyboard, pressed, noise=noise)


def _is_suffix(keyboard: Keyboard) -> bool:
    """Whether Tab ends a code. In doubt a hand moves on, which must not enter anything."""
    return keyboard.spoiled or (keyboard.characters >= SHORTEST_SCAN and not keyboard.paused)


def _moved_on(keyboard: Keyboard, pressed: Pressed) -> Step:
    """Tab behind characters that are not to be entered by it: say so if they have only now been typed."""
    after = replace(keyboard, text="", amid=False, spoiled=keyboard.amid)
    if pressed.field is not Field.FILLED:
        return after, (Scanned(keyboard.text, whole=False),)
    return after, ((Hint(Why.UNENTERED), Forward()) if keyboard.amid else (Forward(),))


def _chord(keyboard: Keyboard, pressed: Pressed, *, noise: bool) -> Step:
    """Accept a chord only in quiet: with Alt held down, by hand or by a book, every character a scanner sends becomes a chord."""
    target = pressed.target
    if target is None or noise:
        return keyboard, (Hint(Why.NOISE if noise else Why.NOTHING, target),)
    if pressed.alt_since is not None and pressed.at.since(pressed.alt_since) > LONGEST_HOLD:
        # Something lies on Alt: a one-letter label would become a chord.
        return keyboard, (Hint(Why.ALT, target),)
    return replace(keyboard, waiting=Begun(pressed.key, target, pressed.at)), (Wake(BEAT),)


def _act(keyboard: Keyboard, pressed: Pressed, *, noise: bool) -> Step:
    target = pressed.target
    if noise and keyboard.after_code:
        return keyboard, ()
    if target is None or noise:
        return keyboard, (Hint(Why.NOISE if noise else Why.NOTHING, target),)
    begun = Begun(pressed.key, target, pressed.at, pressed.text if pressed.kind is Kind.TEXT else "")
    if target.guarded:
        return replace(keyboard, held=begun), (Fill(target), Wake(LONGEST_HOLD + BOUNCE))
    return replace(keyboard, waiting=begun), (Wake(BEAT),)


def _other(keyboard: Keyboard, pressed: Pressed) -> Step:
    """Forward the key to the focus. In a field it may have an effect; elsewhere, if it came alone, hint that it has none."""
    alone = pressed.field in (Field.NONE, Field.PAD) and not (keyboard.amid or keyboard.after_code)
    if not alone or (pressed.kind is Kind.ERASE and pressed.field is Field.PAD):
        return keyboard, (Forward(),)
    return replace(keyboard, waiting=Begun(pressed.key, None, pressed.at)), (Forward(), Wake(BEAT))


def _released(keyboard: Keyboard, released: Released) -> Step:
    keyboard = replace(keyboard, released=released, down=keyboard.down - {released.key})
    held = keyboard.held
    if held is None or held.key != released.key:
        return keyboard, (Forward(),)
    if held.repeated is not None and not _is_in_rhythm(held, released.at):
        return _not_held(keyboard, held)
    return replace(keyboard, let_go=released.at), (Wake(BEAT),)


def _woke(keyboard: Keyboard, now: float, due: float) -> Step:
    if now - due > BEAT:
        keyboard = replace(keyboard, stalled=now)
    decisions: list[Decision] = []
    for look in (_look_at_held, _look_at_waiting, _look_at_text):
        keyboard, more = look(keyboard, now)
        decisions += more
    return keyboard, tuple(decisions)


def _left(keyboard: Keyboard, seconds: float, at: Moment, now: float) -> float:
    """Seconds of quiet still missing since `at`; 0 once complete."""
    left = seconds - (now - max(at.clock, keyboard.stalled))
    return left if left > TICK else 0.0


def _look_at_held(keyboard: Keyboard, now: float) -> Step:
    held, let_go = keyboard.held, keyboard.let_go
    if held is None:
        return keyboard, ()
    if let_go is None:
        left = LONGEST_HOLD + BOUNCE - (now - held.at.clock)
        return (keyboard, (Wake(left),)) if left > TICK else _not_held(keyboard, held)
    if left := _left(keyboard, BOUNCE, let_go, now):
        return keyboard, (Wake(left),)
    if held.target is None or not HOLD - TICK <= let_go.since(held.at) <= LONGEST_HOLD:
        return _not_held(keyboard, held)
    after, dropped = _dropped(keyboard)
    return after, (*dropped, Click(held.target))


def _look_at_waiting(keyboard: Keyboard, now: float) -> Step:
    waiting = keyboard.waiting
    if waiting is None:
        return keyboard, ()
    if left := _left(keyboard, QUIET, waiting.repeated or waiting.at, now):
        return keyboard, (Wake(min(left, BEAT)),)
    return replace(keyboard, waiting=None), (Hint(Why.NOTHING) if waiting.target is None else Click(waiting.target),)


def _look_at_text(keyboard: Keyboard, now: float) -> Step:
    if not (keyboard.text or keyboard.lost) or keyboard.last is None:
        return keyboard, ()
    if left := _left(keyboard, QUIET, keyboard.last, now):
        return keyboard, (Wake(min(left, BEAT)),)
    if keyboard.lost:
        return _said_lost(keyboard)
    text = keyboard.text
    return replace(keyboard, text=""), ((Scanned(text, whole=False) if len(text) >= SHORTEST_SCAN else Hint(Why.NOTHING)),)
