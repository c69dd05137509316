"""The patron's turn: they review what will be linked, then enter the PIN. Staff see progress, never what is typed."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from kiosk.domain.errors import Code
from kiosk.domain.model import LinkToken, ReplaceReason
from kiosk.domain.reader_trouble import broken_off
from kiosk.domain.registration.library_card import goes_unchecked
from kiosk.domain.states import (
    AskingPin,
    CheckingPin,
    ConfirmingLink,
    Counter,
    Draft,
    LastTryWarning,
    LinkGoal,
    Proof,
    ReadingTries,
    SavingLink,
)
from kiosk.text import refusal, say
from kiosk.ui.staff.mirror import PatronMirror
from kiosk.ui.staff.page import Emit, StaffPage
from kiosk.ui.staff.panels import Ground, Panel, column, facts, hair_line, row, title_row
from kiosk.ui.staff.serving.validity import CertificateEnds
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.icon import icon_label, pixmap
from kiosk.ui.widgets.notice import Notice
from kiosk.ui.widgets.tries import TriesBars
from kiosk.ui.widgets.words import Words


class PatronsTurnPage(StaffPage):
    """One page for ConfirmingLink, the PIN states and SavingLink, so that nothing jumps while the patron is busy."""

    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__(emit, sizes, say("staff.pin.name"))
        self._mirror = PatronMirror(sizes, wide=True)
        self._mirror.setFixedWidth(sizes.pin_panel - sizes.margin_x)
        self._title, self._lead = Words(kind="title", line=1.35), Words(kind="lead")
        self._care, self._unchecked = (Notice("care", icon_size=sizes.icon) for _ in range(2))
        self._bars, self._left = TriesBars(round(sizes.body * 1.8)), Words(kind="strong")
        self._lying, self._lying_icon = Words(), icon_label("checkc", sizes.icon, "green")
        self._number, self._replaces = Words(kind="strong"), Words()
        self._ends = CertificateEnds(sizes)
        self._unknown = self._when_unknown()
        self._tries_row, self._replaces_row = QWidget(), QWidget()
        across = row(sizes.gap)
        across.addWidget(self._mirror)
        across.addLayout(self._words(), 1)
        card = Panel(sizes)
        card.inside.addLayout(across, 1)
        self.body.addWidget(card, 1)
        self._leave = self.leave_button(say("staff.pin.leave"))
        self._leave_note = Words(kind="sub")
        self.foot().addWidget(self._leave)
        self.foot().addWidget(self._leave_note, 1)

    def _words(self) -> QVBoxLayout:
        tries = row(12)
        tries.addWidget(self._bars)
        tries.addWidget(self._left, 1)
        lying = row(10)
        lying.addWidget(self._lying_icon)
        lying.addWidget(self._lying, 1)
        inside = column(self.sizes.gap // 2)
        inside.addStretch(1)
        for widget in (self._title, self._lead, self._care, self._unchecked):
            inside.addWidget(widget)
        always = QWidget()
        self._tries_row.setLayout(facts([(say("staff.pin.tries"), tries)], self.sizes, open_above=True))
        always.setLayout(facts([(say("staff.card.label"), lying), (say("staff.number.label"), self._number)], self.sizes, open_above=True))
        self._replaces_row.setLayout(facts([(say("staff.confirm.replaces"), self._replaces)], self.sizes, open_above=True))
        for table in (hair_line(), self._tries_row, always, self._replaces_row):
            inside.addWidget(table)
        inside.addWidget(self._ends)
        inside.addWidget(self._unknown)
        inside.addStretch(1)
        return inside

    def _when_unknown(self) -> QWidget:
        ground = Ground("blue")
        inside = column(4, (self.sizes.margin_y, 12, self.sizes.margin_y, 12))
        inside.addLayout(title_row("info", say("staff.pin.unknown"), self.sizes, "blue", "strong"))
        inside.addWidget(Words(say("staff.pin.unknown-text"), "note"))
        ground.setLayout(inside)
        return ground

    # --- showing a state ----------------------------------------------------------------------------------------------------

    def show_state(self, counter: Counter) -> None:
        flow = counter.flow
        self._mirror.show_state(counter)
        self.where_barcodes_go = "staff.barcode.confirm" if isinstance(flow, ConfirmingLink) else "staff.barcode.patrons-turn"
        self._tries_row.setVisible(isinstance(flow, AskingPin | LastTryWarning))
        self._ends.show_month(None)
        self._unchecked.say("")
        self._unknown.setVisible(isinstance(flow, AskingPin | LastTryWarning))
        if isinstance(flow, ConfirmingLink):
            self._show_confirming(counter, flow)
        elif isinstance(flow, SavingLink):
            self._show_saving(flow)
        elif isinstance(flow, AskingPin | LastTryWarning | ReadingTries | CheckingPin):
            self._show_proof(counter, flow)
        insertion = getattr(flow, "insertion", None)
        self._show_lying(insertion in counter.cards)

    def _say(self, name: str, title: str, lead: str) -> None:
        self.setAccessibleName(name)
        self._title.set_text(title)
        self._lead.set_text(lead)

    def _show_draft(self, draft: Draft, replaces: ReplaceReason | None) -> None:
        if draft.patron is not None:
            self._number.set_text(draft.patron.number.grouped)
        self._replaces_row.setVisible(replaces is not None)
        if replaces is not None:
            self._replaces.set_text(say(f"staff.replacement.{replaces}"))

    def _show_confirming(self, counter: Counter, flow: ConfirmingLink) -> None:
        self._say(say("staff.confirm.name"), say("staff.confirm.title"), say("staff.confirm.lead"))
        guardian = say("staff.confirm.guardian") if flow.draft.by_guardian else ""
        title, text = _again(counter, flow.reading.token)
        self._care.say(title or guardian, text + guardian if title else "")
        if goes_unchecked(counter, flow.draft):
            self._unchecked.say(say("staff.confirm.unchecked"), say("staff.confirm.unchecked-text"))
        self._show_draft(flow.draft, flow.replaces)
        self._ends.show_month(flow.reading.ends)
        self._show_leave(say("staff.confirm.leave"), say("staff.confirm.leave-note"))

    def _show_saving(self, flow: SavingLink) -> None:
        self._say(say("staff.saving.name"), say("staff.saving.title"), say("staff.saving.lead"))
        self._care.say("")
        self._show_draft(flow.draft, None)
        # Past the point of no return: saving is not cancelled.
        self._leave.hide()
        self._leave_note.set_text("")

    def _show_proof(self, counter: Counter, flow: Proof) -> None:
        goal = flow.goal
        if isinstance(goal, LinkGoal):
            self._show_draft(goal.draft, goal.replaces)
        else:
            self._number.set_text(goal.number.grouped)
            self._replaces_row.hide()
        self._care.say(*_again(counter, goal.reading.token))
        self._show_leave(say("staff.pin.leave"), say("staff.pin.leave-note"))
        name = say("staff.pin.name")
        if isinstance(flow, ReadingTries | CheckingPin):
            self._show_card_busy(flow, name)
        elif isinstance(flow, LastTryWarning):
            self._say(name, say("staff.pin.last-try"), say("staff.pin.last-try-lead"))
            self._show_tries(1, after_mistake=flow.after_mistake)
        else:
            self._say(name, say("staff.pin.title"), say("staff.pin.lead"))
            self._show_tries(flow.tries_left, after_mistake=flow.after_mistake)
            if flow.barcode_cleared:
                self._care.say(say("staff.pin.barcode"), say("staff.pin.barcode-text"))

    def _show_card_busy(self, flow: ReadingTries | CheckingPin, name: str) -> None:
        checking = isinstance(flow, CheckingPin)
        if flow.slow:
            self._say(name, say("staff.pin.slow"), refusal(Code.CARD_SILENT, "staff-next"))
        elif checking:
            self._say(name, say("staff.pin.checking"), say("staff.pin.checking-lead"))
        else:
            self._say(name, say("staff.pin.reading"), say("staff.pin.reading-lead"))
        if checking:
            # A VERIFY in progress is awaited; only a silent card is given up.
            self._leave.setEnabled(flow.slow)
            self._leave_note.set_text("" if flow.slow else say("staff.pin.wait-note"))

    def _show_tries(self, left: int, *, after_mistake: bool) -> None:
        words = say("staff.pin.tries-left", tries_left=left)
        self._bars.show_left(left, f"{say('staff.pin.tries')} {words}")
        self._left.set_text(words)
        if after_mistake:
            self._care.say(refusal(Code.PIN_WRONG, "staff", tries_left=left), refusal(Code.PIN_WRONG, "staff-next", tries_left=left))
        elif left == 2 and self._care.isHidden():
            self._care.say(say("staff.pin.two-left"), say("staff.pin.two-left-text"))

    def _show_leave(self, verb: str, note: str) -> None:
        self._leave.show()
        self._leave.setEnabled(True)
        self._leave.set_text(verb)
        self._leave_note.set_text(note)

    def _show_lying(self, lying: bool) -> None:
        self._lying.set_text(say("staff.card.lying") if lying else say("staff.card.away"))
        icon, colour = ("checkc", "green") if lying else ("warn", "yellow")
        self._lying_icon.setPixmap(pixmap(icon, self.sizes.icon, colour, self.devicePixelRatioF()))


def _again(counter: Counter, token: LinkToken) -> tuple[str, str]:
    """Return why the PIN is asked for again; ("", "") if it is not."""
    interrupted = broken_off(counter, token)
    if interrupted is None:
        return "", ""
    problem, pressed = interrupted.problem, interrupted.pressed
    cause = refusal(problem.code, "staff", **dict(problem.params))
    return say(f"staff.again.{'pressed' if pressed else 'open'}"), cause + say(f"staff.again.next{'-pressed' if pressed else ''}")
