"""Keys of the PIN pad, and the slots that show how many digits were entered."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QStyle, QStyleOptionButton, QWidget

from kiosk.domain.proof import PIN_LENGTH
from kiosk.ui.theme import COLOURS, PatronSizes
from kiosk.ui.widgets.icon import pixmap

HIGHLIGHT_MS = 100


class PadKey(QPushButton):
    """One key of the pad. Acts on press, without auto-repeat or focus, so that no keyboard or scanner can press it.

    The highlight of a press lasts equally long for every key, however long the key is held.
    """

    def __init__(self, sizes: PatronSizes, text: str = "", *, icon: str = "") -> None:
        super().__init__()
        self._sizes, self._icon = sizes, icon
        self.setFixedSize(sizes.key, sizes.key)
        self.setAutoRepeat(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setProperty("soft", bool(icon))
        self.say(text)
        self.pressed.connect(self._flash)

    def say(self, text: str) -> None:
        self.setText(text)
        self.setAccessibleName(text)

    def needed(self) -> QSize:
        """Return the space its label takes."""
        metrics = QFontMetrics(self._letters())
        icon = self._sizes.icon if self._icon else 0
        return QSize(metrics.horizontalAdvance(self.text()), metrics.height() + icon)

    def _letters(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(self._sizes.body if self._icon else self._sizes.key_digit)
        return font

    def _flash(self) -> None:
        self._set_hot(True)
        QTimer.singleShot(HIGHLIGHT_MS, self, lambda: self._set_hot(False))

    def _set_hot(self, hot: bool) -> None:
        self.setProperty("hot", hot)
        self.style().unpolish(self)
        self.style().polish(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        self.style().drawControl(QStyle.ControlElement.CE_PushButton, option, painter, self)
        painter.setFont(self._letters())
        painter.setPen(QColor(COLOURS["ink"]))
        place = self.rect()
        if self._icon:
            size, letters = self._sizes.icon, QFontMetrics(self._letters()).height()
            top = (self.height() - size - letters) // 2
            painter.drawPixmap((self.width() - size) // 2, top, pixmap(self._icon, size, "ink", self.devicePixelRatioF()))
            place = QRect(0, top + size, self.width(), letters)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self.text())


class PinSlots(QWidget):
    """Digit slots, drawn from a count only: this widget never holds a digit."""

    def __init__(self, sizes: PatronSizes) -> None:
        super().__init__()
        self._count, self._sizes = 0, sizes
        self.setFixedSize(3 * sizes.key + 2 * sizes.key_gap, sizes.slot)

    def show_count(self, count: int, accessible: str) -> None:
        self._count = count
        self.setAccessibleName(accessible)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = self._sizes.border
        wide, high = round(self._sizes.key * 0.7) - edge, self.height() - edge
        step = (self.width() - wide - edge) / (PIN_LENGTH - 1)
        for index in range(PIN_LENGTH):
            filled = index < self._count
            slot = QRectF(edge / 2 + index * step, edge / 2, wide, high)
            painter.setPen(QPen(QColor(COLOURS["blue" if filled else "edge"]), edge))
            painter.setBrush(QColor(COLOURS["blue_50" if filled else "white"]))
            painter.drawRoundedRect(slot, self._sizes.radius, self._sizes.radius)
            if filled:
                painter.setBrush(QColor(COLOURS["ink"]))
                painter.setPen(Qt.PenStyle.NoPen)
                painter.drawEllipse(slot.center(), wide * 0.17, wide * 0.17)
