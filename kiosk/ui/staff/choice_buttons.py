"""Compound buttons: choices and service tiles."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from kiosk.text import plain
from kiosk.ui.staff.panels import MIDDLE, TOP, column, row
from kiosk.ui.theme import COLOURS, StaffSizes
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.checked_by_state import CheckedByState
from kiosk.ui.widgets.control import set_chord
from kiosk.ui.widgets.icon import icon_label, pixmap
from kiosk.ui.widgets.words import Words


class Plate(QAbstractButton):
    """A framed area that acts as one button. Its content are child widgets."""

    def __init__(self, name: str, radius: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._radius = radius
        self.setAccessibleName(plain(name).replace("\n", ""))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def adopt(self) -> None:
        """Make all children transparent for clicks. Call after adding them."""
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    def sizeHint(self) -> QSize:
        layout = self.layout()
        return QSize(160, 60) if layout is None else layout.totalSizeHint()

    def minimumSizeHint(self) -> QSize:
        layout = self.layout()
        return QSize(120, 48) if layout is None else layout.totalMinimumSize()

    def _colours(self) -> tuple[str, str]:
        """Return the names of ground and edge colour."""
        if self.isChecked():
            return "blue", "blue"
        if self.isDown():
            return "blue_100", "blue"
        return ("blue_50", "blue") if self.underMouse() and self.isEnabled() else ("white", "edge_staff")

    def paintEvent(self, event: QPaintEvent) -> None:
        ground, edge = self._colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(COLOURS[edge]), 1.5))
        painter.setBrush(QColor(COLOURS[ground]))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), self._radius, self._radius)


class Choice(Plate):
    """One of several choices: icon, title, note. `chord` presses it together with Alt."""

    def __init__(self, icon: str, title: str, note: str, sizes: StaffSizes, *, chord: str, name: str = "") -> None:
        super().__init__(name or title, sizes.tile_radius)
        pad = round(sizes.margin_y * 0.8)
        inside = row(round(sizes.gap * 0.8), (pad, pad, pad, pad))
        inside.addWidget(icon_label(icon, round(sizes.icon * 1.6), "blue"), 0, MIDDLE)
        words = column(4)
        words.addStretch(1)
        words.addWidget(Words(title, "heading"))
        words.addWidget(Words(note, "note"))
        words.addStretch(1)
        inside.addLayout(words, 1)
        inside.addWidget(Words(f"Alt+{chord}", "note"), 0, MIDDLE)
        inside.addWidget(icon_label("right", sizes.icon, "sub"), 0, MIDDLE)
        self.setLayout(inside)
        self.setAccessibleDescription(plain(note))
        set_chord(self, chord)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.adopt()


class Answer(CheckedByState, Button):
    """One of two answers; the given one is filled."""

    def __init__(self, text: str, chord: str) -> None:
        super().__init__(text, "secondary", chord=chord)
        self.follow_state()


class Tile(CheckedByState, Plate):
    """Tile of a service, filled when chosen. `elsewhere` marks a service done in another program; `low` puts the icon at the left.

    `chord` presses it together with Alt and is drawn on it. A mouse click does not take the focus.
    """

    def __init__(self, icon: str, text: str, sizes: StaffSizes, *, chord: str, elsewhere: bool = False, low: bool = False) -> None:
        super().__init__(text, sizes.tile_radius)
        set_chord(self, chord)
        self._chord = f"Alt+{chord}" if chord else ""
        self._chord_size, self._low = 10 if sizes.small else round(sizes.note * 0.8), low
        self.follow_state()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._icon, self._size = icon, round(sizes.icon * (1.2 if not low else 0.9 if sizes.narrow else 1))
        self._elsewhere = elsewhere and not sizes.small
        self._drawing = icon_label(icon, self._size)
        self._words = Words(text, "tile", line=1.25) if low else Words(text, "tile", line=1.25, centred=True)
        # Words have a preferred width; here they wrap at the width available.
        self._words.setMinimumWidth(round(sizes.note * 3))
        if low:
            # In a small window the chord has the bottom line to itself.
            top, foot = (4, self._chord_size + 6) if chord and sizes.small else (8, 8)
            beside = row(3, (4, top, 2, foot)) if sizes.narrow else row(6, (8, top, 24 if self._elsewhere else 6, foot))
            beside.addWidget(self._drawing, 0, MIDDLE)
            # The chord below the icon is wider than the icon.
            beside.addSpacing(max(0, round(self._chord_size * 3.2) - self._size) if chord and not sizes.small else 0)
            beside.addWidget(self._words, 1)
            self.setLayout(beside)
            self.setMinimumHeight(3 * round(sizes.note * 1.3) + 18)
        else:
            below = column(4, (4, round(self._size * 0.6), 4, 8))
            below.addWidget(self._drawing, 0, TOP | Qt.AlignmentFlag.AlignHCenter)
            below.addWidget(self._words, 1)
            self.setLayout(below)
            lines = 3 * round(sizes.note * 1.3)
            self.setMinimumHeight(round(self._size * 1.6) + lines + 20)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.toggled.connect(self._recolour)
        self.adopt()

    def choose(self, chosen: bool) -> None:
        self.setChecked(chosen)

    def _recolour(self, chosen: bool) -> None:
        self._words.set_kind("tile-chosen" if chosen else "tile")
        self._drawing.setPixmap(pixmap(self._icon, self._size, "white" if chosen else "ink", self.devicePixelRatioF()))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        colour = "white" if self.isChecked() else "sub"
        if self._elsewhere:
            size = round(self._size * 0.5)
            picture = pixmap("external", size, colour, self.devicePixelRatioF())
            painter.drawPixmap(self.width() - size - 10, 10, picture)
        font = QFont(self.font())
        font.setPixelSize(self._chord_size)
        painter.setFont(font)
        painter.setPen(QColor(COLOURS[colour]))
        painter.drawText(self.chord_place(), Qt.AlignmentFlag.AlignCenter, self._chord)

    def chord_place(self) -> QRect:
        """Return the rectangle of the chord; empty if there is none."""
        font = QFont(self.font())
        font.setPixelSize(self._chord_size)
        metrics = QFontMetrics(font)
        width, height = metrics.horizontalAdvance(self._chord), metrics.tightBoundingRect(self._chord).height() + 2
        return QRect(6, self.height() - 4 - height if self._low else 5, width, height)
