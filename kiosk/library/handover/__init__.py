"""Types a library card number into the window of another program, as a barcode reader at the keyboard would.

    hand_over("D0123456789", Target("図書館システム", suffix=Suffix.ENTER), desktop())

Here stand the decisions: which window takes the number, and when no further key is pressed. `x11` and `windows` do what is decided.
Window, title, program and keyboard are looked at before and after every single key. On X11 nothing else can happen between a look and
its key; elsewhere that moment is short, but there. To be called on a thread that may wait: three seconds at most.
"""

from __future__ import annotations

import logging
import os
import sys
import time
import unicodedata
from collections.abc import Sequence
from contextlib import AbstractContextManager
from enum import StrEnum, unique
from typing import Protocol

from kiosk.domain.dataclass import dataclass
from kiosk.domain.errors import Code, Refused, Unavailable

LIMIT = 3.0
"""Seconds after which `hand_over` has returned or raised, whatever the desktop does."""
_PATIENCE = 1.5
_log = logging.getLogger(__name__)


@unique
class Suffix(StrEnum):
    """What is pressed after the number."""

    NONE = "none"
    ENTER = "enter"
    TAB = "tab"


_SUFFIX_KEYS = {Suffix.NONE: "", Suffix.ENTER: "\r", Suffix.TAB: "\t"}


@dataclass(frozen=True, slots=True)
class Window:
    """A window of some program, as it was when it was looked at. Two are equal when nothing we check has changed."""

    handle: int
    title: str
    programs: tuple[str, ...]
    """Every name its program goes by: of the executable file, on X11 also the two of WM_CLASS."""
    ours: bool
    """It belongs to the program that hands over."""


@dataclass(frozen=True, slots=True)
class Target:
    """The window that takes the number, as the config names it. Raises ValueError for a blank title, which every window would fit."""

    title: str
    """Part of the title. Case and the width of letters do not matter (NFKC, casefold)."""
    program: str = ""
    """Name of the program, whole, with or without .exe; empty for any."""
    suffix: Suffix = Suffix.NONE

    def __post_init__(self) -> None:
        if not _plain(self.title):
            raise ValueError("a target needs a title")

    def fits(self, window: Window) -> bool:
        """Whether the number may be typed there. Never into a window of our own."""
        if window.ours or _plain(self.title) not in _plain(window.title):
            return False
        return not _plain(self.program) or _program(self.program) in map(_program, window.programs)


class Seat(Protocol):
    """Windows and keyboard as somebody sees and uses them who sits at them."""

    def windows(self) -> Sequence[Window]:
        """Those of all programs, the one used last first, minimised ones last."""

    def front(self) -> Window | None:
        """The active window."""

    def has_keyboard(self, window: Window) -> bool:
        """Whether a key pressed now would reach this window."""

    def keys_free(self) -> bool:
        """Whether nobody else is at the keys: none is held, no modifier is latched, no menu or lock screen takes them all."""

    def bring_forward(self, window: Window) -> None:
        """Ask for the window to become the active one. Returns at once."""

    def wait(self, seconds: float) -> None:
        """Until anything of the above may have changed, at most so long."""

    def held(self) -> AbstractContextManager[None]:
        """Where the platform can do it, no other program changes anything meanwhile. To be held for one key only."""

    def press(self, key: str) -> None:
        """Press and release what gives this ASCII letter, digit, "\\r" or "\\t".

        Raises Unavailable: handover-impossible, before anything is pressed, when the keyboard has no such key.
        """


class Desktop(Protocol):
    def seat(self, limit: float) -> AbstractContextManager[Seat]:
        """For at most `limit` seconds: what is still being waited for then raises Unavailable (handover-impossible), as does all else
        that is wrong with the desktop."""


def desktop(own: int | None = None) -> Desktop:
    """The desktop this process lives on. Raises Unavailable: handover-impossible, where no way to type is known (Wayland, no screen).

    `own`: the process whose windows are ours; None for this one. On X11, a process with windows of its own hands over by `apart`.
    """
    if sys.platform == "win32":
        from kiosk.library.handover.windows import WindowsDesktop

        return WindowsDesktop()
    elif sys.platform == "linux":
        # Through XWayland keys reach some windows only, and nobody says whether another kind of window lies in front.
        wayland = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("XDG_SESSION_TYPE") == "wayland"
        name = os.environ.get("DISPLAY")
        if wayland or not name:
            raise Unavailable(Code.HANDOVER_IMPOSSIBLE)
        from kiosk.library.handover.x11 import X11Desktop

        return X11Desktop(name, own)
    else:
        raise Unavailable(Code.HANDOVER_IMPOSSIBLE)


def find_windows(target: Target, desktop: Desktop) -> tuple[Window, ...]:
    """The windows that fit, the one that would be brought forward first. Types nothing. Raises Unavailable: handover-impossible.

    Titles may name patrons: they may be shown, never logged.
    """
    with desktop.seat(LIMIT) as seat:
        return tuple(window for window in seat.windows() if target.fits(window))


def hand_over(digits: str, target: Target, desktop: Desktop) -> None:
    """Type `digits` and the suffix into the active window if it fits, or, when none of another program is active, into the one that does.

    Returns when every key was pressed in that one window. Raises
    Refused: handover-no-window, nothing was typed: no window fits, one of a third program is in front, or it did not come forward;
    Refused: handover-keys-held, nothing was typed: somebody held a key, or a menu had the keyboard;
    Refused: handover-changed with `typed`, the number of keys (at least one) pressed before something changed: not one after it;
    Unavailable: handover-impossible, nothing was typed: the desktop does not let us, or `digits` are not ASCII letters and digits.
    """
    if not (digits.isascii() and digits.isalnum()):
        raise Unavailable(Code.HANDOVER_IMPOSSIBLE)
    began = time.monotonic()
    typed = 0
    try:
        with desktop.seat(LIMIT) as seat:
            window = _reached(seat, target, began + _PATIENCE)
            for key in digits + _SUFFIX_KEYS[target.suffix]:
                with seat.held():
                    _still(seat, window)
                    if not seat.keys_free():
                        raise Refused(Code.HANDOVER_KEYS_HELD)
                    seat.press(key)
                    typed += 1
                    _still(seat, window)
    except (Refused, Unavailable) as error:
        if not typed:
            raise
        raise Refused(Code.HANDOVER_CHANGED, typed=typed) from error
    _log.info("handed over in %d ms", round((time.monotonic() - began) * 1000))


def _reached(seat: Seat, target: Target, end: float) -> Window:
    """The window that takes the number, active and with the keyboard in it, and nobody at the keys."""
    asked = False
    while True:
        front = seat.front()
        # A key still held where we come from (the Enter that pressed our button) would repeat in the window brought forward.
        free = seat.keys_free()
        if front is not None and target.fits(front):
            if free and seat.has_keyboard(front):
                return front
        elif not asked:
            if front is not None and not front.ours:
                raise Refused(Code.HANDOVER_NO_WINDOW)
            fitting = next(filter(target.fits, seat.windows()), None)
            if fitting is None:
                raise Refused(Code.HANDOVER_NO_WINDOW)
            if free:
                seat.bring_forward(fitting)
                asked = True
        left = end - time.monotonic()
        if left <= 0:
            raise Refused(Code.HANDOVER_NO_WINDOW if free else Code.HANDOVER_KEYS_HELD)
        seat.wait(left)


def _still(seat: Seat, window: Window) -> None:
    if seat.front() != window or not seat.has_keyboard(window):
        raise Refused(Code.HANDOVER_NO_WINDOW)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).split())


def _program(name: str) -> str:
    return _plain(name).removesuffix(".exe")
