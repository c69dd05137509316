"""One display for two: turned to the patron by their own press, given back to staff by the staff code (single-1)."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from kiosk.domain.events import HandoverAccepted, LeavePressed, TakenBack
from kiosk.domain.states import Counter
from kiosk.text import say
from kiosk.ui.patron.page import Emit, Page
from kiosk.ui.theme import PatronSizes
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.icon import pixmap
from kiosk.ui.widgets.notice import Notice
from kiosk.ui.widgets.picture import Picture
from kiosk.ui.widgets.wordbutton import WordButton
from kiosk.ui.widgets.words import Words


class OfferedPage(Page):
    """Left for staff, right for the patron. Shows no number."""

    def __init__(self, sizes: PatronSizes, emit: Emit) -> None:
        super().__init__(sizes, emit)
        self._title, self._lead = Words(kind="title", centred=True, line=1.3), Words(centred=True, line=1.5)
        self._start = WordButton("primary", icon="right", icon_size=sizes.icon)
        self._start.setMinimumSize(round(sizes.key * 3.6), sizes.button_height)
        self._start.clicked.connect(lambda: emit(HandoverAccepted()))
        picture = Picture("screen-turn", sizes.picture * 2 // 3, sizes.picture // 3)
        right = QVBoxLayout()
        right.addStretch(1)
        right.addWidget(picture, 2)
        for widget in (self._title, self._lead):
            right.addWidget(widget)
        right.addSpacing(sizes.gap)
        right.addWidget(self._start, 0, Qt.AlignmentFlag.AlignHCenter)
        right.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._for_staff(), 1)
        row.addLayout(right, 2)
        self._right = right
        right.setContentsMargins(sizes.gap, sizes.gap, sizes.gap, sizes.gap)

    def _for_staff(self) -> QWidget:
        """Staff read Japanese whatever language the patron has chosen."""
        panel = QWidget()
        panel.setProperty("ground", "soft")
        panel.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(panel)
        margin = self.sizes.gap * 2
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(self.sizes.gap)
        for_staff = QHBoxLayout()
        drawing = QLabel()
        drawing.setPixmap(pixmap("counter", self.sizes.icon, "ink", self.devicePixelRatioF()))
        for_staff.addWidget(drawing)
        for_staff.addWidget(Words(say("patron.handover.for-staff"), "strong"), 1)
        column.addLayout(for_staff)
        column.addWidget(Words(say("patron.handover.staff-title"), "heading", line=1.3))
        for number in (1, 2, 3):
            column.addWidget(Words(f"{number}. " + say(f"patron.handover.staff-{number}"), "note", line=1.4))
        column.addStretch(1)
        stop = Button(say("patron.handover.stop"), "quiet", icon="close")
        stop.clicked.connect(lambda: self.emit_event(LeavePressed()))
        column.addWidget(stop, 0, Qt.AlignmentFlag.AlignLeft)
        return panel

    def show_counter(self, counter: Counter) -> None:
        self._title.set_text(say("patron.handover.title", counter.language))
        self._lead.set_text(say("patron.handover.lead", counter.language))
        self._start.say(say("patron.handover.start", counter.language))
        self.setAccessibleName(self._title.text.replace("\n", ""))


class ReturningPage(Page):
    """「職員に画面をお返しください」, with a small pad for the staff code where there is one."""

    LONGEST = 8

    def __init__(self, sizes: PatronSizes, emit: Emit) -> None:
        super().__init__(sizes, emit)
        self._typed = ""
        self._with_code = False
        self._title, self._lead = Words(kind="title", centred=True, line=1.3), Words(centred=True, line=1.5)
        self._wrong = Notice("care", icon_size=sizes.icon)
        self._stars = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._take = Button(say("patron.returning.take-back"), "secondary", icon="counter")
        self._take.clicked.connect(self._take_back)
        self._pad = self._build_pad()
        column = QVBoxLayout(self)
        column.setContentsMargins(sizes.margin_x, sizes.margin_y, sizes.margin_x, sizes.margin_y)
        column.addStretch(1)
        for widget in (self._title, self._lead, self._wrong):
            column.addWidget(widget)
        for small in (self._stars, self._pad, self._take):
            column.addWidget(small, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)

    def _build_pad(self) -> QWidget:
        pad = QWidget()
        grid = QGridLayout(pad)
        grid.setContentsMargins(0, 0, 0, 0)
        for digit in range(10):
            button = Button(str(digit), "quiet")
            button.setFixedSize(self.sizes.button_height, self.sizes.button_height)
            button.clicked.connect(lambda _=False, digit=digit: self._add(str(digit)))
            grid.addWidget(button, digit // 5, digit % 5)
        return pad

    def _add(self, digit: str) -> None:
        self._typed = (self._typed + digit)[-self.LONGEST :]
        self._stars.setText("●" * len(self._typed))

    def _take_back(self) -> None:
        code, self._typed = self._typed, ""
        self._stars.setText("")
        self.emit_event(TakenBack(code))

    def key_pressed(self, event: QKeyEvent) -> None:
        if self._with_code and event.text().isdigit() and event.text().isascii():
            self._add(event.text())
            event.accept()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._typed:
            self._take_back()
            event.accept()
        else:
            event.ignore()

    def show_counter(self, counter: Counter) -> None:
        self._with_code = bool(counter.rules.staff_code)
        self._title.set_text(say("patron.returning.title", counter.language))
        self._lead.set_text(say("patron.returning.lead", counter.language))
        self._pad.setVisible(self._with_code)
        self._stars.setVisible(self._with_code)
        wrong = counter.wrong_staff_code
        self._wrong.say(say("patron.returning.wrong") if wrong else "", say("patron.returning.wrong-next") if wrong else "")
        self.setAccessibleName(self._title.text.replace("\n", ""))

    def hideEvent(self, event: object) -> None:
        self._typed = ""
        self._stars.setText("")
