"""The single crossing between threads: events reach the GUI thread through one Qt signal."""

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
        # Queued even from the GUI thread: an answer never overtakes the event that requested it.
        self._posted.connect(self.happened, Qt.ConnectionType.QueuedConnection)

    def post(self, event: Event) -> None:
        self._posted.emit(event)


class Timers(QObject):
    """Timers that post TimeUp events. None is ever cancelled: a stale TimeUp matches no state.

    All user activity starts one, so hundreds may be pending: they share a single QTimer.
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
        """Drop all timers. Call on the GUI thread: an active QTimer must not be destroyed on another."""
        self._due.clear()
        self._bell.stop()

    def _ring(self) -> None:
        while self._due and self._due[0][0] <= time.monotonic():
            self._post(TimeUp(heappop(self._due)[1]))
        self._set_bell()

    def _set_bell(self) -> None:
        """Restart the QTimer for the earliest timer, rounding up: firing early would loop through the last millisecond."""
        if self._due:
            self._bell.start(max(0, ceil((self._due[0][0] - time.monotonic()) * 1000)))
