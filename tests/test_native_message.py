"""The window of last resort: it waits for nobody where nobody could see it, and fails in no way."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from kiosk.native_message import show_natively
from tests.support import ROOT

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "windows"}
ASK = "from kiosk.native_message import has_display; print(has_display())"
ELSEWHERE = """
import ctypes
user32 = ctypes.WinDLL("user32")
user32.CreateWindowStationW.restype = ctypes.c_void_p
assert user32.SetProcessWindowStation(ctypes.c_void_p(user32.CreateWindowStationW("kiosk-test", 0, 0x37F, None)))
"""
BLOCKED = "import sys; sys.modules['_ctypes'] = None"
SHOW = "from kiosk.native_message import show_natively; show_natively('title', 'text', 'close'); print('done')"
windows = pytest.mark.skipif(sys.platform != "win32", reason="about window stations")


def said(*lines: str) -> str:
    program = "\n".join(lines)
    done = subprocess.run([sys.executable, "-c", program], env=ENVIRONMENT, capture_output=True, timeout=60, check=True)
    return done.stdout.decode().strip()


@windows
def test_a_session_without_a_screen_has_no_display() -> None:
    """As a service's, or one of SSH."""
    assert said(ASK) == "True"
    assert said(ELSEWHERE, ASK) == "False"


@windows
def test_without_the_module_that_calls_windows_nothing_is_shown() -> None:
    assert said(BLOCKED, ASK) == "True"
    assert said(BLOCKED, SHOW) == "done"


def test_a_text_that_no_program_takes_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform == "win32":
        pytest.skip("a message box takes it")
    monkeypatch.setenv("DISPLAY", "")
    show_natively("title", "text\0", "close")
