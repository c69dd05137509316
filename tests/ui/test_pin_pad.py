"""The PIN pad (ARCHITECTURE, Rules of the PIN: 1, 3, 4): fingers, keypads and barcode scanners."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from kiosk.domain.events import PadCleared, PadTyped
from kiosk.domain.model import Insertion
from kiosk.domain.pin import Pin
from kiosk.domain.states import AskingPin
from kiosk.ui.pad_keys import PadKey
from kiosk.ui.pin_pad import PinPad
from kiosk.ui.theme import patron_sizes
from tests.support.wait import WAIT_MS
from tests.support.windows.patron_samples import FLOWS, GOAL, counter
from tests.support.windows.patron_window import ShownPatronWindow

ENTER = Qt.Key.Key_Return


class Keyboard:
    """Presses keys on a pad at times of its own. `stamped`: the window system stamps them, else only the pad's clock tells."""

    def __init__(self, qtbot: QtBot, *, stamped: bool = False, stall: float = 0.0) -> None:
        self.now, self.taken, self.stamped, self.stall = 100.0, 0.0, stamped, stall
        self.pins: list[Pin] = []
        self.pad = PinPad(patron_sizes(1280, 800, 5.9), self.pins.append, clock=lambda: self.now + self.taken)
        qtbot.addWidget(self.pad)
        self.thrown_away = 0
        self.pad.thrown_away.connect(self._count)

    def _count(self) -> None:
        self.thrown_away += 1

    def type(self, keys: Iterable[str | Qt.Key], gap: float) -> None:
        """`gap` seconds pass before each key; `stall` seconds more until the program takes it up."""
        for key in keys:
            self.now += gap
            self.taken += self.stall
            code = key if isinstance(key, Qt.Key) else Qt.Key(ord(key.upper()))
            event = QKeyEvent(QEvent.Type.KeyPress, code, Qt.KeyboardModifier.NoModifier)
            if self.stamped:
                event.setTimestamp(round(self.now * 1000))
            self.pad.key_pressed(event)

    def confirm(self) -> None:
        self.pad.confirm.click()

    def pin(self) -> str:
        (pin,) = self.pins
        return pin.take().decode()


def test_a_person_types_on_a_keypad(qtbot: QtBot) -> None:
    keyboard = Keyboard(qtbot)
    keyboard.type("1234", 0.2)
    keyboard.confirm()
    assert keyboard.pin() == "1234"
    assert keyboard.pad.count == 0


def test_backspace_takes_back_the_last_digit(qtbot: QtBot) -> None:
    keyboard = Keyboard(qtbot)
    keyboard.type([*"129", Qt.Key.Key_Backspace, *"34"], 0.2)
    keyboard.confirm()
    assert keyboard.pin() == "1234"


def test_full_width_digits_are_digits(qtbot: QtBot) -> None:
    keyboard = Keyboard(qtbot)
    keyboard.type("１２３４", 0.2)
    keyboard.confirm()
    assert keyboard.pin() == "1234"


@pytest.mark.parametrize("tail", ["5", "a", "-", " "])
def test_a_fifth_digit_and_any_other_letter_clear_the_pad(qtbot: QtBot, tail: str) -> None:
    keyboard = Keyboard(qtbot)
    keyboard.type("1234" + tail, 0.2)
    assert keyboard.pad.count == 0
    assert keyboard.thrown_away == 1
    keyboard.type([ENTER], 0.2)
    assert keyboard.pins == []


@pytest.mark.parametrize("gap", [0.0, 0.001, 0.012, 0.039, 0.041, 0.06, 0.15])
@pytest.mark.parametrize("barcode", ["2104067853", "21040678", "A2104067853B", "9784003101018", "12345"])
@pytest.mark.parametrize("suffix", [[], [ENTER], [Qt.Key.Key_Enter], [Qt.Key.Key_Tab], [ENTER, Qt.Key.Key_Enter]])
def test_no_barcode_is_a_pin_however_slow_the_scanner(qtbot: QtBot, gap: float, barcode: str, suffix: list[Qt.Key]) -> None:
    keyboard = Keyboard(qtbot)
    keyboard.type([*barcode, *suffix], gap)
    assert keyboard.pins == []
    assert keyboard.pad.count == 0
    assert keyboard.thrown_away >= 1


@pytest.mark.parametrize("suffix", [ENTER, Qt.Key.Key_Enter])
def test_four_digits_faster_than_fingers_are_no_pin(qtbot: QtBot, suffix: Qt.Key) -> None:
    keyboard = Keyboard(qtbot)
    keyboard.type([*"1234", suffix, suffix], 0.039)
    assert keyboard.pins == []
    assert keyboard.pad.count == 0


def test_a_scan_after_two_digits_by_hand_clears_them_too(qtbot: QtBot) -> None:
    keyboard = Keyboard(qtbot)
    keyboard.type("12", 0.3)
    keyboard.type([*"2104067853", ENTER], 0.005)
    assert keyboard.pad.count == 0
    assert keyboard.pins == []


