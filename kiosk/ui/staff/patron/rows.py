"""The list of items as it is seen: a row each, changed in place, the newest on top."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from PySide6.QtCore import QEasingCurve, Qt, QTimer, QVariantAnimation
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QSpacerItem, QWidget

from kiosk.text import say
from kiosk.ui.staff.panels import TOP, ScrollColumn, column, row
from kiosk.ui.staff.patron.lines import Line, Look
from kiosk.ui.theme import COLOURS, StaffSizes
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.icon import pixmap
from kiosk.ui.widgets.picture import motion_is_wanted
from kiosk.ui.widgets.words import Words

FADE_MS = 160
_BAR, _BETWEEN = 8, 4
BUILD_MS = 8
"""So long at a time rows are built; a patron may have sixty loans, and the windows never stand still that long."""
_ICONS = {
    Look.PLAIN: ("lend", "mute"),
    Look.WAITING: ("clock", "mute"),
    Look.ASKED: ("sync", "blue"),
    Look.DONE: ("checkc", "green"),
    Look.CARE: ("warn", "yellow"),
    Look.REFUSED: ("error", "red"),
}
_ASIDE = {Look.WAITING: "note", Look.ASKED: "note", Look.REFUSED: "wrong"}
_FRAMES = {Look.CARE: "care", Look.REFUSED: "refused"}
Renew = Callable[[str], None]


class Columns:
    """How wide what is, for the rows and the words above them."""

    def __init__(self, sizes: StaffSizes, *, buttons: bool) -> None:
        self.sizes, self.buttons = sizes, buttons
        self.icon, self.gap = sizes.icon, round(sizes.gap * 0.6)
        self.before = round(sizes.gap * 0.5)
        self.number = 0 if sizes.small else round(sizes.note * 10)
        self.aside = max(round(sizes.body * 7.4), round(sizes.note * 9.4))
        self.act = round(sizes.body * (7 if sizes.small else 7.4)) if buttons else 0
        self.line = max(round(sizes.lead * 1.5), 44 if buttons else 0)
        """Height of the first line of each cell, so that they stand level."""
        self.pad = (10 if sizes.small or sizes.lead < 20 else 20) if not buttons else 6


class Veil(QFrame):
    """White over a new row, which it lets show through more and more; `passed` is called when that is over."""

    def __init__(self, over: QWidget, passed: Callable[[], None]) -> None:
        super().__init__(over)
        self.setProperty("band", "veil")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setGeometry(over.rect())
        self._fade = QVariantAnimation(self)
        self._fade.setStartValue(1.0)
        self._fade.setEndValue(0.0)
        self._fade.setDuration(FADE_MS)
        self._fade.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._fade.valueChanged.connect(self.update)
        self._fade.finished.connect(passed)
        self._fade.start()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        white = QColor(COLOURS["white"])
        white.setAlphaF(float(self._fade.currentValue()))
        QPainter(self).fillRect(self.rect(), white)


class Row(QFrame):
    """Few widgets, since a patron may have sixty of them; what few rows need is made when it is needed."""

    def __init__(self, columns: Columns, renew: Renew, parent: QWidget) -> None:
        super().__init__(parent)
        self._columns, self._renew, self._line = columns, renew, Line("", Look.PLAIN, "")
        self._height: tuple[int, int] | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("item", "plain")
        self._veil: Veil | None = None
        self._bar: QFrame | None = None
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._icon.setFixedSize(columns.icon, columns.line)
        self._title, self._number = Words(kind="lead-strong", verbatim=True), Words(kind="digits", verbatim=True)
        self._aside = Words(kind="strong", right=True)
        self._texts = column(2)
        self._texts.addWidget(self._title)
        self._details: list[Words] = []
        self._act = column()
        self._button: Button | None = None
        self._result: Words | None = None
        self._whole: QHBoxLayout = row(0, (_BAR, 0, 0, 0))
        self._whole.addLayout(self._cells(), 1)
        self.setLayout(self._whole)

    def _cells(self) -> QHBoxLayout:
        columns = self._columns
        inside = row(columns.gap, (columns.before, columns.pad, columns.gap, columns.pad))
        inside.addWidget(self._icon, 0, TOP)
        inside.addLayout(self._texts, 1)
        if columns.number:
            self._title.setMinimumHeight(columns.line)
            self._number.setFixedWidth(columns.number)
            self._number.setMinimumHeight(columns.line)
            inside.addWidget(self._number, 0, TOP)
        else:
            self._texts.addWidget(self._number)
        self._aside.setFixedWidth(columns.aside)
        self._aside.setMinimumHeight(columns.line)
        inside.addWidget(self._aside, 0, TOP)
        if columns.buttons:
            inside.addLayout(self._act)
            # Its width is kept where there is nothing to press.
            self._act.addSpacerItem(QSpacerItem(columns.act, 0, QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding))
        return inside

    @property
    def key(self) -> str:
        return self._line.key

    @property
    def button(self) -> Button | None:
        """What renews this item, where that can be asked for now."""
        return self._button if self._button is not None and self._line.renews else None

    def show_line(self, line: Line) -> None:
        before, self._line = self._line, line
        if line == before:
            return
        self._height = None
        self._title.set_text(line.title)
        self._number.set_text(line.number)
        self._number.setVisible(bool(line.number) or bool(self._columns.number))
        self._aside.set_text(line.aside)
        self._aside.set_kind("strong" if self._columns.buttons and line.result else _ASIDE.get(line.look, "strong"))
        icon, colour = _ICONS[line.look]
        self._icon.setPixmap(pixmap(icon, self._columns.icon, colour, self.devicePixelRatioF()))
        self._show_details(line)
        self._show_act(line)
        self._show_frame(_FRAMES.get(line.look, "plain"))
        self.setAccessibleName(line.spoken)

    def _show_details(self, line: Line) -> None:
        """Why, what to do, and the server's own words. Few rows have any."""
        if not self._details and (line.why or line.step or line.said):
            self._details = [Words(kind="wrong", line=1.4), Words(line=1.4), Words(kind="note", verbatim=True, line=1.4)]
            for words in self._details:
                self._texts.addWidget(words)
        for words, text in zip(self._details, (line.why, line.step, line.said), strict=bool(self._details)):
            words.set_text(text)
            words.setVisible(bool(text))
        if self._details:
            self._details[0].set_kind("wrong" if line.look is Look.REFUSED else "strong")

    def _show_act(self, line: Line) -> None:
        if not self._columns.buttons:
            return
        if line.renews and self._button is None:
            self._button = Button(say("staff.line.renew"), "secondary")
            self._button.setProperty("compact", "true")
            self._button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._button.clicked.connect(self._pressed)
            self._act.insertWidget(0, self._button)
        if line.result and self._result is None:
            self._result = Words(kind="strong", right=True, line=1.3)
            self._result.setMinimumHeight(self._columns.line)
            self._act.insertWidget(0, self._result)
        if self._button is not None:
            self._button.setVisible(bool(line.renews))
            # As many buttons as loans: each is heard with its own item.
            self._button.setAccessibleName(" ".join((say("staff.line.renew"), line.title, line.number)).strip())
        if self._result is not None:
            self._result.set_text(line.result)
            self._result.set_kind({Look.DONE: "note-done", Look.REFUSED: "wrong"}.get(line.look, "strong"))
            self._result.setVisible(bool(line.result))

    def _show_frame(self, frame: str) -> None:
        if self.property("item") == frame:
            return
        framed = frame != "plain"
        if self._bar is None and framed:
            self._bar = QFrame()
            self._bar.setFixedWidth(_BAR)
            self._whole.insertWidget(0, self._bar)
        self._whole.setContentsMargins(0 if framed else _BAR, 0, 0, 0)
        for part, name in ((self, "item"), (self._bar, "item-bar")):
            if part is not None:
                part.setProperty(name, frame)
                part.style().unpolish(part)
                part.style().polish(part)
        if self._bar is not None:
            self._bar.setVisible(framed)

    def height_at(self, width: int) -> int:
        """In pixels; measured once for what it says."""
        if self._height is None or self._height[0] != width:
            self.ensurePolished()
            for part in self.findChildren(QWidget):
                part.ensurePolished()
            self._height = width, self._whole.totalHeightForWidth(width)
        return self._height[1]

    def _pressed(self) -> None:
        if self._line.renews:
            self._renew(self._line.renews)

    def fade_in(self) -> None:
        if self._veil is None:
            self._veil = Veil(self, self._unveil)

    def _unveil(self) -> None:
        if self._veil is not None:
            self._veil.hide()
            self._veil.deleteLater()
            self._veil = None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._veil is not None:
            self._veil.setGeometry(self.rect())


