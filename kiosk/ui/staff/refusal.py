"""Refusals in lending, registration and unlinking: cause, what to tell the patron, what this counter can do instead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from kiosk.domain.codefacts import Guide
from kiosk.domain.errors import Code
from kiosk.domain.events import BackPressed, Event, LeavePressed, RegistrationChosen
from kiosk.domain.model import IlsCondition, OperationKind
from kiosk.domain.reader_trouble import as_it_stands
from kiosk.domain.states import Counter, LendingRefused, Problem, RegistrationRefused, UnlinkingRefused
from kiosk.text import knows, refusal, say
from kiosk.ui.staff.library_card import NumberForm
from kiosk.ui.staff.page import Emit, StaffPage
from kiosk.ui.staff.panels import MIDDLE, Panel, Steps, column, row, title_row
from kiosk.ui.staff.serving.item_texts import grouped
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.icon import icon_label
from kiosk.ui.widgets.scan_field import ScanField
from kiosk.ui.widgets.words import Words

_STANDS_IN_THE_WAY = (Code.LINKED_ELSEWHERE, Code.NUMBER_LINKED_ELSEWHERE)
"""As the register's answer, of a link this counter does not know yet: no replacement can be offered."""
Refused = LendingRefused | RegistrationRefused | UnlinkingRefused


def guide(flow: Refused) -> Iterator[tuple[str, str]]:
    """Yield title and text of each thing to tell the patron. A link is mentioned only if it was looked up."""
    asked, step = flow.problem.code.about.guide, 1
    if asked is Guide.WAIT and isinstance(flow, UnlinkingRefused):
        # Nobody is waiting to be served.
        return
    linked = isinstance(flow, LendingRefused) and flow.linked
    group = "linked-number" if asked is Guide.NUMBER and not flow.problem.entered else asked.value
    while knows(f"staff.guide.{group}-{step}"):
        text = f"staff.guide.{group}-{step}-text"
        yield say(f"staff.guide.{group}-{step}"), say(f"{text}-linked" if linked and knows(f"{text}-linked") else text)
        step += 1


