"""Screen saver and sleep are held off while the counter runs on Windows, and no longer."""

from __future__ import annotations

import os
import sys
from typing import Any

import pytest

if os.name != "nt":
    pytest.skip("Windows' power management", allow_module_level=True)

if sys.platform == "win32":
    import ctypes
    import logging

    import win32con
    import win32gui

    from kiosk.awake import kept_awake
    from kiosk.awake.windows_power import display_required
    from tests.support.wait import wait_until

    def has_screen_saver() -> bool:
        untyped: Any = win32gui
        return bool(untyped.SystemParametersInfo(win32con.SPI_GETSCREENSAVEACTIVE))

    def test_the_screen_saver_waits_and_comes_again(caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO, "kiosk.awake")
        assert has_screen_saver()
        with kept_awake():
            wait_until(lambda: len(caplog.records) == 2, "both ways")
            assert not has_screen_saver()
        assert has_screen_saver()
        assert [record.getMessage() for record in caplog.records if "does not" in record.getMessage()] == []

    def test_the_display_stays_lit_for_as_long() -> None:
        """Each call tells what held before."""
        state = ctypes.WinDLL("kernel32").SetThreadExecutionState
        state.argtypes, state.restype = [ctypes.c_uint], ctypes.c_uint
        continuous, system_and_display = 0x80000000, 0x3
        with display_required():
            assert state(continuous | system_and_display) == continuous | system_and_display
        assert state(continuous) == continuous
