"""The serving page: patron panel at the left, services above, the chosen one below them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from kiosk.domain.events import LeavePressed, ServiceChosen
from kiosk.domain.itemservices import ITEM_SERVICES
from kiosk.domain.model import IlsCondition, Service
from kiosk.domain.serving.services import is_served_here
from kiosk.domain.states import Counter, PatronShown
from kiosk.text import plain, say
from kiosk.ui.staff.page import Emit, StaffPage
from kiosk.ui.staff.panels import column, row
from kiosk.ui.staff.scroll import BAR, ScrollColumn
from kiosk.ui.staff.serving.handover import HandoverStrip
from kiosk.ui.staff.serving.items import ItemsPage, page_for
from kiosk.ui.staff.serving.library_outage import LibraryStrip
from kiosk.ui.staff.serving.next_card import NextCardStrip
from kiosk.ui.staff.serving.not_done import Undone, undone_in
from kiosk.ui.staff.serving.number import CalledPage, NumberPage
from kiosk.ui.staff.serving.panel import PatronPanel
from kiosk.ui.staff.serving.services import Services
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.scan_field import ScanField

Part = CalledPage | NumberPage | ItemsPage


class ServingPage(StaffPage):
    """Serving page. While items are requested here, the focus always returns to their field."""

    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__(emit, sizes, say("staff.patron.name"))
        self._digits = ""
        self._undone_in: list[Service] = []
        self._looks = False
        """Whether another list is being opened to scroll to its undone items."""
        self._next_card: NextCardStrip | None = None
        """Created on demand: rarely needed, and it would slow down every page."""
        self._parts: dict[Service | type[Part], Part] = {}
        self._part: Part | None = None
        self._building = self._build()

    def _build(self) -> Iterator[None]:
        sizes = self.sizes
        self._copy = self._copy_button(say("staff.patron.copy-short"), "quiet", compact=True)
        self._call_copy = self._copy_button(say("staff.patron.copy"), "secondary", compact=False)
        self._name_copies(None)
        end = self.button(say("staff.action.end"), "primary", LeavePressed(), key="F12")
        self._undone = Undone(sizes, self._look_at_undone)
        self._panel = PatronPanel(self.tell, sizes, self._copy, end, self._undone)
        self._panel.slip.chosen.connect(self._to_field)
        self._right = column(round(sizes.gap * 0.7))
        across = row(sizes.gap)
        across.addWidget(self._panel)
        # Scrolls separately, so that number and end button stay visible however low the window and however many the services.
        beside = column(round(sizes.gap * 0.7))
        beside.addWidget(ScrollColumn(self._right, plain(say("staff.patron.services")), least=round(sizes.body * 8)), 1)
        # Transient content goes below and is always visible; it takes its space from the list, so no button moves.
        self._beneath = column(round(sizes.gap * 0.5), (0, 0, BAR, 0))
        beside.addLayout(self._beneath)
        across.addLayout(beside, 1)
        self.body.addLayout(across, 1)
        yield
        yield from self._panel.pieces()
        self._services = Services(self.tell, sizes)
        self._right.addWidget(self._services)
        yield
        self._library = LibraryStrip(self.tell, sizes)
        self._beneath.addWidget(self._library)
        self._handover = HandoverStrip(self.tell, sizes)
        self._handover.put.clicked.connect(self._to_field)
        self._beneath.addWidget(self._handover)
        # It takes the button that would otherwise have no parent and outlive the page.
        self._add(NumberPage)

    def _copy_button(self, text: str, kind: str, *, compact: bool) -> Button:
        button = Button(text, kind, icon="copy", chord="C", slim=compact)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if compact:
            button.setProperty("compact", "true")
        button.clicked.connect(lambda: self._copied(button))
        return button

    def pieces(self, counter: Counter) -> Iterator[None]:
        """Build what a patron at this counter needs first."""
        for _ in self._building:
            # Not "yield from": discarding this iterator would close that one too.
            yield
        self._services.offer(counter.rules.local_services)
        yield
        if counter.ils is IlsCondition.NONE:
            self._open(CalledPage)
            return
        first, *others = ITEM_SERVICES
        self._open(first)
        for service in others:
            yield
            self._add(service)

    def parts(self) -> Sequence[QWidget]:
        return [self._panel, self._services, *filter(None, [self._part])]

    def removable(self) -> Sequence[QWidget]:
        lists = [part.rows for part in self._parts.values() if isinstance(part, ItemsPage)]
        return [*(shown for rows in lists for shown in rows.shown), *self._parts.values(), self._panel, self]

    def show_state(self, counter: Counter) -> None:
        flow = counter.flow
        if not isinstance(flow, PatronShown):
            return
        deque(self._building, maxlen=0)
        self._digits = flow.patron.number.text
        self._panel.show_state(counter, flow)
        self._services.offer(counter.rules.local_services)
        self._services.choose(flow.service)
        here = is_served_here(counter, flow.service)
        self.takes_barcodes = here
        self.where_barcodes_go = "staff.barcode.elsewhere" if counter.ils is IlsCondition.NONE else "staff.barcode.choose"
        self._library.show_state(counter, flow, concerns=here or flow.service is None)
        self._handover.show_state(counter, flow, here=here)
        if self._next_card is None and flow.next_card is not None:
            self._next_card = NextCardStrip(self.tell, self.sizes)
            self._beneath.addWidget(self._next_card)
        if self._next_card is not None:
            self._next_card.show_state(flow)
        if here:
            opened = self._open(Service(flow.service))  # type: ignore[arg-type]
        else:
            opened = self._open(CalledPage if flow.service is None else NumberPage)
        part = self._part
        self._undone_in = undone_in(flow.dealings)
        self._undone.show_dealings(flow.dealings)
        if isinstance(part, ItemsPage):
            part.show_state(counter, flow)
            if self._looks and opened:
                self._undone.show_place(part.look_at_undone())
        elif isinstance(part, NumberPage):
            part.show_state(flow)
        if opened and self.isVisible():
            (self.number_field() or self).setFocus(Qt.FocusReason.OtherFocusReason)

    def _look_at_undone(self) -> None:
        """Scroll to the next undone item of the open list, then of the other lists."""
        self._to_field()
        part, lists = self._part, self._undone_in
        here = part.service if isinstance(part, ItemsPage) else None
        following = lists[(lists.index(here) + 1) % len(lists)] if here in lists else lists[0]
        if isinstance(part, ItemsPage) and here in lists:
            place = part.look_at_undone() or (part.look_at_undone() if following is here else 0)
            if place:
                self._undone.show_place(place)
                return
        self._looks = True
        self.tell(ServiceChosen(following))
        self._looks = False

    def _open(self, which: Service | type[Part]) -> bool:
        """Show this part; return whether it was not open before. Parts opened earlier keep their state until the patron leaves."""
        part = self._add(which)
        if part is self._part:
            return False
        if self._part is not None:
            self._part.hide()
            if isinstance(self._part, ItemsPage):
                self._part.beneath.hide()
        self._part = part
        # Each key is displayed once only.
        self._copy.show_key("" if isinstance(part, NumberPage) else "Alt+C")
        part.show()
        return True

    def _add(self, which: Service | type[Part]) -> Part:
        """Return this part; create it hidden if needed."""
        if which not in self._parts:
            self._parts[which] = self._made(which)
            self._parts[which].hide()
            part = self._parts[which]
            self._right.addWidget(part, 1)
            if isinstance(part, ItemsPage):
                part.field.textChanged.connect(self.field_changed)
                part.beneath.hide()
                self._beneath.insertWidget(0, part.beneath)
        return self._parts[which]

    def _made(self, which: Service | type[Part]) -> Part:
        if which is NumberPage:
            return NumberPage(self.sizes, self._call_copy)
        if which is CalledPage:
            return CalledPage(self.sizes)
        return page_for(Service(which), self.tell, self.sizes)  # type: ignore[arg-type]

    # --- the keyboard ---------------------------------------------------------------------------------------------------------

    def take_barcode(self, text: str) -> None:
        if isinstance(self._part, ItemsPage):
            self._part.take_barcode(text)

    def number_field(self) -> ScanField | None:
        return self._part.field if isinstance(self._part, ItemsPage) else None

    def holds_number(self) -> bool:
        return any(part.field.text().strip() for part in self._parts.values() if isinstance(part, ItemsPage))

    def _to_field(self) -> None:
        field = self.number_field()
        if field is not None:
            field.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- the clipboard --------------------------------------------------------------------------------------------------------

    def _copied(self, button: Button) -> None:
        """Copy the digits only, as the library system expects."""
        self.copied.emit(self._digits)
        self._name_copies(button)
        self._to_field()

    def _name_copies(self, pressed: Button | None) -> None:
        """Mark the pressed copy button only; accessible names stay the same."""
        self._copy.set_text(say("staff.patron.copied-short") if pressed is self._copy else say("staff.patron.copy-short"))
        self._copy.setAccessibleName(plain(say("staff.number.copy")))
        self._call_copy.set_text(say("staff.number.copied") if pressed is self._call_copy else say("staff.patron.copy"))
        self._call_copy.setAccessibleName(plain(say("staff.patron.copy")))
