"""バーコードの読み取りテスト on the status page: how the counter interprets a card or item barcode, without any effect."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from kiosk.domain.errors import Refused
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.states import CounterRules
from kiosk.domain.trial_scan import Trial, try_item, try_library_card
from kiosk.text import plain, refusal, say
from kiosk.ui.staff.panels import MIDDLE, Panel, bullet, column, row, title_row
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.scan_field import ScanField
from kiosk.ui.widgets.segments import Segments
from kiosk.ui.widgets.words import Words, unmarked

FORGET_MS = 60_000
"""Timeout for clearing the result: this page belongs to nobody and may stay open all day."""
_ICONS = {True: ("checkc", "green"), False: ("warn", "yellow"), None: ("info", "sub")}
CARD, ITEM = 0, 1
_GOOD = {CARD: "good-card", ITEM: "good-item"}


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the result, and whether it satisfies the rules."""

    sentence: str
    """With markup."""
    good: bool | None


class TrialScan(Panel):
    """Trial scan panel.

    Signals:
        answered: the widget with the result.
    """

    answered = Signal(QWidget)

    def __init__(self, sizes: StaffSizes) -> None:
        super().__init__(sizes, spacing=round(sizes.gap * 0.5))
        self._sizes, self._rules = sizes, CounterRules()
        self._what = CARD
        self.field = ScanField(say("staff.scan.field"), say("staff.scan.hint"), icon_size=sizes.icon)
        self.field.entered.connect(self.try_barcode)
        self._kinds = Segments(say("staff.scan.kinds"), [say("staff.scan.card"), say("staff.scan.item")], max(44, sizes.button_height - 8))
        self._kinds.choose(CARD)
        self._kinds.chosen.connect(self._choose)
        self._answer: QWidget | None = None
        self._forget = QTimer(self, singleShot=True, interval=FORGET_MS)
        self._forget.timeout.connect(self.clear)
        self.inside.addLayout(title_row("barcode", say("staff.scan.title"), sizes))
        self.inside.addWidget(Words(say("staff.scan.lead"), "note"))
        across = row(round(sizes.gap * 0.7))
        across.addWidget(self._kinds, 0, MIDDLE)
        across.addWidget(self.field, 1)
        self.inside.addLayout(across)

    def show_rules(self, rules: CounterRules) -> None:
        self._rules = rules

    def _choose(self, what: int) -> None:
        self._what = what
        self._kinds.choose(what)
        self.clear()
        self.field.setFocus()

    def try_barcode(self, text: str) -> None:
        if not text.strip():
            return
        rules = self._rules
        trial = try_library_card(text, rules.barcode) if self._what == CARD else try_item(text, rules.items_start_stop)
        self._show([*_lines(trial, _GOOD[self._what])])
        self._forget.start()

    def clear(self) -> None:
        self._forget.stop()
        self._show([])

    def _show(self, said: list[_Line]) -> None:
        if self._answer is not None:
            self.inside.removeWidget(self._answer)
            self._answer.hide()
            self._answer.deleteLater()
            self._answer = None
        if not said:
            return
        lines = column(round(self._sizes.body * 0.3))
        for line in said:
            icon, colour = _ICONS[line.good]
            lines.addLayout(bullet(icon, line.sentence, self._sizes, colour, kind="strong" if line is said[-1] else "body"))
        self._answer = QWidget()
        self._answer.setLayout(lines)
        self._answer.setAccessibleName("\n".join(plain(line.sentence) for line in said))
        # Above the field, which is at the bottom of the page and must not move.
        self.inside.insertWidget(self.inside.count() - 1, self._answer)
        self.answered.emit(self._answer)


def _lines(trial: Trial, good: str) -> Iterator[_Line]:
    """Yield the lines of a result; the last one is the number accepted, or why none is."""
    for step in trial.steps:
        params = {name: unmarked(value) if isinstance(value, str) else value for name, value in step.params.items()}
        yield _Line(say(f"staff.scan.{step.saying}", **params), step.good)
    match trial.verdict:
        case Refused(code=code, params=params):
            yield _Line(refusal(code, "staff", **params) + refusal(code, "staff-next", **params), False)
        case number:
            yield _Line(say(f"staff.scan.{good}", number=unmarked(number)), True)
