"""Warning before the last PIN try: the pad stays closed until the patron chooses to continue (patron-3)."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from kiosk.domain.events import LastTryChosen, LeavePressed
from kiosk.domain.model import EndedBy
from kiosk.domain.reader_trouble import broken_off
from kiosk.domain.states import Counter, LastTryWarning
from kiosk.text import say
from kiosk.ui.patron.message_texts import why_again
from kiosk.ui.patron.page import Emit, PatronWindowPage
from kiosk.ui.patron.tries import TriesLeft
from kiosk.ui.theme import PatronSizes
from kiosk.ui.widgets.control import says
from kiosk.ui.widgets.picture import Picture
from kiosk.ui.widgets.word_button import WordButton
from kiosk.ui.widgets.words import Words


class LastTryPage(PatronWindowPage):
    def __init__(self, sizes: PatronSizes, emit: Emit) -> None:
        super().__init__(sizes, emit)
        self._wrong = Words(kind="lead", line=1.4)
        self._tries = TriesLeft(sizes, "patron.last.left", kind="lead")
        self._title, self._lead = Words(kind="title", line=1.42), Words(kind="lead", line=sizes.line)
        # No room for icons beside the choices on a small display.
        icons = ("barcode", "keypad") if sizes.roomy else ("", "")
        high = round(sizes.button_height * 1.6)
        self._not_today = WordButton(sizes, "primary", icon=icons[0], wide=True, height=high)
        self._go_on = WordButton(sizes, "secondary", icon=icons[1], wide=True, height=high)
        says(self._not_today, LeavePressed(EndedBy.PATRON), emit)
        says(self._go_on, LastTryChosen(), emit)
        self._lay_out()

    def _lay_out(self) -> None:
        sizes = self.sizes
        texts = QVBoxLayout()
        texts.setSpacing(sizes.gap // 2)
        first = QHBoxLayout()
        first.setSpacing(sizes.gap)
        first.addWidget(self._wrong)
        first.addWidget(self._tries, 1)
        texts.addLayout(first)
        for widget in (self._title, self._lead):
            texts.addWidget(widget)
        upper = QHBoxLayout()
        upper.addLayout(texts, 1)
        if not sizes.portrait:
            closed = Picture("pin-pad-closed", sizes.picture * 2 // 5)
            closed.setFixedWidth(sizes.picture * 2 // 5)
            upper.addWidget(closed)
        choices = self.across()
        choices.setSpacing(sizes.gap * 2)
        for button in (self._not_today, self._go_on):
            choices.addWidget(button, 1)
        page = QVBoxLayout(self)
        page.setContentsMargins(sizes.margin_x, sizes.margin_y, sizes.margin_x, sizes.margin_y)
        page.addStretch(1)
        page.addLayout(upper)
        page.addSpacing(sizes.gap)
        page.addLayout(choices)
        page.addStretch(1)

    def show_state(self, counter: Counter) -> None:
        if not isinstance(counter.flow, LastTryWarning):
            return
        language = counter.language
        again = broken_off(counter, counter.flow.goal.reading.token)
        self._wrong.set_text(say("patron.last.wrong", language) if again is None else why_again(again, language))
        self._wrong.setVisible(counter.flow.after_mistake or again is not None)
        self._tries.show_left(1, language)
        self._title.set_text(say("patron.last.title", language))
        self._lead.set_text(say("patron.last.lead", language))
        self._not_today.say(say("patron.last.not-today", language), say("patron.last.not-today-note", language))
        self._go_on.say(say("patron.last.go-on", language), say("patron.last.go-on-note", language))
        self.setAccessibleName(self._title.text.replace("\n", ""))
