"""Teaching a field, step by step: how, the click, the trial number, and what it is for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QGridLayout, QWidget

from kiosk.domain.events import Event, TargetKept, TeachingStopped, TeachPressed
from kiosk.domain.field_targets import TaughtField, WayIn, name_in_config, target_name, title_parts
from kiosk.domain.model import AnyService, Service
from kiosk.domain.states import Counter, CounterRules, FieldAct, Fields
from kiosk.text import plain, say
from kiosk.ui.staff.fields.seen_table import SeenTable
from kiosk.ui.staff.fields.trial import whose_number
from kiosk.ui.staff.panels import MIDDLE, Panel, column, row, title_row
from kiosk.ui.staff.serving.services import name_of
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.check_row import CheckRow
from kiosk.ui.widgets.control import means, says, says_its_meaning
from kiosk.ui.widgets.segments import Segments
from kiosk.ui.widgets.words import Words, unmarked

_KINDS = ("field", "window")
_WAYS = tuple(WayIn)
_SUFFIXES = ("none", "enter", "tab")
Tell = Callable[[Event], None]


class HowToTeach(QWidget):
    """What is to be taught, and how the number is to get in."""

    def __init__(self, emit: Tell, sizes: StaffSizes) -> None:
        super().__init__()
        self._window, self._way = False, 0
        height = max(44, sizes.button_height - 8)
        self._kinds = Segments(say("staff.fields.kind"), [say(f"staff.fields.kind-{kind}") for kind in _KINDS], height)
        self._ways = Segments(say("staff.fields.way"), [say(f"staff.fields.way-{way}") for way in _WAYS], height)
        self._kind_note, self._way_note = Words(kind="note"), Words(kind="note")
        self._whose = Words(kind="note")
        self.start = Button(say("staff.fields.teach"), "primary", chord="N")
        says_its_meaning(self.start, emit)
        self._kinds.chosen.connect(self._choose_kind)
        self._ways.chosen.connect(self._choose_way)
        inside = column(round(sizes.gap * 0.5))
        for words, control, note in (
            (say("staff.fields.kind"), self._kinds, self._kind_note),
            (say("staff.fields.way"), self._ways, self._way_note),
        ):
            inside.addWidget(Words(words, "strong"))
            inside.addWidget(control)
            inside.addWidget(note)
        inside.addWidget(self._whose)
        across = row()
        across.addWidget(self.start)
        across.addStretch(1)
        inside.addLayout(across)
        self.setLayout(inside)
        self._show()

    def show_rules(self, rules: CounterRules) -> None:
        self._whose.set_text(whose_number(rules))

    def _choose_kind(self, index: int) -> None:
        self._window = bool(index)
        if self._window and _WAYS[self._way] is WayIn.SET_VALUE:
            self._way = 0
        self._show()

    def _choose_way(self, index: int) -> None:
        self._way = index
        if _WAYS[index] is WayIn.SET_VALUE:
            self._window = False
        self._show()

    def _show(self) -> None:
        self._kinds.choose(int(self._window))
        self._ways.choose(self._way)
        self._kind_note.set_text(say(f"staff.fields.kind-{_KINDS[self._window]}-note"))
        self._way_note.set_text(say(f"staff.fields.way-{_WAYS[self._way]}-note"))
        # Nothing is typed into a window.
        self._whose.setVisible(not self._window)
        means(self.start, TeachPressed(_WAYS[self._way], self._window))


class WhatFor(QWidget):
    """What was taught: staff say what of the title stays the same, and which services it is for."""

    def __init__(self, emit: Tell, sizes: StaffSizes) -> None:
        super().__init__()
        self._sizes = sizes
        self._taught: TaughtField | None = None
        self._offered: tuple[AnyService, ...] = ()
        self._titles: list[CheckRow] = []
        self._services: list[CheckRow] = []
        self._suffix = 0
        self._table = SeenTable(sizes)
        self._noticed = CheckRow(say("staff.fields.noticed"))
        self._noticed.clicked.connect(lambda: self._toggle(self._noticed))
        self._title_rows, self._service_rows = QGridLayout(), QGridLayout()
        for grid in (self._title_rows, self._service_rows):
            grid.setSpacing(6)
        height = max(44, sizes.button_height - 8)
        self._suffixes = Segments(say("staff.fields.suffix"), [say(f"staff.fields.key-{key}") for key in _SUFFIXES], height)
        self._suffixes.chosen.connect(self._choose_suffix)
        self._suffix_title, self._lacking = Words(say("staff.fields.suffix"), "strong"), Words(kind="note")
        self._keep = Button(say("staff.fields.keep"), "primary", chord="N")
        says_its_meaning(self._keep, emit)
        self._stop = Button(say("staff.fields.keep-not"), "quiet", chord="B")
        says(self._stop, TeachingStopped(), emit)
        inside = column(round(sizes.gap * 0.5))
        inside.addWidget(self._table)
        inside.addWidget(self._noticed)
        inside.addWidget(Words(say("staff.fields.which-title"), "strong"))
        inside.addWidget(Words(say("staff.fields.which-title-note"), "note"))
        inside.addLayout(self._title_rows)
        inside.addWidget(Words(say("staff.fields.which-services"), "strong"))
        inside.addWidget(Words(say("staff.fields.which-services-note"), "note"))
        inside.addLayout(self._service_rows)
        inside.addWidget(self._suffix_title)
        inside.addWidget(self._suffixes)
        foot = row(round(sizes.gap * 0.6))
        foot.addWidget(self._keep)
        foot.addWidget(self._stop)
        foot.addWidget(self._lacking, 1, MIDDLE)
        inside.addLayout(foot)
        self.setLayout(inside)

    def show_taught(self, counter: Counter, page: Fields) -> None:
        taught = page.taught
        if taught is not None and taught != self._taught:
            self._begin(counter, taught)
        # None: the next field begins with nothing chosen.
        self._taught = taught
        self._show(is_keeping=page.act is FieldAct.KEEPING)

    def _begin(self, counter: Counter, taught: TaughtField) -> None:
        target = taught.target
        self._table.show_target(target)
        self._noticed.setVisible(not taught.is_noticed)
        self._noticed.setChecked(False)
        self._suffix = 0
        for row_ in (*self._titles, *self._services):
            row_.hide()
            row_.deleteLater()
        self._titles = [self._row("title", unmarked(part), part, self._only) for part in title_parts(target.title)]
        self._offered = (*Service, *counter.rules.local_services)
        self._services = [self._row("service", name_of(service), name_in_config(service), self._toggle) for service in self._offered]
        for grid, rows, across in ((self._title_rows, self._titles, 1), (self._service_rows, self._services, 2)):
            across += not self._sizes.small
            for index, each in enumerate(rows):
                grid.addWidget(each, index // across, index % across)
        for widget in (self._suffix_title, self._suffixes):
            widget.setVisible(not target.leaves)

    def _row(self, of: str, text: str, value: str, pressed: Callable[[CheckRow], None]) -> CheckRow:
        made = CheckRow(text)
        # The same words may stand for a part of the title and for a service.
        made.setAccessibleName(plain(say(f"staff.fields.{of}-named", name=text)))
        made.setProperty("stands-for", value)
        made.clicked.connect(lambda: pressed(made))
        return made

    def _toggle(self, pressed: CheckRow) -> None:
        pressed.setChecked(not pressed.isChecked())
        self._show()

    def _only(self, pressed: CheckRow) -> None:
        for each in self._titles:
            each.setChecked(each is pressed)
        self._show()

    def _choose_suffix(self, index: int) -> None:
        self._suffix = index
        self._show()

    def _show(self, *, is_keeping: bool = False) -> None:
        if self._taught is None:
            return
        self._suffixes.choose(self._suffix)
        title = next((str(each.property("stands-for")) for each in self._titles if each.isChecked()), "")
        is_noticed = self._taught.is_noticed or self._noticed.isChecked()
        lacking = "" if title and is_noticed else say("staff.fields.lacking-title" if is_noticed else "staff.fields.lacking-noticed")
        self._lacking.set_text(say("staff.fields.keeping") if is_keeping else lacking)
        self._keep.setEnabled(not lacking and not is_keeping)
        self._keep.describe(lacking)
        self._stop.setEnabled(not is_keeping)
        chosen = [(service, each) for service, each in zip(self._offered, self._services, strict=True) if each.isChecked()]
        names = [plain(name_of(service)) for service, _ in chosen]
        otherwise = "staff.fields.name-window" if self._taught.target.is_unchecked else "staff.fields.name"
        suffix = "none" if self._taught.target.leaves else _SUFFIXES[self._suffix]
        services = tuple(str(each.property("stands-for")) for _, each in chosen)
        means(self._keep, TargetKept(target_name(names, plain(say(otherwise))), title, services, suffix))


class TeachPanel(Panel):
    """One of the four steps at a time."""

    def __init__(self, emit: Tell, sizes: StaffSizes) -> None:
        super().__init__(sizes, spacing=round(sizes.gap * 0.6))
        self.inside.addLayout(title_row("keypad", say("staff.fields.teach-title"), sizes))
        self._lead = Words()
        self._how, self._for = HowToTeach(emit, sizes), WhatFor(emit, sizes)
        self._seen = SeenTable(sizes)
        self._stop = Button(say("staff.fields.stop"), "secondary", chord="B")
        says(self._stop, TeachingStopped(), emit)
        self.inside.addWidget(self._lead)
        self.inside.addWidget(self._how)
        self.inside.addWidget(self._seen)
        self.inside.addWidget(self._for)
        across = row()
        across.addWidget(self._stop)
        across.addStretch(1)
        self.inside.addLayout(across)

    def show_state(self, counter: Counter, page: Fields) -> None:
        act = page.act
        is_taught = page.taught is not None
        step = act.value if page.is_taught else "taught" if is_taught else "how"
        self._lead.set_text(say(f"staff.fields.lead-{step}", number=page.number) if step == "typing" else say(f"staff.fields.lead-{step}"))
        self._how.setVisible(not is_taught and not page.is_taught)
        self._how.show_rules(counter.rules)
        self._how.start.setEnabled(act is FieldAct.NOTHING)
        self._seen.setVisible(page.is_taught)
        self._stop.setVisible(act is FieldAct.WATCHING)
        self._for.setVisible(is_taught)
        if page.is_taught:
            self._seen.show_seen(page.seen)
        self._for.show_taught(counter, page)
