"""The seconds that are left while 「続けますか」 is asked."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from kiosk.domain.states import Counter


class Countdown(QObject):
    """Belongs to a window and runs on while what shows it is built anew for another size."""

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
