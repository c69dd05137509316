"""Type a library card number into another program's window, as a barcode scanner would.

hand_over("D0123456789", Target("図書館システム", suffix=Suffix.ENTER), desktop())

This module decides which window receives the number and when typing stops; `x11` and `windows` carry it out. Window, title, program and
focus are checked before and after every key. On X11 check and key are atomic; elsewhere a short race remains. Blocks for up to three
seconds, so call it on a thread that may wait.
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
"""Time limit of `hand_over` in seconds, whatever the desktop does."""
_PATIENCE = 1.5
_log = logging.getLogger(__name__)


@unique
class Suffix(StrEnum):
    """The key pressed after the number."""

    NONE = "none"
    ENTER = "enter"
    TAB = "tab"


_SUFFIX_KEYS = {Suffix.NONE: "", Suffix.ENTER: "\r", Suffix.TAB: "\t"}


@dataclass(frozen=True, slots=True)
class ProgramWindow:
    """A snapshot of a window. Equal snapshots mean that nothing we check has changed."""

    handle: int
    title: str
    programs: tuple[str, ...]
    """Names of its program: of the executable file, on X11 also both parts of WM_CLASS."""
    ours: bool
    """Belongs to our own program."""


@dataclass(frozen=True, slots=True)
class Target:
    """The configured window. Raises ValueError for a blank title, which would match every window."""

    title: str
    """Substring of the title; case and character width are ignored (NFKC, casefold)."""
    program: str = ""
    """Full name of the program, with or without .exe; empty for any."""
    suffix: Suffix = Suffix.NONE

    def __post_init__(self) -> None:
        if not _plain(self.title):
            raise ValueError("a target needs a title")

    def fits(self, window: ProgramWindow) -> bool:
        """Whether the number may be typed into `window`; never for our own windows."""
        if window.ours or _plain(self.title) not in _plain(window.title):
            return False
        return not _plain(self.program) or _program(self.program) in map(_program, window.programs)


class Seat(Protocol):
    """Windows and keyboard of the current desktop session."""

    def windows(self) -> Sequence[ProgramWindow]:
        """The windows of all programs, most recently used first, minimized ones last."""

    def front(self) -> ProgramWindow | None:
        """The active window."""

    def has_keyboard(self, window: ProgramWindow) -> bool:
        """Whether `window` has the keyboard focus."""

    def keys_free(self) -> bool:
        """Whether the keyboard is free: no key held, no modifier latched, no menu or lock screen grabbing it."""

    def bring_forward(self, window: ProgramWindow) -> None:
        """Request activation of the window. Returns at once."""

    def wait(self, seconds: float) -> None:
        """Block until any of the above may have changed, at most `seconds`."""

    def held(self) -> AbstractContextManager[None]:
        """Keep other programs from changing anything, where the platform can. To be held for a single key only."""

    def press(self, key: str) -> None:
        r"""Press and release the key for this ASCII letter, digit, "\\r" or "\\t".

        Raises Unavailable: handover-impossible, before anything is pressed, if the keyboard has no such key.
        """


class Desktop(Protocol):
    def seat(self, limit: float) -> AbstractContextManager[Seat]:
        """Open a session for at most `limit` seconds. Exceeding the limit, or any failure of the desktop, raises Unavailable:
        handover-impossible.
        """


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


def find_windows(target: Target, desktop: Desktop) -> tuple[ProgramWindow, ...]:
    """The matching windows, preferred one first, without typing. Raises Unavailable: handover-impossible.

    Titles may contain patrons' names: display them, never log them.
    """
    with desktop.seat(LIMIT) as seat:
        return tuple(window for window in seat.windows() if target.fits(window))


def hand_over(digits: str, target: Target, desktop: Desktop) -> None:
    """Type `digits` and the suffix into the active window if it matches; if no other program's window is active, into the one that matches.

    Returns after every key was pressed in that window. Raises

    Refused: handover-no-window, nothing typed: no window matches, a third program is in front, or the window did not come forward;

    Refused: handover-keys-held, nothing typed: a key was held, or a menu had the keyboard;

    Refused: handover-changed with `typed`, the number of keys (at least one) pressed before something changed; none after that;

    Unavailable: handover-impossible, nothing typed: the desktop does not allow it, or `digits` are not ASCII letters and digits.
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


def _reached(seat: Seat, target: Target, end: float) -> ProgramWindow:
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


def _still(seat: Seat, window: ProgramWindow) -> None:
    if seat.front() != window or not seat.has_keyboard(window):
        raise Refused(Code.HANDOVER_NO_WINDOW)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).split())


def _program(name: str) -> str:
    return _plain(name).removesuffix(".exe")
