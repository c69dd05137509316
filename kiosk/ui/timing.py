"""Time as the windows need it: what o'clock it is, a call later, and how long a note stands that goes by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil
from typing import Protocol

from PySide6.QtCore import QObject, QTimer

PASSING_MS = 6000
"""How long a note stands that goes by itself: long enough to be read, on either window."""


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
