"""PIN entry page (patron-2): which PIN, how many tries are left, what to do without it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QVBoxLayout, QWidget

from kiosk.domain.events import PadCleared, PadTyped
from kiosk.domain.model import Insertion, Language
from kiosk.domain.pin import Pin
from kiosk.domain.proof import PIN_LENGTH
from kiosk.domain.states import AskingPin, Counter, Goal, LinkGoal
from kiosk.text import say
from kiosk.ui.patron.message_texts import pin_care
from kiosk.ui.patron.page import Emit, PatronWindowPage
from kiosk.ui.patron.tries import TriesLeft
from kiosk.ui.pin_pad import PinPad
from kiosk.ui.theme import PatronSizes
from kiosk.ui.widgets.icon_text import Point
from kiosk.ui.widgets.notice import Notice
from kiosk.ui.widgets.words import Words


class PinPage(PatronWindowPage):
    def __init__(
        self, sizes: PatronSizes, emit: Emit, confirm_pin: Callable[[Pin], None], keypad: bool, clock: Callable[[], float]
    ) -> None:
        super().__init__(sizes, emit)
        self._keypad = keypad
        self._opened_for: tuple[Insertion, int, bool] | None = None
        self._language, self._links = Language.JAPANESE, True
        self.pad = PinPad(sizes, confirm_pin, clock)
        self.pad.counted.connect(self._counted)
        self.pad.thrown_away.connect(self._thrown_away)
        self._title, self._lead = Words(kind="title", line=1.42), Words(kind="lead", line=sizes.line)
        self._care = Notice("care", icon_size=sizes.icon, line=1.35)
        self._hidden, self._unknown = Point(sizes, "eyeoff"), Point(sizes, "help")
        self._tries = TriesLeft(sizes, "patron.pin.left", icon="" if sizes.portrait else "info", stacked=sizes.portrait)
        self._lay_out()

    def _lay_out(self) -> None:
        sizes = self.sizes
        texts = QVBoxLayout()
        texts.setSpacing(sizes.gap)
        texts.addStretch(1)
        for widget in (self._title, self._lead, self._care, self._hidden, self._unknown):
            texts.addWidget(widget)
        if sizes.portrait:
            texts.setSpacing(sizes.gap // 2)
            self._tries.setFixedWidth(self.pad.confirm.width())
            self.pad.beside.insertWidget(1, self._tries)
        else:
            texts.addWidget(self._tries)
        texts.addStretch(1)
        column = self._column = QWidget()
        if not sizes.portrait:
            column.setFixedWidth(max(sizes.pad_column, self.pad.sizeHint().width()))
        inside = QHBoxLayout(column)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.pad, 0, Qt.AlignmentFlag.AlignCenter)
        page = self.across()
        self.setLayout(page)
        page.setContentsMargins(sizes.margin_x, sizes.margin_y // 2, sizes.margin_x, sizes.margin_y // 2)
        page.setSpacing(sizes.gap)
        page.addLayout(texts, 1)
        page.addWidget(column)

    def show_state(self, counter: Counter) -> None:
        flow = counter.flow
        if not isinstance(flow, AskingPin):
            return
        opened_for = (flow.insertion, flow.tries_left, flow.after_mistake)
        if opened_for != self._opened_for or flow.typed != self.pad.count:
            self._opened_for = opened_for
            self.pad.clear()
        language = self._language = counter.language
        self._links = isinstance(flow.goal, LinkGoal)
        child = "-child" if _is_childs(flow.goal) else ""
        self._title.set_text(say(f"patron.pin.title{child}", language))
        self._lead.set_text(say(f"patron.pin.lead{child}", language))
        self._care.say(*pin_care(counter, flow))
        # A notice replaces less urgent text.
        calm = self._care.isHidden()
        # No room in portrait; that digits are masked is evident from the first one.
        self._hidden.say(say("patron.pin.hidden", language) if calm and not self.sizes.portrait else "")
        roomy = calm or not (flow.barcode_cleared or self.sizes.portrait)
        self._unknown.say(say("patron.pin.unknown", language) if roomy else "")
        self._tries.setVisible(calm or flow.barcode_cleared)
        self._tries.show_left(flow.tries_left, language)
        self._label_keys()
        self.setAccessibleName(self._title.text.replace("\n", ""))

    def hideEvent(self, event: object) -> None:
        self._opened_for = None

    def _label_keys(self) -> None:
        count, language = self.pad.count, self._language
        missing = PIN_LENGTH - count
        self.pad.slots.show_count(count, say("patron.pin.typed", language, count=count))
        self.pad.erase.say(say("patron.pin.erase", language))
        self.pad.confirm.setEnabled(missing == 0)
        if missing:
            self.pad.confirm.say(say("patron.pin.missing" if missing > 1 else "patron.pin.missing-one", language, missing=missing))
        else:
            self.pad.confirm.say(say("patron.pin.confirm" if self._links else "patron.pin.confirm-lend", language))

    def _counted(self, count: int) -> None:
        self._label_keys()
        self.emit_event(PadTyped(count))

    def _thrown_away(self) -> None:
        self._label_keys()
        self.emit_event(PadCleared())

    def band_width(self) -> int | None:
        """Keep digit keys, confirm key and remaining tries uncovered."""
        pad = 0 if self.sizes.portrait else self._column.width() + self.sizes.margin_x // 2 + self.sizes.gap
        return self.width() - self.sizes.margin_x - pad

    def takes_text(self) -> bool:
        return self._keypad

    def key_pressed(self, event: QKeyEvent) -> None:
        if self._keypad:
            self.pad.key_pressed(event)
        else:
            event.ignore()

    def throw_away(self) -> None:
        self.pad.throw_away()

    def enter(self) -> QAbstractButton | None:
        return self.pad.confirm if self._keypad and self.pad.confirm.isEnabled() else None


def _is_childs(goal: Goal) -> bool:
    return isinstance(goal, LinkGoal) and goal.draft.by_guardian
