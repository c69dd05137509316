"""The PIN pad: real buttons, digits in one bytearray, one `Pin` for one press of the confirm key.

ARCHITECTURE, Rules of the PIN: 1, 3, 4.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from kiosk.domain.keyboard import QUIET
from kiosk.domain.pin import Pin
from kiosk.domain.proof import PIN_LENGTH
from kiosk.ui.keys import MODIFIERS
from kiosk.ui.pad_keys import PadKey, PinSlots
from kiosk.ui.theme import PatronSizes
from kiosk.ui.widgets.word_button import WordButton

SCANNER_GAP = 0.040
"""Seconds. Nobody types two keys closer together; a barcode scanner does."""
_ZERO = 0x30
_FULL_WIDTH_ZERO = 0xFF10


class PinPad(QWidget):
    """Keys 1-9, 0, erase, and the confirm key.

    Signals:
        counted: how many digits it holds now.
        thrown_away: it has cleared itself, since what came was too long, no digit, or too fast for fingers.
    """

    counted = Signal(int)
    thrown_away = Signal()

    def __init__(self, sizes: PatronSizes, confirm_pin: Callable[[Pin], None], clock: Callable[[], float]) -> None:
        """`confirm_pin` takes the Pin at a press of the confirm key; `clock` gives seconds that never go back."""
        super().__init__()
        self._confirm_pin, self._clock = confirm_pin, clock
        # Of full length from the start: a bytearray that grows may leave its digits behind in freed memory.
        self._digits, self._count = bytearray(PIN_LENGTH), 0
        self._last_key, self._last_stamp = -1e9, 0
        self._deaf = False
        self.slots = PinSlots(sizes)
        self.erase = PadKey(sizes, icon="erase")
        self.confirm = WordButton(sizes, "primary", height=sizes.confirm_height, side=sizes.border)
        self._lay_out(sizes)
        self.erase.pressed.connect(self._erase)
        self.confirm.pressed.connect(self._confirm)

    def _lay_out(self, sizes: PatronSizes) -> None:
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        grid = QGridLayout()
        grid.setSpacing(sizes.key_gap)
        for digit in range(10):
            key = PadKey(sizes, str(digit))
            key.pressed.connect(self._adder(digit))
            row, column = (3, 1) if digit == 0 else divmod(digit - 1, 3)
            grid.addWidget(key, row, column)
        grid.addWidget(self.erase, 3, 2)
        self.confirm.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.confirm.setFixedWidth(3 * sizes.key + 2 * sizes.key_gap)
        self.beside = QVBoxLayout()
        """On a display that is higher than wide: room at the right, between the places and the confirm key."""
        whole: QBoxLayout = QHBoxLayout(self) if sizes.portrait else QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(min(sizes.key_gap, sizes.gap))
        if sizes.portrait:
            # Beside the keys, so that the words above keep their room.
            whole.setSpacing(2 * sizes.gap)
            self.beside.addWidget(self.slots)
            self.beside.addStretch(1)
            self.beside.addWidget(self.confirm)
            whole.addLayout(grid)
            whole.addLayout(self.beside)
        else:
            whole.addWidget(self.slots)
            whole.addLayout(grid)
            whole.addWidget(self.confirm)

    def _adder(self, digit: int) -> Callable[[], None]:
        return lambda: self._add(digit)

    @property
    def count(self) -> int:
        return self._count

    def clear(self) -> None:
        """Wipe what it holds, silently."""
        self._digits[:] = bytes(PIN_LENGTH)
        self._count = 0

    def key_pressed(self, event: QKeyEvent) -> None:
        """A key of a keyboard, where `keypad` lets it come here: digits count; all else throws the pad's content away.

        Keys nearer than 40 ms to one another are a scanner's. Once something was thrown away nothing is heard until the keys
        have been quiet, so that the end of a long barcode cannot fill the pad. No key that comes here confirms: see `ui.keys`.
        """
        event.accept()
        if Qt.Key(event.key()) in MODIFIERS:
            return
        gap = self._gap(event)
        if self._deaf and gap < QUIET:
            return
        if event.isAutoRepeat() or gap < SCANNER_GAP:
            self.throw_away()
            return
        self._deaf = False
        self._accept_key(event.key())

    def _accept_key(self, key: int) -> None:
        if key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self._erase()
        elif _ZERO <= key <= _ZERO + 9:
            self._add(key - _ZERO)
        elif _FULL_WIDTH_ZERO <= key <= _FULL_WIDTH_ZERO + 9:
            self._add(key - _FULL_WIDTH_ZERO)
        else:
            self.throw_away()

    def _gap(self, event: QKeyEvent) -> float:
        """Seconds since the key before: the shorter of what the window system stamped and what our clock says.

        Neither alone will do. A program that stalls takes up a scan slowly, and only the stamps show how fast it came; some window
        systems and all made-up events have no stamp, and only the clock shows it. Taking a person for a scanner costs four keys.
        """
        now, stamp = self._clock(), event.timestamp()
        gap = now - self._last_key
        if stamp and self._last_stamp:
            gap = min(gap, max(0, stamp - self._last_stamp) / 1000)
        self._last_key, self._last_stamp = now, stamp
        return gap

    def _add(self, digit: int) -> None:
        """A fifth digit is no digit of this PIN, and neither were the four before it: nothing is ever cut to four."""
        if self._count == PIN_LENGTH:
            self.throw_away()
            return
        self._digits[self._count] = _ZERO + digit
        self._count += 1
        self.counted.emit(self._count)

    def _erase(self) -> None:
        if self._count:
            self._count -= 1
            self._digits[self._count] = 0
            self.counted.emit(self._count)

    def throw_away(self) -> None:
        """What it holds is not, or not only, a person's: all of it goes, and keys are not heard until they have been quiet."""
        self._deaf = True
        self.clear()
        self.thrown_away.emit()

    def _confirm(self) -> None:
        """One press, one Pin: the digits leave the pad before anybody hears of them."""
        if self._count != PIN_LENGTH:
            return
        pin, self._digits, self._count = Pin(self._digits), bytearray(PIN_LENGTH), 0
        self._confirm_pin(pin)

    def hideEvent(self, event: object) -> None:
        self.clear()
