"""窓口: waiting for a card and reading it. One page for both, so that a quick read changes nothing before the number appears."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kiosk.domain.errors import Code
from kiosk.domain.events import LeavePressed, LibraryCardEntered, RegistrationChosen, UnlinkingChosen
from kiosk.domain.model import IlsCondition, ReaderCondition
from kiosk.domain.patron_view import Lasted, is_reading
from kiosk.domain.states import Counter, Reading, Waiting, When
from kiosk.domain.transition import is_reader_free, left_lying
from kiosk.text import refusal, say
from kiosk.ui.reading_time import ReadingTime
from kiosk.ui.staff.card_left import left_words
from kiosk.ui.staff.finding_texts import cares_for_staff, why_unavailable_words
from kiosk.ui.staff.library_card import wrong_words
from kiosk.ui.staff.mirror import PatronMirror
from kiosk.ui.staff.page import Emit, StaffPage
from kiosk.ui.staff.panels import MIDDLE, Ground, Panel, column, row, title_row
from kiosk.ui.staff.scroll import ScrollArea, ScrollColumn
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.control import says
from kiosk.ui.widgets.notice import Notice
from kiosk.ui.widgets.picture import WaitingPicture
from kiosk.ui.widgets.scan_field import ScanField
from kiosk.ui.widgets.words import Words, unmarked


class IdlePage(StaffPage):
    takes_barcodes = True
    escape = LeavePressed()

    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__(emit, sizes, say("staff.home.name"))
        self._building = self._build()

    def _build(self) -> Iterator[None]:
        sizes = self.sizes
        left, right = column(round(sizes.gap * 0.7)), column(round(sizes.gap * 0.8))
        across = row(sizes.gap)
        # Scrolls separately, so that nothing beside it moves however long its text.
        self._left = ScrollColumn(left, say("staff.home.name"), least=round(sizes.body * 12))
        across.addWidget(self._left, 1)
        self._side = self._column_of(right)
        across.addWidget(self._side)
        self.body.addLayout(across, 1)
        yield
        self._panel = WaitingPanel(self.tell, sizes)
        left.addWidget(self._panel, 1)
        yield
        self._cares = Notice("care", icon_size=sizes.icon)
        self._unchecked = Notice("care", icon_size=sizes.icon)
        # Inserted above, so that what is below the drawing keeps its place.
        left.insertWidget(0, self._cares)
        left.insertWidget(1, self._unchecked)
        yield
        right.addWidget(self._card("link", "registration", "primary", "F2"))
        right.addWidget(self._card("unlink", "unlinking", "quiet", "F3"))
        yield
        self._mirror = PatronMirror(sizes)
        mirror = Panel(sizes)
        mirror.inside.addWidget(self._mirror, 1)
        right.addWidget(mirror, 1)

    def pieces(self, counter: Counter) -> Iterator[None]:
        return self._building

    def parts(self) -> Sequence[QWidget]:
        return [self._panel, self._side]

    def _column_of(self, cards: QVBoxLayout) -> QWidget:
        """The narrow column, scrolling separately so that in a low window the field at the left stays visible."""
        side = QWidget()
        side.setProperty("scrolled", "true")
        side.setLayout(cards)
        area = ScrollArea()
        area.setFixedWidth(self.sizes.side)
        area.setWidget(side)
        return area

    def _card(self, icon: str, act: str, kind: str, key: str) -> Panel:
        card = Panel(self.sizes)
        card.inside.addLayout(title_row(icon, say(f"staff.home.{act}"), self.sizes, "blue" if kind == "primary" else "ink"))
        card.inside.addWidget(Words(say(f"staff.home.{act}-note"), "note"))
        card.inside.addSpacing(4)
        event = RegistrationChosen() if act == "registration" else UnlinkingChosen()
        card.inside.addWidget(self.button(say(f"staff.home.{act}-start"), kind, event, key=key))
        return card

    def show_state(self, counter: Counter) -> None:
        deque(self._building, maxlen=0)
        self._left.keep_in_place(self._panel.field)
        self._mirror.show_state(counter)
        self._show_cares(counter)
        if counter.facts.stale_lists_accepted:
            self._unchecked.say(say("staff.home.stale-lists"), say("staff.home.stale-lists-text"))
        elif counter.facts.revocation_checked:
            self._unchecked.say("")
        elif counter.facts.demo:
            self._unchecked.say(say("staff.home.unchecked-demo"))
        else:
            self._unchecked.say(say("staff.home.unchecked"), say("staff.home.unchecked-text"))
        crowded = self.sizes.small and (self._cares.speaks or self._unchecked.speaks)
        self._panel.show_state(counter, crowded=crowded)

    def _show_cares(self, counter: Counter) -> None:
        """Show the worst finding that staff need to know, apart from why cards cannot be read."""
        cares = cares_for_staff(counter)
        sentence, step = cares[0] if cares else ("", "")
        more = say("staff.home.more-cares", count=len(cares) - 1) if len(cares) > 1 else ""
        self._cares.say(sentence, "\n".join(filter(None, (step, more))))

    def number_field(self) -> ScanField:
        return self._panel.field


class WaitingPanel(Ground):
    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__("blue")
        self._emit = emit
        self._shown: Counter | None = None
        self._reading = ReadingTime(self, self._show_card)
        self._picture = WaitingPicture(sizes.title * 7, sizes.title * 4)
        self._title, self._lead = Words(kind="title", centred=True), Words(kind="lead", centred=True)
        self._trouble = Notice("care", icon_size=sizes.icon)
        self._wrong = Words(kind="wrong")
        self._wrong.hide()
        hint = say("staff.number.hint-short") if sizes.small else say("staff.number.hint")
        self.field = ScanField(say("staff.number.field"), hint, icon_size=sizes.icon)
        self.field.entered.connect(lambda text: emit(LibraryCardEntered(text)))
        self._forgotten = QTimer(self, singleShot=True)
        self._forgotten.timeout.connect(self._forget)
        self.field.textChanged.connect(lambda: self._forgotten.start())
        self._leave = Button(say("staff.action.leave"), "quiet", icon="close")
        says(self._leave, LeavePressed(), emit)
        # Reserve its space, so that nothing moves when it appears.
        policy = self._leave.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._leave.setSizePolicy(policy)
        self._leave.hide()
        inside = column(8, (sizes.margin_x, sizes.margin_y, sizes.margin_x, sizes.margin_y))
        inside.addWidget(self._trouble)
        # The stretch takes effect only while the drawing is hidden.
        inside.addStretch(1)
        inside.addWidget(self._picture, 1000)
        inside.addWidget(self._title)
        inside.addWidget(self._lead)
        inside.addWidget(self._leave, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addSpacing(round(sizes.gap * 0.3))
        inside.addWidget(self._form(sizes))
        self.setLayout(inside)

    def _form(self, sizes: StaffSizes) -> QWidget:
        """Build the field, in its own panel, for a library card presented instead."""
        card = Panel(sizes, spacing=6)
        show = Button(say("staff.home.show"), "secondary")
        show.clicked.connect(self.field.submit)
        label = Words(say("staff.home.scan"), "strong", line=1.3)
        across = row(round(sizes.gap * 0.7))
        if sizes.small:
            card.inside.addWidget(label)
        else:
            label.setFixedWidth(round(sizes.body * 5.2))
            across.addWidget(label, 0, MIDDLE)
        across.addWidget(self.field, 1)
        across.addWidget(show)
        # Above the field, which is at the bottom of the page and must not move when an error appears.
        card.inside.addWidget(self._wrong)
        card.inside.addLayout(across)
        return card

    def show_state(self, counter: Counter, *, crowded: bool) -> None:
        """Show this state. `crowded`: hide the drawing to make room for text."""
        flow = counter.flow
        self._shown = counter
        self._reading.follow(flow)
        idle = round(counter.rules.idle_seconds * 1000)
        if self._forgotten.interval() != idle:
            # setInterval restarts a running timer even if the value is the same.
            self._forgotten.setInterval(idle)
        self._show_trouble(counter, crowded=crowded)
        problem = flow.problem if isinstance(flow, Waiting) else getattr(flow, "wrong", None)
        self.field.set_wrong(problem is not None)
        self._wrong.setVisible(problem is not None)
        if problem is not None:
            self._wrong.set_text(wrong_words(problem, lends=counter.ils is not IlsCondition.NONE))
        self.field.keep("" if problem is None else problem.entered, problem)
        self._show_card()

    def _forget(self) -> None:
        """Clear a number that nobody followed up: a stray Enter would open that patron's record."""
        self.field.setText("")
        if self._shown is not None and isinstance(self._shown.flow, Waiting) and self._shown.flow.problem is not None:
            self._emit(LeavePressed())

    def _show_card(self) -> None:
        """Show waiting or reading; reading a stray card, which nobody brought, shows as waiting."""
        if self._shown is None:
            return
        counter, flow = self._shown, self._shown.flow
        if not is_reading(flow) or (isinstance(flow, Reading) and flow.insertion in counter.strays):
            self._say_waiting(counter)
            return
        self._picture.show_reading()
        if isinstance(flow, Reading) and flow.slow:
            self._say(refusal(Code.CARD_SILENT, "title"), refusal(Code.CARD_SILENT, "staff-next"))
        elif isinstance(flow, Reading) and flow.in_use:
            self._say(refusal(Code.CARD_IN_USE, "title"), say("staff.home.in-use-lead"))
        elif isinstance(flow, Reading) and flow.behind:
            reader = unmarked(flow.behind)
            self._say(say("staff.home.behind", reader=reader), say("staff.home.behind-lead", reader=reader))
        elif self._reading.lasted is not Lasted.BRIEFLY or getattr(flow, "insertion", None) is None:
            stays = self._reading.lasted is Lasted.LONG and getattr(flow, "insertion", None) is not None
            title = say("staff.home.reading") if isinstance(flow, Reading) else say("staff.home.looking-up")
            self._say(title, say("staff.home.stay") if stays else "")
        else:
            self._say_waiting(counter)

    def _say(self, title: str, lead: str) -> None:
        self._title.set_text(title)
        self._lead.set_text(lead)
        self._leave.show()

    def _say_waiting(self, counter: Counter) -> None:
        self._leave.hide()
        if left := left_lying(counter):
            # Do not invite another card onto the one that is there.
            free = is_reader_free(counter, left | counter.strays)
            self._picture.show_waiting() if free else self._picture.show_reading()
            title, following = left_words(counter)
            self._title.set_text(title)
            self._lead.set_text(following)
            return
        self._picture.show_waiting()
        starting = counter.reader is ReaderCondition.STARTING
        asks_pin = counter.rules.lending_pin is not When.NEVER
        self._title.set_text(say("staff.home.starting") if starting else say("staff.home.title"))
        self._lead.set_text(say("staff.home.lead-pin") if asks_pin else say("staff.home.lead"))

    def _show_trouble(self, counter: Counter, *, crowded: bool) -> None:
        """Show why cards cannot be read; library cards still work then."""
        trouble = why_unavailable_words(counter)
        self._trouble.say(*(trouble or ("",)))
        self._title.setVisible(trouble is None)
        for widget in (self._picture, self._lead):
            widget.setVisible(trouble is None and not crowded)
