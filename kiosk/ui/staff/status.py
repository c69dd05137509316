"""状況: what this counter stands on, and what needs somebody's care."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from kiosk.domain.errors import ILS_TROUBLE, Code
from kiosk.domain.events import LeavePressed
from kiosk.domain.model import IlsCondition, ReaderCondition
from kiosk.domain.states import Counter, CounterFacts
from kiosk.domain.trouble import reader_problem
from kiosk.text import refusal, say
from kiosk.ui.staff.page import Emit, Page
from kiosk.ui.staff.panels import Panel, bullet, column, facts, row
from kiosk.ui.staff.trial_scan import TrialScan
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.scan import ScanField
from kiosk.ui.widgets.words import Words


def cares(counter: Counter, facts: CounterFacts) -> list[tuple[str, str]]:
    """What to look after, worst first: a sentence and what to do (or nothing)."""
    codes = [*facts.warnings]
    if not facts.authorities:
        codes.insert(0, Code.TRUST_MISSING)
    if counter.ils.value in ILS_TROUBLE:
        codes.insert(0, Code(counter.ils.value))
    found = [(say(f"refusal.{code}.staff"), say(f"refusal.{code}.staff-next")) for code in codes]
    if (reader := reader_problem(counter)) is not None:
        params = dict(reader.params)
        found.insert(0, (refusal(reader.code, "staff", **params), refusal(reader.code, "staff-next", **params)))
    if facts.sheet_missing:
        found.append((say("staff.status.recovery-sheet"), ""))
    return found


class StatusPage(Page):
    takes_barcodes = True
    starts_in_field = False
    escape = LeavePressed()

    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__(emit, sizes, say("staff.status.name"))
        self.head(say("staff.status.title"))
        self._cares = column(sizes.gap // 2)
        self.body.addLayout(self._cares)
        names = ("reader", "service", "ils", "trust", "revocation", "links", "registered", "used", "pending")
        self._values = {name: Words() for name in names}
        across = column(sizes.gap) if sizes.small else row(sizes.gap)
        across.addWidget(self._card("reader", "service", "trust", "revocation"), 1)
        across.addWidget(self._card("links", "registered", "used", "pending", "ils"), 1)
        self.body.addLayout(across)
        self._trial = TrialScan(sizes)
        self._trial.answered.connect(self.bring_into_sight)
        self.body.addWidget(self._trial)
        self.body.addStretch(1)
        self.foot().addWidget(self.leave_button(say("staff.action.close"), key="F12"))
        self.foot().addStretch(1)
        self._shown: list[tuple[str, str]] | None = None

    def _card(self, *names: str) -> QWidget:
        card = Panel(self.sizes)
        card.inside.addLayout(facts([(say(f"staff.status.{name}"), self._values[name]) for name in names], self.sizes))
        card.inside.addStretch(1)
        return card

    def number_field(self) -> ScanField:
        return self._trial.field

    def take_barcode(self, text: str) -> None:
        self._trial.try_barcode(text)

    def project(self, counter: Counter, facts: CounterFacts) -> None:
        self._trial.show_rules(counter.rules)
        found = cares(counter, facts)
        if found != self._shown:
            self._shown = found
            self._show_cares(found)
        reader = counter.reader
        states = {ReaderCondition.READY: "ready", ReaderCondition.STARTING: "starting"}
        said = say(f"staff.status.reader-{states[reader]}") if reader in states else say(f"refusal.{reader}.title")
        stopped = reader is ReaderCondition.SERVICE_MISSING
        trusted = say("staff.status.trust-count", count=facts.authorities) if facts.authorities else say("staff.status.trust-none")
        texts = {
            "reader": said,
            "service": say("staff.status.service-missing") if stopped else say("staff.status.service-ready"),
            "trust": trusted,
            "revocation": self._revocation(facts),
            "ils": self._library_system(counter.ils),
            "links": say("staff.status.links-count", count=facts.links),
            "registered": say("staff.status.links-count", count=facts.registered_this_month),
            "used": say("staff.status.used-count", count=facts.uses_this_month),
            "pending": self._pending(facts),
        }
        for name, text in texts.items():
            self._values[name].set_text(text)

    def _revocation(self, facts: CounterFacts) -> str:
        if facts.stale_lists_accepted:
            return say("staff.status.revocation-unlimited")
        return say("staff.status.revocation-checked") if facts.revocation_checked else say("staff.status.revocation-none")

    def _library_system(self, condition: IlsCondition) -> str:
        quiet = {IlsCondition.NONE: "ils-none", IlsCondition.STARTING: "ils-starting", IlsCondition.READY: "ils-ready"}
        return say(f"staff.status.{quiet[condition]}") if condition in quiet else say(f"refusal.{condition}.title")

    def _pending(self, facts: CounterFacts) -> str:
        if facts.pending:
            return say("staff.status.links-count", count=facts.pending)
        return say("staff.status.pending-none") if facts.has_registry else say("staff.status.pending-here")

    def _show_cares(self, found: list[tuple[str, str]]) -> None:
        while self._cares.count():
            item = self._cares.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for sentence, step in found or [(say("staff.status.fine"), "")]:
            card = Panel(self.sizes, "care" if found else "card")
            icon, colour = ("warn", "yellow") if found else ("checkc", "green")
            card.inside.addLayout(bullet(icon, sentence, self.sizes, colour, step, "strong"))
            self._cares.addWidget(card)
