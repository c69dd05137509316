"""The patron at lending: their library card number, and the services at this counter."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QWidget

from kiosk.domain.events import ServiceChosen
from kiosk.domain.model import Month, Patron, Service, Shown
from kiosk.domain.states import Counter, CounterFacts, PatronShown
from kiosk.text import plain, say
from kiosk.ui.staff.choices import Tile
from kiosk.ui.staff.page import Emit, Page
from kiosk.ui.staff.panels import MIDDLE, Chip, NumberLabel, Panel, Steps, column, picture_of, row
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.icon import pixmap
from kiosk.ui.widgets.notice import Notice
from kiosk.ui.widgets.words import Words

_ICONS = {
    Service.LOAN: "lend",
    Service.RENEWAL: "renew",
    Service.HOLD: "hold",
    Service.INTERLIBRARY_LOAN: "illbook",
    Service.INTERLIBRARY_COPY: "illcopy",
    Service.NDL_DIGITAL: "ndl",
    Service.INTERNET_TERMINAL: "net",
}
_ELSEWHERE = (Service.INTERLIBRARY_LOAN, Service.INTERLIBRARY_COPY, Service.NDL_DIGITAL, Service.INTERNET_TERMINAL)


class Validity(QWidget):
    """Until when the library card is good, or who knows it where the library system is not asked."""

    def __init__(self, sizes: StaffSizes) -> None:
        super().__init__()
        self._icon, self._size = picture_of("info", sizes.icon, "blue"), sizes.icon
        self._words = Words(kind="body")
        inside = row(10)
        inside.addWidget(self._icon)
        inside.addWidget(self._words, 1)
        self.setLayout(inside)

    def show_patron(self, patron: Patron) -> None:
        icon, colour = ("checkc", "green") if patron.checked else ("info", "blue")
        self._icon.setPixmap(pixmap(icon, self._size, colour, self.devicePixelRatioF()))
        until = patron.valid_until
        if not patron.checked:
            self._words.set_text(say("staff.patron.unchecked"))
        elif until is None:
            self._words.set_text(say("staff.patron.valid"))
        else:
            day = say("staff.patron.valid-until", year=until.year, month=until.month, day=until.day)
            self._words.set_text(f"{say('staff.patron.valid')} {day}")


class EndsNotice(Notice):
    """The certificate ends soon: today it serves. Year and month only, since the day is the holder's birthday."""

    def show_month(self, ends: Month | None) -> None:
        if ends is None:
            self.say("")
        else:
            self.say(say("staff.ends.title", year=ends.year, month=ends.month), say("staff.ends.text"))


def validity(sizes: StaffSizes) -> Validity:
    return Validity(sizes)


def ends_notice(sizes: StaffSizes) -> EndsNotice:
    return EndsNotice("care", icon_size=sizes.icon)


