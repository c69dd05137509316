"""利用カード: the number is scanned or typed; errors are shown next to the field."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from kiosk.domain.events import LibraryCardEntered
from kiosk.domain.model import LibraryCardNumber
from kiosk.domain.states import AwaitingLibraryCard, CheckingLibraryCard, Counter, Problem
from kiosk.text import refusal, say
from kiosk.ui.staff.page import Emit, StaffPage
from kiosk.ui.staff.panels import MIDDLE, Panel, column, row
from kiosk.ui.staff.stop_reasons import stopped_words
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.control import means
from kiosk.ui.widgets.notice import Notice
from kiosk.ui.widgets.picture import Picture
from kiosk.ui.widgets.scan_field import ScanField
from kiosk.ui.widgets.words import Words


class NumberForm(QWidget):
    """Number field with button and error text; the field keeps its place when an error appears.

    `upwards`: the page fills from the bottom, so the error goes above the field, not below. `narrow`: use a short placeholder.
    """

    def __init__(self, emit: Emit, sizes: StaffSizes, verb: str, *, upwards: bool = False, narrow: bool = False) -> None:
        super().__init__()
        hint = say("staff.number.hint-short" if narrow else "staff.number.hint")
        self.field = ScanField(say("staff.number.field"), hint, icon_size=sizes.icon)
        self.field.entered.connect(lambda text: emit(LibraryCardEntered(text)))
        self._enter = Button(verb, "primary")
        self._enter.clicked.connect(self.field.submit)
        self._wrong = Words(kind="wrong")
        self._wrong.hide()
        across = row(round(sizes.gap * 0.7))
        across.addWidget(self.field, 1)
        across.addWidget(self._enter)
        inside = column(8)
        inside.addLayout(across)
        inside.insertWidget(0 if upwards else 1, self._wrong)
        self.setLayout(inside)

    def show_problem(self, problem: Problem | None, before: Problem | None = None, *, lends: bool = False) -> None:
        """Show the problem of this field. `before`: the refusal that led to this page, shown elsewhere. `lends`: see `wrong_words`."""
        self.field.set_wrong(problem is not None)
        self._wrong.setVisible(problem is not None)
        if problem is not None:
            self._wrong.set_text(wrong_words(problem, lends=lends))
            self.field.setAccessibleDescription(self._wrong.text)
        refused = problem or before
        self.field.keep("" if refused is None else refused.entered, refused)

    def set_ready(self, ready: bool) -> None:
        for widget in (self.field, self._enter):
            widget.setEnabled(ready)


def wrong_words(problem: Problem, *, lends: bool) -> str:
    """Return why a number was rejected and what to do. `lends`: items are lent here too, so it may have been an item's."""
    params = dict(problem.params)
    cause, step = refusal(problem.code, "staff", **params), refusal(problem.code, "staff-next", **params)
    return cause + step + (say("staff.number.perhaps-item") if lends and problem.code.about.perhaps_item else "")


class CalledNumber(Notice):
    """Offer of the number that was on screen when the registration began: staff compare it with the card and accept it by a press."""

    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__("info", icon_size=sizes.icon)
        self._emit, self._number = emit, ""
        self._use = Button(say("staff.library-card.use"), "secondary", chord="U")
        self._use.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._use.clicked.connect(lambda: self._emit(LibraryCardEntered(self._number)))
        layout = self.layout()
        if layout is not None:
            layout.addWidget(self._use)
            layout.setAlignment(self._use, MIDDLE)

    def show_number(self, number: LibraryCardNumber | None) -> None:
        if number is None:
            self.say("")
            return
        self._number = number.text
        means(self._use, LibraryCardEntered(number.text))
        self.say(say("staff.library-card.called", number=number.grouped), say("staff.library-card.called-text"))


class LibraryCardPage(StaffPage):
    takes_barcodes = True

    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__(emit, sizes, say("staff.library-card.name"))
        self._title, self._lead = self.head(say("staff.library-card.title"), say("staff.library-card.lead"))
        self.form = NumberForm(emit, sizes, say("staff.library-card.enter"), upwards=True)
        card = Panel(sizes, spacing=sizes.gap // 2)
        picture = Picture("card-library", sizes.title * 7, sizes.title * 4)
        card.inside.addStretch(1)
        card.inside.addWidget(picture, 3)
        card.inside.addSpacing(sizes.gap)
        card.inside.addWidget(self.form)
        card.inside.addSpacing(sizes.gap)
        self._stopped = Notice("care", icon_size=sizes.icon)
        self.body.addWidget(self._stopped)
        self._called = CalledNumber(emit, sizes)
        self.body.addWidget(self._called)
        self.body.addWidget(card, 1)
        hints = row(sizes.gap)
        for what in ("none", "expired"):
            hint = Panel(sizes, spacing=4)
            hint.inside.addWidget(Words(say(f"staff.library-card.{what}"), "strong"))
            hint.inside.addWidget(Words(say(f"staff.library-card.{what}-text"), "note"))
            hint.inside.addStretch(1)
            hints.addWidget(hint, 1)
        self.body.addLayout(hints)
        self.wizard_foot()

    def show_state(self, counter: Counter) -> None:
        flow = counter.flow
        self.keep_in_place(self.form.field)
        if isinstance(flow, AwaitingLibraryCard):
            title = say("staff.library-card.title-child") if flow.draft.by_guardian else say("staff.library-card.title")
            self._title.set_text(title)
            self._lead.set_text(say("staff.library-card.lead"))
            self._called.show_number(flow.draft.offered)
            patron = flow.draft.patron
            self._stopped.say(*stopped_words(patron.standing.stops if patron is not None else frozenset()))
            self.form.set_ready(True)
            self.form.show_problem(flow.problem)
            if flow.problem is not None:
                self.form.field.setFocus()
        elif isinstance(flow, CheckingLibraryCard):
            self._lead.set_text(say("staff.number.busy"))

    def number_field(self) -> ScanField:
        return self.form.field
