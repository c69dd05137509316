"""解除, first part: reason, number, confirmation of the link."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from kiosk.domain.events import BackPressed, CardStopAnswered, UnlinkConfirmed, UnlinkReasonChosen
from kiosk.domain.model import UnlinkReason
from kiosk.domain.states import AskingUnlinkNumber, ConfirmingStop, ConfirmingUnlink, Counter
from kiosk.domain.unlinking import waits_for_stop_answer
from kiosk.text import say
from kiosk.ui.staff.choice_buttons import Answer, Choice
from kiosk.ui.staff.library_card import NumberForm
from kiosk.ui.staff.number_label import NumberLabel
from kiosk.ui.staff.page import Emit, StaffPage
from kiosk.ui.staff.panels import Panel, facts, row
from kiosk.ui.staff.registry_words import only_here
from kiosk.ui.staff.replacement import since
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.control import says
from kiosk.ui.widgets.notice import Notice
from kiosk.ui.widgets.scan_field import ScanField
from kiosk.ui.widgets.words import Words

_ICONS = {UnlinkReason.LOST: "warn", UnlinkReason.WISH: "person", UnlinkReason.CORRECTION: "doc"}


class UnlinkReasonPage(StaffPage):
    where_barcodes_go = "staff.barcode.unlink-reason"
    escape = BackPressed()

    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__(emit, sizes, say("staff.unlinking.name"))
        self.head(say("staff.unlinking.title"), say("staff.unlinking.lead"))
        self._choices = [self._choice(str(number), reason) for number, reason in enumerate(UnlinkReason, 1)]
        for choice in self._choices:
            self.body.addWidget(choice, 2)
        self.body.addStretch(1)
        self.foot().addWidget(self.leave_button())
        self.foot().addStretch(1)

    def _choice(self, chord: str, reason: UnlinkReason) -> Choice:
        title, note = say(f"staff.unlinking.{reason}"), say(f"staff.unlinking.{reason}-note")
        return self.choice(_ICONS[reason], title, note, UnlinkReasonChosen(reason), chord=chord)


class UnlinkNumberPage(StaffPage):
    where_barcodes_go = "staff.barcode.unlink-stop"
    takes_barcodes = True

    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__(emit, sizes, say("staff.unlink-number.name"))
        self._title, _ = self.head(say("staff.unlink-number.title"))
        self._stopped, self._not_stopped = self._answer("stopped", "Y", stopped=True), self._answer("not-stopped", "N", stopped=False)
        self._not_yet = Notice("care", icon_size=sizes.icon)
        self._stop = self._stop_card()
        self.form = NumberForm(emit, sizes, say("staff.unlink-number.enter"))
        self._first = Words(kind="note")
        number = Panel(sizes, spacing=sizes.gap // 2)
        number.inside.addWidget(Words(say("staff.unlink-number.card"), "heading"))
        number.inside.addWidget(self.form)
        number.inside.addWidget(self._first)
        self.body.addWidget(self._stop)
        self.body.addWidget(number)
        # Below the controls: it appears with an answer.
        self.body.addWidget(self._not_yet)
        self.body.addStretch(1)
        self.wizard_foot()
        self._ready: bool | None = None

    def _answer(self, which: str, chord: str, *, stopped: bool) -> Answer:
        button = Answer(say(f"staff.unlink-number.{which}"), chord)
        says(button, CardStopAnswered(stopped), self.tell)
        button.setMinimumWidth(self.sizes.body * 10)
        return button

    def _stop_card(self) -> QWidget:
        """Build the question to ask the caller first about a lost card."""
        card = Panel(self.sizes, spacing=self.sizes.gap // 2)
        card.inside.addWidget(Words(say("staff.unlink-number.stop"), "heading"))
        card.inside.addWidget(Words(say("staff.unlink-number.stop-note"), "note"))
        answers = row(self.sizes.gap // 2)
        answers.addWidget(self._stopped)
        answers.addWidget(self._not_stopped)
        answers.addStretch(1)
        card.inside.addLayout(answers)
        return card

    def show_state(self, counter: Counter) -> None:
        flow = counter.flow
        if not isinstance(flow, AskingUnlinkNumber):
            return
        lost, waits = flow.reason is UnlinkReason.LOST, waits_for_stop_answer(flow)
        self._title.set_text(say("staff.unlink-number.title-lost") if waits else say("staff.unlink-number.title"))
        self._stop.setVisible(lost)
        for button, answer in ((self._stopped, True), (self._not_stopped, False)):
            button.setChecked(flow.card_stopped is answer)
        told = flow.card_stopped is False
        self._not_yet.say(say("staff.unlink-number.not-stopped-title") if told else "", say("staff.unlink-number.not-stopped-text"))
        self.form.set_ready(not waits)
        self.takes_barcodes = not waits
        self._first.set_text(say("staff.unlink-number.ask-first") if waits else "")
        self.form.show_problem(flow.problem)
        if self._ready is False and not waits:
            self.form.field.setFocus()
        self._ready = not waits

    def number_field(self) -> ScanField:
        return self.form.field


class UnlinkConfirmPage(StaffPage):
    where_barcodes_go = "staff.barcode.unlink-confirm"

    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__(emit, sizes, say("staff.unlink-confirm.name"))
        self.head(say("staff.unlink-confirm.title"), say("staff.unlink-confirm.lead"))
        self._number, self._reason, self._since, self._counter = NumberLabel(sizes.number), Words(kind="strong"), Words(), Words()
        card = Panel(sizes)
        rows: list[tuple[str, QWidget]] = [
            (say("staff.number.label"), self._number),
            (say("staff.unlink-confirm.since"), self._since),
            (say("staff.unlink-confirm.counter"), self._counter),
            (say("staff.unlink-confirm.reason"), self._reason),
        ]
        card.inside.addLayout(facts(rows, sizes))
        self._only_here = Notice("care", icon_size=sizes.icon)
        self.body.addWidget(card)
        self.body.addWidget(self._only_here)
        self.body.addStretch(1)
        self.wizard_foot()
        self._do = self.button(say("staff.unlink-confirm.do"), "primary", UnlinkConfirmed(), icon="unlink", chord="U")
        self.foot().addWidget(self._do)

    def show_state(self, counter: Counter) -> None:
        flow = counter.flow
        if isinstance(flow, ConfirmingUnlink):
            self._number.show_number(flow.link.number)
            self._reason.set_text(say(f"staff.unlinking.{flow.reason}"))
            self._since.set_text(since(flow.link))
            self._counter.set_text(flow.link.counter)
            self._only_here.say(*(only_here(counter) or ("",)))


class StopConfirmPage(StaffPage):
    """No link is known here: the number is recorded as stopped at every counter."""

    where_barcodes_go = "staff.barcode.unlink-confirm"

    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__(emit, sizes, say("staff.unlink-stop.name"))
        _, self._lead = self.head(say("staff.unlink-stop.title"), say("staff.unlink-stop.lead"))
        self._number, self._reason = NumberLabel(sizes.number), Words(kind="strong")
        card = Panel(sizes)
        rows: list[tuple[str, QWidget]] = [
            (say("staff.number.label"), self._number),
            (say("staff.unlink-confirm.reason"), self._reason),
        ]
        card.inside.addLayout(facts(rows, sizes))
        self._only_here = Notice("care", icon_size=sizes.icon)
        self.body.addWidget(card)
        self.body.addWidget(self._only_here)
        self.body.addStretch(1)
        self.wizard_foot()
        self.foot().addWidget(self.button(say("staff.unlink-stop.do"), "primary", UnlinkConfirmed(), icon="unlink", chord="U"))

    def show_state(self, counter: Counter) -> None:
        flow = counter.flow
        if isinstance(flow, ConfirmingStop):
            here = only_here(counter)
            self._lead.set_text(say("staff.unlink-stop.lead") + (say("staff.unlink-stop.everywhere") if here is None else ""))
            self._number.show_number(flow.number)
            self._reason.set_text(say(f"staff.unlinking.{flow.reason}"))
            self._only_here.say(*(here or ("",)))
