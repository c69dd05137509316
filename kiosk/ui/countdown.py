"""Countdowns: until the session ends while 「続けますか」 is shown, and of the extra time granted to staff."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from kiosk.domain.idle_extension import SECONDS, is_running, left_of
from kiosk.domain.model import Ticket
from kiosk.domain.states import Counter


class Countdown(QObject):
    """Seconds left to answer 「続けますか」. Owned by the window, so that it survives a rebuild for another size."""

    ticked = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.seconds = 0
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self._tick)

    def follow(self, counter: Counter) -> None:
        if not counter.idle_warning:
            self._second.stop()
        elif not self._second.isActive():
            self.seconds = round(counter.rules.warning_seconds)
            self._second.start()

    def _tick(self) -> None:
        self.seconds = max(0, self.seconds - 1)
        self.ticked.emit()


class MoreTimeLeft(QObject):
    """Seconds left of the extra time granted by `moretime`."""

    ticked = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.seconds = 0
        self._running, self._ticket = 0, Ticket(0)
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self._tick)
        self._counter: Counter | None = None

    def follow(self, counter: Counter) -> None:
        self._counter = counter
        if self._ticket != counter.more_time.ticket:
            self._ticket, self._running = counter.more_time.ticket, round(SECONDS)
        self.seconds = round(left_of(counter, self._running)) if is_running(counter) else 0
        if not self._ticket:
            self._second.stop()
        elif not self._second.isActive():
            self._second.start()

    def _tick(self) -> None:
        self._running = max(0, self._running - 1)
        if self._counter is not None:
            self.follow(self._counter)
        self.ticked.emit()
