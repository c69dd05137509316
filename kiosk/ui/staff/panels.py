"""What the staff pages are laid out with: cards, titles with an icon, rows of facts, numbered steps."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractSlider,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from kiosk.domain.model import LibraryCardNumber
from kiosk.ui.theme import COLOURS, StaffSizes
from kiosk.ui.widgets.icon import pixmap
from kiosk.ui.widgets.words import Words

TOP = Qt.AlignmentFlag.AlignTop
MIDDLE = Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft


def picture_of(icon: str, size: int, colour: str = "ink") -> QLabel:
    """An icon standing by itself. A drawing only: the words beside it say the same."""
    label = QLabel()
    label.setPixmap(pixmap(icon, size, colour, label.devicePixelRatioF()))
    label.setFixedSize(size, size)
    return label


def column(spacing: int = 0, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QVBoxLayout:
    layout = QVBoxLayout()
    layout.setContentsMargins(*margins)
    layout.setSpacing(spacing)
    return layout


def row(spacing: int = 0, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QHBoxLayout:
    layout = QHBoxLayout()
    layout.setContentsMargins(*margins)
    layout.setSpacing(spacing)
    return layout


def add(layout: QBoxLayout, *items: QWidget | QLayout | int) -> None:
    """Widgets and layouts one after another; a number is a space of so many pixels."""
    for item in items:
        if isinstance(item, QWidget):
            layout.addWidget(item)
        elif isinstance(item, int):
            layout.addSpacing(item)
        else:
            layout.addLayout(item)


class Panel(QFrame):
    """A card on the ground; what is in it goes into `inside`. `frame` is card, chosen, plain or field."""

    def __init__(self, sizes: StaffSizes, frame: str = "card", *, spacing: int = 8) -> None:
        super().__init__()
        self.setProperty("frame", frame)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        pad = sizes.margin_y
        self.inside = column(spacing, (pad, round(pad * 0.8), pad, round(pad * 0.8)))
        self.setLayout(self.inside)


_ACTIONS = QAbstractSlider.SliderAction
SCROLLS = {
    Qt.Key.Key_PageDown: _ACTIONS.SliderPageStepAdd,
    Qt.Key.Key_PageUp: _ACTIONS.SliderPageStepSub,
    Qt.Key.Key_Home: _ACTIONS.SliderToMinimum,
    Qt.Key.Key_End: _ACTIONS.SliderToMaximum,
    Qt.Key.Key_Down: _ACTIONS.SliderSingleStepAdd,
    Qt.Key.Key_Up: _ACTIONS.SliderSingleStepSub,
}
"""What keys do to what scrolls."""


BAR = 12
"""Width of a scroll bar, as the style sheet has it."""


class ScrollArea(QScrollArea):
    """Scrolls downwards only. A key is for it as long as there is anything to scroll, else for whatever it stands in."""

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._below: int | None = None
        """What was scrolled away below while what is in use was in sight."""
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(self._range_changed)
        # Always there, though unseen while there is nothing to scroll: nothing grows narrower when it comes.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        bar.setEnabled(False)

    def keep_in_place(self, in_use: QWidget) -> None:
        """Whatever comes or goes above it here, where everything fills from below."""
        bar = self.verticalScrollBar()
        self._below = None if in_use.visibleRegion().isEmpty() else bar.maximum() - bar.value()

    def _range_changed(self, _least: int, most: int) -> None:
        self.verticalScrollBar().setEnabled(most > 0)
        if self._below is not None:
            self.verticalScrollBar().setValue(most - self._below)

    def scroll_by(self, key: Qt.Key) -> bool:
        """Whether this key scrolls here."""
        bar = self.verticalScrollBar()
        if key not in SCROLLS or bar.maximum() <= bar.minimum():
            return False
        bar.triggerAction(SCROLLS[key])
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.setAccepted(self.scroll_by(Qt.Key(event.key())))


class ScrollColumn(ScrollArea):
    """What finds no room scrolls by itself, so that what stands beside or below it stays in sight.

    It asks for no more than `least` pixels of height and is content with them. Where there is something to scroll, Tab reaches it and
    the arrow keys scroll.
    """

    def __init__(self, inside: QLayout | QWidget, name: str, least: int) -> None:
        super().__init__()
        self._least = least
        self.setAccessibleName(name)
        whole = inside if isinstance(inside, QWidget) else QWidget()
        whole.setProperty("scrolled", "true")
        # As wide as there is room, whatever it would like: words wrap.
        whole.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setWidget(whole)
        if isinstance(inside, QLayout):
            # Only now: a scroll area measures what it is given, and gives it a style, before it has that of its window.
            whole.setLayout(inside)

    def _range_changed(self, least: int, most: int) -> None:
        super()._range_changed(least, most)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if most > 0 else Qt.FocusPolicy.NoFocus)

    def sizeHint(self) -> QSize:
        return QSize(0, self._least)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._least)


class Ground(QWidget):
    """A coloured area without a border."""

    def __init__(self, ground: str) -> None:
        super().__init__()
        self.setProperty("ground", ground)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)


def title_row(icon: str, text: str, sizes: StaffSizes, colour: str = "ink", kind: str = "heading") -> QHBoxLayout:
    layout = row(12)
    size = round(sizes.icon * 1.1)
    layout.addWidget(picture_of(icon, size, colour), 0, MIDDLE)
    layout.addWidget(Words(text, kind), 1)
    return layout


def bullet(icon: str, text: str, sizes: StaffSizes, colour: str = "sub", note: str = "", kind: str = "body") -> QHBoxLayout:
    """A line of a list: icon, words and, smaller below, a note."""
    layout = row(12)
    words = Words(text, kind)
    picture = picture_of(icon, sizes.icon, colour)
    beside = column(0)
    beside.addWidget(words)
    if note:
        beside.addWidget(Words(note, "note"))
    layout.addWidget(picture, 0, TOP)
    layout.addLayout(beside, 1)
    return layout


def hair_line() -> QFrame:
    line = QFrame()
    line.setProperty("frame", "line")
    line.setFixedHeight(1)
    return line


def fact(label: str, value: QWidget | QLayout, sizes: StaffSizes) -> QHBoxLayout:
    """A row of a table: what it is, and what holds."""
    layout = row(sizes.gap)
    words = Words(label, "note")
    words.setFixedWidth(round(sizes.body * (9 if sizes.small else 9.5)))
    layout.addWidget(words, 0, MIDDLE)
    if isinstance(value, QWidget):
        layout.addWidget(value, 1)
    else:
        layout.addLayout(value, 1)
    return layout


def facts(rows: Iterable[tuple[str, QWidget | QLayout]], sizes: StaffSizes, *, open_above: bool = False) -> QVBoxLayout:
    """A table of them between hair lines. `open_above` where it goes on from another one."""
    layout = column(round(sizes.body * 0.5))
    if not open_above:
        layout.addWidget(hair_line())
    for label, value in rows:
        layout.addLayout(fact(label, value, sizes))
        layout.addWidget(hair_line())
    return layout


class Steps(QWidget):
    """What to do one after the other: numbers in circles, joined by a line."""

    def __init__(self, steps: Iterable[tuple[str, str]], sizes: StaffSizes) -> None:
        super().__init__()
        self._circle = round(sizes.body * 1.9)
        self._starts: list[Words] = []
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        inside = column(round(sizes.gap * 0.9), (self._circle + 14, 6, 0, 2))
        for title, text in steps:
            start = Words(title, "strong")
            self._starts.append(start)
            step = column(2)
            step.addWidget(start)
            step.addWidget(Words(text, "note"))
            inside.addLayout(step)
        self.setLayout(inside)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middles = [QPoint(self._circle // 2 + 1, start.y() + min(start.height(), self._circle) // 2) for start in self._starts]
        painter.setPen(QPen(QColor(COLOURS["edge_staff"]), 2))
        for upper, lower in itertools.pairwise(middles):
            painter.drawLine(upper, lower)
        painter.setPen(QPen(QColor(COLOURS["blue"]), 2))
        font = QFont(self.font())
        font.setPixelSize(round(self._circle * 0.5))
        font.setBold(True)
        painter.setFont(font)
        for number, middle in enumerate(middles, 1):
            half = self._circle // 2 - 1
            circle = QRect(middle.x() - half, middle.y() - half, 2 * half, 2 * half)
            painter.setBrush(QColor(COLOURS["white"]))
            painter.drawEllipse(circle)
            painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(number))


_CHIPS = {"done": ("checkc", "green"), "info": ("info", "blue"), "care": ("warn", "yellow")}


class Chip(QFrame):
    """A short statement with an icon: `kind` is done, info or care."""

    def __init__(self, kind: str, text: str, sizes: StaffSizes) -> None:
        super().__init__()
        self.setProperty("chip", kind)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        icon, colour = _CHIPS[kind]
        # A pill needs a real height: a radius over half of it turns its corners square.
        self.setFixedHeight(round(sizes.note * 2.1))
        inside = row(8, (12, 0, 16, 0))
        inside.addWidget(picture_of(icon, round(sizes.note * 1.3), colour), 0, MIDDLE)
        words = Words(text, "chip", line=1.3)
        words.setProperty("chip", kind)
        inside.addWidget(words, 1)
        self.setLayout(inside)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)


def chip_row(chip: Chip) -> QHBoxLayout:
    layout = row()
    layout.addWidget(chip)
    layout.addStretch(1)
    return layout


class NumberLabel(QLabel):
    """A library card number, large. It can be selected and copied; a long one is set smaller, or in two lines, never cut."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size, self._shown_size, self._grouped = size, 0, ""
        self.setObjectName("Number")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_number(self, number: LibraryCardNumber) -> None:
        if number.grouped == self._grouped:
            return
        self._grouped = number.grouped
        self.setAccessibleName(self._grouped)
        self._fit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press begins a selection; it never drags what is selected away, which no mark could follow."""
        self.setSelection(0, 0)
        super().mousePressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(self._size * 6, round(self._size * 1.3) * (self.text().count("\n") + 1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        groups = self._grouped.split(" ")
        half = (len(groups) + 1) // 2
        two_lines = " ".join(groups[:half]) + "\n" + " ".join(groups[half:])
        text, size = self._grouped, self._largest(self._grouped)
        if size < self._size * 0.7 and len(groups) > 1:
            text, size = two_lines, self._largest(two_lines)
        if text == self.text() and size == self._shown_size:
            return
        self._shown_size = size
        self.setText(text)
        self.setStyleSheet(f"font-size: {size}px")
        self.updateGeometry()

    def _largest(self, text: str) -> int:
        """The font size, in pixels, at which the text fits this width."""
        font = QFont(self.font())
        font.setBold(True)
        room, size = self.width() - 4, self._size
        while size > 11:
            font.setPixelSize(size)
            metrics = QFontMetrics(font)
            wide = max(metrics.horizontalAdvance(line) for line in text.split("\n"))
            if wide <= room:
                return size
            # Letters are about as much narrower as they are smaller: each size that is tried has to be made first.
            size = min(size - 1, size * max(0, room) // wide + 1)
        return 11