def test_enter_in_the_tail_of_a_scan_is_not_heard_until_the_keys_are_quiet(qtbot: QtBot) -> None:
    keyboard = Keyboard(qtbot)
    keyboard.type("21040678", 0.005)
    keyboard.type([*"1234", ENTER], 0.29)
    assert keyboard.pins == []
    assert keyboard.pad.count == 0
    keyboard.type("1", 0.31)
    keyboard.type("234", 0.2)
    keyboard.confirm()
    assert keyboard.pin() == "1234"


def test_a_program_that_stalls_does_not_make_a_scan_look_slow(qtbot: QtBot) -> None:
    keyboard = Keyboard(qtbot, stamped=True, stall=0.2)
    keyboard.type([*"1234", ENTER], 0.005)
    assert keyboard.pins == []
    assert keyboard.thrown_away == 1


def test_stamps_alone_do_not_make_a_scan_look_slow(qtbot: QtBot) -> None:
    """Keys that come at once are near one another whatever their stamps say."""
    keyboard = Keyboard(qtbot, stamped=True, stall=-0.2)
    keyboard.type([*"1234", ENTER], 0.2)
    assert keyboard.pins == []


def test_a_key_held_down_clears_the_pad(qtbot: QtBot) -> None:
    keyboard = Keyboard(qtbot)
    keyboard.type("1", 0.2)
    keyboard.now += 0.5
    keyboard.pad.key_pressed(QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_1, Qt.KeyboardModifier.NoModifier, "1", True))
    assert keyboard.pad.count == 0


# --- in the window --------------------------------------------------------------------------------------------------------


@pytest.fixture
def pad_page(desk: ShownPatronWindow) -> ShownPatronWindow:
    """The window with its pad open and empty."""
    desk.show(counter(FLOWS["waiting"]))
    desk.show(counter(FLOWS["pin"]))
    return desk


def test_four_touches_and_the_confirm_key_make_one_pin(pad_page: ShownPatronWindow) -> None:
    assert "連携登録する" not in pad_page.buttons()
    pad_page.press("4", "0", "7", "1")
    assert pad_page.events == [PadTyped(1), PadTyped(2), PadTyped(3), PadTyped(4)]
    pad_page.press("連携登録する")
    assert [pin.take().decode() for pin in pad_page.pins] == ["4071"]
    assert pad_page.pad.count == 0


def test_a_fifth_touch_clears_the_pad(pad_page: ShownPatronWindow) -> None:
    pad_page.press("1", "2", "3", "4", "5")
    assert pad_page.pad.count == 0
    assert pad_page.events[-1] == PadCleared()
    assert "連携登録する" not in pad_page.buttons()


def test_what_is_missing_is_said_on_the_confirm_key(pad_page: ShownPatronWindow) -> None:
    pad_page.press("1", "2")
    assert pad_page.says("あと2桁です")
    pad_page.press("消す")
    assert pad_page.says("あと3桁です")
    assert pad_page.events[-1] == PadTyped(1)


@pytest.mark.parametrize("suffix", ["", "\r", "\n", "\t"])
@pytest.mark.parametrize("barcode", ["a2104067853a", "1234"])
@pytest.mark.parametrize("single", [False, True])
@pytest.mark.parametrize("keypad", [False, True])
def test_a_barcode_at_the_open_pad_confirms_nothing(
    desk_with: Callable[..., ShownPatronWindow], suffix: str, barcode: str, single: bool, keypad: bool
) -> None:
    desk = desk_with(keypad=keypad, single=single)
    desk.show(counter(FLOWS["pin"]))
    desk.scan(barcode + suffix)
    desk.scan(barcode + suffix)
    assert desk.pins == []
    assert desk.pad.count == 0
    assert (PadCleared() in desk.events) is keypad
    assert not any(isinstance(event, PadTyped) and event.count > 1 for event in desk.events)


@pytest.mark.parametrize("keypad", [False, True])
def test_a_barcode_does_not_confirm_what_fingers_have_typed(desk_with: Callable[..., ShownPatronWindow], keypad: bool) -> None:
    desk = desk_with(keypad=keypad, single=True)
    desk.show(counter(FLOWS["pin"]))
    desk.press("1", "2", "3", "4")
    desk.scan("2104067853\r")
    assert desk.pins == []


@pytest.mark.parametrize("single", [False, True])
def test_on_a_keypad_enter_confirms_when_it_is_held(desk_with: Callable[..., ShownPatronWindow], single: bool) -> None:
    desk = desk_with(keypad=True, single=single)
    desk.show(counter(FLOWS["pin"]))
    desk.scan("123", gap=0.2)
    desk.hold("\r")
    assert desk.pins == []
    desk.scan("4", gap=0.2)
    desk.scan("\r")
    assert desk.pins == []
    assert desk.says("Enterキーは、少し長く")
    desk.hold("\r", 0.4)
    desk.hold("\r", 8)
    assert desk.pins == []
    desk.hold("\r", 0.6)
    assert [pin.take() for pin in desk.pins] == [b"1234"]


