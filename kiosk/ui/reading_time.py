"""Elapsed time of the current card read, in classes that decide what pages say about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from kiosk.domain.model import Insertion
from kiosk.domain.patron_view import Lasted, is_reading
from kiosk.domain.states import Flow

NOTICEABLE_MS, LONG_MS = 400, 3000
"""From here on a read is announced; and the patron is asked to leave the card in place."""


class ReadingTime(QObject):
    """Call `follow` with each flow; calls `passed` when a read becomes noticeable, and when it becomes long."""

    def __init__(self, parent: QObject, passed: Callable[[], None]) -> None:
        super().__init__(parent)
        self._passed = passed
        self._read: Insertion | None = None
        self._reads = False
        self.lasted = Lasted.LONG
        self._noticeable, self._long = self._timer(NOTICEABLE_MS, Lasted.NOTICEABLY), self._timer(LONG_MS, Lasted.LONG)

    def _timer(self, milliseconds: int, reached: Lasted) -> QTimer:
        timer = QTimer(self, interval=milliseconds, singleShot=True)
        timer.timeout.connect(lambda: self._reached(reached))
        return timer

    def follow(self, flow: Flow) -> None:
        before = self._reads, self._read
        self._reads, self._read = is_reading(flow), getattr(flow, "insertion", None)
        # Each card is timed separately, from the first read to the last.
        if self._reads and before != (True, self._read):
            self.lasted = Lasted.BRIEFLY
            self._noticeable.start()
            self._long.start()
        elif not self._reads:
            self._noticeable.stop()
            self._long.stop()

    def _reached(self, lasted: Lasted) -> None:
        self.lasted = lasted
        self._passed()
