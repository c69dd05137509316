"""Page after an internal error, with the incident number that finds it in the log."""

from __future__ import annotations

from kiosk.domain.errors import Code
from kiosk.domain.events import BrokeSeen
from kiosk.domain.states import Counter, OutOfOrder
from kiosk.text import refusal, say
from kiosk.ui.staff.page import Emit, StaffPage
from kiosk.ui.staff.panels import Panel, row
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.icon import icon_label
from kiosk.ui.widgets.words import Words


class IncidentPage(StaffPage):
    escape = BrokeSeen()

    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__(emit, sizes, say("staff.trouble.name"))
        self._cause, self._next, self._incident = Words(), Words(), Words(kind="heading")
        card = Panel(sizes, "care", spacing=sizes.gap // 2)
        heading = row(sizes.gap)
        heading.addWidget(icon_label("warn", round(sizes.title * 1.3), "yellow"))
        heading.addWidget(Words(refusal(Code.OUT_OF_ORDER, "title"), "title", line=1.35), 1)
        card.inside.addLayout(heading)
        for words in (self._cause, self._next, self._incident, Words(say("staff.trouble.wiped"))):
            card.inside.addWidget(words)
        self.body.addWidget(card)
        self.body.addStretch(1)
        self._home = self.button(say("staff.trouble.home"), "primary", BrokeSeen())
        self.foot().addStretch(1)
        self.foot().addWidget(self._home)

    def show_state(self, counter: Counter) -> None:
        if isinstance(counter.flow, OutOfOrder):
            incident = counter.flow.incident
            self._cause.set_text(refusal(Code.OUT_OF_ORDER, "staff", incident=incident))
            self._next.set_text(refusal(Code.OUT_OF_ORDER, "staff-next", incident=incident))
            self._incident.set_text(say("staff.trouble.incident", incident=incident))