FOUR_DIGITS = list(product([0.0, 0.06, 0.1, 0.15, 0.25], ["\r", "\n", "\r\n", "\r\r", "\t", ""], ["", " ", "\r"]))
"""The gap between two keys, what comes after the digits, what before; a third in the quick run, in which each two of them meet."""


@pytest.mark.parametrize(
    ("gap", "suffix", "prefix"),
    [
        pytest.param(*each, marks=() if (place // 18 + place // 3 + place) % 3 == 0 else pytest.mark.trial)
        for place, each in enumerate(FOUR_DIGITS)
    ],
)
def test_four_digits_read_at_any_speed_spend_no_try(
    desk_with: Callable[..., ShownPatronWindow], gap: float, suffix: str, prefix: str
) -> None:
    for single in (False, True):
        desk = desk_with(keypad=True, single=single)
        desk.show(counter(FLOWS["pin"]))
        desk.scan(f"{prefix}0000{suffix}", gap=gap)
        assert desk.pins == []


@pytest.mark.parametrize("gap", [0.0, 0.045, 0.06, 0.1, 0.25])
@pytest.mark.parametrize("label", ["99\r", "0000\r", "0\n", "00\t", "1234\r\r"])
@pytest.mark.parametrize("touched", ["", "12"])
def test_digits_of_a_label_do_not_stay_on_the_pad(
    desk_with: Callable[..., ShownPatronWindow], gap: float, label: str, touched: str
) -> None:
    desk = desk_with(keypad=True, single=True)
    desk.show(counter(FLOWS["pin"]))
    desk.press(*touched)
    desk.events.clear()
    desk.scan(label, gap=gap)
    assert desk.pad.count == 0
    assert desk.events[-1] == PadCleared()
    assert desk.says("少し待って、もう一度押してください")


def test_what_pulses_of_enter_confirm_is_nothing(desk_with: Callable[..., ShownPatronWindow]) -> None:
    """Each release in the same millisecond as the next press."""
    for gap in (0.02, 0.06, 0.25):
        for before in ("0000", ""):
            desk = desk_with(keypad=True, single=True)
            desk.show(counter(FLOWS["pin"]))
            desk.press(*("" if before else "1234"))
            desk.timing.pass_(1)
            for digit in before:
                desk.stroke(QEvent.Type.KeyPress, digit)
                desk.stroke(QEvent.Type.KeyRelease, digit)
                desk.timing.pass_(0.06)
            desk.stroke(QEvent.Type.KeyPress, "\r")
            for _ in range(30):
                desk.timing.pass_(gap)
                desk.stroke(QEvent.Type.KeyRelease, "\r")
                desk.stroke(QEvent.Type.KeyPress, "\r")
            desk.timing.pass_(0.004)
            desk.stroke(QEvent.Type.KeyRelease, "\r")
            desk.timing.pass_(6)
            assert desk.pins == []


@pytest.mark.parametrize("leave", ["another page", "another card", "hidden", "a mistake"])
def test_the_pad_is_empty_whenever_its_page_was_left(pad_page: ShownPatronWindow, leave: str) -> None:
    pad_page.press("1", "2", "3")
    match leave:
        case "another page":
            pad_page.show(counter(FLOWS["waiting"]))
            assert pad_page.pad.count == 0
            pad_page.show(counter(FLOWS["pin"]))
        case "another card":
            pad_page.show(counter(AskingPin(Insertion(2, "reader"), GOAL, 3, typed=3)))
        case "hidden":
            pad_page.window.hide()
        case "a mistake":
            pad_page.show(counter(FLOWS["pin-after-mistake"]))
    assert pad_page.pad.count == 0


def test_every_key_looks_pressed_for_the_same_short_time(pad_page: ShownPatronWindow, qtbot: QtBot) -> None:
    keys = pad_page.pad.findChildren(PadKey)
    assert len(keys) == 11
    for key in keys:
        key.pressed.emit()
        assert key.property("hot") is True
    qtbot.waitUntil(lambda: not any(key.property("hot") for key in keys), timeout=WAIT_MS)


def test_the_keys_are_buttons_no_keyboard_can_press(desk_with: Callable[..., ShownPatronWindow]) -> None:
    desk = desk_with(keypad=True, single=True)
    desk.show(counter(FLOWS["pin"]))
    buttons = desk.pad.findChildren(QPushButton)
    assert sorted(button.accessibleName() for button in buttons)[:10] == list("0123456789")
    assert all(button.focusPolicy() is Qt.FocusPolicy.NoFocus and not button.autoRepeat() for button in buttons)


def test_what_is_shown_is_how_many_and_never_which(pad_page: ShownPatronWindow) -> None:
    pad_page.press("7", "7")
    assert pad_page.pad.slots.accessibleName() == "4桁のうち2桁を入力しました"
    first = pad_page.pad.slots.grab().toImage()
    pad_page.press("消す", "消す", "3", "8")
    assert pad_page.pad.slots.grab().toImage() == first
