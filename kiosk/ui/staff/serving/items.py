"""貸出, 予約, 貸出延長 and others through the library system: a field that is always ready, and a list of outcomes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from kiosk.domain.circulation import Item, Stop
from kiosk.domain.events import HoldConfirmed, ItemEntered, RenewalChosen, ServiceChosen
from kiosk.domain.itemservices import has_queue, is_loan
from kiosk.domain.model import Service
from kiosk.domain.serving.renewals import of_all
from kiosk.domain.states import Counter, Entry, PatronShown, Problem
from kiosk.service_texts import ServiceText
from kiosk.text import refusal, say
from kiosk.ui.staff.page import Emit
from kiosk.ui.staff.panels import MIDDLE, Panel, column, row
from kiosk.ui.staff.serving.item_list import Rows
from kiosk.ui.staff.serving.item_texts import MOST, Line, Setting, are_more_than_shown, entry_lines, loan_lines, summary
from kiosk.ui.staff.serving.list_completeness import extent_of
from kiosk.ui.staff.stop_reasons import causes
from kiosk.ui.staff.times import to_the_second
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.control import says
from kiosk.ui.widgets.notice import Notice
from kiosk.ui.widgets.scan_field import ScanField
from kiosk.ui.widgets.words import Words

_PAGES = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}
Known = tuple[tuple[Entry, ...], tuple[Item, ...] | None, tuple[str, ...], frozenset[Stop]]


class ItemsPage(Panel):
    """Page for `service`, one done item by item, except RENEWAL. Its rows are the items scanned in this session."""

    buttons = False
    """Whether rows have a button column."""

    def __init__(self, emit: Emit, sizes: StaffSizes, service: Service) -> None:
        super().__init__(sizes, spacing=round(sizes.gap * 0.6))
        self.tell, self.sizes, self.service = emit, sizes, service
        self._known: Known | None = None
        self._looked_at = 0
        self.field = ScanField(say("staff.items.field"), say("staff.items.hint"), icon_size=round(sizes.icon * 1.2))
        self.field.entered.connect(self.take_barcode)
        self._wrong = Words(kind="wrong")
        self._count = Words(kind="sub", line=1.35)
        self._empty = Words(kind="sub")
        last = say("staff.items.due") if is_loan(service) else say("staff.items.position") if has_queue(service) else ""
        self.rows = Rows(sizes, last, self._renew, buttons=self.buttons)
        enter = Button(say(ServiceText.ENTER.of(service)), "secondary")
        enter.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        enter.clicked.connect(self.field.submit)
        across = row(round(sizes.gap * 0.7))
        across.addWidget(self.field, 1)
        across.addWidget(enter)
        self._wrong.hide()
        self.heading: QHBoxLayout = row(round(sizes.gap * 0.7))
        title = Words(say(ServiceText.HEADING.of(service)), "heading", line=1.35)
        self.heading.addWidget(title, 0, MIDDLE)
        self.inside.addLayout(across)
        self.inside.addLayout(self.heading)
        if sizes.narrow:
            self.heading.addStretch(1)
            self.inside.addWidget(self._count)
        else:
            self.heading.addWidget(self._count, 1, MIDDLE)
        self.inside.addWidget(self._empty)
        self.inside.addWidget(self.rows, 1)
        self.beneath = QWidget()
        """Transient content, placed below the list."""
        below = column(round(sizes.gap * 0.5))
        below.addWidget(self._wrong)
        self.beneath.setLayout(below)

    def take_barcode(self, text: str) -> None:
        """Request this item; ignore an empty field."""
        if text.strip():
            self.tell(ItemEntered(text))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll the list by pages with keys that the field ignores."""
        pages = _PAGES.get(Qt.Key(event.key()))
        if pages is None:
            super().keyPressEvent(event)
        else:
            self.rows.turn_page(pages)

    def _renew(self, number: str) -> None:
        self.tell(RenewalChosen(number) if self.service is Service.RENEWAL else HoldConfirmed(number))

    def show_state(self, counter: Counter, flow: PatronShown) -> None:
        self._show_wrong(flow.wrong)
        dealings = flow.dealings
        known = dealings.entries, dealings.loans, dealings.undescribed, flow.patron.standing.stops
        if self._known is None or any(one is not other for one, other in zip(known, self._known, strict=True)):
            self._known, self._looked_at = known, 0
            self.rows.show_lines(self.lines(flow, counter))
        self.show_count(flow)
        self.beneath.setVisible(self.says_beneath())

    def says_beneath(self) -> bool:
        return not self._wrong.isHidden()

    def look_at_undone(self) -> int:
        """Scroll to the next undone line, newest first; return its place, from 1, or 0 after the last."""
        undone = [line for line in self.rows.wanted if line.undone]
        self._looked_at = self._looked_at + 1 if self._looked_at < len(undone) else 0
        if self._looked_at:
            self.rows.look_at(undone[self._looked_at - 1])
        return self._looked_at

    def lines(self, flow: PatronShown, counter: Counter) -> Sequence[Line]:
        return entry_lines(flow.dealings.entries, self.service, _setting(flow, counter))

    def show_count(self, flow: PatronShown) -> None:
        said = summary(flow.dealings, self.service)
        if said and are_more_than_shown(flow.dealings, self.service):
            said = say("staff.items.count-and", count=said, said=say("staff.items.newest", shown=MOST))
        self._count.set_text(said)
        self.say_empty("" if self.rows.wanted else say(ServiceText.EMPTY.of(self.service)))

    def say_empty(self, text: str) -> None:
        """Show a sentence in place of rows."""
        self._empty.set_text(text)
        self._empty.setVisible(bool(text))

    def _show_wrong(self, problem: Problem | None) -> None:
        self.field.set_wrong(problem is not None)
        self._wrong.setVisible(problem is not None)
        if problem is not None:
            params = dict(problem.params)
            self._wrong.set_text(refusal(problem.code, "staff", **params) + refusal(problem.code, "staff-next", **params))
        self.field.setAccessibleDescription(self._wrong.text if problem is not None else "")


