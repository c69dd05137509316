"""Sleep, a dark display and the screen saver held off on Windows."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

if sys.platform == "win32":
    # Neither pywin32 nor Qt has this call, so ctypes does it. What it sets ends with its thread:
    # https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-setthreadexecutionstate
    import ctypes
    from typing import Any

    import win32con
    import win32gui

    _CONTINUOUS, _SYSTEM, _DISPLAY = 0x80000000, 0x1, 0x2

    @contextmanager
    def display_required() -> Iterator[None]:
        """Neither sleep nor a dark display for want of input. Raises OSError."""
        _set_state(_CONTINUOUS | _SYSTEM | _DISPLAY)
        yield
        _set_state(_CONTINUOUS)

    def _set_state(state: int) -> None:
        kernel = ctypes.WinDLL("kernel32")
        kernel.SetThreadExecutionState.argtypes = [ctypes.c_uint]
        kernel.SetThreadExecutionState.restype = ctypes.c_uint
        if not kernel.SetThreadExecutionState(state):
            raise OSError("SetThreadExecutionState refuses")

    @contextmanager
    def no_screen_saver() -> Iterator[None]:
        """SetThreadExecutionState does not hold it off. For this session alone: nothing is written into the account's profile, so that
        after a crash it is back at the next sign-in. Raises pywintypes.error.

        https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-systemparametersinfow (SPI_SETSCREENSAVEACTIVE)
        """
        untyped: Any = win32gui
        if not untyped.SystemParametersInfo(win32con.SPI_GETSCREENSAVEACTIVE):
            yield
            return
        untyped.SystemParametersInfo(win32con.SPI_SETSCREENSAVEACTIVE, False, 0)
        try:
            yield
        finally:
            untyped.SystemParametersInfo(win32con.SPI_SETSCREENSAVEACTIVE, True, 0)
