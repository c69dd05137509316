"""Segmented control: exclusive options side by side in one frame; the chosen one has a tick and a tinted ground."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from kiosk.text import plain
from kiosk.ui.theme import COLOURS
from kiosk.ui.widgets.checked_by_state import CheckedByState
from kiosk.ui.widgets.icon import pixmap

_RADIUS = 8
_TICK_GAP = 4


class Segment(CheckedByState, QAbstractButton):
    """One option. Checked by the displayed state, not by the press."""

    def __init__(self, text: str, name: str, height: int) -> None:
        super().__init__()
        self._height = height
        self.first = self.last = False
        self.follow_state()
        self.setText(plain(text))
        self.setAccessibleName(plain(name))
        # A mouse click must not take the focus from the field that waits for the next barcode.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def _tick(self) -> int:
        return self.font().pixelSize() if self.isChecked() else 0

    def _bold(self) -> QFont:
        font = QFont(self.font())
        font.setBold(True)
        return font

    def sizeHint(self) -> QSize:
        """Include room for the tick in any case, so that nothing moves when another option is chosen."""
        text = QFontMetrics(self._bold()).horizontalAdvance(self.text())
        return QSize(text + self.font().pixelSize() + _TICK_GAP + 16, self._height)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.sizeHint().width() - 10, self._height)

    def needed(self) -> QSize:
        """Return the space the label takes now."""
        tick = self._tick()
        text = QFontMetrics(self._bold()).horizontalAdvance(self.text())
        return QSize(text + tick + (_TICK_GAP if tick else 0), QFontMetrics(self.font()).height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.isChecked()
        ground = "blue_100" if self.isDown() else "blue_50" if chosen or self.underMouse() else "white"
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        # Extend the common frame beyond this widget, whose rectangle clips it.
        frame.setLeft(frame.left() - (0 if self.first else _RADIUS * 2))
        frame.setRight(frame.right() + (0 if self.last else _RADIUS * 2))
        path = QPainterPath()
        path.addRoundedRect(frame, _RADIUS, _RADIUS)
        painter.fillPath(path, QColor(COLOURS[ground]))
        painter.setPen(QPen(QColor(COLOURS["edge_staff"]), 2))
        painter.drawPath(path)
        if not self.first:
            painter.drawLine(0, 1, 0, self.height() - 1)
        self._draw_label(painter, chosen=chosen)

    def _draw_label(self, painter: QPainter, *, chosen: bool) -> None:
        colour, needed, tick = "blue" if chosen else "ink", self.needed().width(), self._tick()
        font = self._bold() if chosen else self.font()
        text = QFontMetrics(font).horizontalAdvance(self.text())
        x = (self.width() - (needed if chosen else text)) // 2
        if tick:
            painter.drawPixmap(x, (self.height() - tick) // 2, pixmap("check", tick, colour, self.devicePixelRatioF()))
            x += tick + _TICK_GAP
        painter.setFont(font)
        painter.setPen(QColor(COLOURS[colour]))
        painter.drawText(QRect(x, 0, text + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, self.text())


class Segments(QWidget):
    """Row of options.

    Signals:
        chosen: the index of the option pressed.
    """

    chosen = Signal(int)

    def __init__(self, name: str, labels: Iterable[str], height: int) -> None:
        super().__init__()
        self.setAccessibleName(plain(name))
        inside = QHBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        self.buttons: list[Segment] = []
        for index, label in enumerate(labels):
            button = Segment(label, f"{name}: {label}", height)
            self.buttons.append(button)
            button.clicked.connect(lambda _=False, index=index: self.chosen.emit(index))
            inside.addWidget(button, button.sizeHint().width())
        self.buttons[0].first = self.buttons[-1].last = True

    def choose(self, index: int) -> None:
        for place, button in enumerate(self.buttons):
            button.setChecked(place == index)
