"""Progress of a held key, shown on its button; when full, the key may be released."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QElapsedTimer, QRect, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from kiosk.domain.keyboard import HOLD
from kiosk.ui.theme import COLOURS

_FRAME_MS = 16
_UNSEEN_MS = 60
"""Delay in ms, so that a tap or a scan does not make the button flicker."""
_LEAST_HEIGHT = 6


class Filling(QWidget):
    """Progress bar along the bottom of a button of `window`. Transparent for clicks; has no accessible name."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._over: QWidget | None = None
        self._clock = QElapsedTimer()
        self._frame = QTimer(self, interval=_FRAME_MS)
        self._frame.timeout.connect(self._grow)
        self.hide()

    def start(self, over: QWidget) -> None:
        self._over = over
        self._clock.start()
        self._frame.start()

    def stop(self) -> None:
        self._over = None
        self._frame.stop()
        self.hide()

    @property
    def share(self) -> float:
        """Progress, 0 to 1."""
        return min(1.0, self._clock.elapsed() / (HOLD * 1000)) if self._over is not None else 0.0

    def _grow(self) -> None:
        if self._over is None or not shiboken6.isValid(self._over) or not self._over.isVisible():
            self.stop()
            return
        if self._clock.elapsed() >= _UNSEEN_MS:
            height = max(_LEAST_HEIGHT, self._over.height() // 6)
            corner = self._over.mapTo(self.window(), self._over.rect().bottomLeft())
            self.setGeometry(QRect(corner.x(), corner.y() + 1 - height, self._over.width(), height))
            self.raise_()
            self.show()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(COLOURS["blue_200"]))
        done = round(self.width() * self.share)
        painter.fillRect(QRect(0, 0, done, self.height()), QColor(COLOURS["focus_gap" if self.share < 1 else "green"]))
