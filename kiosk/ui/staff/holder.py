"""本人の確認: staff compare the photo on the card with the person before the patron sees anything."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from kiosk.domain.events import HolderConfirmed, HolderDenied, LeavePressed
from kiosk.domain.states import ConfirmingHolder, Counter
from kiosk.text import say
from kiosk.ui.staff.number_label import NumberLabel
from kiosk.ui.staff.page import Emit, StaffPage
from kiosk.ui.staff.panels import Chip, Panel, chip_row, column, row
from kiosk.ui.staff.serving.validity import CertificateEnds, Validity
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.picture import Picture
from kiosk.ui.widgets.words import Words


class HolderPage(StaffPage):
    where_barcodes_go = "staff.barcode.holder"
    escape = LeavePressed()

    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__(emit, sizes, say("staff.holder.name"))
        self._yes = self.button(say("staff.holder.yes"), "primary", HolderConfirmed(), icon="check", chord="Y")
        no = self.button(say("staff.holder.no"), "secondary", HolderDenied(), chord="N")
        self._number = NumberLabel(sizes.number)
        self._validity = Validity(sizes)
        self._ends = CertificateEnds(sizes)
        self._read, self._to_do = self._what_was_read(), self._what_to_do(self._yes, no)
        across = row(sizes.gap)
        across.addWidget(self._read)
        across.addWidget(self._to_do, 1)
        self.body.addLayout(across, 1)
        self.foot().addWidget(self.leave_button(say("staff.action.end"), key="F12"))
        self.foot().addStretch(1)

    def _what_was_read(self) -> QWidget:
        card = Panel(self.sizes)
        card.setFixedWidth(self.sizes.panel)
        card.inside.addLayout(chip_row(Chip("info", say("staff.holder.read"), self.sizes)))
        card.inside.addSpacing(8)
        card.inside.addWidget(Words(say("staff.number.label"), "note"))
        card.inside.addWidget(self._number)
        card.inside.addWidget(self._validity)
        card.inside.addWidget(self._ends)
        card.inside.addStretch(1)
        return card

    def _what_to_do(self, yes: QWidget, no: QWidget) -> QWidget:
        card = Panel(self.sizes, spacing=self.sizes.gap // 2)
        size = self.sizes.title * 5
        card.inside.addStretch(1)
        card.inside.addWidget(Picture("card-my-number", size, size // 2), 2)
        card.inside.addWidget(Words(say("staff.holder.title"), "title", centred=True, line=1.35))
        card.inside.addWidget(Words(say("staff.holder.lead"), "lead", centred=True))
        card.inside.addSpacing(self.sizes.gap)
        buttons = row(self.sizes.gap)
        buttons.addStretch(1)
        for button in (yes, no):
            button.setMinimumWidth(self.sizes.body * 12)
            buttons.addWidget(button)
        buttons.addStretch(1)
        card.inside.addLayout(buttons)
        note = column()
        note.addWidget(Words(say("staff.holder.note"), "note", centred=True))
        card.inside.addLayout(note)
        card.inside.addStretch(1)
        return card

    def parts(self) -> Sequence[QWidget]:
        return [self._read, self._to_do]

    def show_state(self, counter: Counter) -> None:
        flow = counter.flow
        if isinstance(flow, ConfirmingHolder):
            self._number.show_number(flow.patron.number)
            self._validity.show_patron(flow.patron, counter.ils)
            self._ends.show_month(flow.reading.ends)
