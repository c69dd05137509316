"""Base class of pages opened over the work: they mention the work beneath and lead back to it."""

from __future__ import annotations

from kiosk.domain.events import BesideClosed
from kiosk.domain.states import Counter
from kiosk.text import say
from kiosk.ui.staff.page import Emit, StaffPage
from kiosk.ui.staff.panels import MIDDLE
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.words import Words


class PageBeside(StaffPage):
    escape = BesideClosed()

    def __init__(self, emit: Emit, sizes: StaffSizes, name: str) -> None:
        super().__init__(emit, sizes, name)
        self.foot().addWidget(self.button(say("staff.action.back-to-work"), "quiet", BesideClosed(), icon="left", key="F12"))
        self._kept = Words(say("staff.beside.kept"), "sub")
        self.foot().addWidget(self._kept, 1, MIDDLE)

    def show_state(self, counter: Counter) -> None:
        is_over_work = not counter.flow.about.rests
        self._kept.set_text(say("staff.beside.kept") if is_over_work else "")
        self.where_barcodes_go = "staff.barcode.over" if is_over_work else "staff.barcode.close"
