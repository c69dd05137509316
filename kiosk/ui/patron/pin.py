"""The page with the PIN pad (patron-2): which PIN, how many tries, what to do without it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from kiosk.domain.events import PadCleared, PadTyped
from kiosk.domain.model import Insertion, Language, Pin
from kiosk.domain.proof import PIN_LENGTH
from kiosk.domain.states import AskingPin, Counter, LinkGoal
from kiosk.text import say
from kiosk.ui.patron.page import Emit, Page
from kiosk.ui.pinpad import PinPad
from kiosk.ui.theme import PatronSizes
from kiosk.ui.widgets.icon import pixmap
from kiosk.ui.widgets.notice import Notice
from kiosk.ui.widgets.tries import TriesBars
from kiosk.ui.widgets.words import Words


class PinPage(Page):
    def __init__(self, sizes: PatronSizes, emit: Emit, confirm_pin: Callable[[Pin], None], keypad: bool) -> None:
        super().__init__(sizes, emit)
        self._keypad = keypad
        self._opened_for: tuple[Insertion, int, bool] | None = None
        self._language = Language.JAPANESE
        self.pad = PinPad(sizes, confirm_pin)
        self.pad.counted.connect(self._counted)
        self.pad.thrown_away.connect(self._thrown_away)
        self._title, self._lead = Words(kind="title", line=1.3), Words(kind="lead", line=1.4)
        self._care = Notice("care", icon_size=sizes.icon * 2, line=1.35)
        self._hidden, self._unknown, self._left = Words(line=1.35), Words(line=1.35), Words(line=1.35)
        self._bars, self._count = TriesBars(round(sizes.body * 0.95)), Words(kind="strong", line=1.35)
        texts = QVBoxLayout()
        texts.setSpacing(sizes.gap * 2 // 3)
        texts.addStretch(1)
        texts.addWidget(self._title)
        texts.addWidget(self._lead)
        texts.addWidget(self._care)
        texts.addLayout(self._row("eyeoff", self._hidden))
        texts.addLayout(self._row("help", self._unknown))
        tries = self._row("info", self._left)
        tries.addWidget(self._bars)
        tries.addWidget(self._count)
        tries.addStretch(1)
        texts.addLayout(tries)
        texts.addStretch(1)
        page = QHBoxLayout(self)
        page.setContentsMargins(sizes.margin_x, sizes.margin_y // 2, sizes.margin_x, sizes.margin_y // 2)
        page.setSpacing(sizes.gap * 2)
        page.addLayout(texts, 1)
        page.addWidget(self.pad, 0, Qt.AlignmentFlag.AlignCenter)
        page.addSpacing(sizes.margin_x)

    def _row(self, icon: str, words: QWidget) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(self.sizes.gap)
        drawing = QLabel()
        drawing.setPixmap(pixmap(icon, self.sizes.icon, "ink", self.devicePixelRatioF()))
        row.addWidget(drawing)
        row.addWidget(words, 0 if icon == "info" else 1)
        return row

    def show_counter(self, counter: Counter) -> None:
        flow = counter.flow
        if not isinstance(flow, AskingPin):
            return
        opened_for = (flow.insertion, flow.tries_left, flow.after_mistake)
        if opened_for != self._opened_for or flow.typed != self.pad.count:
            self._opened_for = opened_for
            self.pad.clear()
        self._language = counter.language
        language = counter.language
        child = isinstance(flow.goal, LinkGoal) and flow.goal.draft.by_guardian
        self._title.set_text(say("patron.pin.title", language))
        self._lead.set_text(say("patron.pin.lead-child" if child else "patron.pin.lead", language))
        self._hidden.set_text(say("patron.pin.hidden", language))
        self._unknown.set_text(say("patron.pin.unknown", language))
        self._left.set_text(say("patron.pin.left", language))
        self._bars.show_left(flow.tries_left, say("patron.tries.accessible", language, left=flow.tries_left))
        self._count.set_text(say("patron.tries.count", language, left=flow.tries_left))
        self._care.say(*self._what_happened(flow, language))
        self._hidden.setVisible(self._care.isHidden())
        self._label_keys()
        self.setAccessibleName(self._title.text.replace("\n", ""))

    def _what_happened(self, flow: AskingPin, language: Language) -> tuple[str, str]:
        if flow.barcode_cleared:
            return say("patron.pin.cleared", language), say("patron.pin.cleared-next", language)
        if flow.after_mistake:
            wrong = say("refusal.pin-wrong.patron", language, tries_left=flow.tries_left)
            return wrong, say("refusal.pin-wrong.patron-next", language, tries_left=flow.tries_left)
        if flow.tries_left == 2:
            return say("patron.pin.two-left", language), say("patron.pin.two-left-next", language)
        return "", ""

    def _label_keys(self) -> None:
        count = self.pad.count
        missing = PIN_LENGTH - count
        self.pad.slots.show_count(count, say("patron.pin.typed", self._language, count=count))
        self.pad.erase.setText(say("patron.pin.erase", self._language))
        self.pad.erase.setAccessibleName(self.pad.erase.text())
        self.pad.confirm.setEnabled(missing == 0)
        self.pad.confirm.say(say("patron.pin.missing" if missing else "patron.pin.confirm", self._language, missing=missing))

    def _counted(self, count: int) -> None:
        self._label_keys()
        self.emit_event(PadTyped(count))

    def _thrown_away(self) -> None:
        self._label_keys()
        self.emit_event(PadCleared())

    def key_pressed(self, event: QKeyEvent) -> None:
        if self._keypad:
            self.pad.key_pressed(event)
        else:
            event.ignore()