class LoansPage(ItemsPage):
    """貸出延長: all loans, to be renewed one by one or all together."""

    buttons = True

    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__(emit, sizes, Service.RENEWAL)
        self.all = Button(say("staff.items.renew-all"), "secondary", icon="renew", chord="A")
        self.all.setProperty("compact", "true")
        self.all.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        says(self.all, RenewalChosen(), emit)
        self.heading.addWidget(self.all, 0, MIDDLE)
        self._not_listed = Notice("care", icon_size=sizes.icon, line=1.4)
        self._again = Button(say("staff.items.list-again"), "secondary")
        says(self._again, ServiceChosen(Service.RENEWAL), emit)
        beside = self._not_listed.layout()
        if beside is not None:
            beside.addWidget(self._again)
            beside.setAlignment(self._again, MIDDLE)
        below = self.beneath.layout()
        if below is not None:
            below.addWidget(self._not_listed)

    def says_beneath(self) -> bool:
        return super().says_beneath() or self._not_listed.speaks

    def lines(self, flow: PatronShown, counter: Counter) -> Sequence[Line]:
        return loan_lines(flow.dealings, _setting(flow, counter))

    def show_count(self, flow: PatronShown) -> None:
        dealings, extent = flow.dealings, extent_of(flow)
        said = summary(dealings, Service.RENEWAL)
        both = say("staff.items.count-and", count=extent.count, said=said) if extent.count and said else ""
        self._count.set_text(both or extent.count or said)
        self.all.set_text(extent.renew)
        self.all.setEnabled(any(of_all(dealings)))
        problem = dealings.problem
        if problem is None:
            self._not_listed.say(extent.title, extent.step)
        else:
            at = dealings.failed_at
            when = "" if at is None else say("staff.tried.list", time=to_the_second(at))
            self._not_listed.say(refusal(problem, "staff"), when + refusal(problem, "staff-next"))
        self._again.setVisible(problem is not None)
        listing = dealings.loans is None and problem is None and not self.rows.wanted
        self.say_empty(say("staff.items.listing") if listing else "" if self.rows.wanted else extent.empty)


def _setting(flow: PatronShown, counter: Counter) -> Setting:
    return Setting(counter.today, not counter.doubts_clock, causes(flow.patron.standing.stops))


def page_for(service: Service, emit: Emit, sizes: StaffSizes) -> ItemsPage:
    return LoansPage(emit, sizes) if service is Service.RENEWAL else ItemsPage(emit, sizes, service)
