"""Keys of a keyboard or a barcode scanner that are not there, each stamped with the moment at which it was pressed.

The window system stamps a real key when it is pressed, however late the program takes it up, and `domain.keyboard` tells by the stamps how
fast keys came. QTest stamps a key when it is sent: whatever blocks the program in between would look like a pause of the scanner.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

_SCAN_MS = 4
"""Interval between two characters of a scan."""
_STAMPS = 1 << 32
"""Both X11's and Windows' stamps are 32 bits wide."""


def scan(window: QWindow, code: str) -> None:
    """Type `code` and Enter as a scanner does. Keys that were due while the program was blocked are taken up at once, in their order."""
    # Sent to the window, not a widget: the page that takes the code may be gone before the last key release.
    begun = _milliseconds()
    for place, character in enumerate(f"{code}\r"):
        due = begun + place * _SCAN_MS
        QTest.qWait(max(0, due - _milliseconds()))
        key = Qt.Key.Key_Return if character == "\r" else Qt.Key(ord(character.upper()))
        shift = Qt.KeyboardModifier.ShiftModifier if character.isupper() else Qt.KeyboardModifier.NoModifier
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            _send(window, QKeyEvent(kind, key, shift, character), due)


def press(window: QWindow, key: Qt.Key) -> None:
    """Press a key now, and hold it down until `release`."""
    _send(window, QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier), _milliseconds())


def release(window: QWindow, key: Qt.Key) -> None:
    _send(window, QKeyEvent(QEvent.Type.KeyRelease, key, Qt.KeyboardModifier.NoModifier), _milliseconds())


def _milliseconds() -> int:
    """Return the time since the computer was started, by which X servers and Windows stamp real keys as well."""
    return time.monotonic_ns() // 1_000_000


def _send(window: QWindow, event: QKeyEvent, at: int) -> None:
    event.setTimestamp(at % _STAMPS)
    QApplication.sendEvent(window, event)
