"""The PIN pad: real buttons, digits in one bytearray, one `Pin` for one press of the confirm key (DESIGN §5, rules 1, 3, 4)."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from kiosk.domain.model import Pin
from kiosk.domain.proof import PIN_LENGTH
from kiosk.ui.theme import COLOURS, PatronSizes
from kiosk.ui.widgets.wordbutton import WordButton

HIGHLIGHT_MS = 100
SCANNER_GAP = 0.040
"""Seconds. Nobody types two keys closer together; a barcode scanner does."""
QUIET = 0.500
"""Seconds without a key before the pad listens again after it has thrown something away."""


class PadKey(QPushButton):
    """One key. Acts on press, never repeats, takes no focus: what a keyboard or a scanner sends never presses it."""

    def __init__(self, text: str, size: QSize, soft: bool = False) -> None:
        super().__init__(text)
        self.setFixedSize(size)
        self.setAutoRepeat(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setProperty("soft", soft)
        self.setAccessibleName(text)
        self.pressed.connect(self._flash)

    def _flash(self) -> None:
        """Look pressed for the same short time whatever key it is and however long the finger stays."""
        self._set_hot(True)
        QTimer.singleShot(HIGHLIGHT_MS, self, lambda: self._set_hot(False))

    def _set_hot(self, hot: bool) -> None:
        self.setProperty("hot", hot)
        self.style().unpolish(self)
        self.style().polish(self)


class PinSlots(QWidget):
    """Four places, painted from a count: this widget never knows a digit."""

    def __init__(self, sizes: PatronSizes) -> None:
        super().__init__()
        self._count = 0
        side = round(sizes.key * 0.7)
        self.setFixedSize(3 * sizes.key + 2 * sizes.key_gap, side)

    def show_count(self, count: int, accessible: str) -> None:
        self._count = count
        self.setAccessibleName(accessible)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = self.height() - 3
        step = (self.width() - side - 3) / (PIN_LENGTH - 1)
        for index in range(PIN_LENGTH):
            filled = index < self._count
            slot = QRectF(1.5 + index * step, 1.5, side, side)
            painter.setPen(QPen(QColor(COLOURS["blue" if filled else "edge"]), 2))
            painter.setBrush(QColor(COLOURS["blue_50" if filled else "white"]))
            painter.drawRoundedRect(slot, 8, 8)
            if filled:
                painter.setBrush(QColor(COLOURS["ink"]))
                painter.setPen(Qt.PenStyle.NoPen)
                painter.drawEllipse(slot.center(), side * 0.16, side * 0.16)


class PinPad(QWidget):
    """Keys 1-9, 0, erase, and the confirm key.

    Signals:
        counted: how many digits it holds now.
        thrown_away: it has cleared itself, since what came was too long, no digit, or too fast for fingers.
    """

    counted = Signal(int)
    thrown_away = Signal()

    def __init__(self, sizes: PatronSizes, confirm_pin: Callable[[Pin], None], clock: Callable[[], float] = time.monotonic) -> None:
        """`confirm_pin` takes the Pin at a press of the confirm key; `clock` gives seconds that never go back."""
        super().__init__()
        self._confirm_pin, self._clock = confirm_pin, clock
        self._digits = bytearray()
        self._last_key, self._last_stamp = -1e9, 0
        self._deaf = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.slots = PinSlots(sizes)
        key = QSize(sizes.key, sizes.key)
        grid = QGridLayout()
        grid.setSpacing(sizes.key_gap)
        for digit in range(10):
            button = PadKey(str(digit), key)
            button.pressed.connect(lambda digit=digit: self._add(0x30 + digit))
            row, column = (3, 1) if digit == 0 else divmod(digit - 1, 3)
            grid.addWidget(button, row, column)
        self.erase = PadKey("", key, soft=True)
        self.erase.pressed.connect(self._erase)
        grid.addWidget(self.erase, 3, 2)
        self.confirm = WordButton("primary", icon_size=sizes.icon)
        self.confirm.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.confirm.setFixedSize(3 * sizes.key + 2 * sizes.key_gap, sizes.confirm_height)
        self.confirm.clicked.connect(self._confirm)
        stack = QVBoxLayout(self)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(sizes.key_gap)
        stack.addWidget(self.slots)
        stack.addLayout(grid)
        stack.addWidget(self.confirm)

    @property
    def count(self) -> int:
        return len(self._digits)

    def clear(self) -> None:
        """Wipe what it holds, silently."""
        self._wipe()

    def key_pressed(self, event: QKeyEvent) -> None:
        """A key of a keyboard, where `keypad` lets it come here: digits and Enter count; all else throws the pad's content away.

        Keys nearer than 40 ms to one another are a scanner's. Once something was thrown away nothing is heard until the keys
        have been quiet, so that the end of a long barcode cannot fill the pad, nor its suffix confirm it.
        """
        event.accept()
        if event.key() in _MODIFIERS:
            return
        gap = self._gap(event)
        if event.isAutoRepeat():
            self._throw_away()
        elif self._deaf and gap < QUIET:
            return
        elif gap < SCANNER_GAP:
            self._throw_away()
        else:
            self._deaf = False
            self._accept_key(event)

    def _accept_key(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.confirm.isEnabled():
                self._confirm()
        elif event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self._erase()
        elif Qt.Key.Key_0 <= event.key() <= Qt.Key.Key_9 and len(self._digits) < PIN_LENGTH:
            self._add(int(event.key()))
        else:
            self._throw_away()

    def _gap(self, event: QKeyEvent) -> float:
        """Seconds since the key before, the shorter of what the window system stamped and what our clock says.

        A stalled program delivers keys late and bunched, which our clock sees as near; a delayed clock cannot make a scan look slow.
        """
        now, stamp = self._clock(), event.timestamp()
        gap = now - self._last_key
        if stamp and self._last_stamp:
            gap = min(gap, max(0, stamp - self._last_stamp) / 1000)
        self._last_key, self._last_stamp = now, stamp
        return gap

    def _add(self, digit: int) -> None:
        if len(self._digits) < PIN_LENGTH:
            self._digits.append(digit)
            self.counted.emit(len(self._digits))

    def _erase(self) -> None:
        if self._digits:
            self._digits[-1] = 0
            self._digits.pop()
            self.counted.emit(len(self._digits))

    def _throw_away(self) -> None:
        self._deaf = True
        self._wipe()
        self.thrown_away.emit()

    def _wipe(self) -> None:
        self._digits[:] = bytes(len(self._digits))
        self._digits.clear()

    def _confirm(self) -> None:
        """One press, one Pin: the digits leave the pad before anybody hears of them."""
        if len(self._digits) != PIN_LENGTH:
            return
        pin, self._digits = Pin(self._digits), bytearray()
        self._confirm_pin(pin)

    def hideEvent(self, event: object) -> None:
        self._wipe()


_MODIFIERS = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_NumLock, Qt.Key.Key_CapsLock)
