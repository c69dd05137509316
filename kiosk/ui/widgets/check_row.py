"""A checkbox row, clickable as a whole; its number refers to the drawing of the document."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from kiosk.text import plain
from kiosk.ui.theme import COLOURS
from kiosk.ui.widgets.checked_by_state import CheckedByState
from kiosk.ui.widgets.control import set_chord
from kiosk.ui.widgets.icon import pixmap
from kiosk.ui.widgets.words import Words


class CheckRow(CheckedByState, QAbstractButton):
    """Checkbox row that follows the state. `number`, if given, is drawn at the right end, preceded by the chord."""

    def __init__(self, text: str, number: int | None = None, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.follow_state()
        self._number, self._chord = number, ""
        self._words = Words(text, parent=self)
        self._words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(plain(text))
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def give_chord(self, letter: str) -> None:
        """Set the letter that presses the row together with Alt; "" removes it. Its space is reserved, so that the text does not move."""
        chord = f"Alt+{letter}" if letter else ""
        if chord != self._chord:
            self._chord = chord
            self.setAccessibleDescription("")
            set_chord(self, letter)
            self.update()

    def _box(self) -> int:
        return round(self._words.font().pixelSize() * 1.3)

    def _text_rect(self, width: int) -> tuple[int, int]:
        """Return the left edge and width of the text in a row of this width."""
        left = 16 + self._box() + 12
        return left, width - left - self._right() - 8

    def _chord_font(self) -> QFont:
        font = QFont(self._words.font())
        font.setPixelSize(max(11, round(font.pixelSize() * 0.7)))
        return font

    def _cap(self) -> int:
        """Return the width reserved for the chord's frame."""
        return QFontMetrics(self._chord_font()).horizontalAdvance("Alt+M") + 10

    def _right(self) -> int:
        """Return the width reserved for chord and number."""
        number = 6 + self._box() if self._number is not None else 0
        return 10 + self._cap() + number

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return max(52, self._words.heightForWidth(max(40, self._text_rect(width)[1])) + 20)

    def sizeHint(self) -> QSize:
        return QSize(360, self.heightForWidth(360))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 52)

    def resizeEvent(self, event: object) -> None:
        left, width = self._text_rect(self.width())
        height = self._words.heightForWidth(width)
        self._words.setGeometry(left, (self.height() - height) // 2, width, height)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()

    def leaveEvent(self, event: object) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        checked = self.isChecked()
        edge = "blue" if checked or self._chord else "edge_staff" if self.underMouse() else "hair"
        painter.setPen(QPen(QColor(COLOURS[edge]), 2))
        painter.setBrush(QColor(COLOURS["blue_50" if checked or self.underMouse() else "white"]))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 10, 10)
        self._draw_box(painter, checked)
        if self._number is not None:
            self._draw_number(painter, checked)
        if self._chord:
            self._draw_chord(painter)

    def _draw_box(self, painter: QPainter, checked: bool) -> None:
        size = self._box()
        box = QRectF(16, (self.height() - size) / 2, size, size)
        painter.setPen(QPen(QColor(COLOURS["blue" if checked else "edge"]), 2))
        painter.setBrush(QColor(COLOURS["blue" if checked else "white"]))
        painter.drawRoundedRect(box, 4, 4)
        if checked:
            painter.drawPixmap(box.toRect().topLeft(), pixmap("check", size, "white", self.devicePixelRatioF()))

    def _draw_chord(self, painter: QPainter) -> None:
        painter.setFont(self._chord_font())
        painter.setPen(QPen(QColor(COLOURS["blue"]), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        high = QFontMetrics(self._chord_font()).height() + 4
        frame = QRect(self.width() - 2 - self._right(), (self.height() - high) // 2, self._cap(), high)
        painter.drawRoundedRect(frame, 4, 4)
        painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, self._chord)

    def _draw_number(self, painter: QPainter, checked: bool) -> None:
        size = self._box()
        circle = QRect(self.width() - 10 - size, (self.height() - size) // 2, size, size)
        painter.setPen(QPen(QColor(COLOURS["blue" if checked else "edge"]), 1))
        painter.setBrush(QColor(COLOURS["blue" if checked else "white"]))
        painter.drawEllipse(circle)
        font = QFont(self._words.font())
        font.setPixelSize(round(size * 0.55))
        painter.setFont(font)
        painter.setPen(QColor(COLOURS["white" if checked else "sub"]))
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(self._number))
