"""A refusal: one cause, what to tell the patron, what this counter can do instead. One page for lending, registration and unlinking."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from kiosk.domain.errors import Code
from kiosk.domain.events import BackPressed, Event, HomeChosen, LeavePressed, RegistrationChosen
from kiosk.domain.states import Counter, CounterFacts, LendingRefused, Problem, RegistrationRefused, UnlinkingRefused
from kiosk.domain.trouble import as_it_stands
from kiosk.text import knows, refusal, say
from kiosk.ui.staff.page import Emit, Page
from kiosk.ui.staff.panels import MIDDLE, Panel, Steps, column, row, title_row
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.icon import icon_label
from kiosk.ui.widgets.words import Words

GUIDES: dict[Code, str] = {
    Code.CARD_EXPIRED: "renew",
    Code.NO_CERTIFICATE: "office",
    Code.CARD_STOPPED: "office",
    Code.PIN_LOCKED: "office",
    Code.PIN_UNAVAILABLE: "office",
    Code.CERTIFICATE_UNREADABLE: "office",
    Code.NOT_LINKED: "register",
    Code.PIN_WRONG: "register",
    Code.NOT_MY_NUMBER_CARD: "lay",
    Code.LIBRARY_CARD_ON_READER: "lay",
    Code.PHONE_NOT_ACCEPTED: "lay",
    Code.CARD_REMOVED: "lay",
    Code.CARD_SILENT: "lay",
    Code.CARD_INTERRUPTED: "lay",
    Code.CARD_WAITED: "lay",
    Code.READER_INTERRUPTED: "lay",
    Code.CARD_UNREADABLE: "lay",
    Code.CARD_IN_USE: "lay",
    Code.CARD_ANSWER_UNEXPECTED: "lay",
    Code.LIBRARY_CARD_EXPIRED: "library",
    Code.LIBRARY_CARD_STOPPED: "stopped",
    Code.LIBRARY_CARD_UNKNOWN: "library",
    Code.LIBRARY_CARD_DIFFERS: "library",
    Code.HOLDER_DENIED: "holder",
    Code.PROXY_REFUSED: "proxy",
    Code.NOTHING_TO_UNLINK: "unlink",
}
"""Which steps the patron is told; everything else is not about the card, and the library card serves meanwhile ("wait")."""

LIBRARY_CARD_FIRST = (Code.LIBRARY_CARD_EXPIRED, Code.LIBRARY_CARD_STOPPED, Code.LIBRARY_CARD_UNKNOWN, Code.LIBRARY_CARD_DIFFERS)


def guide(code: Code) -> Iterator[tuple[str, str]]:
    """Titles and texts of what to tell the patron."""
    group, step = GUIDES.get(code, "wait"), 1
    while knows(f"staff.guide.{group}-{step}"):
        yield say(f"staff.guide.{group}-{step}"), say(f"staff.guide.{group}-{step}-text")
        step += 1


class RefusalPage(Page):
    escape = LeavePressed()

    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__(emit, sizes, say("staff.refusal.name"))
        self._shown: object = None
        self._first: Button | None = None
        self._reference = Words(kind="note")
        self.foot().addWidget(self.leave_button(say("staff.action.close"), key="F12"))
        self.foot().addStretch(1)
        self.foot().addWidget(self._reference, 0, MIDDLE)

    def project(self, counter: Counter, facts: CounterFacts) -> None:
        flow = counter.flow
        if not isinstance(flow, LendingRefused | RegistrationRefused | UnlinkingRefused):
            return
        self.takes_barcodes = isinstance(flow, LendingRefused)
        lying = isinstance(flow, LendingRefused) and flow.insertion is not None
        told = replace(flow, problem=as_it_stands(counter, flow.problem))
        shown = (type(flow), told.problem, lying)
        if shown != self._shown:
            self._shown = shown
            self._fill(told)

    def _fill(self, flow: LendingRefused | RegistrationRefused | UnlinkingRefused) -> None:
        had_focus = self._first is not None and self._first.hasFocus()
        while self.body.count():
            item = self.body.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.body.addWidget(self._banner(flow.problem))
        across = row(self.sizes.gap)
        across.addWidget(self._guide(flow.problem.code), 12)
        across.addWidget(self._here(flow), 11)
        both = QWidget()
        both.setLayout(across)
        self.body.addWidget(both, 1)
        self._reference.set_text(say("staff.refusal.reference", code=flow.problem.code.value))
        if had_focus and self._first is not None:
            self._first.setFocus()

    def _banner(self, problem: Problem) -> QWidget:
        banner = Panel(self.sizes, "care")
        params = dict(problem.params)
        across = row(self.sizes.gap)
        across.addWidget(icon_label("warn", round(self.sizes.title * 1.3), "yellow"), 0, MIDDLE)
        texts = column(2)
        texts.addWidget(Words(say(f"refusal.{problem.code}.title", **params), "title", line=1.3))
        texts.addWidget(Words(refusal(problem.code, "staff", **params), "body"))
        texts.addWidget(Words(say(f"refusal.{problem.code}.staff-next", **params), "body"))
        across.addLayout(texts, 1)
        banner.inside.addLayout(across)
        return banner

    def _guide(self, code: Code) -> QWidget:
        card = Panel(self.sizes, spacing=self.sizes.gap // 2)
        card.inside.addLayout(title_row("person", say("staff.refusal.guide"), self.sizes))
        card.inside.addWidget(Steps(guide(code), self.sizes))
        card.inside.addStretch(1)
        return card

    def _here(self, flow: LendingRefused | RegistrationRefused | UnlinkingRefused) -> QWidget:
        card = Panel(self.sizes, spacing=self.sizes.gap // 2)
        card.inside.addLayout(title_row("counter", say("staff.refusal.here"), self.sizes))
        code = flow.problem.code
        if isinstance(flow, UnlinkingRefused):
            self._offer(card, "renumber", BackPressed())
        elif code in LIBRARY_CARD_FIRST:
            self._offer(card, "renewed-card", HomeChosen())
        else:
            text = "use-card-text" if isinstance(flow, LendingRefused) else "use-card-scan"
            self._offer(card, "use-card", HomeChosen(), text)
        if isinstance(flow, LendingRefused) and code is Code.NOT_LINKED:
            # Lifted, it has to be laid again when the registration asks for it.
            self._offer(card, "register", RegistrationChosen(), "" if flow.insertion is not None else "register-lifted")
        elif isinstance(flow, LendingRefused) and code is Code.CARD_EXPIRED:
            self._offer(card, "again", RegistrationChosen())
        elif isinstance(flow, RegistrationRefused):
            self._offer(card, "restart", RegistrationChosen())
        if GUIDES.get(code, "wait") == "wait":
            manager = Panel(self.sizes, "plain", spacing=4)
            manager.inside.addWidget(Words(say("staff.refusal.manager-title"), "strong"))
            manager.inside.addWidget(Words(say("staff.refusal.manager-text"), "note"))
            card.inside.addWidget(manager)
        card.inside.addStretch(1)
        return card

    def _offer(self, card: Panel, offer: str, event: Event, text: str = "") -> None:
        """One thing that can be done here; the first is the primary one."""
        primary = card.inside.count() == 1
        box = Panel(self.sizes, "chosen" if primary else "plain", spacing=4)
        box.inside.addWidget(Words(say(f"staff.refusal.{offer}-title"), "strong"))
        box.inside.addWidget(Words(say(f"staff.refusal.{text or offer + '-text'}"), "note"))
        box.inside.addSpacing(6)
        button = self.button(say(f"staff.refusal.{offer}"), "primary" if primary else "secondary", event, icon="" if primary else "link")
        beside = row()
        beside.addWidget(button)
        beside.addStretch(1)
        box.inside.addLayout(beside)
        card.inside.addWidget(box)
        if primary:
            self._first = button
