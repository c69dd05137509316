"""Remaining PIN tries as bars, which cannot be mistaken for typed digits."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from kiosk.ui.theme import COLOURS


class TriesBars(QWidget):
    """Three bars (or one per try, if more are left), filled for those left. The number in words is beside it."""

    def __init__(self, bar: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bar, self._left, self._all = bar, 3, 3
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_left(self, left: int, accessible: str) -> None:
        self._left, self._all = left, max(3, left)
        self.setAccessibleName(accessible)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._all * self._bar + (self._all - 1) * self._bar // 4 + 2, max(8, self._bar // 3) + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = self.height() - 2
        for index in range(self._all):
            left = index < self._left
            painter.setPen(QPen(QColor(COLOURS["ink" if left else "edge"]), 2))
            painter.setBrush(QColor(COLOURS["ink"]) if left else Qt.BrushStyle.NoBrush)
            x = 1 + index * (self._bar + self._bar // 4)
            painter.drawRoundedRect(QRectF(x, 1, self._bar - 1, height), height / 2, height / 2)
