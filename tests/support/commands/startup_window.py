"""The window that says why the counter does not start."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from kiosk.ui.startup_failure import StartupFailureWindow
from tests.support.counter.windowed import words_on


@contextmanager
def closed_as_soon_as_seen(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What the window says. Qt is started already, in memory; the program is to believe in a display."""
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    monkeypatch.setenv("DISPLAY", ":1")
    seen: list[str] = []

    def look() -> None:
        for window in QApplication.topLevelWidgets():
            if isinstance(window, StartupFailureWindow) and window.isVisible():
                seen.extend(words_on(window))
                window.close()

    timer = QTimer(interval=20)
    timer.timeout.connect(look)
    timer.start()
    try:
        yield seen
    finally:
        timer.stop()
