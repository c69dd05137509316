"""The PIN pad: real buttons, digits in a single bytearray, one `Pin` per press of the confirm key.

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
"""Seconds. Only a barcode scanner sends two keys closer together."""
_ZERO = 0x30
_FULL_WIDTH_ZERO = 0xFF10


class PinPad(QWidget):
    """Keys 1-9, 0, erase and confirm.

    Signals:
        counted: the number of digits entered.
        thrown_away: the pad has cleared itself: input too long, not a digit, or too fast for fingers.
    """

    counted = Signal(int)
    thrown_away = Signal()

    def __init__(self, sizes: PatronSizes, confirm_pin: Callable[[Pin], None], clock: Callable[[], float]) -> None:
        """`confirm_pin` receives the Pin when the confirm key is pressed; `clock` is monotonic, in seconds."""
        super().__init__()
        self._confirm_pin, self._clock = confirm_pin, clock
        # Full length from the start: a growing bytearray may leave digits behind in freed memory.
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
        """In portrait: the space at the right, between digit slots and confirm key."""
        whole: QBoxLayout = QHBoxLayout(self) if sizes.portrait else QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(min(sizes.key_gap, sizes.gap))
        if sizes.portrait:
            # Beside the keys, to leave room for the text above.
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
        """Wipe the digits without emitting a signal."""
        self._digits[:] = bytes(PIN_LENGTH)
        self._count = 0

    def key_pressed(self, event: QKeyEvent) -> None:
        """Handle a key from a keypad: digits are entered, Backspace and Delete erase one, anything else discards the input.

        Keys less than 40 ms apart come from a scanner. After a discard, keys are ignored until there has been a pause, so that the tail of
        a long barcode cannot fill the pad. No key confirms here: see `ui.keys`.
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
        """Return the seconds since the previous key: the smaller of event timestamps and our clock.

        Neither suffices alone. A stalled program processes a scan slowly, and only the timestamps show its speed; some window systems and
        all synthetic events lack timestamps. Mistaking a person for a scanner costs four keystrokes.
        """
        now, stamp = self._clock(), event.timestamp()
        gap = now - self._last_key
        if stamp and self._last_stamp:
            gap = min(gap, max(0, stamp - self._last_stamp) / 1000)
        self._last_key, self._last_stamp = now, stamp
        return gap

    def _add(self, digit: int) -> None:
        """Append a digit. A fifth one discards all: input is never truncated to four."""
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
        """Discard everything, since it is not, or not only, a person's input; ignore keys until there has been a pause."""
        self._deaf = True
        self.clear()
        self.thrown_away.emit()

    def _confirm(self) -> None:
        """Hand over the digits as one Pin; the pad is empty before the callback runs."""
        if self._count != PIN_LENGTH:
            return
        pin, self._digits, self._count = Pin(self._digits), bytearray(PIN_LENGTH), 0
        self._confirm_pin(pin)

    def hideEvent(self, event: object) -> None:
        self.clear()
