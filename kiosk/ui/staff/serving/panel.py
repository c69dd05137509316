"""The left panel: number, patron's standing, slip and end button."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from kiosk.domain.circulation import Standing, stops_lending
from kiosk.domain.events import SlipChosen
from kiosk.domain.model import LibraryCardNumber, Shown
from kiosk.domain.slip import SlipKind
from kiosk.domain.states import Counter, PatronShown
from kiosk.text import plain, say
from kiosk.ui.staff.number_label import NumberLabel
from kiosk.ui.staff.page import Emit
from kiosk.ui.staff.panels import MIDDLE, Chip, Panel, column, row
from kiosk.ui.staff.scroll import ScrollColumn
from kiosk.ui.staff.serving.figures import Figures
from kiosk.ui.staff.serving.not_done import Undone
from kiosk.ui.staff.serving.validity import CardEnds, CertificateEnds, Validity
from kiosk.ui.staff.stop_reasons import causes, denied
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.icon import icon_label
from kiosk.ui.widgets.notice import Notice
from kiosk.ui.widgets.segments import Segments
from kiosk.ui.widgets.words import Words, unmarked

_SLIPS = (SlipKind.NONE, SlipKind.TODAY, SlipKind.ALL)


class Stopped(Notice):
    """Notice of what the patron is denied and why, what they owe, and the library system's message. Hidden if there is none of these."""

    def __init__(self, sizes: StaffSizes) -> None:
        super().__init__("care", icon_size=sizes.icon, line=1.4, small=True)

    def show_standing(self, standing: Standing) -> None:
        services = denied(standing.stops)
        lines = []
        if services:
            lines.append(say("staff.patron.stopped-text", services=services))
            if why := causes(standing.stops):
                lines.append(say("staff.patron.stopped-why", reasons=why))
        if standing.owes.strip():
            lines.append(say("staff.patron.owes", owes=unmarked(standing.owes)))
        elif standing.fines:
            lines.append(say("staff.patron.fines", count=standing.fines))
        if standing.on_loan.disputed is not None:
            lines.append(say("staff.patron.disputed", counted=standing.on_loan.disputed, listed=len(standing.on_loan.items)))
        if standing.said.strip():
            # The notice's title already attributes the words.
            said = unmarked(standing.said)
            lines.append(say("staff.line.said", said=said) if services else said)
        if services:
            title = say("staff.patron.stopped" if stops_lending(standing.stops) else "staff.patron.stopped-some")
        else:
            title = say("staff.patron.told") if lines else ""
        self.set_kind("care" if services else "info")
        self.say(title, "\n".join(lines))


class SlipChoice(QWidget):
    """Choice of the slip printed at the end; hidden if slips are off."""

    chosen = Signal()

    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__()
        labels = [say(f"staff.patron.slip-{kind}") for kind in _SLIPS]
        self._segments = Segments(say("staff.patron.slip-name"), labels, max(44, sizes.button_height - 8))
        self._segments.chosen.connect(lambda index: self._say(emit, index))
        title = row(8)
        title.addWidget(icon_label("print", round(sizes.note * 1.3), "sub"), 0, MIDDLE)
        title.addWidget(Words(say("staff.patron.slip"), "note", line=1.3), 1)
        inside = column(6)
        inside.addLayout(title)
        inside.addWidget(self._segments)
        self.setLayout(inside)
        self.hide()

    def _say(self, emit: Emit, index: int) -> None:
        emit(SlipChosen(_SLIPS[index]))
        self.chosen.emit()

    def show_state(self, counter: Counter, flow: PatronShown) -> None:
        self.setVisible(counter.rules.prints_slips)
        if flow.slip in _SLIPS:
            self._segments.choose(_SLIPS.index(flow.slip))


class PatronPanel(Panel):
    def __init__(self, emit: Emit, sizes: StaffSizes, copy: Button, end: Button, undone: Undone) -> None:
        """`copy`, `end` and `undone` are the page's widgets, placed here."""
        super().__init__(sizes, spacing=round(sizes.gap * 0.4))
        self.setFixedWidth(sizes.panel)
        self._sizes, self._end = sizes, end
        self._facts = column(round(sizes.gap * 0.45))
        self.inside.addWidget(ScrollColumn(self._facts, say("staff.patron.panel"), least=round(sizes.body * 5)), 1)
        # It takes its space from the scrolling part above: nothing below moves.
        self._stayed = Notice("care", icon_size=sizes.icon, line=1.4, small=True)
        self.inside.addWidget(self._stayed)
        self.slip = SlipChoice(emit, sizes)
        for widget in (self.slip, undone, end):
            self.inside.addWidget(widget)
        end.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._building = self._build(copy)

    def pieces(self) -> Iterator[None]:
        """Build the rest step by step; whatever is missing when a patron is shown is built then."""
        return self._building

    def _build(self, copy: Button) -> Iterator[None]:
        sizes, facts = self._sizes, self._facts
        self._by_card = Chip("done", say("staff.patron.by-card"), sizes)
        self._by_number = Chip("info", say("staff.patron.by-number"), sizes)
        chips = row()
        chips.addWidget(self._by_card)
        chips.addWidget(self._by_number)
        chips.addStretch(1)
        facts.addLayout(chips)
        label = row(8)
        label.addWidget(Words(say("staff.number.label"), "note"), 1)
        label.addWidget(copy)
        facts.addLayout(label)
        self._number, self._validity = NumberLabel(sizes.number), Validity(sizes)
        facts.addWidget(self._number)
        facts.addWidget(self._validity)
        yield
        # Warm the glyph cache with every digit: large glyphs are slow the first time. Replaced before it is visible.
        self._number.show_number(LibraryCardNumber("0123456789"))
        yield
        self._figures = Figures(sizes)
        facts.addWidget(self._figures)
        yield
        self._stopped, self._card_ends, self._certificate_ends = Stopped(sizes), CardEnds(sizes), CertificateEnds(sizes)
        for notice in (self._stopped, self._card_ends, self._certificate_ends):
            facts.addWidget(notice)
        facts.addStretch(1)
        yield

    def show_state(self, counter: Counter, flow: PatronShown) -> None:
        deque(self._building, maxlen=0)
        patron = flow.patron
        self._number.show_number(patron.number)
        self._by_card.setVisible(flow.shown is Shown.MY_NUMBER_CARD)
        self._by_number.setVisible(flow.shown is Shown.LIBRARY_CARD)
        self._validity.show_patron(patron, counter.ils, flow.objection)
        standing = patron.standing
        counted = (standing.loans, standing.overdue, standing.holds_ready, standing.loans_left)
        self._figures.setVisible(any(count is not None for count in counted))
        self._figures.show_standing(standing)
        self._stopped.show_standing(standing)
        self._card_ends.show_patron(patron, counter.today)
        self._certificate_ends.show_month(flow.reading.ends if flow.reading is not None else None)
        self.slip.show_state(counter, flow)
        if flow.stayed is None:
            self._stayed.say("")
        else:
            self._stayed.say(say("staff.patron.stayed"), say(f"staff.patron.stayed-{flow.stayed}"))
        if self._end.isEnabled() is flow.leaving:
            # The session ends by itself once every request is answered.
            self._end.setEnabled(not flow.leaving)
            self._end.set_text(say("staff.patron.leaving") if flow.leaving else plain(say("staff.action.end")))
