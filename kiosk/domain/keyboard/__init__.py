"""Which keys of a keyboard act: `step(keyboard, stroke) -> (keyboard, decisions)`, pure and total.

A barcode scanner is a keyboard, at any speed, with any prefix and suffix, and patrons can print barcodes. So no speed tells a scanner
from a hand. What decides is what a scanner does not send: a chord with Alt, or a key held down for half a second. A target that is
`guarded` is pressed by those alone. A chord, and any key that presses another target, counts if the keyboard was quiet before and behind
it; a hold begins in quiet, and what repeats its key has the rhythm of a keyboard. Quiet is only what was looked at in time: behind a stall
it is waited for anew. Characters are text, wherever they come, and a key among them that is none spoils them; moving the focus decides
nothing and is never delayed.
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
