"""The one crossing between threads: events come home to the GUI thread through one Qt signal."""

from __future__ import annotations

import time
from collections.abc import Callable
from heapq import heappop, heappush
from math import ceil

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from kiosk.domain.events import Event, TimeUp
from kiosk.domain.model import Ticket


class Bridge(QObject):
    """`post` may be called from any thread; `happened` is emitted on the GUI thread.

    Signals:
        happened: an Event.
    """

    happened = Signal(object)
    _posted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        # A queued connection also from the GUI thread itself: an answer never overtakes the event that asked for it.
        self._posted.connect(self.happened, Qt.ConnectionType.QueuedConnection)

    def post(self, event: Event) -> None:
        self._posted.emit(event)


class Timers(QObject):
    """Time as events. A timer is never stopped: a late TimeUp fits no state.

    Every sign of life begins one, and hundreds may be waited for: one clock of Qt's rings for all.
    """

    def __init__(self, post: Callable[[Event], None]) -> None:
        super().__init__()
        self._post = post
        self._due: list[tuple[float, Ticket]] = []
        self._bell = QTimer(self, singleShot=True)
        self._bell.timeout.connect(self._ring)

    def start(self, ticket: Ticket, seconds: float) -> None:
        heappush(self._due, (time.monotonic() + seconds, ticket))
        if self._due[0][1] == ticket or not self._bell.isActive():
            self._set_bell()

    def stop(self) -> None:
        """Ring no more. To be called on the GUI thread: a running clock must not be thrown away on another."""
        self._due.clear()
        self._bell.stop()

    def _ring(self) -> None:
        while self._due and self._due[0][0] <= time.monotonic():
            self._post(TimeUp(heappop(self._due)[1]))
        self._set_bell()

    def _set_bell(self) -> None:
        """Never too early: it would ring again and again in the last millisecond."""
        if self._due:
            self._bell.start(max(0, ceil((self._due[0][0] - time.monotonic()) * 1000)))
