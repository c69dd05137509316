"""Type a library card number into another program's window, as a barcode scanner would.

    hand_over("D0123456789", Target("図書館システム", suffix=Suffix.ENTER), desktop())

This module decides which window receives the number and when typing stops; `x11` and `windows` carry it out. Window, title, program and
focus are checked before and after every key. On X11 check and key are atomic; elsewhere a short race remains. A target with a field has
that looked at as well (`checked_typing`, `atspi`). Blocks for up to three seconds, so call it on a thread that may wait.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.library.handover.checked_typing import FieldTyping
from kiosk.library.handover.elements import Accessibility, Element, Elements, Field, Unknown
from kiosk.library.handover.seat import Desktop, ProgramWindow, Seat
from kiosk.library.handover.target import Suffix, Target

LIMIT = 3.0
"""Time limit of `hand_over` in seconds, whatever the desktop does."""
_PATIENCE = 1.5
_SUFFIX_KEYS = {Suffix.NONE: "", Suffix.ENTER: "\r", Suffix.TAB: "\t"}
__all__ = ["LIMIT", "Desktop", "ProgramWindow", "Seat", "Suffix", "Target", "accessibility", "desktop", "hand_over"]
_log = logging.getLogger(__name__)


def desktop(own: int | None = None) -> Desktop:
    """The desktop of this process. Raises Unavailable: handover-impossible, where typing is not supported (Wayland, no display).

    `own`: the process whose windows count as ours; None for this one. On X11 a process with windows of its own uses `apart` instead.
    """
    if sys.platform == "win32":
        from kiosk.library.handover.windows import WindowsDesktop

        return WindowsDesktop()
    elif sys.platform == "linux":
        # XWayland delivers keys to some windows only, and does not reveal whether a native window is in front.
        wayland = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("XDG_SESSION_TYPE") == "wayland"
        name = os.environ.get("DISPLAY")
        if wayland or not name:
            raise Unavailable(Code.HANDOVER_IMPOSSIBLE)
        from kiosk.library.handover.x11 import X11Desktop

        return X11Desktop(name, own)
    else:
        raise Unavailable(Code.HANDOVER_IMPOSSIBLE)


def accessibility() -> Accessibility | None:
    """The way to the controls of other programs; None where this platform has none that we know."""
    if sys.platform == "win32":
        from kiosk.library.handover.uia_com import UiAutomation

        return UiAutomation()
    elif sys.platform == "linux":
        from kiosk.library.handover.atspi import AtSpi

        return AtSpi()
    else:
        return None


def hand_over(digits: str, target: Target, desktop: Desktop, accessible: Accessibility | None = None) -> None:
    """Type `digits` and the suffix into the active window if it matches; if no other program's window is active, into the one that matches.
    With a field, into that field of it, found by `accessible`.

    Returns after every key was pressed in that window, and the field, if there is one, shows the number. Raises

    Refused: handover-no-window, nothing typed: no window matches, a third program is in front, or the window did not come forward;

    Refused: handover-several-windows, nothing typed: not one of several windows that match is in front, and not just one of them has the
    field;

    Refused: handover-keys-held, nothing typed: a key was held, or a menu had the keyboard;

    Refused: handover-field-elsewhere, -filled, -unseen (`reason`: `elements.Unknown`), nothing typed: see `FieldTyping.reached`;

    Refused: handover-changed with `typed`, the number of keys (at least one) pressed before something changed; none after that;

    Refused: handover-not-shown with `typed`: the keys were pressed, and the field shows something else; no suffix after them;

    Unavailable: handover-impossible, nothing typed: the desktop does not allow it, or `digits` are not ASCII letters and digits.
    """
    if not (digits.isascii() and digits.isalnum()):
        raise Unavailable(Code.HANDOVER_IMPOSSIBLE)
    began = time.monotonic()
    typed = _Count()
    try:
        with ExitStack() as ends:
            seat = ends.enter_context(desktop.seat(LIMIT))
            elements = None
            if target.field is not None:
                if accessible is None:
                    raise Refused(Code.HANDOVER_FIELD_UNSEEN, reason=Unknown.NO_INTERFACE.value)
                elements = ends.enter_context(accessible.elements(LIMIT))
            keys = _Keys(seat, _reached(seat, target, elements, began + _PATIENCE), typed)
            suffix = _SUFFIX_KEYS[target.suffix]
            if target.field is None or elements is None:
                keys.press_each(digits + suffix)
            else:
                typing = FieldTyping(elements, keys.window, target.field, keys.press)
                element = typing.reached()
                typing.finish(suffix, typing.type(digits, element))
    except (Refused, Unavailable) as error:
        if not typed.keys:
            if target.field is not None and time.monotonic() - began >= LIMIT:
                # The desktop cuts its session off then; what has not answered for so long are other programs.
                raise Refused(Code.HANDOVER_FIELD_UNSEEN, reason=Unknown.NO_ANSWER.value) from error
            raise
        told = Code.HANDOVER_NOT_SHOWN if error.code is Code.HANDOVER_NOT_SHOWN else Code.HANDOVER_CHANGED
        raise Refused(told, typed=typed.keys) from error
    _log.info("handed over in %d ms", round((time.monotonic() - began) * 1000))


@dataclass(slots=True)
class _Count:
    keys: int = 0


@dataclass(frozen=True, slots=True)
class _Keys:
    """The keys that go to one window."""

    seat: Seat
    window: ProgramWindow
    typed: _Count

    def press_each(self, keys: str) -> None:
        for key in keys:
            self.press(key)

    def press(self, keys: str) -> None:
        """With nothing between them, where the platform can."""
        with self.seat.held():
            _still(self.seat, self.window)
            if not self.seat.keys_free():
                raise Refused(Code.HANDOVER_KEYS_HELD)
            for key in keys:
                self.seat.press(key)
                self.typed.keys += 1
            _still(self.seat, self.window)


def _reached(seat: Seat, target: Target, elements: Elements | None, end: float) -> ProgramWindow:
    """Wait until the target window is active and focused and the keyboard is free."""
    asked = False
    while True:
        front = seat.front()
        # A key still held (the Enter that pressed our button) would auto-repeat in the window brought forward.
        free = seat.keys_free()
        if front is not None and target.fits(front):
            if free and seat.has_keyboard(front):
                return front
        elif not asked:
            if front is not None and not front.ours:
                raise Refused(Code.HANDOVER_NO_WINDOW)
            fitting = _chosen([window for window in seat.windows() if target.fits(window)], target.field, elements)
            if free:
                seat.bring_forward(fitting)
                asked = True
        left = end - time.monotonic()
        if left <= 0:
            raise Refused(Code.HANDOVER_NO_WINDOW if free else Code.HANDOVER_KEYS_HELD)
        seat.wait(left)


def _chosen(fitting: Sequence[ProgramWindow], field: Field | None, elements: Elements | None) -> ProgramWindow:
    """The window used last; of several the one that has the field."""
    if not fitting:
        raise Refused(Code.HANDOVER_NO_WINDOW)
    if field is None or elements is None or len(fitting) == 1:
        return fitting[0]
    found = [elements.find(window, field) for window in fitting]
    if Unknown.NO_ANSWER in found:
        raise Refused(Code.HANDOVER_FIELD_UNSEEN, reason=Unknown.NO_ANSWER.value)
    having = [window for window, element in zip(fitting, found, strict=True) if isinstance(element, Element)]
    if len(having) != 1:
        raise Refused(Code.HANDOVER_SEVERAL_WINDOWS)
    return having[0]


def _still(seat: Seat, window: ProgramWindow) -> None:
    if seat.front() != window or not seat.has_keyboard(window):
        raise Refused(Code.HANDOVER_NO_WINDOW)
