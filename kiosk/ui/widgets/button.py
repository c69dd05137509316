"""The push button of both windows, in three kinds, with optional icon and shortcut."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QIcon, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QStyle, QStyleOptionButton, QWidget

from kiosk.text import plain
from kiosk.ui.theme import COLOURS
from kiosk.ui.widgets.control import chord_of, set_chord
from kiosk.ui.widgets.icon import pixmap

_LEAST_AIR = 12
"""Minimum total horizontal padding in pixels; with less, the key moves below the label."""
_BETWEEN = 4
"""Pixels between the label and a key below it."""


class Button(QPushButton):
    """Push button; `kind` is primary (one per screen), secondary or quiet. The label is a verb.

    `key` is shown in a frame after the label ("F12"); the window handles the key itself. `chord` is the letter that presses the button
    together with Alt, shown likewise. If the button is too narrow for both, and always if `slim`, the key is drawn below the label.
    """

    def __init__(
        self,
        text: str = "",
        kind: str = "secondary",
        *,
        icon: str = "",
        key: str = "",
        chord: str = "",
        icon_behind: bool = False,
        slim: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", kind)
        self._icon, self._key, self._icon_behind, self._slim = icon, "", icon_behind, slim
        self._about = ""
        if chord:
            self.give_chord(chord)
        else:
            self.show_key(key)
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.set_text(text)

    @property
    def shown_key(self) -> str:
        """The displayed key or chord; empty if none."""
        return self._key

    def give_chord(self, letter: str) -> None:
        """Set the letter that presses it together with Alt; "" removes it."""
        if letter != chord_of(self):
            set_chord(self, letter)
            self.show_key(f"Alt+{letter}" if letter else "")

    def show_key(self, key: str) -> None:
        if key != self._key:
            self._key = key
            self.describe(self._about)
            self.updateGeometry()
            self.update()

    def describe(self, text: str) -> None:
        """Set the accessible description; the key is appended."""
        self._about = plain(text)
        self.setAccessibleDescription(" ".join(filter(None, (self._about, self._key))))

    def set_text(self, text: str) -> None:
        self.setText(plain(text))
        self.setAccessibleName(plain(text).replace("\n", ""))
        self.updateGeometry()

    def set_kind(self, kind: str) -> None:
        if self.property("kind") != kind:
            self.setProperty("kind", kind)
            self.style().unpolish(self)
            self.style().polish(self)

    # --- drawing: label, icon and key as one centred group ----------------------------------------------------------------

    def _icon_size(self) -> int:
        return round(self.font().pixelSize() * 1.2) if self._icon else 0

    def _key_font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(max(11, round(self.font().pixelSize() * 0.68)))
        font.setBold(False)
        return font

    def _small_font(self) -> QFont:
        """Font of a key below the label."""
        font = self._key_font()
        font.setPixelSize(max(10, round(self.font().pixelSize() * 0.62)))
        return font

    def _key_is_stacked(self) -> bool:
        return bool(self._key) and (self._slim or self.width() < self._in_a_row().width() + _LEAST_AIR)

    def _widths(self) -> tuple[int, int, int, int]:
        """Return the widths of icon, text, key frame and the gap between them, in pixels."""
        metrics = QFontMetrics(self.font())
        text = max((metrics.horizontalAdvance(line) for line in self.text().split("\n")), default=0)
        key = QFontMetrics(self._key_font()).horizontalAdvance(self._key) + 12 if self._key else 0
        return self._icon_size(), text, key, max(6, self.font().pixelSize() // 2)

    def needed(self) -> QSize:
        """Return the space label and key take at the current width, without padding."""
        return self._stacked() if self._key_is_stacked() else self._in_a_row()

    def _in_a_row(self) -> QSize:
        """Return the space they take with the key after the label."""
        icon, text, key, space = self._widths()
        lines = self.text().count("\n") + 1
        return QSize(icon + text + key + space * (bool(icon) + bool(key)), QFontMetrics(self.font()).lineSpacing() * lines)

    def _stacked(self) -> QSize:
        """Return the space they take with the key below the label."""
        icon, text, _, space = self._widths()
        lines, small = self.text().count("\n") + 1, QFontMetrics(self._small_font())
        wide = max(icon + text + space * bool(icon), small.horizontalAdvance(self._key) if self._key else 0)
        return QSize(wide, QFontMetrics(self.font()).height() * lines + (small.height() + _BETWEEN) * bool(self._key))

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        pad = hint.width() - QFontMetrics(self.font()).size(Qt.TextFlag.TextShowMnemonic, self.text()).width()
        wanted = self._stacked() if self._slim else self._in_a_row()
        return QSize(wanted.width() + max(pad, 24), max(hint.height(), wanted.height() + 12))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._stacked().width() + _LEAST_AIR, max(super().sizeHint().height(), self._stacked().height() + 6))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text, option.icon = "", QIcon()
        self.style().drawControl(QStyle.ControlElement.CE_PushButton, option, painter, self)
        colour = self._colour()
        icon, text, key, space = self._widths()
        if self._key_is_stacked():
            key = 0
            painter.setPen(QColor(COLOURS[colour]))
            self._draw_key_below(painter)
            painter.translate(0, -((QFontMetrics(self._small_font()).height() + _BETWEEN) // 2))
        wide = icon + text + key + space * (bool(icon) + bool(key))
        x = (self.width() - wide) // 2
        if icon and not self._icon_behind:
            self._draw_icon(painter, x, icon, colour)
            x += icon + space
        painter.setPen(QColor(COLOURS[colour]))
        painter.setFont(self.font())
        painter.drawText(QRect(x, 0, text + 1, self.height()), Qt.AlignmentFlag.AlignCenter, self.text())
        x += text + space
        if icon and self._icon_behind:
            self._draw_icon(painter, x, icon, colour)
            x += icon + space
        if key:
            self._draw_key(painter, x, key)

    def _colour(self) -> str:
        if not self.isEnabled():
            return "text" if self.window().objectName() == "PatronWindow" else "mute"
        if self.isChecked() or self.property("kind") == "primary":
            return "white"
        return "blue" if self.property("kind") == "secondary" else "ink"

    def _draw_icon(self, painter: QPainter, x: int, size: int, colour: str) -> None:
        painter.drawPixmap(x, (self.height() - size) // 2, pixmap(self._icon, size, colour, self.devicePixelRatioF()))

    def _draw_key_below(self, painter: QPainter) -> None:
        painter.setFont(self._small_font())
        height = QFontMetrics(self._small_font()).height()
        top = (self.height() + self._stacked().height()) // 2 - height
        painter.drawText(QRect(0, top, self.width(), height), Qt.AlignmentFlag.AlignCenter, self._key)

    def _draw_key(self, painter: QPainter, x: int, width: int) -> None:
        painter.setFont(self._key_font())
        height = QFontMetrics(self._key_font()).height() + 4
        frame = QRect(x, (self.height() - height) // 2, width, height)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawRoundedRect(frame, 4, 4)
        painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, self._key)
