"""Step bar: a tick for finished steps, filled for the current one, outlined for those to come."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from kiosk.ui.theme import COLOURS
from kiosk.ui.widgets.icon import pixmap
from kiosk.ui.widgets.words import Words


class StepBar(QWidget):
    """Step bar. `show_steps` sets the labels, the current index (from 0) and the accessible name."""

    def __init__(self, *, circle: int, only_now: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._circle, self._only_now = circle, only_now
        self._labels: list[Words] = []
        self._now = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_steps(self, labels: list[str], now: int, accessible: str) -> None:
        while len(self._labels) > len(labels):
            spare = self._labels.pop()
            spare.hide()
            spare.deleteLater()
        while len(self._labels) < len(labels):
            self._labels.append(Words(line=1.2, parent=self))
        self._now = now
        for index, (label, text) in enumerate(zip(self._labels, labels, strict=True)):
            label.set_text(text)
            label.set_kind("now" if index == now else "step")
            label.setVisible(not self._only_now or index == now)
        self.setAccessibleName(accessible)
        self._place()
        self.updateGeometry()
        self.update()

    def show_only_now(self, only_now: bool) -> None:
        """Label only the current step, where there is no room for all."""
        self._only_now = only_now
        for index, label in enumerate(self._labels):
            label.setVisible(not only_now or index == self._now)
        self._place()
        self.update()

    def needed(self) -> int:
        """Return the width in pixels with the shortest connecting lines."""
        return self._lengths(self._least_line())[-1] if self._labels else 0

    def needed_for_all(self) -> int:
        """Return that width with every step labelled."""
        return self._lengths(self._least_line(), named=True)[-1] if self._labels else 0

    def _least_line(self) -> int:
        return round(self._circle * 0.6)

    def _lengths(self, line: int, *, named: bool = False) -> list[int]:
        """Return the right edge of each step, with connecting lines of this length. `named`: as if every label were shown."""
        ends, x, gap = [], 0, self._circle // 3
        for index, label in enumerate(self._labels):
            x += self._circle
            if named or label.isVisibleTo(self):
                x += gap + label.sizeHint().width()
            ends.append(x)
            if index + 1 < len(self._labels):
                x += line + 2 * gap
        return ends

    def _line(self) -> int:
        joints = max(1, len(self._labels) - 1)
        spare = self.width() - self.needed()
        return min(self._least_line() + max(0, spare) // joints, self._circle * 2)

    def _place(self) -> None:
        for label, end in zip(self._labels, self._lengths(self._line()), strict=True):
            width = label.sizeHint().width()
            height = label.heightForWidth(width)
            # Centre the base text on the circle; furigana extends above it.
            top = (self.height() - height - label.reading_height()) // 2
            label.setGeometry(end - width, max(0, top), width, height)

    def resizeEvent(self, event: object) -> None:
        self._place()

    def sizeHint(self) -> QSize:
        tallest = max((label.sizeHint().height() + label.reading_height() for label in self._labels), default=0)
        return QSize(self.needed(), max(self._circle, tallest) + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._circle, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line, gap, middle = self._line(), self._circle // 3, self.height() // 2
        ends = self._lengths(line)
        start = 0
        for index, end in enumerate(ends):
            self._draw_circle(painter, QRect(start + 1, middle - self._circle // 2 + 1, self._circle - 2, self._circle - 2), index)
            if index + 1 < len(ends):
                painter.setPen(QPen(QColor(COLOURS["blue" if index < self._now else "edge_staff"]), 2))
                painter.drawLine(end + gap, middle, end + gap + line, middle)
            start = end + 2 * gap + line

    def _draw_circle(self, painter: QPainter, circle: QRect, index: int) -> None:
        done, now = index < self._now, index == self._now
        painter.setPen(QPen(QColor(COLOURS["blue" if done or now else "edge"]), 2))
        painter.setBrush(QColor(COLOURS["blue_50" if done else "blue" if now else "white"]))
        painter.drawEllipse(circle)
        if done:
            size = round(circle.width() * 0.6)
            painter.drawPixmap(
                circle.center().x() - size // 2 + 1,
                circle.center().y() - size // 2 + 1,
                pixmap("check", size, "blue", self.devicePixelRatioF()),
            )
            return
        font = QFont(self.font())
        font.setPixelSize(max(9, round(circle.width() * 0.52)))
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(COLOURS["white" if now else "sub"]))
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(index + 1))
