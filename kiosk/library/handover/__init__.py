"""Type a library card number into another program's window, as a barcode scanner would.

    hand_over("D0123456789", Target("図書館システム", suffix=Key.ENTER), desktop())

This module decides which window receives the number and when typing stops; `x11` and `windows` carry it out. Window, title, program and
focus are checked before and after every key. On X11 check and key are atomic; elsewhere a short race remains. A target with a field has
that looked at as well (`checked_typing`, `atspi`). Blocks for up to three seconds, thirteen where the number is pasted, so call it on a
thread that may wait.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from contextlib import ExitStack

from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.domain.field_targets import WayIn
from kiosk.library.handover.checked_typing import FieldTyping
from kiosk.library.handover.clipboard import SECONDS as CLIPBOARD_SECONDS
from kiosk.library.handover.elements import Accessibility, Unknown
from kiosk.library.handover.reaching import reached
from kiosk.library.handover.seat import Desktop, ProgramWindow, Seat
from kiosk.library.handover.target import Key, Target
from kiosk.library.handover.window_keys import Count, WindowKeys

LIMIT = 3.0
"""Time limit of `hand_over` in seconds, whatever the desktop does, without the pauses that a target has and what pasting adds."""
_PATIENCE = 1.5
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


def hand_over(digits: str, target: Target, desktop: Desktop, accessible: Accessibility | None = None) -> int:
    """Type `digits` and the suffix into the active window if it matches; if no other program's window is active, into the one that matches.
    With a field, into that field of it, found by `accessible`.

    Returns after every key was pressed in that window, and the field, if there is one, shows the number: how many formats of what was on
    the clipboard are lost. Raises

    Refused: handover-no-window, nothing typed: no window matches, a third program is in front, or the window did not come forward;

    Refused: handover-several-windows, nothing typed: not one of several windows that match is in front, and not just one of them has the
    field;

    Refused: handover-keys-held, nothing typed: a key was held, or a menu had the keyboard;

    Refused: handover-clipboard, nothing typed: the number is to be pasted, and the clipboard was not to be had;

    Refused: handover-field-elsewhere, -filled, -unseen (`reason`: `elements.Unknown`), nothing typed: see `FieldTyping.reached`;

    Refused: handover-changed with `typed`, the number of keys (at least one) pressed before something changed; none after that;

    Refused: handover-not-shown with `typed`: the keys were pressed, and the field shows something else; no suffix after them;

    Unavailable: handover-impossible, nothing typed: the desktop does not allow it, or `digits` are not ASCII letters and digits.
    """
    if not (digits.isascii() and digits.isalnum()):
        raise Unavailable(Code.HANDOVER_IMPOSSIBLE)
    began = time.monotonic()
    typed = Count()
    limit = limit_of(digits, target)
    try:
        with ExitStack() as ends:
            seat = ends.enter_context(desktop.seat(limit))
            elements = None
            if target.field is not None:
                if accessible is None:
                    raise Refused(Code.HANDOVER_FIELD_UNSEEN, reason=Unknown.NO_INTERFACE.value)
                elements = ends.enter_context(accessible.elements(limit))
            # Before the window is looked for: it takes a moment to start.
            clipboard = ends.enter_context(seat.clipboard()) if target.way.pasting_key else None
            keys = WindowKeys(seat, reached(seat, target, elements, time.monotonic() + _PATIENCE), target, typed, clipboard)
            if target.prefix is not Key.NONE:
                keys = keys.after_prefix(elements)
            if target.field is None or elements is None:
                keys.fill(digits)
            else:
                put = keys.put if target.way is WayIn.SET_VALUE else None if clipboard is None else keys.paste_into
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
    return 0 if clipboard is None else clipboard.lost


def limit_of(digits: str, target: Target) -> float:
    """How many seconds `hand_over` may take."""
    return LIMIT + (len(digits) + 2) * target.pause + (CLIPBOARD_SECONDS if target.way.pasting_key else 0)
