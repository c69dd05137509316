"""Type a library card number into another program's window, as a barcode scanner would.

    hand_over("D0123456789", Target("図書館システム", suffix=Key.ENTER), desktop())

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
from dataclasses import dataclass, replace

from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.domain.field_targets import WayIn
from kiosk.library.handover.checked_typing import FieldTyping
from kiosk.library.handover.elements import Accessibility, Element, Elements, Field, Unknown
from kiosk.library.handover.seat import Desktop, ProgramWindow, Seat
from kiosk.library.handover.target import Key, Target

LIMIT = 3.0
"""Time limit of `hand_over` in seconds, whatever the desktop does, without the pauses that a target has."""
_PATIENCE = 1.5
_PREFIX_SECONDS = 0.7
"""How long a program may take to show the field that the key before the number calls up; without a field it gets as much."""
_LOOK_SECONDS = 0.02
__all__ = [
    "LIMIT",
    "Desktop",
    "Key",
    "ProgramWindow",
    "Seat",
    "Target",
    "accessibility",
    "desktop",
    "hand_over",
    "limit_of",
]
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
    limit = limit_of(digits, target)
    try:
        with ExitStack() as ends:
            seat = ends.enter_context(desktop.seat(limit))
            elements = None
            if target.field is not None:
                if accessible is None:
                    raise Refused(Code.HANDOVER_FIELD_UNSEEN, reason=Unknown.NO_INTERFACE.value)
                elements = ends.enter_context(accessible.elements(limit))
            keys = _Keys(seat, _reached(seat, target, elements, time.monotonic() + _PATIENCE), target, typed)
            if target.prefix is not Key.NONE:
                keys = keys.after_prefix(elements)
            if target.field is None or elements is None:
                keys.press_each((*digits, *target.suffix.pressed))
            else:
                put = keys.put if target.way is WayIn.SET_VALUE else None
                typing = FieldTyping(elements, keys.window, target.field, keys.press, target.pause, put)
                element = typing.reached()
                typing.finish(target.suffix.pressed, typing.type(digits, element))
    except (Refused, Unavailable) as error:
        if not typed.keys:
            if target.field is not None and time.monotonic() - began >= limit:
                # The desktop cuts its session off then; what has not answered for so long are other programs.
                raise Refused(Code.HANDOVER_FIELD_UNSEEN, reason=Unknown.NO_ANSWER.value) from error
            raise
        told = Code.HANDOVER_NOT_SHOWN if error.code is Code.HANDOVER_NOT_SHOWN else Code.HANDOVER_CHANGED
        raise Refused(told, typed=typed.keys) from error
    _log.info("handed over in %d ms", round((time.monotonic() - began) * 1000))


def limit_of(digits: str, target: Target) -> float:
    """How many seconds `hand_over` may take."""
    return LIMIT + (len(digits) + 2) * target.pause


@dataclass(slots=True)
class _Count:
    keys: int = 0


@dataclass(frozen=True, slots=True)
class _Keys:
    """The keys that go to one window."""

    seat: Seat
    window: ProgramWindow
    target: Target
    typed: _Count

    def after_prefix(self, elements: Elements | None) -> _Keys:
        """Press the key before the number, which is none of its characters; what it calls up is often a page of another title, and as often
        one that looks the same: the field that has the focus already may be about to go.
        """
        before = self._called_up(elements)
        with self.seat.held():
            self._ready()
            self._press_now(*self.target.prefix.pressed)
        end = time.monotonic() + _PREFIX_SECONDS
        while (left := end - time.monotonic()) > 0 and self._called_up(elements) in (None, before):
            self.seat.wait(min(left, _LOOK_SECONDS))
        return replace(self, window=_reached(self.seat, self.target, elements, end + _LOOK_SECONDS))

    def _called_up(self, elements: Elements | None) -> tuple[ProgramWindow, Element, str] | None:
        """The field where it is, and what it shows; None if it has no focus."""
        front, field = self.seat.front(), self.target.field
        if front is None or elements is None or field is None or not self.target.fits(front):
            return None
        found = elements.focused(front)
        if not (isinstance(found, Element) and field.fits(found)):
            return None
        text = elements.text(found)
        return (front, found, text) if isinstance(text, str) else None

    def press_each(self, keys: Sequence[str]) -> None:
        for key in keys:
            self.press((key,))
            self._pause()

    def put(self, elements: Elements, element: Element, text: str) -> bool:
        """Have the program show it there, without keys; False if it has not answered. Raises Refused: handover-field-unseen, where it does
        not do that.
        """
        _still(self.seat, self.window)
        is_set = elements.set_text(element, text)
        if is_set is not True and is_set is not Unknown.NO_ANSWER:
            raise Refused(Code.HANDOVER_FIELD_UNSEEN, reason=Unknown.FIXED.value)
        self.typed.keys = len(text)
        return is_set is True

    def press(self, keys: Sequence[str]) -> None:
        """With nothing between them, where the platform can."""
        with self.seat.held():
            self._ready()
            for key in keys:
                self._press_now(key)
                self.typed.keys += 1
            _still(self.seat, self.window)

    def _ready(self) -> None:
        _still(self.seat, self.window)
        if not self.seat.keys_free():
            raise Refused(Code.HANDOVER_KEYS_HELD)

    def _press_now(self, key: str) -> None:
        self.seat.press(key, as_scan_code=self.target.way is WayIn.SCAN_CODES)

    def _pause(self) -> None:
        end = time.monotonic() + self.target.pause
        while (left := end - time.monotonic()) > 0:
            self.seat.wait(left)


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
