"""「職員に画面をお返しください」, with a keypad for the staff code if one is configured."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QLabel, QVBoxLayout, QWidget

from kiosk.domain.events import TakenBack
from kiosk.domain.session_end import is_told_to_patron
from kiosk.domain.states import Counter
from kiosk.text import one_line, plain, say
from kiosk.ui.pad_keys import PadKey
from kiosk.ui.patron.message_texts import timed_out_word
from kiosk.ui.patron.page import Emit, PatronWindowPage
from kiosk.ui.theme import PatronSizes
from kiosk.ui.widgets.control import means
from kiosk.ui.widgets.notice import Notice
from kiosk.ui.widgets.word_button import WordButton
from kiosk.ui.widgets.words import Words

LONGEST = 8


class ReturningPage(PatronWindowPage):
    def __init__(self, sizes: PatronSizes, emit: Emit) -> None:
        super().__init__(sizes, emit)
        self._typed, self._with_code = "", False
        self._title, self._lead = Words(kind="title", centred=True, line=1.42), Words(kind="lead", centred=True, line=1.5)
        self._wrong, self._told = (Notice(kind, icon_size=sizes.icon, line=1.3) for kind in ("care", "info"))
        self._ask, self._dots = (
            Words(say("staff.single-display.code"), "note", centred=True),
            QLabel(alignment=Qt.AlignmentFlag.AlignCenter),
        )
        self._pad = self._build_pad()
        self._take = WordButton(sizes, "secondary", icon="counter")
        self._take.say(say("staff.single-display.take-back"))
        self._take.clicked.connect(self._take_back)
        means(self._take, TakenBack(""))
        column = QVBoxLayout(self)
        column.setContentsMargins(sizes.margin_x, sizes.margin_y, sizes.margin_x, sizes.margin_y)
        column.setSpacing(sizes.gap)
        column.addStretch(1)
        for widget in (self._told, self._title, self._lead, self._wrong, self._ask, self._dots):
            column.addWidget(widget)
        for small in (self._pad, self._take):
            column.addWidget(small, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)

    def _build_pad(self) -> QWidget:
        pad = QWidget()
        grid = QGridLayout(pad)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(self.sizes.gap)
        for digit in range(10):
            key = PadKey(self.sizes, str(digit))
            key.pressed.connect(self._adder(str(digit)))
            grid.addWidget(key, digit // 5, digit % 5)
        erase = PadKey(self.sizes, say("staff.single-display.erase"), icon="erase")
        erase.pressed.connect(lambda: self._show_typed(""))
        grid.addWidget(erase, 1, 5)
        return pad

    def _adder(self, digit: str) -> Callable[[], None]:
        return lambda: self._show_typed((self._typed + digit)[-LONGEST:])

    def _show_typed(self, typed: str) -> None:
        self._typed = typed
        self._dots.setText("●" * len(typed) or "–")
        self._dots.setAccessibleName(plain(say("staff.single-display.typed", count=len(typed))))

    def _take_back(self) -> None:
        code = self._typed
        self._show_typed("")
        self.emit_event(TakenBack(code))

    def takes_text(self) -> bool:
        return self._with_code

    def enter(self) -> QAbstractButton | None:
        return self._take if self._typed else None

    def throw_away(self) -> None:
        self._show_typed("")

    def key_pressed(self, event: QKeyEvent) -> None:
        digit = event.text()
        if self._with_code and len(digit) == 1 and digit in "0123456789":
            self._show_typed((self._typed + digit)[-LONGEST:])
        elif self._with_code and event.key() == Qt.Key.Key_Backspace:
            self._show_typed("")
        else:
            event.ignore()

    def show_state(self, counter: Counter) -> None:
        self._with_code = bool(counter.rules.staff_code)
        self._title.set_text(say("patron.returning.title", counter.language))
        self._lead.set_text(say("patron.returning.lead", counter.language))
        # No thanks for a session that timed out; besides, both do not fit on the smallest display.
        self._lead.setVisible(not is_told_to_patron(counter))
        told = counter.ended if is_told_to_patron(counter) else None
        if told is None:
            self._told.say("")
        else:
            title = one_line(say("patron.timed-out.title", counter.language))
            # Worded without asking for a card: the display goes back to staff first.
            self._told.say(title, say(f"patron.timed-out.{timed_out_word(told, closed=True)}", counter.language))
        for widget in (self._pad, self._dots, self._ask):
            widget.setVisible(self._with_code)
        wrong = counter.wrong_staff_code
        self._wrong.say(say("staff.single-display.wrong") if wrong else "")
        self.setAccessibleName(self._title.text.replace("\n", ""))

    def showEvent(self, event: object) -> None:
        self._show_typed("")

    def hideEvent(self, event: object) -> None:
        self._show_typed("")
