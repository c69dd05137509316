"""Handover of a shared display: the patron starts their turn by a press (single-1). Shows no number."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from kiosk.domain.events import DisplayTaken, LeavePressed
from kiosk.domain.states import Counter
from kiosk.text import say
from kiosk.ui.patron.footer import LanguageSwitch
from kiosk.ui.patron.page import Emit, PatronWindowPage
from kiosk.ui.theme import PatronSizes
from kiosk.ui.widgets.control import says
from kiosk.ui.widgets.icon_text import Point
from kiosk.ui.widgets.picture import Picture
from kiosk.ui.widgets.word_button import WordButton
from kiosk.ui.widgets.words import Words

STEPS = (1, 2, 3)


class DisplayOfferPage(PatronWindowPage):
    """Instructions for staff on the left, for the patron on the right."""

    def __init__(self, sizes: PatronSizes, emit: Emit, keypad: bool) -> None:
        super().__init__(sizes, emit)
        self._keypad = keypad
        self._title, self._lead = Words(kind="title", centred=True, line=1.42), Words(centred=True, line=1.5)
        self._start = WordButton(sizes, "primary", icon="right", icon_behind=True, height=round(sizes.button_height * 1.25))
        says(self._start, DisplayTaken(), emit)
        self._switch = LanguageSwitch(sizes, emit)
        whole = self.across()
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._for_staff(), 1)
        whole.addLayout(self._for_patron(), 1 if sizes.portrait else 2)
        self.setLayout(whole)

    def _for_patron(self) -> QVBoxLayout:
        gap = self.sizes.gap
        column = QVBoxLayout()
        column.setContentsMargins(gap, gap, gap, gap)
        column.setSpacing(gap)
        picture = Picture("screen-turn", self.sizes.picture // 2, self.sizes.picture // 3)
        column.addStretch(1)
        column.addWidget(picture, 4)
        for widget in (self._title, self._lead):
            column.addWidget(widget)
        column.addSpacing(gap)
        start = QHBoxLayout()
        start.addStretch(1)
        start.addWidget(self._start, 2)
        start.addStretch(1)
        column.addLayout(start)
        column.addStretch(1)
        column.addWidget(self._switch, 0, Qt.AlignmentFlag.AlignHCenter)
        return column

    def _for_staff(self) -> QFrame:
        """Always Japanese, whatever language the patron has chosen."""
        panel = QFrame()
        panel.setProperty("frame", "for-staff")
        gap = self.sizes.gap
        column = QVBoxLayout(panel)
        column.setContentsMargins(gap, gap * 2, gap, gap)
        column.setSpacing(gap)
        whom = Point(self.sizes, "counter", kind="aside")
        column.addWidget(whom)
        whom.say(say("staff.single-display.for-staff"))
        column.addWidget(Words(say("staff.single-display.title"), "strong", line=1.4))
        for number in STEPS:
            column.addLayout(self._step(number))
        column.addStretch(1)
        look_away = Point(self.sizes, "eyeoff", kind="aside")
        column.addWidget(look_away)
        look_away.say(say("staff.single-display.look-away"))
        stop = WordButton(self.sizes, "quiet", role="language", icon="close")
        stop.say(say("staff.single-display.stop"))
        says(stop, LeavePressed(), self.emit_event)
        column.addWidget(stop, 0, Qt.AlignmentFlag.AlignLeft)
        return panel

    def _step(self, number: int) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(self.sizes.gap)
        circle = QLabel(str(number), alignment=Qt.AlignmentFlag.AlignCenter)
        circle.setProperty("circle", True)
        circle.setFixedSize(self.sizes.icon, self.sizes.icon)
        row.addWidget(circle, 0, Qt.AlignmentFlag.AlignTop)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(Words(say(f"staff.single-display.step-{number}"), "aside-strong", line=1.3))
        texts.addWidget(Words(say(f"staff.single-display.step-{number}-note"), "aside", line=1.3))
        row.addLayout(texts, 1)
        return row

    def show_state(self, counter: Counter) -> None:
        language = counter.language
        self._title.set_text(say("patron.handover.title", language))
        keypad = "\n" + say("patron.handover.lead-keypad", language) if self._keypad else ""
        self._lead.set_text(say("patron.handover.lead", language) + keypad)
        self._start.say(say("patron.handover.start", language))
        self._switch.show_language(language)
        self.setAccessibleName(self._title.text.replace("\n", ""))
