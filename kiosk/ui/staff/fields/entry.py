"""The way from 状況 to 番号を入れる欄."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.domain.events import Event, FieldsChosen
from kiosk.domain.fields import may_open
from kiosk.domain.states import Counter
from kiosk.text import say
from kiosk.ui.staff.panels import MIDDLE, Panel, row, title_row
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.control import says
from kiosk.ui.widgets.words import Words


class FieldsEntry(Panel):
    """Closed, with the reason, while a patron is served; none in a demo."""

    def __init__(self, emit: Callable[[Event], None], sizes: StaffSizes) -> None:
        super().__init__(sizes, spacing=round(sizes.gap * 0.5))
        self.inside.addLayout(title_row("keypad", say("staff.fields.title"), sizes))
        self._words = Words(kind="note")
        self._open = Button(say("staff.fields.open"), "secondary", icon="keypad")
        says(self._open, FieldsChosen(), emit)
        across = row(sizes.gap)
        across.addWidget(self._words, 1, MIDDLE)
        across.addWidget(self._open)
        self.inside.addLayout(across)

    def show_state(self, counter: Counter) -> None:
        opens = may_open(counter)
        self.setVisible(not counter.facts.demo)
        self._words.set_text(say("staff.fields.entry") if opens else say("staff.fields.closed"))
        self._open.setEnabled(opens)
        self._open.describe("" if opens else say("staff.fields.closed"))
