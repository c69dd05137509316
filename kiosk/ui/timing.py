"""Time as the windows' keyboards need it: what o'clock it is, and a call later."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil
from typing import Protocol

from PySide6.QtCore import QObject, QTimer


class Timing(Protocol):
    def now(self) -> float:
        """Seconds that never go back."""

    def later(self, owner: QObject, seconds: float, call: Callable[[], None]) -> None:
        """Call once, on the GUI thread, unless `owner` is gone by then, and behind every key that has been fetched until then."""


class QtTiming:
    """The real time."""

    def now(self) -> float:
        return time.monotonic()

    def later(self, owner: QObject, seconds: float, call: Callable[[], None]) -> None:
        # A window that was busy finds the timer due and keys waiting: Qt takes a timer of no time up after the keys. Keys that nobody has
        # fetched from the window system yet come later all the same: whoever waits for quiet looks whether the call came in time.
        QTimer.singleShot(ceil(seconds * 1000), owner, lambda: QTimer.singleShot(0, owner, call))
