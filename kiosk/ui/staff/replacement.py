"""付け替え: the card or the number has another link; and the page for a pair already linked."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QWidget

from kiosk.domain.calendar import day_in_japan
from kiosk.domain.events import ReplacementChosen
from kiosk.domain.model import Link, ReplaceReason
from kiosk.domain.states import AlreadyLinked, ChoosingReplacement, Counter
from kiosk.text import say
from kiosk.ui.staff.choice_buttons import Choice
from kiosk.ui.staff.page import Emit, StaffPage
from kiosk.ui.staff.panels import Panel, column, facts, row
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.notice import Notice
from kiosk.ui.widgets.words import Words

_ICONS = {
    ReplaceReason.RENEWED: "renew",
    ReplaceReason.REISSUED: "mycard",
    ReplaceReason.LIBRARY_CARD_CHANGED: "libcard",
    ReplaceReason.CORRECTION: "doc",
}


def since(link: Link) -> str:
    day = day_in_japan(link.since)
    return say("staff.date.since", year=day.year, month=day.month, day=day.day)


class ReplacementPage(StaffPage):
    where_barcodes_go = "staff.barcode.replacement"

    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__(emit, sizes, say("staff.replacement.name"))
        _, self._lead = self.head(say("staff.replacement.title"), say("staff.replacement.lead"))
        self._found = row(sizes.gap)
        self.body.addLayout(self._found)
        self._shown: object = None
        reasons = QGridLayout()
        reasons.setSpacing(sizes.gap // 2)
        self._choices = [self._choice(str(number), reason) for number, reason in enumerate(ReplaceReason, 1)]
        for index, choice in enumerate(self._choices):
            reasons.addWidget(choice, index // 2, index % 2)
        self.body.addWidget(Words(say("staff.replacement.reason"), "heading"))
        self.body.addLayout(reasons)
        self.body.addStretch(1)
        self.foot().addWidget(self.leave_button())
        self.foot().addStretch(1)

    def _choice(self, chord: str, reason: ReplaceReason) -> Choice:
        title, note = say(f"staff.replacement.{reason}"), say(f"staff.replacement.{reason}-note")
        return self.choice(_ICONS[reason], title, note, ReplacementChosen(reason), chord=chord)

    def show_state(self, counter: Counter) -> None:
        flow = counter.flow
        if not isinstance(flow, ChoosingReplacement) or self._shown == (flow.by_card, flow.by_number):
            return
        self._shown = (flow.by_card, flow.by_number)
        read = say("staff.replacement.this-number", number=flow.draft.number.grouped)
        self._lead.set_text(f"{read}\n{say('staff.replacement.lead')}")
        if flow.by_card is not None:
            self._found.addWidget(self._link(say("staff.replacement.by-card"), flow.by_card, numbered=True), 1)
        if flow.by_number is not None:
            self._found.addWidget(self._link(say("staff.replacement.by-number"), flow.by_number, numbered=False), 1)

    def _link(self, sentence: str, link: Link, *, numbered: bool) -> QWidget:
        """Return the existing link; another library card's number is masked."""
        card = Panel(self.sizes, "care")
        card.inside.addWidget(Words(sentence, "strong"))
        rows: list[tuple[str, QWidget]] = []
        if numbered:
            rows.append((say("staff.replacement.other-number"), Words(link.number.masked, "strong")))
        rows += [(say("staff.replacement.since"), Words(since(link))), (say("staff.replacement.counter"), Words(link.counter))]
        card.inside.addLayout(facts(rows, self.sizes))
        card.inside.addStretch(1)
        return card


class AlreadyLinkedPage(StaffPage):
    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__(emit, sizes, say("staff.linked.name"))
        self._notice = Notice("info", icon_size=sizes.icon)
        self._number, self._since = Words(kind="strong"), Words()
        card = Panel(sizes, spacing=sizes.gap // 2)
        rows = [(say("staff.number.label"), self._number), (say("staff.replacement.since"), self._since)]
        card.inside.addLayout(facts(rows, sizes))
        card.inside.addWidget(Words(say("staff.linked.tell"), "lead"))
        card.inside.addStretch(1)
        inside = column(sizes.gap)
        inside.addWidget(self._notice)
        inside.addWidget(card)
        inside.addStretch(1)
        self.body.addLayout(inside, 1)
        self._done = self.leave_button(say("staff.action.done"), key="F12")
        self._done.set_kind("primary")
        self.foot().addStretch(1)
        self.foot().addWidget(self._done)

    def show_state(self, counter: Counter) -> None:
        if isinstance(counter.flow, AlreadyLinked):
            elsewhere = say("staff.linked.pending") if counter.flow.link.pending else ""
            self._notice.say(say("staff.linked.title"), say("staff.linked.lead") + elsewhere)
            self._number.set_text(counter.flow.link.number.grouped)
            self._since.set_text(since(counter.flow.link))
