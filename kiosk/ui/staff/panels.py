"""Layout elements of the staff pages: cards, titles with icon, fact tables, numbered steps, chips."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QSizePolicy, QVBoxLayout, QWidget

from kiosk.ui.theme import COLOURS, StaffSizes
from kiosk.ui.widgets.icon import icon_label
from kiosk.ui.widgets.words import Words

TOP = Qt.AlignmentFlag.AlignTop
MIDDLE = Qt.AlignmentFlag.AlignVCenter


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


class Panel(QFrame):
    """A card; its content goes into `inside`. `frame` is card, chosen, plain or field."""

    def __init__(self, sizes: StaffSizes, frame: str = "card", *, spacing: int = 8) -> None:
        super().__init__()
        self.setProperty("frame", frame)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        pad = sizes.margin_y
        self.inside = column(spacing, (pad, round(pad * 0.8), pad, round(pad * 0.8)))
        self.setLayout(self.inside)


class Ground(QWidget):
    """A coloured area without a border."""

    def __init__(self, ground: str) -> None:
        super().__init__()
        self.setProperty("ground", ground)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)


def title_row(icon: str, text: str, sizes: StaffSizes, colour: str = "ink", kind: str = "heading") -> QHBoxLayout:
    layout = row(12)
    size = round(sizes.icon * 1.1)
    layout.addWidget(icon_label(icon, size, colour), 0, MIDDLE)
    layout.addWidget(Words(text, kind), 1)
    return layout


def bullet(icon: str, text: str, sizes: StaffSizes, colour: str = "sub", note: str = "", kind: str = "body") -> QHBoxLayout:
    """Return a list item: icon, text and, smaller below, a note."""
    layout = row(12)
    words = Words(text, kind)
    picture = icon_label(icon, sizes.icon, colour)
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
    """Return a table row of label and value."""
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
    """Return a table with hairlines. `open_above` if it continues another one."""
    layout = column(round(sizes.body * 0.5))
    if not open_above:
        layout.addWidget(hair_line())
    for label, value in rows:
        layout.addLayout(fact(label, value, sizes))
        layout.addWidget(hair_line())
    return layout


class Steps(QWidget):
    """Numbered steps: numbers in circles, joined by a line."""

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
    """A short statement with icon; `kind` is done, info or care."""

    def __init__(self, kind: str, text: str, sizes: StaffSizes) -> None:
        super().__init__()
        self.setProperty("chip", kind)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        icon, colour = _CHIPS[kind]
        # A pill needs a fixed height: Qt ignores a border radius over half the height.
        self.setFixedHeight(round(sizes.note * 2.1))
        # In the narrowest window the longest statement has few pixels to spare, and fonts are a little wider on Windows.
        inside = row(6, (12, 0, 12, 0))
        inside.addWidget(icon_label(icon, round(sizes.note * 1.3), colour), 0, MIDDLE)
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
