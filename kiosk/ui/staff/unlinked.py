"""解除, second part: in progress, done, and what to tell the caller."""

from __future__ import annotations

from kiosk.domain.events import LeavePressed
from kiosk.domain.model import RegistryCondition, UnlinkReason
from kiosk.domain.states import ClosingLink, Counter, Unlinked
from kiosk.text import say
from kiosk.ui.staff.page import Emit, StaffPage
from kiosk.ui.staff.panels import Panel, bullet, facts, title_row
from kiosk.ui.staff.registry_words import only_here
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.notice import Notice
from kiosk.ui.widgets.words import Words


class UnlinkBusyPage(StaffPage):
    where_barcodes_go = "staff.barcode.busy"

    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__(emit, sizes, say("staff.unlink-busy.name"))
        self._title, _ = self.head(say("staff.unlink-busy.finding"), say("staff.unlink-busy.lead"))
        self.body.addStretch(1)

    def show_state(self, counter: Counter) -> None:
        closing = isinstance(counter.flow, ClosingLink)
        self._title.set_text(say("staff.unlink-busy.closing") if closing else say("staff.unlink-busy.finding"))


class UnlinkedPage(StaffPage):
    escape = LeavePressed()

    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__(emit, sizes, say("staff.unlinked.name"))
        self._notice = Notice("done", icon_size=round(sizes.icon * 1.2))
        self._number, self._reason = Words(kind="strong"), Words()
        card = Panel(sizes)
        rows = [(say("staff.number.label"), self._number), (say("staff.unlink-confirm.reason"), self._reason)]
        card.inside.addLayout(facts(rows, sizes))
        self._tell = Panel(sizes, spacing=sizes.gap // 2)
        self._told = False
        self.body.addWidget(self._notice)
        self.body.addWidget(card)
        self.body.addWidget(self._tell)
        self.body.addStretch(1)
        self._done = self.leave_button(say("staff.action.done"), key="F12")
        self._done.set_kind("primary")
        self.foot().addStretch(1)
        self.foot().addWidget(self._done)

    def show_state(self, counter: Counter) -> None:
        flow = counter.flow
        if not isinstance(flow, Unlinked):
            return
        here = only_here(counter) if flow.pending else None
        self._notice.set_kind("done" if here is None else "care")
        self._notice.say(*_result(counter, flow) if here is None else (say("staff.unlinked.only-here"), here[1]))
        self._number.set_text(flow.number.grouped)
        self._reason.set_text(say(f"staff.unlinking.{flow.reason}"))
        if not self._told:
            self._told = True
            self._fill(flow)

    def _fill(self, flow: Unlinked) -> None:
        """Fill in what to tell; for a lost card also how to suspend it and get a new one."""
        inside = self._tell.inside
        inside.addLayout(title_row("person", say("staff.unlinked.tell"), self.sizes))
        told = [("libcard", "card")]
        if flow.reason is UnlinkReason.LOST:
            told = [*([("warn", "stop")] if flow.card_stopped is False else []), *told, ("office", "reissue"), ("link", "relink")]
        for icon, what in told:
            note = say(f"staff.unlinked.{what}-text")
            inside.addLayout(bullet(icon, say(f"staff.unlinked.{what}"), self.sizes, "blue", note, "strong"))


def _result(counter: Counter, flow: Unlinked) -> tuple[str, str]:
    """Return what was done and how far it reaches."""
    if flow.pending:
        if flow.link_known:
            return say("staff.unlinked.pending"), say("staff.unlinked.pending-lead")
        return say("staff.unlinked.stop-pending"), say("staff.unlink-stop.everywhere")
    alone = counter.registry is RegistryCondition.NONE
    title = say("staff.unlinked.title") if flow.link_known else say("staff.unlinked.stopped")
    return title, say("staff.unlinked.lead") if alone else say("staff.unlinked.confirmed-lead")
