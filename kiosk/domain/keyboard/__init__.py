"""Which keys of a keyboard act: `step(keyboard, stroke) -> (keyboard, decisions)`, pure and total.

A barcode scanner is a keyboard, at any speed, with any prefix and suffix, and patrons can print barcodes; so speed cannot distinguish a
scanner from a hand. The decision rests on what a scanner does not send: a chord with Alt, or a key held for half a second. Only those press
a `guarded` target. A chord, or any key that presses another target, counts only if the keyboard was quiet before and after it. A hold must
begin in quiet, and its repeats must have a keyboard's rhythm. Quiet counts only if it was polled on time: after a stall it is measured
again. Characters are text wherever they come, and a non-character key among them spoils them. Moving the focus decides nothing and is never
delayed.
"""

from __future__ import annotations

from kiosk.domain.keyboard.decisions import Alive, Click, Decision, Fill, Forward, Hint, Scanned, Spoiled, Submit, Unfill, Wake, Why
from kiosk.domain.keyboard.machine import step
from kiosk.domain.keyboard.memory import HOLD, QUIET, Keyboard
from kiosk.domain.keyboard.strokes import Field, Kind, Moment, Pressed, Released, Stroke, Target, Turned, Woke

__all__ = [
    "HOLD",
    "QUIET",
    "Alive",
    "Click",
    "Decision",
    "Field",
    "Fill",
    "Forward",
    "Hint",
    "Keyboard",
    "Kind",
    "Moment",
    "Pressed",
    "Released",
    "Scanned",
    "Spoiled",
    "Stroke",
    "Submit",
    "Target",
    "Turned",
    "Unfill",
    "Wake",
    "Why",
    "Woke",
    "step",
]
