"""連携登録ができました: what to tell the patron, what the card cannot do; both cards are returned."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from kiosk.domain.events import LeavePressed, SlipAsked
from kiosk.domain.registration.library_card import goes_unchecked
from kiosk.domain.states import Counter, Registered
from kiosk.text import say
from kiosk.ui.staff.page import Emit, StaffPage
from kiosk.ui.staff.panels import Panel, bullet, facts, row, title_row
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.notice import Notice
from kiosk.ui.widgets.words import Words


class RegisteredPage(StaffPage):
    escape = LeavePressed()

    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__(emit, sizes, say("staff.registered.name"))
        self._notice = Notice("done", icon_size=round(sizes.icon * 1.2))
        self._unchecked = Notice("care", icon_size=sizes.icon)
        self._number, self._bring = Words(kind="strong"), Words(say("staff.registered.bring"), "strong")
        across = row(sizes.gap)
        across.addWidget(self._tell(), 1)
        across.addWidget(self._cannot(), 1)
        self.body.addWidget(self._notice)
        self.body.addWidget(self._unchecked)
        self.body.addLayout(across)
        self.body.addStretch(1)
        self._done = self.leave_button(say("staff.action.done"), key="F12")
        self._done.set_kind("primary")
        self._print = self.button(say("staff.registered.print"), "secondary", SlipAsked(), icon="print")
        self._print.clicked.connect(lambda: self._print.set_text(say("staff.registered.print-again")))
        self._print.hide()
        self.foot().addWidget(Words(say("staff.registered.return"), "heading"), 1)
        self.foot().addWidget(self._print)
        self.foot().addWidget(self._done)

    def _tell(self) -> QWidget:
        card = Panel(self.sizes, spacing=self.sizes.gap // 2)
        card.inside.addLayout(title_row("person", say("staff.registered.tell"), self.sizes))
        card.inside.addWidget(self._bring)
        for icon, what in (("libcard", "keep"), ("calendar", "expiry"), ("renew", "renewal")):
            note = say(f"staff.registered.{what}-text")
            card.inside.addLayout(bullet(icon, say(f"staff.registered.{what}"), self.sizes, "blue", note, "strong"))
        card.inside.addStretch(1)
        return card

    def _cannot(self) -> QWidget:
        card = Panel(self.sizes, spacing=self.sizes.gap // 2)
        card.inside.addLayout(title_row("info", say("staff.registered.cannot"), self.sizes))
        for what in ("phone", "web", "opac"):
            card.inside.addLayout(bullet("close", say(f"staff.registered.cannot-{what}"), self.sizes))
        card.inside.addSpacing(self.sizes.gap // 2)
        card.inside.addLayout(facts([(say("staff.number.label"), self._number)], self.sizes))
        card.inside.addStretch(1)
        return card

    def show_state(self, counter: Counter) -> None:
        flow = counter.flow
        if not isinstance(flow, Registered):
            return
        if flow.draft.patron is not None:
            self._number.set_text(flow.draft.patron.number.grouped)
        self._print.setVisible(counter.rules.prints_slips)
        self._bring.setVisible(flow.pending)
        replaced = say("staff.registered.replaced") if flow.replaced else ""
        unchecked = goes_unchecked(counter, flow.draft)
        self._unchecked.say(say("staff.confirm.unchecked") if unchecked else "", say("staff.registered.unchecked-text"))
        if flow.pending:
            lead = "pending-replaced" if flow.replaced else "pending-lead"
            self._notice.say(say("staff.registered.pending"), say(f"staff.registered.{lead}"))
        else:
            self._notice.say(say("staff.registered.title"), ("" if unchecked else say("staff.registered.lead")) + replaced)
