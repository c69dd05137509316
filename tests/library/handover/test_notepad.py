"""Numbers typed into Notepad as a counter with Windows does it, and read back from there."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from kiosk.checks.handover import check_handover
from kiosk.config import CardSettings, HandoverSettings, HandoverTarget, RevocationSource, Settings
from kiosk.domain.field_targets import WayIn
from kiosk.domain.handed import Handed
from kiosk.domain.model import LibraryCardNumber
from kiosk.domain.states import HandoverWhen
from kiosk.equipment import open_handover
from kiosk.library.handover import Key, Target, clipboard, desktop, hand_over
from tests.support.screens.fitting_windows import fitting_windows
from tests.support.wait import LIMIT, WAIT_MS, wait_until

NUMBERS = 200
COPIED = "前の方の書名"
ARRIVES = 5.0
"""Seconds within which a number stands there. One that does not is told of at the end, beside all others."""
pytestmark = [
    pytest.mark.trial,
    pytest.mark.timeout(180),
    pytest.mark.skipif(sys.platform != "win32", reason="there is no Notepad"),
]

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    # https://learn.microsoft.com/windows/win32/winmsg/wm-gettext
    WM_GETTEXT = 0x000D
    # https://learn.microsoft.com/windows/win32/inputdev/virtual-key-codes
    VK_CAPITAL, KEYEVENTF_KEYUP = 0x14, 0x0002
    user = ctypes.WinDLL("user32")
    user.FindWindowExW.restype = wintypes.HWND
    user.FindWindowExW.argtypes = (wintypes.HWND, wintypes.HWND, wintypes.LPCWSTR, wintypes.LPCWSTR)
    user.SendMessageW.restype = wintypes.LPARAM
    user.SendMessageW.argtypes = (wintypes.HWND, wintypes.UINT, wintypes.WPARAM, wintypes.LPWSTR)

    def text_of(window: int) -> str:
        """What stands in the only field of a window."""
        text = ctypes.create_unicode_buffer(100_000)
        user.SendMessageW(user.FindWindowExW(window, None, "Edit", None), WM_GETTEXT, len(text), text)
        return text.value

    @pytest.fixture
    def settings(tmp_path: Path) -> Iterator[Settings]:
        """Those of a counter whose library works with Notepad, which is in front and empty; its title names the file."""
        path = tmp_path / f"図書館システム {random.randrange(10**9)}.txt"
        path.touch()
        handover = HandoverSettings(HandoverWhen.ON_TAP, path.stem, "notepad", Key.ENTER.value)
        settings = Settings(CardSettings(RevocationSource.NONE), handover=handover)
        target = Target(path.stem, "notepad")
        assert check_handover(settings).outcome == "handover.missing-program"
        notepad = subprocess.Popen(["notepad.exe", str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            with desktop().seat(60) as seat:
                wait_until(lambda: (front := seat.front()) is not None and target.fits(front), "Notepad in front", 60)
            yield settings
        finally:
            notepad.kill()
            notepad.communicate(timeout=60)

    def test_none_of_two_hundred_numbers_is_wrong(settings: Settings) -> None:
        """Of ten digits as libraries print them, and with a letter in front."""
        draw = random.Random(12)
        numbers = [f"{draw.choice(('', 'D', 'k'))}{draw.randrange(10**10):010}" for _ in range(NUMBERS)]
        [window] = fitting_windows(Target(settings.handover.title, settings.handover.program), desktop())
        type_number = open_handover(settings)
        for number in numbers:
            type_number(LibraryCardNumber(number), None)
            # What was sent is on its way to Notepad: at a counter nobody lays the next card meanwhile.
            with suppress(AssertionError):
                wait_until(lambda number=number: text_of(window.handle).endswith(f"{number}\r\n"), "it", ARRIVES)
        assert text_of(window.handle).split("\r\n") == [*numbers, ""]

    def test_scan_codes_give_the_same_characters(settings: Settings) -> None:
        """By the layout of the window, with Shift where a capital needs it."""
        handover = settings.handover
        target = HandoverTarget(
            name="貸出", title=handover.title, program="notepad", suffix="enter", way=WayIn.SCAN_CODES, pause_ms=1, habit="unchecked"
        )
        settings = replace(settings, handover=replace(handover, title="", target=(target,)))
        assert check_handover(settings).outcome == "handover.untried"
        [window] = fitting_windows(Target(handover.title, handover.program), desktop())
        type_number = open_handover(settings)
        numbers = ["0123456789", "D9876543210k", "aZ0"]
        for number in numbers:
            type_number(LibraryCardNumber(number), None)
            with suppress(AssertionError):
                wait_until(lambda number=number: text_of(window.handle).endswith(f"{number}\r\n"), "it", ARRIVES)
        assert text_of(window.handle).split("\r\n") == [*numbers, ""]

    def tap(key: int) -> None:
        for released in (0, KEYEVENTF_KEYUP):
            user.keybd_event(key, 0, released, 0)

    @pytest.mark.parametrize("way", [WayIn.KEYS, WayIn.SCAN_CODES])
    def test_caps_lock_changes_no_letter(settings: Settings, way: WayIn) -> None:
        handover = settings.handover
        [window] = fitting_windows(Target(handover.title, handover.program), desktop())
        tap(VK_CAPITAL)
        try:
            with desktop().seat(60) as seat:
                wait_until(seat.keys_free, "the key released", 60)
            hand_over("D2104067851k", Target(handover.title, "notepad", way=way), desktop())
            tap(ord("B"))
            wait_until(lambda: text_of(window.handle) == "D2104067851kB", "the number, and a letter with Caps Lock", ARRIVES)
        finally:
            tap(VK_CAPITAL)

    @pytest.mark.parametrize("way", [WayIn.PASTE, WayIn.PASTE_INSERT])
    def test_a_pasted_number_leaves_the_clipboard_as_it_was(
        settings: Settings, qtbot: QtBot, way: WayIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("SECONDS", "ANSWER_SECONDS", "GIVE_BACK_SECONDS"):
            monkeypatch.setattr(clipboard, name, LIMIT)
        handover = settings.handover
        target = HandoverTarget(name="貸出", title=handover.title, program="notepad", suffix="enter", way=way, habit="unchecked")
        settings = replace(settings, handover=replace(handover, title="", target=(target,)))
        [window] = fitting_windows(Target(handover.title, handover.program), desktop())
        copied = QGuiApplication.clipboard()
        data = QMimeData()
        data.setText(COPIED)
        data.setHtml(f"<b>{COPIED}</b>")
        copied.setMimeData(data)
        type_number = open_handover(settings)
        assert type_number is not None
        with ThreadPoolExecutor(1) as apart:
            # Qt promises what it has copied, and makes it when somebody asks.
            handed = apart.submit(type_number, LibraryCardNumber("D2104067851"), None)
            qtbot.waitUntil(handed.done, timeout=WAIT_MS)
        assert handed.result() == Handed(checked=False)
        wait_until(lambda: text_of(window.handle) == "D2104067851\r\n", "the number", ARRIVES)
        assert copied.text() == COPIED
        assert COPIED in copied.mimeData().html()

    def test_doctor_finds_the_window(settings: Settings) -> None:
        finding = check_handover(settings)
        assert (finding.outcome, finding.params["found"]) == ("handover.found", "notepad.exe")
