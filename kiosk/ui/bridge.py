"""The one crossing between threads: events come home to the GUI thread through one Qt signal."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from kiosk.domain.events import Event, TimeUp
from kiosk.domain.model import Ticket
from kiosk.domain.states import CounterFacts


class Bridge(QObject):
    """`post` may be called from any thread; `happened` is emitted on the GUI thread.

    Signals:
        happened: an Event, or CounterFacts counted anew.
    """

    happened = Signal(object)
    _posted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        # A queued connection also from the GUI thread itself: an answer never overtakes the event that asked for it.
        self._posted.connect(self.happened, Qt.ConnectionType.QueuedConnection)

    def post(self, event: Event | CounterFacts) -> None:
        self._posted.emit(event)


class Timers(QObject):
    """Time as events. A timer is never stopped: a late TimeUp fits no state."""

    def __init__(self, post: Callable[[Event], None]) -> None:
        super().__init__()
        self._post = post

    def start(self, ticket: Ticket, seconds: float) -> None:
        QTimer.singleShot(round(seconds * 1000), self, lambda: self._post(TimeUp(ticket)))
