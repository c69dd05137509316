"""状況: what the counter depends on, when it was checked, and what needs attention."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from kiosk.domain.errors import Code
from kiosk.domain.events import LibraryRetryPressed
from kiosk.domain.health import Condition
from kiosk.domain.model import IlsCondition, ReaderCondition
from kiosk.domain.states import Counter, CounterFacts
from kiosk.text import refusal, say
from kiosk.ui.staff.fields.entry import FieldsEntry
from kiosk.ui.staff.finding_texts import all_cares, name_of, seen_at, value_of
from kiosk.ui.staff.page import Emit
from kiosk.ui.staff.page_beside import PageBeside
from kiosk.ui.staff.panels import MIDDLE, TOP, Panel, bullet, column, facts, row
from kiosk.ui.staff.registry_words import Care, pending_row, registry_row
from kiosk.ui.staff.service_ways import ways_words
from kiosk.ui.staff.serving.library_outage import show_retry, tried_words
from kiosk.ui.staff.trial_scan import TrialScan
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.icon import pixmap
from kiosk.ui.widgets.scan_field import ScanField
from kiosk.ui.widgets.words import Words

_CHECKS = (
    ("service", "reader", "trust", "revocation", "clock", "displays"),
    ("printing", "local-api", "crashes", "log", "files", "space", "disk", "recovery"),
)
_NOT_IN_DEMO = frozenset({"crashes", "displays", "files", "space", "disk", "recovery"})
_COUNTS = ("links", "registered", "used", "pending")
_HELD = (*_COUNTS, "ils", "services", "registry")
"""Rows of what no check of that name finds."""
_ICONS = {
    Condition.OK: ("checkc", "green"),
    Condition.UNKNOWN: ("info", "sub"),
    Condition.CARE: ("warn", "yellow"),
    Condition.WRONG: ("warn", "yellow"),
}


class Row:
    """Condition of one part: icon, text, time of the check."""

    def __init__(self, sizes: StaffSizes) -> None:
        self._size = sizes.icon
        self._icon, self._words, self._at = QLabel(), Words(), Words(kind="note")
        self._icon.setFixedSize(sizes.icon, sizes.icon)
        self.layout = row(round(sizes.gap * 0.4))
        self.layout.addWidget(self._icon, 0, TOP)
        beside = column(0) if sizes.small else row(round(sizes.gap * 0.4))
        beside.addWidget(self._words, 1)
        beside.addWidget(self._at)
        self.layout.addLayout(beside, 1)
        if not sizes.small:
            self._at.setFixedWidth(round(sizes.note * 7.5))
        self._shown: tuple[Condition, str, str] | None = None

    @property
    def is_marked(self) -> bool:
        """Whether its icon marks a problem."""
        return self._shown is not None and self._shown[0] in (Condition.CARE, Condition.WRONG)

    def show_condition(self, condition: Condition, text: str, at: str = "") -> None:
        if self._shown == (condition, text, at):
            return
        self._shown = condition, text, at
        icon, colour = _ICONS[condition]
        self._icon.setPixmap(pixmap(icon, self._size, colour, self._icon.devicePixelRatioF()))
        self._words.set_text(text)
        self._at.set_text(at)
        self._at.setVisible(bool(at))


class StatusPage(PageBeside):
    takes_barcodes = True
    starts_in_field = False

    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__(emit, sizes, say("staff.status.name"))
        self.head(say("staff.status.title"))
        self._cares = column(sizes.gap // 2)
        self.body.addLayout(self._cares)
        self._across = column(sizes.gap) if sizes.small else row(sizes.gap)
        self.body.addLayout(self._across)
        self._rows: dict[str, Row] = {}
        self._trial = TrialScan(sizes)
        self._trial.answered.connect(self.bring_into_sight)
        self._fields = FieldsEntry(emit, sizes)
        self.body.addStretch(1)
        self.body.addWidget(self._fields)
        self.body.addWidget(self._trial)
        self._retried, self._retry = Words(kind="note"), self.button(say("staff.items.retry"), "secondary", LibraryRetryPressed())
        self.foot().addWidget(self._retried, 0, MIDDLE)
        self.foot().addWidget(self._retry)
        self._shown: tuple[list[Care], bool, bool] | None = None

    def _lay_out(self, demo: bool) -> None:
        """Build the table, once; a demo omits what nobody maintains."""
        first, second = ([check for check in checks if not (demo and check in _NOT_IN_DEMO)] for checks in _CHECKS)
        names = ([*first, "ils", "services"], ["store", "registry", *_COUNTS, *second])
        for column_names in names:
            self._rows |= {name: Row(self.sizes) for name in column_names}
            card = Panel(self.sizes)
            card.inside.addLayout(facts([(self._name(name), self._rows[name].layout) for name in column_names], self.sizes))
            card.inside.addStretch(1)
            self._across.addWidget(card, 1)

    def _name(self, row_name: str) -> str:
        return say(f"staff.status.{row_name}") if row_name in _HELD else name_of(row_name)

    def number_field(self) -> ScanField:
        return self._trial.field

    def take_barcode(self, text: str) -> None:
        self._trial.try_barcode(text)

    def show_state(self, counter: Counter) -> None:
        super().show_state(counter)
        self.keep_in_place(self._trial.field)
        self._trial.show_rules(counter.rules)
        self._fields.show_state(counter)
        if not self._rows:
            self._lay_out(counter.facts.demo)
        checks = [name for name in self._rows if name not in _HELD]
        for name, shown in self._rows.items():
            if name == "ils":
                self._show_library_system(counter.ils)
                self._show_retry(counter)
            elif name == "services":
                shown.show_condition(Condition.OK, ways_words(counter))
            elif name == "registry":
                shown.show_condition(*registry_row(counter))
            elif name == "pending":
                shown.show_condition(*pending_row(counter))
            elif name in _COUNTS:
                self._show_count(name, counter.facts, doubted=counter.doubt is not None)
            elif name == "reader" and counter.reader is not ReaderCondition.READY:
                starting = counter.reader is ReaderCondition.STARTING
                title = say("staff.health.any.unseen") if starting else refusal(Code(counter.reader.value), "title")
                shown.show_condition(Condition.UNKNOWN if starting else Condition.WRONG, title)
            else:
                finding = counter.facts.finding(name)
                shown.show_condition(finding.condition, value_of(finding), seen_at(finding, counter.today))
        self._show_cares(all_cares(counter), all(counter.facts.finding(check).condition is not Condition.UNKNOWN for check in checks))

    def _show_count(self, name: str, facts: CounterFacts, *, doubted: bool) -> None:
        """Show a count. An unreadable store has none, not even 0; those of a doubtful store are marked as unsure."""
        store = facts.finding("store")
        count = store.number(name)
        sure = store.condition in (Condition.OK, Condition.CARE) and not doubted
        if count is None:
            self._rows[name].show_condition(Condition.UNKNOWN, say("staff.status.uncounted"))
        else:
            said = say("staff.status.used-count", count=count) if name == "used" else say("staff.status.links-count", count=count)
            told = said if sure else say("staff.status.count-unsure", counted=said)
            self._rows[name].show_condition(Condition.OK if sure else Condition.UNKNOWN, told)

    def _show_library_system(self, condition: IlsCondition) -> None:
        quiet = {IlsCondition.NONE: "ils-none", IlsCondition.STARTING: "ils-starting", IlsCondition.READY: "ils-ready"}
        said = say(f"staff.status.{quiet[condition]}") if condition in quiet else refusal(Code(condition.value), "title")
        starting = Condition.UNKNOWN if condition is IlsCondition.STARTING else Condition.OK
        self._rows["ils"].show_condition(Condition.WRONG if condition.is_trouble else starting, said)

    def _show_retry(self, counter: Counter) -> None:
        """Show the retry button in the fixed footer, with its last result beside it."""
        trouble = counter.ils.is_trouble
        show_retry(self._retry, counter)
        self._retry.setVisible(trouble or (counter.tried is not None and counter.tried.under_way))
        told = tried_words(counter)
        name = "" if told or not trouble else say("staff.status.ils-retry")
        self._retried.set_text(told or name)

    def _show_cares(self, found: list[Care], known: bool) -> None:
        """Show what needs attention. "Nothing" is claimed only once everything was checked, and "all fine" only if no row is marked."""
        marked = any(shown.is_marked for shown in self._rows.values())
        if (found, known, marked) == self._shown:
            return
        self._shown = found, known, marked
        while self._cares.count():
            item = self._cares.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        icon, colour = _ICONS[Condition.CARE if found else Condition.OK if known and not marked else Condition.UNKNOWN]
        card = Panel(self.sizes, "care" if found else "card", spacing=round(self.sizes.gap * 0.6))
        otherwise = "unknown" if not known else "fine-but-marked" if marked else "fine"
        for sentence, step in found or [(say(f"staff.status.{otherwise}"), "")]:
            card.inside.addLayout(bullet(icon, sentence, self.sizes, colour, step, "strong"))
        self._cares.addWidget(card)