class Stack(QWidget):
    """Rows one below the other. A layout would ask each of them for its height again whenever one of them changes."""

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
    """`show_lines` with every state; rows that are there stay and are changed, whatever else comes and goes."""

    def __init__(self, sizes: StaffSizes, last_column: str, renew: Renew, *, buttons: bool = False) -> None:
        self._columns = Columns(sizes, buttons=buttons)
        self._head = _Head(self._columns, last_column)
        self._stack = Stack(self._head)
        super().__init__(self._stack, say("staff.items.list"), least=round(sizes.body * 9))
        self._renew = renew
        self.wanted: Sequence[Line] = ()
        """What the rows say, or will when all are built."""
        self._fades = motion_is_wanted()
        self._shown_before = False
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._build)
        self._in_sight = ""
        self._look_there = QTimer(self, singleShot=True, interval=0)
        self._look_there.timeout.connect(self._scroll)
        self._head.hide()

    def show_lines(self, lines: Sequence[Line]) -> None:
        if self._shown_before and lines == self.wanted:
            return
        before, self.wanted = {line.key: line.look for line in self.wanted}, lines
        self._head.setVisible(bool(lines))
        self._build()
        if self._shown_before:
            self._in_sight = _news(before, lines)
            self._look_there.start()
        self._shown_before = True

    def _build(self) -> None:
        """Bring the rows to what is wanted: those that are there at once, new ones for a few milliseconds, then after a pause more."""
        until = time.perf_counter() + BUILD_MS / 1000
        there = {old.key: old for old in self._stack.rows}
        wanted = {line.key for line in self.wanted}
        free = [old for old in self._stack.rows if old.key not in wanted]
        rows: list[Row] = []
        for line in self.wanted:
            found = there.get(line.key)
            if found is None:
                if rows and time.perf_counter() > until:
                    # The rest later, in its place.
                    continue
                found = free.pop() if free else Row(self._columns, self._renew, self._stack)
            found.show_line(line)
            # Measuring takes longer than making: it counts.
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

    def _order(self) -> None:
        """Tab goes down the list."""
        buttons = [shown.button for shown in self._stack.rows if shown.button is not None]
        for one, following in pairwise(buttons):
            if one.nextInFocusChain() is not following:
                QWidget.setTabOrder(one, following)

    def _scroll(self) -> None:
        """Bring what has news into sight."""
        target = next((shown for shown in self._stack.rows if shown.key == self._in_sight), None)
        if target is None:
            return
        if target is self._stack.rows[0]:
            self.verticalScrollBar().setValue(0)
        else:
            self.ensureWidgetVisible(target, 0, 8)

    def turn_page(self, pages: int) -> None:
        """Scroll by so many windowfuls, down or up."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + pages * round(bar.pageStep() * 0.9))

    @property
    def complete(self) -> bool:
        """Whether every line has its row."""
        return len(self._stack.rows) == len(self.wanted)


def _news(before: Mapping[str, Look], lines: Sequence[Line]) -> str:
    """The key of the line to look at: a new one on top, else the first that has changed its look; none where all is as it was."""
    if lines and lines[0].key not in before:
        return lines[0].key
    return next((line.key for line in lines if before.get(line.key, line.look) is not line.look), "")


class _Head(QWidget):
    """What stands in which column."""

    def __init__(self, columns: Columns, last: str) -> None:
        super().__init__()
        # As far in as the titles: behind border, bar and icon of a row.
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