class RefusalPage(StaffPage):
    escape = LeavePressed()

    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__(emit, sizes, say("staff.refusal.name"))
        self._shown: object = None
        self._form = NumberForm(emit, sizes, say("staff.home.show"), narrow=True)
        self._takes_number = False
        self.foot().addWidget(self.leave_button(say("staff.action.close"), key="F12"))
        self.foot().addStretch(1)

    def show_state(self, counter: Counter) -> None:
        flow = counter.flow
        if not isinstance(flow, LendingRefused | RegistrationRefused | UnlinkingRefused):
            return
        self.takes_barcodes = self._takes_number = isinstance(flow, LendingRefused)
        self.where_barcodes_go = "staff.barcode.unlink-refused" if isinstance(flow, UnlinkingRefused) else "staff.barcode.close"
        lying = isinstance(flow, LendingRefused) and flow.insertion is not None
        told = replace(flow, problem=as_it_stands(counter, flow.problem))
        undone = _undone(counter, flow)
        shown = (type(flow), told.problem, lying, undone)
        if shown != self._shown:
            self._shown = shown
            self._fill(told, undone)
        if isinstance(flow, LendingRefused):
            self._form.show_problem(flow.wrong, flow.problem, lends=counter.ils is not IlsCondition.NONE)

    def number_field(self) -> ScanField | None:
        return self._form.field if self._takes_number else None

    def _fill(self, flow: Refused, undone: str) -> None:
        had_focus = self._form.field.hasFocus()
        # Keep the form, with any input.
        self._form.setParent(self)
        self._form.hide()
        while self.body.count():
            item = self.body.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.body.addWidget(self._banner(flow, undone))
        across = row(self.sizes.gap)
        if steps := list(guide(flow)):
            across.addWidget(self._guide(steps), 12)
        across.addWidget(self._here(flow), 11)
        both = QWidget()
        both.setLayout(across)
        self.body.addWidget(both, 1)
        if had_focus:
            both.show()
            self._form.field.setFocus()

    def _banner(self, flow: Refused, undone: str) -> QWidget:
        problem = flow.problem
        banner = Panel(self.sizes, "care")
        params = dict(problem.params)
        across = row(self.sizes.gap)
        across.addWidget(icon_label("warn", round(self.sizes.title * 1.3), "yellow"), 0, MIDDLE)
        texts = column(2)
        texts.addWidget(Words(refusal(problem.code, "title", **params), "title", line=1.3))
        if undone:
            texts.addWidget(Words(say(f"staff.refusal.{undone}"), "strong"))
        texts.addWidget(Words(refusal(problem.code, "staff", **params), "body"))
        if problem.entered and not isinstance(flow, LendingRefused):
            texts.addWidget(Words(say("staff.refusal.number", number=grouped(problem.entered)), "strong"))
        waits = undone and problem.code in _STANDS_IN_THE_WAY
        following = refusal(problem.code, "staff-next", **params, entered=problem.entered)
        texts.addWidget(Words(say("staff.refusal.answered-next") if waits else following, "body"))
        across.addLayout(texts, 1)
        banner.inside.addLayout(across)
        return banner

    def _guide(self, steps: list[tuple[str, str]]) -> QWidget:
        card = Panel(self.sizes, spacing=self.sizes.gap // 2)
        card.inside.addLayout(title_row("person", say("staff.refusal.guide"), self.sizes))
        card.inside.addWidget(Steps(steps, self.sizes))
        card.inside.addStretch(1)
        return card

    def _here(self, flow: Refused) -> QWidget:
        card = Panel(self.sizes, spacing=self.sizes.gap // 2)
        card.inside.addLayout(title_row("counter", say("staff.refusal.here"), self.sizes))
        code = flow.problem.code
        if isinstance(flow, UnlinkingRefused):
            if code.about.may_succeed_again:
                self._offer(card, "renumber" if code is Code.NOTHING_TO_UNLINK else "unlink-again", BackPressed(), primary=True)
        elif isinstance(flow, RegistrationRefused):
            # From the page where a card is placed, もどる leads to every earlier step.
            other_card = flow.draft.patron is not None and flow.operation is None and code is not Code.PREMISES_CHANGED
            offer, event = ("other-card", BackPressed()) if other_card else ("restart", RegistrationChosen())
            if code.about.may_succeed_again:
                self._offer(card, offer, event, primary=True)
            # Closing the page leads there; a second button for it would only confuse.
            card.inside.addWidget(self._box("use-card", "use-card-scan"))
        else:
            self._take_number(card, flow.problem)
            if code.is_of_no_link:
                # A card that was removed must be placed again when the registration asks for it.
                self._offer(card, "register", RegistrationChosen(), "" if flow.insertion is not None else "register-lifted")
            elif code is Code.CARD_EXPIRED:
                self._offer(card, "again", RegistrationChosen())
        if code.about.guide is Guide.WAIT:
            manager = Panel(self.sizes, "plain", spacing=4)
            again = "manager-title" if code.about.may_succeed_again else "manager-now-title"
            manager.inside.addWidget(Words(say(f"staff.refusal.{again}"), "strong"))
            title = refusal(code, "title", **dict(flow.problem.params))
            manager.inside.addWidget(Words(say("staff.refusal.manager-text", title=title), "note"))
            card.inside.addWidget(manager)
        card.inside.addStretch(1)
        return card

    def _take_number(self, card: Panel, problem: Problem) -> None:
        """Offer entering a library card instead; a refused number is shown for comparison and correction."""
        if problem.code.about.guide is Guide.NUMBER:
            offer = "corrected" if problem.entered else "read-card"
        else:
            offer = "renewed-card" if problem.code.about.guide in (Guide.LIBRARY, Guide.STOPPED) else "use-card"
        box = self._box(offer, chosen=True)
        box.inside.addSpacing(6)
        box.inside.addWidget(self._form)
        self._form.show()
        card.inside.addWidget(box)

    def _box(self, offer: str, text: str = "", *, chosen: bool = False) -> Panel:
        box = Panel(self.sizes, "chosen" if chosen else "plain", spacing=4)
        box.inside.addWidget(Words(say(f"staff.refusal.{offer}-title"), "strong"))
        box.inside.addWidget(Words(say(f"staff.refusal.{text or offer + '-text'}"), "note"))
        return box

    def _offer(self, card: Panel, offer: str, event: Event, text: str = "", *, primary: bool = False) -> None:
        """Add something that can be done at this counter."""
        box = self._box(offer, text, chosen=primary)
        box.inside.addSpacing(6)
        button = self.button(say(f"staff.refusal.{offer}"), "primary" if primary else "secondary", event, icon="" if primary else "link")
        beside = row()
        beside.addWidget(button)
        beside.addStretch(1)
        box.inside.addLayout(beside)
        card.inside.addWidget(box)


def _undone(counter: Counter, flow: Refused) -> str:
    """Return the text key of what the register has undone; "" if nothing had been saved here."""
    match flow:
        case UnlinkingRefused(operation=operation) if operation is not None:
            return "unlinking-undone"
        case RegistrationRefused(operation=operation) if operation is not None:
            kinds = {told.operation: told.kind for told in counter.refused_operations}
            return "replacement-undone" if kinds.get(operation) is OperationKind.REPLACE else "registration-undone"
    return ""
