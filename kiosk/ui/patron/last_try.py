"""One try left: the pad stays closed until the patron chooses to go on (patron-3)."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from kiosk.domain.events import LastTryChosen, LeavePressed
from kiosk.domain.states import Counter, LastTryWarning
from kiosk.text import say
from kiosk.ui.patron.page import Emit, Page
from kiosk.ui.theme import PatronSizes
from kiosk.ui.widgets.picture import Picture
from kiosk.ui.widgets.tries import TriesBars
from kiosk.ui.widgets.wordbutton import WordButton
from kiosk.ui.widgets.words import Words


class LastTryPage(Page):
    def __init__(self, sizes: PatronSizes, emit: Emit) -> None:
        super().__init__(sizes, emit)
        self._wrong = Words(kind="heading", line=1.3)
        self._left, self._bars, self._count = Words(), TriesBars(round(sizes.body * 1.1)), Words(kind="strong")
        self._title, self._lead = Words(kind="title", line=1.3), Words(kind="lead", line=sizes.line)
        self._not_today = WordButton("primary", icon="libcard", icon_size=round(sizes.icon * 1.3), wide=True)
        self._go_on = WordButton("secondary", icon="keypad", icon_size=round(sizes.icon * 1.3), wide=True)
        self._not_today.clicked.connect(lambda: emit(LeavePressed()))
        self._go_on.clicked.connect(lambda: emit(LastTryChosen()))
        tries = QHBoxLayout()
        tries.setSpacing(sizes.gap)
        for widget in (self._left, self._bars, self._count):
            tries.addWidget(widget)
        tries.addStretch(1)
        texts = QVBoxLayout()
        texts.setSpacing(sizes.gap // 2)
        texts.addWidget(self._wrong)
        texts.addLayout(tries)
        texts.addWidget(self._title)
        texts.addWidget(self._lead)
        closed = Picture("pin-pad-closed", sizes.picture // 3)
        closed.setFixedWidth(sizes.picture // 3)
        upper = QHBoxLayout()
        upper.addLayout(texts, 1)
        upper.addWidget(closed)
        choices = QHBoxLayout()
        choices.setSpacing(sizes.gap)
        choices.addWidget(self._not_today, 1)
        choices.addWidget(self._go_on, 1)
        page = QVBoxLayout(self)
        page.setContentsMargins(sizes.margin_x, sizes.margin_y, sizes.margin_x, sizes.margin_y)
        page.addStretch(1)
        page.addLayout(upper)
        page.addSpacing(sizes.gap * 2)
        page.addLayout(choices)
        page.addStretch(1)
        for button in (self._not_today, self._go_on):
            button.setMinimumHeight(round(sizes.button_height * 1.4))

    def show_counter(self, counter: Counter) -> None:
        if not isinstance(counter.flow, LastTryWarning):
            return
        language = counter.language
        self._wrong.set_text(say("patron.last.wrong", language))
        self._wrong.setVisible(counter.flow.after_mistake)
        self._left.set_text(say("patron.last.left", language))
        self._bars.show_left(1, say("patron.tries.accessible", language, left=1))
        self._count.set_text(say("patron.tries.count", language, left=1))
        self._title.set_text(say("patron.last.title", language))
        self._lead.set_text(say("patron.last.lead", language))
        self._not_today.say(say("patron.last.not-today", language), say("patron.last.not-today-note", language))
        self._go_on.say(say("patron.last.go-on", language), say("patron.last.go-on-note", language))
        self.setAccessibleName(self._title.text.replace("\n", ""))
