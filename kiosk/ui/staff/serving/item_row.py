"""A row of the item list: its line, outcome and button, updated in place."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEasingCurve, Qt, QVariantAnimation
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QSpacerItem, QWidget

from kiosk.domain.events import HoldConfirmed, RenewalChosen
from kiosk.text import say
from kiosk.ui.staff.panels import TOP, column, row
from kiosk.ui.staff.serving.item_texts import Line, Look
from kiosk.ui.theme import COLOURS, StaffSizes
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.control import means
from kiosk.ui.widgets.icon import pixmap
from kiosk.ui.widgets.words import Words

FADE_MS = 160
_BAR = 8
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
    """Column widths, shared by rows and headings."""

    def __init__(self, sizes: StaffSizes, *, buttons: bool) -> None:
        self.sizes, self.buttons = sizes, buttons
        self.icon, self.gap = sizes.icon, round(sizes.gap * 0.6)
        self.before = round(sizes.gap * 0.5)
        self.number = 0 if sizes.small else round(sizes.note * 10)
        self.aside = max(round(sizes.body * 7.4), round(sizes.note * 9.4))
        self.act = round(sizes.body * (7 if sizes.small else 7.4)) if buttons else 0
        self.line = max(round(sizes.lead * 1.5), 44 if buttons else 0)
        """Height of the first line of each cell, so that they align."""
        self.pad = (10 if sizes.small or sizes.lead < 20 else 20) if not buttons else 6


class Veil(QFrame):
    """White overlay that fades out over a new row; `passed` is called at the end."""

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
        # PySide never releases a connected built-in method (`update`); a Python method is released with its object.
        self._fade.valueChanged.connect(self._lighten)
        self._fade.finished.connect(passed)
        self._fade.start()
        self.show()

    def _lighten(self) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        white = QColor(COLOURS["white"])
        white.setAlphaF(float(self._fade.currentValue()))
        QPainter(self).fillRect(self.rect(), white)


class Row(QFrame):
    """A row. Uses few widgets, since a patron may have sixty rows; rarely needed ones are created on demand."""

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
            # Reserve the column's width if there is no button.
            self._act.addSpacerItem(QSpacerItem(columns.act, 0, QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding))
        return inside

    @property
    def key(self) -> str:
        return self._line.key

    @property
    def button(self) -> Button | None:
        """The button that renews or reserves this item, if that is possible now."""
        return self._button if self._button is not None and self._acts_on else None

    @property
    def _acts_on(self) -> str:
        return self._line.renews or self._line.reserves

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
        """Show why, what to do, and the server's message. Few rows have any."""
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
            self._show_reserve(line)
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
            means(self._button, RenewalChosen(line.renews))
            # One such button per loan: the accessible name includes the item.
            self._button.setAccessibleName(" ".join((say("staff.line.renew"), line.title, line.number)).strip())
        if self._result is not None:
            self._result.set_text(line.result)
            self._result.set_kind({Look.DONE: "note-done", Look.REFUSED: "wrong"}.get(line.look, "strong"))
            self._result.setVisible(bool(line.result))

    def _show_reserve(self, line: Line) -> None:
        """Show the hold button below the text, since few rows have one."""
        if line.reserves and self._button is None:
            self._button = Button(say("staff.line.reserve"), "secondary")
            self._button.setProperty("compact", "true")
            self._button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._button.clicked.connect(self._pressed)
            self._texts.addWidget(self._button, 0, Qt.AlignmentFlag.AlignLeft)
        if self._button is not None:
            self._button.setVisible(bool(line.reserves))
            means(self._button, HoldConfirmed(line.reserves))
            self._button.setAccessibleName(" ".join((say("staff.line.reserve"), line.title, line.number)).strip())

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
        """Return the height in pixels; cached until the line changes."""
        if self._height is None or self._height[0] != width:
            self.ensurePolished()
            for part in self.findChildren(QWidget):
                part.ensurePolished()
            self._height = width, self._whole.totalHeightForWidth(width)
        return self._height[1]

    def _pressed(self) -> None:
        if self._acts_on:
            self._renew(self._acts_on)

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
