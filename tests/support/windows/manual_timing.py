"""A clock that the test advances."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count

import shiboken6
from PySide6.QtCore import QObject


class ManualTiming:
    """The clock of the windows' keyboards (`kiosk.ui.timing.Timing`)."""

    def __init__(self) -> None:
        self._now, self._behind = 1000.0, 0.0
        self._order = count()
        self._due: list[tuple[float, int, QObject, Callable[[], None]]] = []

    def now(self) -> float:
        return self._now

    @property
    def stamp(self) -> int:
        """The time stamp in milliseconds a window system would put on a key pressed now, or while the program stalled."""
        return round((self._now - self._behind) * 1000)

    def stall(self, seconds: float) -> None:
        """The program is blocked for so long. Afterwards it finds timers due and keys pressed meanwhile."""
        self._now += seconds
        self._behind += seconds
        self.pass_(0)

    def later(self, owner: QObject, seconds: float, call: Callable[[], None]) -> None:
        heappush(self._due, (self._now + seconds, next(self._order), owner, call))

    def pass_(self, seconds: float) -> None:
        """Advance the clock, running what falls due at its time."""
        end = self._now + seconds
        while self._due and self._due[0][0] <= end:
            due, _, owner, call = heappop(self._due)
            self._now = max(self._now, due)
            if shiboken6.isValid(owner):
                call()
        self._now = end
