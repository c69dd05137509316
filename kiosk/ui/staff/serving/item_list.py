"""The visible list of items: one row each, updated in place, newest first."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from itertools import pairwise

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from kiosk.text import say
from kiosk.ui.staff.panels import row
from kiosk.ui.staff.scroll import ScrollColumn
from kiosk.ui.staff.serving.item_row import Columns, Renew, Row
from kiosk.ui.staff.serving.item_texts import Line, Look
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.picture import motion_is_wanted
from kiosk.ui.widgets.words import Words

_BETWEEN = 4
BUILD_MS = 2
"""Time slice for building rows: a patron may have sixty loans, and the windows must not freeze."""


class Stack(QWidget):
    """Vertical stack of rows. A QLayout would query every row's height whenever one changes."""

    def __init__(self, head: QWidget) -> None:
        super().__init__()
        self._head = head
        head.setParent(self)
        self.rows: list[Row] = []

    def place(self) -> None:
        y, width = 0, self.width()
        if not self._head.isHidden():
            y = self._head.sizeHint().height()
            self._head.setGeometry(0, 0, width, y)
        for shown in self.rows:
            height = shown.height_at(width)
            shown.setGeometry(0, y + _BETWEEN, width, height)
            y += _BETWEEN + height
        self.setMinimumHeight(y)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.place()


class Rows(ScrollColumn):
    """Scrolling list of rows. Call `show_lines` with every state; existing rows are kept and updated."""

    def __init__(self, sizes: StaffSizes, last_column: str, renew: Renew, *, buttons: bool = False) -> None:
        self._columns = Columns(sizes, buttons=buttons)
        self._head = _Head(self._columns, last_column)
        self._stack = Stack(self._head)
        super().__init__(self._stack, say("staff.items.list"), least=round(sizes.body * 9))
        self._renew = renew
        self.wanted: Sequence[Line] = ()
        """The lines shown, or to be shown once all rows are built."""
        self._fades = motion_is_wanted()
        self._shown_before = False
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._build_more)
        self._in_sight = ""
        self._look_there = QTimer(self, singleShot=True, interval=0)
        self._look_there.timeout.connect(self._scroll)
        self._head.hide()

    def show_lines(self, lines: Sequence[Line]) -> None:
        if self._shown_before and lines == self.wanted:
            return
        before, self.wanted = {line.key: line.look for line in self.wanted}, lines
        self._head.setVisible(bool(lines))
        # A build in progress keeps its own pace, however many updates arrive.
        self._build(0 if self._later.isActive() else BUILD_MS)
        if self._shown_before:
            self._in_sight = _news(before, lines)
            self._look_there.start()
        self._shown_before = True

    def _build_more(self) -> None:
        self._build(BUILD_MS)

    def _build(self, milliseconds: float) -> None:
        """Update existing rows at once; build new ones within the time slice and schedule the rest."""
        until = time.perf_counter() + milliseconds / 1000
        there = {old.key: old for old in self._stack.rows}
        wanted = {line.key for line in self.wanted}
        free = [old for old in self._stack.rows if old.key not in wanted]
        rows: list[Row] = []
        for line in self.wanted:
            found = there.get(line.key)
            if found is None:
                if rows and time.perf_counter() > until:
                    # Built later, in its place.
                    continue
                found = free.pop() if free else Row(self._columns, self._renew, self._stack)
            found.show_line(line)
            # Measuring takes longer than building: include it in the time slice.
            found.height_at(self._stack.width())
            rows.append(found)
        for gone in free:
            gone.hide()
            gone.deleteLater()
        self._stack.rows = rows
        self._stack.place()
        for number, shown in enumerate(rows):
            if shown.key not in there:
                shown.show()
                if not number and self._shown_before and self._fades and self.isVisible():
                    shown.fade_in()
        self._order()
        if not self.complete:
            self._later.start()
        elif self._in_sight:
            self._look_there.start()

    def _order(self) -> None:
        """Make Tab move down the list."""
        buttons = [shown.button for shown in self._stack.rows if shown.button is not None]
        for one, following in pairwise(buttons):
            if one.nextInFocusChain() is not following:
                QWidget.setTabOrder(one, following)

    def _scroll(self) -> None:
        """Scroll to the row that has changed."""
        target = next((shown for shown in self._stack.rows if shown.key == self._in_sight), None)
        if target is None:
            # Not built yet, or removed.
            return
        self._in_sight = ""
        if target is self._stack.rows[0]:
            self.verticalScrollBar().setValue(0)
        else:
            self.ensureWidgetVisible(target, 0, 8)

    def look_at(self, line: Line) -> None:
        """Scroll to this line as soon as its row exists."""
        self._in_sight = line.key
        self._look_there.start()

    def turn_page(self, pages: int) -> None:
        """Scroll by this many pages, down if positive."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + pages * round(bar.pageStep() * 0.9))

    @property
    def shown(self) -> Sequence[Row]:
        """The rows built so far."""
        return self._stack.rows

    @property
    def complete(self) -> bool:
        """Whether every line has its row."""
        return len(self._stack.rows) == len(self.wanted)


def _news(before: Mapping[str, Look], lines: Sequence[Line]) -> str:
    """Return the key of the line to scroll to: a new one on top, else the first with a new look; "" if neither."""
    if lines and lines[0].key not in before:
        return lines[0].key
    return next((line.key for line in lines if before.get(line.key, line.look) is not line.look), "")


class _Head(QWidget):
    """Column headings."""

    def __init__(self, columns: Columns, last: str) -> None:
        super().__init__()
        # Aligned with the titles: after border, bar and icon of a row.
        inside = row(columns.gap, (10 + columns.before + columns.icon + columns.gap, 0, columns.gap + 2, 0))
        inside.addWidget(Words(say("staff.items.title"), "note", line=1.3), 1)
        if columns.number:
            number = Words(say("staff.items.number"), "note", line=1.3)
            number.setFixedWidth(columns.number)
            inside.addWidget(number)
        aside = Words(last, "note", right=True, line=1.3)
        aside.setFixedWidth(columns.aside)
        inside.addWidget(aside)
        if columns.buttons:
            inside.addSpacing(columns.act + columns.gap)
        self.setLayout(inside)
