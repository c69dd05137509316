"""Keys amid a code, and keys without effect, on the staff window: no part of a code is entered, and no key is silently ignored."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication

from kiosk.domain.events import Event, HolderConfirmed, ItemEntered, ItemTyped, LibraryCardEntered
from kiosk.ui.staff.banners import Banners
from kiosk.ui.staff.serving.page import ServingPage
from tests.support.windows.staff_samples import staff_scenes
from tests.support.windows.staff_window import ALT, Hands

SCENES = staff_scenes()
ENTER = Qt.Key.Key_Return
CONTROL = Qt.KeyboardModifier.ControlModifier
NO_CHARACTERS = {
    "Ctrl+]": (Qt.Key.Key_BracketRight, CONTROL),
    "Backspace": (Qt.Key.Key_Backspace, Qt.KeyboardModifier.NoModifier),
    "Up": (Qt.Key.Key_Up, Qt.KeyboardModifier.NoModifier),
    "Insert": (Qt.Key.Key_Insert, Qt.KeyboardModifier.NoModifier),
    "dead accent": (Qt.Key.Key_Dead_Acute, Qt.KeyboardModifier.NoModifier),
    "Alt and a digit of the number pad": (Qt.Key.Key_6, ALT | Qt.KeyboardModifier.KeypadModifier),
    "Alt+Z": (Qt.Key.Key_Z, ALT),
    "Ctrl+V": (Qt.Key.Key_V, CONTROL),
    "F5": (Qt.Key.Key_F5, Qt.KeyboardModifier.NoModifier),
    "Esc": (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier),
}


def entered(hands: Hands) -> list[Event]:
    """All that was said, but for whether something stands in the field."""
    return [event for event in hands.said if not isinstance(event, ItemTyped)]


@pytest.mark.parametrize("gap", [0.004, 0.1, 0.25])
@pytest.mark.parametrize("place", ["field", "page", "tile"])
def test_no_part_of_a_code_is_entered(hands: Hands, gap: float, place: str) -> None:
    hands.show(*SCENES["lending"])
    field = hands.control("資料のバーコードの入力欄")
    at = {"field": field, "page": hands.window.findChildren(ServingPage)[-1], "tile": hands.control("貸出延長")}[place]
    for inside, (key, modifier) in NO_CHARACTERS.items():
        at.setFocus()
        hands.timing.pass_(7)
        for letter in "77023":
            hands.scanned_key(Qt.Key(ord(letter)), letter, gap=gap)
        hands.timing.pass_(gap)
        hands.tap(key, modifier=modifier)
        for letter in "880023":
            hands.scanned_key(Qt.Key(ord(letter)), letter, gap=gap)
        hands.scanned_key(ENTER, gap=gap)
        hands.timing.pass_(1)
        assert entered(hands) == [], inside
        assert "番号として使いませんでした" in hands.texts(), inside
        # What stands in the field is marked: the next scan replaces it.
        assert field.property("selectedText") == field.property("text"), inside
        field.setFocus()
        hands.scan("880023", ENTER)
        assert entered(hands) == [ItemEntered("880023")], inside
        hands.said.clear()
        hands.window.findChildren(Banners)[0].forget_passing()


def test_enter_right_behind_a_paste_enters_nothing(hands: Hands) -> None:
    QGuiApplication.clipboard().clear()  # of what another test has left there
    hands.show(*SCENES["waiting"])
    hands.type("2104067853")
    hands.timing.pass_(1)
    hands.tap(Qt.Key.Key_V, modifier=CONTROL)
    hands.scanned_key(ENTER)
    hands.timing.pass_(1)
    assert hands.said == []
    assert "番号として使いませんでした" in hands.texts()
    hands.key(ENTER)
    assert hands.said == [LibraryCardEntered("2104067853")]


def test_a_number_that_was_entered_does_not_come_back(hands: Hands) -> None:
    hands.show(*SCENES["waiting"])
    hands.scan("2104067853", ENTER)
    for letter in (Qt.Key.Key_Z, Qt.Key.Key_Y):
        hands.key(letter, CONTROL)
        assert hands.control("利用カードの番号の入力欄").property("text") == ""


def test_a_number_that_a_hand_has_mended_is_entered(hands: Hands) -> None:
    hands.show(*SCENES["waiting"])
    hands.type("21049")
    hands.key(Qt.Key.Key_Backspace)
    hands.type("067853")
    hands.key(ENTER)
    assert hands.said == [LibraryCardEntered("2104067853")]


def test_a_letter_on_a_label_is_no_chord_while_something_lies_on_alt(hands: Hands) -> None:
    hands.show(*SCENES["confirming-holder"])
    hands.stroke(QEvent.Type.KeyPress, Qt.Key.Key_Alt)
    hands.timing.pass_(6)
    hands.key(Qt.Key.Key_Y, ALT)
    assert hands.said == []
    assert "Altキーが押されたままです" in hands.texts()
    hands.stroke(QEvent.Type.KeyRelease, Qt.Key.Key_Alt, modifier=ALT)
    hands.stroke(QEvent.Type.KeyPress, Qt.Key.Key_Alt)
    hands.key(Qt.Key.Key_Y, ALT)
    assert hands.said == [HolderConfirmed()]


@pytest.mark.parametrize(
    ("key", "modifier"),
    [
        (ENTER, ALT),
        (ENTER, CONTROL),
        (Qt.Key.Key_F12, Qt.KeyboardModifier.ShiftModifier),
        (Qt.Key.Key_F12, ALT),
        (Qt.Key.Key_Y, CONTROL),
        (Qt.Key.Key_F5, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Insert, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier),
    ],
)
def test_a_key_that_does_nothing_is_answered(hands: Hands, key: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
    hands.show(*SCENES["confirming-holder"])
    hands.timing.pass_(1)
    hands.tap(key, "a" if key is Qt.Key.Key_A else "", modifier)
    hands.timing.pass_(1)
    assert hands.said == []
    assert "このキーはいまは使えません" in hands.texts()
