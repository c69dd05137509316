"""Time as the windows use it: a clock, delayed calls, and how long a transient note is shown."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil
from typing import Protocol

from PySide6.QtCore import QObject, QTimer

PASSING_MS = 6000
"""How long a transient note is shown: long enough to be read, on either window."""


class Timing(Protocol):
    def now(self) -> float:
        """Return monotonic seconds."""

    def later(self, owner: QObject, seconds: float, call: Callable[[], None]) -> None:
        """Call once on the GUI thread, after all key events fetched by then; not at all if `owner` is destroyed before."""


class QtTiming:
    """Real time."""

    def now(self) -> float:
        return time.monotonic()

    def later(self, owner: QObject, seconds: float, call: Callable[[], None]) -> None:
        # After a stall both the timer and key events are due: Qt handles a zero timer after the keys. Keys not yet fetched from the window
        # system still come later: code that waits for quiet must check whether the call was in time.
        QTimer.singleShot(ceil(seconds * 1000), owner, lambda: QTimer.singleShot(0, owner, call))