class PatronPage(Page):
    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__(emit, sizes, say("staff.patron.name"))
        self._digits = ""
        self._by_card, self._by_number = (
            Chip("done", say("staff.patron.by-card"), sizes),
            Chip("info", say("staff.patron.by-number"), sizes),
        )
        self._number, self._large = NumberLabel(sizes.number), NumberLabel(sizes.number)
        self._validity, self._ends = validity(sizes), ends_notice(sizes)
        self._copy = Button(say("staff.number.copy"), "quiet", icon="copy")
        self._copy.clicked.connect(lambda: self._copied(self._copy))
        self._tiles = {service: self._tile(service) for service in Service}
        right = column(round(sizes.gap * 0.8))
        right.addLayout(self._services())
        self._called, self._chosen = Panel(sizes), Panel(sizes, spacing=round(sizes.gap * 0.5))
        self._call_copy = Button(say("staff.patron.copy"), "secondary", icon="copy")
        self._call_copy.clicked.connect(lambda: self._copied(self._call_copy))
        self._fill_called()
        self._service: Service | None = None
        right.addWidget(self._called, 1)
        right.addWidget(self._chosen, 1)
        across = row(sizes.gap)
        across.addWidget(self._panel())
        across.addLayout(right, 1)
        self.body.addLayout(across, 1)

    def _tile(self, service: Service) -> Tile:
        tile = Tile(_ICONS[service], say(f"staff.patron.{service}"), self.sizes, elsewhere=service in _ELSEWHERE)
        tile.clicked.connect(lambda: self.tell(ServiceChosen(service)))
        return tile

    def _services(self) -> QGridLayout:
        """Seven in a row, or four where the window is narrow."""
        grid = QGridLayout()
        grid.setSpacing(8)
        across = 4 if self.sizes.small else len(self._tiles)
        for index, tile in enumerate(self._tiles.values()):
            grid.addWidget(tile, index // across, index % across)
        for index in range(across):
            grid.setColumnStretch(index, 1)
        return grid

    def _panel(self) -> QWidget:
        card = Panel(self.sizes)
        card.setFixedWidth(self.sizes.panel)
        inside = card.inside
        chips = row()
        chips.addWidget(self._by_card)
        chips.addWidget(self._by_number)
        chips.addStretch(1)
        inside.addLayout(chips)
        inside.addSpacing(8)
        inside.addWidget(Words(say("staff.number.label"), "note"))
        inside.addWidget(self._number)
        inside.addWidget(self._validity)
        inside.addSpacing(4)
        inside.addWidget(self._copy)
        inside.addSpacing(4)
        inside.addWidget(self._ends)
        inside.addStretch(1)
        if self.sizes.small:
            # In sight however low the window is.
            self.foot().addWidget(self._end_button())
            self.foot().addStretch(1)
        else:
            inside.addWidget(self._end_button())
        return card

    def _end_button(self) -> Button:
        self._end = self.leave_button(say("staff.action.end"), key="F12")
        self._end.set_kind("primary")
        return self._end

    def _fill_called(self) -> None:
        inside = self._called.inside
        inside.addStretch(1)
        inside.addWidget(Words(say("staff.patron.called"), "title", centred=True, line=1.35))
        inside.addWidget(Words(say("staff.patron.choose"), "lead", centred=True))
        inside.addStretch(1)

    def _fill_chosen(self, service: Service) -> None:
        """The number is called up; what is done with it is done in the library's own system."""
        while self._chosen.inside.count():
            item = self._chosen.inside.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None and widget not in (self._large, self._call_copy):
                widget.deleteLater()
        name = plain(say(f"staff.patron.{service}"))
        heading = row(12)
        heading.addWidget(picture_of(_ICONS[service], round(self.sizes.icon * 1.2), "blue"), 0, MIDDLE)
        heading.addWidget(Words(name, "heading"), 1)
        top = QWidget()
        top.setLayout(heading)
        number = QWidget()
        beside = row(self.sizes.gap)
        beside.addWidget(self._large, 3)
        beside.addWidget(self._call_copy)
        beside.addStretch(1)
        number.setLayout(beside)
        told = (say("staff.patron.step-open", service=name), say("staff.patron.step-enter"), say("staff.patron.step-end"))
        steps = Steps([(sentence, "") for sentence in told], self.sizes)
        for widget in (top, Words(say("staff.patron.enter"), "title", line=1.35), number, steps):
            self._chosen.inside.addWidget(widget)
        self._chosen.inside.addStretch(1)

    def project(self, counter: Counter, facts: CounterFacts) -> None:
        flow = counter.flow
        if not isinstance(flow, PatronShown):
            return
        number = flow.patron.number
        self._digits = number.text
        for label in (self._number, self._large):
            label.show_number(number)
        self._by_card.setVisible(flow.shown is Shown.MY_NUMBER_CARD)
        self._by_number.setVisible(flow.shown is Shown.LIBRARY_CARD)
        self._validity.show_patron(flow.patron)
        self._ends.show_month(flow.reading.ends if flow.reading is not None else None)
        for service, tile in self._tiles.items():
            tile.choose(service is flow.service)
        self._called.setVisible(flow.service is None)
        self._chosen.setVisible(flow.service is not None)
        if flow.service is not None and flow.service is not self._service:
            self._fill_chosen(flow.service)
        self._service = flow.service

    def _copied(self, button: Button) -> None:
        """Digits only, as the library's system takes them."""
        QGuiApplication.clipboard().setText(self._digits)
        for each, key in ((self._copy, "staff.number.copy"), (self._call_copy, "staff.patron.copy")):
            name = plain(say(key))
            each.set_text(say("staff.number.copied") if each is button else name)
            each.setAccessibleName(name)

    def forget(self) -> None:
        """Take the number off the clipboard again, if it is still there."""
        clipboard = QGuiApplication.clipboard()
        if self._digits and clipboard.text() == self._digits:
            clipboard.clear()

    def first_focus(self) -> QWidget:
        return self._tiles[Service.LOAN]
