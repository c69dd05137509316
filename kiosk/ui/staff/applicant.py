"""対象の方 and what is recorded: the first two pages of a registration."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from kiosk.domain.events import ApplicantChosen, BackPressed
from kiosk.domain.model import Applicant
from kiosk.domain.states import Counter, CounterFacts, ExplainingRecord
from kiosk.text import say
from kiosk.ui.staff.choice_buttons import Choice
from kiosk.ui.staff.page import Emit, StaffPage
from kiosk.ui.staff.panels import Panel, bullet, row, title_row
from kiosk.ui.theme import StaffSizes


class ApplicantPage(StaffPage):
    where_barcodes_go = "staff.barcode.later"
    escape = BackPressed()

    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__(emit, sizes, say("staff.applicant.name"))
        self.head(say("staff.applicant.title"), say("staff.applicant.lead"))
        self._choices = [
            self._choice("1", "person", "self", Applicant.SELF),
            self._choice("2", "guardian", "child", Applicant.CHILD),
            self._choice("3", "help", "other", None),
        ]
        for choice in self._choices:
            self.body.addWidget(choice, 2)
        self.body.addStretch(1)
        self.foot().addWidget(self.leave_button())
        self.foot().addStretch(1)

    def _choice(self, chord: str, icon: str, which: str, applicant: Applicant | None) -> Choice:
        title, note = say(f"staff.applicant.{which}"), say(f"staff.applicant.{which}-note")
        return self.choice(icon, title, note, ApplicantChosen(applicant), chord=chord)


class RecordPage(StaffPage):
    where_barcodes_go = "staff.barcode.later"

    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__(emit, sizes, say("staff.record.name"))
        self.head(say("staff.record.title"), say("staff.record.lead"))
        across = row(sizes.gap)
        across.addWidget(self._kept(), 1)
        across.addWidget(self._never(), 1)
        self.body.addLayout(across)
        self.body.addStretch(1)
        self._next = self.wizard_foot(say("staff.step.library-card"))

    def _kept(self) -> QWidget:
        card = Panel(self.sizes, spacing=self.sizes.gap // 2)
        card.inside.addLayout(title_row("checkc", say("staff.record.kept"), self.sizes, "green"))
        kept = (("mycard", "certificate", say("staff.record.kept-certificate-note")), ("libcard", "card", ""), ("clock", "when", ""))
        for icon, what, note in kept:
            card.inside.addLayout(bullet(icon, say(f"staff.record.kept-{what}"), self.sizes, "blue", note, "lead"))
        card.inside.addStretch(1)
        return card

    def _never(self) -> QWidget:
        card = Panel(self.sizes, spacing=self.sizes.gap // 2)
        card.inside.addLayout(title_row("lock", say("staff.record.never"), self.sizes))
        for what in ("number", "person", "pin", "guardian"):
            card.inside.addLayout(bullet("close", say(f"staff.record.never-{what}"), self.sizes, kind="lead"))
        card.inside.addStretch(1)
        return card

    def show_state(self, counter: Counter, facts: CounterFacts) -> None:
        if isinstance(counter.flow, ExplainingRecord) and self._next is not None:
            step = say("staff.step.guardian") if counter.flow.draft.by_guardian else say("staff.step.library-card")
            self._next.set_text(say("staff.action.next", step=step))
