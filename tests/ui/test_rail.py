"""The rail on the staff window: help beside the work, the question before work is lost, and buttons that are temporarily disabled."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from kiosk.domain.events import HelpChosen, ItemTyped, LeavingConfirmed, LeavingDenied, LibraryCardEntered, ServiceChosen
from kiosk.domain.model import Applicant, Service
from kiosk.domain.sections import BESIDE, CHOSEN
from kiosk.domain.states import AwaitingLibraryCard, ChoosingApplicant, ChoosingUnlinkReason, PatronShown, Section
from kiosk.text import plain, say
from kiosk.ui.staff import StaffWindow
from kiosk.ui.staff.page_of_state import PAGES_BESIDE
from kiosk.ui.staff.rail import KEYS
from kiosk.ui.widgets.words import Words
from tests.support.windows.patron_samples import NUMBER
from tests.support.windows.staff_samples import staff_scenes
from tests.support.windows.staff_window import ALT, Hands, LiveStaffWindow, settle

SCENES = staff_scenes()
FIELD = "資料のバーコードの入力欄"


@pytest.fixture
def desk(qtbot: QtBot) -> LiveStaffWindow:
    made = LiveStaffWindow()
    qtbot.addWidget(made.window, before_close_func=StaffWindow.close_for_good)
    return made


@pytest.fixture
def hands(qtbot: QtBot) -> Hands:
    made = Hands()
    qtbot.addWidget(made.window, before_close_func=StaffWindow.close_for_good)
    return made


def at(desk: LiveStaffWindow, scene: str) -> LiveStaffWindow:
    desk.counter, facts = SCENES[scene]
    desk.show(desk.counter, facts)
    return desk


def lend(desk: LiveStaffWindow) -> LiveStaffWindow:
    """The lending page of a patron for whom something was done."""
    return at(desk, "lending")


@pytest.mark.parametrize("back", [Qt.Key.Key_F1, Qt.Key.Key_F12, Qt.Key.Key_Escape])
def test_help_and_back_again_leaves_the_page_and_what_was_typed_and_where_the_keyboard_was(desk: LiveStaffWindow, back: Qt.Key) -> None:
    lend(desk)
    before = desk.texts()
    desk.type("110")
    patron = desk.counter.flow
    desk.control("貸し出す").setFocus()
    desk.key(Qt.Key.Key_F1)
    assert "よくある質問" in desk.texts()
    assert "手続き中の画面はそのまま残っています。" in desk.texts()
    assert FIELD not in desk.controls()
    desk.key(back)
    assert desk.texts() == before
    assert desk.counter.flow == patron
    field = desk.control(FIELD)
    assert isinstance(field, QLineEdit)
    assert field.text() == "110"
    assert desk.control("貸し出す").hasFocus()


def test_a_book_scanned_at_help_is_not_lent_unseen(desk: LiveStaffWindow) -> None:
    lend(desk).key(Qt.Key.Key_F1)
    before = desk.counter.flow
    desk.scan("1100000017", Qt.Key.Key_Return)
    assert desk.counter.flow == before
    assert desk.counter.beside is Section.HELP


def test_every_key_on_the_rail_opens_its_part_and_stands_in_help(hands: Hands) -> None:
    hands.show(*SCENES["waiting"])
    for section, key in KEYS.items():
        hands.key(Qt.Key[f"Key_{key}"])
        assert hands.said.pop() == CHOSEN[section]
    hands.show(*SCENES["help"])
    assert set(hands.texts().splitlines()) >= {*KEYS.values(), *(plain(say(f"staff.help.key-{section}")) for section in KEYS)}


def test_each_part_that_opens_beside_the_work_has_its_page() -> None:
    assert PAGES_BESIDE.keys() == set(BESIDE)


def test_help_begins_with_what_staff_are_at(hands: Hands) -> None:
    counter, facts = SCENES["guardian"]
    hands.show(replace(counter, beside=Section.HELP), facts)
    places = {words.text: words.mapTo(hands.window, QPoint()).y() for words in hands.window.findChildren(Words) if words.isVisible()}
    registration, lending = (
        next(y for text, y in places.items() if said in text) for said in ("2つのカードをお返し", "写真と本人を見比べ")
    )
    assert registration < lending


def test_the_question_is_read_at_once_with_both_its_buttons_the_safe_one_first(hands: Hands) -> None:
    hands.show(*SCENES["ask-served"])
    assert "「解除」へ移ると、この方の受付を終了します" in hands.texts()
    stay, leave = hands.control("この画面に残る"), hands.control("解除へ移る")
    assert stay.mapTo(hands.window, stay.rect().topLeft()).x() < leave.mapTo(hands.window, leave.rect().topLeft()).x()
    assert hands.focused not in (stay, leave)
    hands.press("この画面に残る")
    hands.press("解除へ移る")
    assert hands.said == [LeavingDenied(), LeavingConfirmed()]


def test_no_tapped_key_leaves_the_work_and_a_chord_does(desk: LiveStaffWindow) -> None:
    lend(desk).key(Qt.Key.Key_F3)
    assert desk.counter.leaving_for is Section.UNLINKING
    desk.control("解除へ移る").setFocus()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space, Qt.Key.Key_F3, Qt.Key.Key_L):
        desk.key(key)
        assert isinstance(desk.counter.flow, PatronShown)
        assert desk.counter.leaving_for is Section.UNLINKING
        assert "解除へ移る" in desk.controls()
    desk.key(Qt.Key.Key_L, ALT)
    assert isinstance(desk.counter.flow, ChoosingUnlinkReason)


def test_what_is_scanned_meanwhile_is_lent_and_ends_the_question(desk: LiveStaffWindow) -> None:
    lend(desk).key(Qt.Key.Key_F3)
    desk.scan("1100000017", Qt.Key.Key_Return)
    assert desk.counter.leaving_for is None
    assert "この画面に残る" not in desk.controls()


def test_the_rail_that_leads_nowhere_says_why(hands: Hands) -> None:
    hands.show(*SCENES["pin"])
    dead = {button.text() for button in hands.window.findChildren(QToolButton) if not button.isEnabled()}
    assert dead == {"窓口", "連携登録", "解除"}
    unlinking = hands.control("解除")
    assert unlinking.toolTip().startswith("手続きの途中です。終わるか、やめてから移れます。")
    assert unlinking.accessibleDescription() == f"{unlinking.toolTip()} F3"
    QTest.mouseClick(hands.window.windowHandle(), Qt.MouseButton.LeftButton, pos=unlinking.mapTo(hands.window, unlinking.rect().center()))
    settle()
    assert "いまはほかの画面へ移れません" in hands.texts()
    hands.show(*SCENES["waiting"])
    hands.show(*SCENES["pin"])
    hands.key(Qt.Key.Key_F3)
    assert "いまはほかの画面へ移れません" in hands.texts()
    hands.press("使い方")
    assert hands.said == [HelpChosen()]


def test_the_number_that_was_on_the_screen_is_entered_by_a_chord_and_by_no_bare_enter(hands: Hands) -> None:
    hands.show(*SCENES["library-card-called"])
    assert "先ほどの方の番号は2104 0678 53 です" in hands.texts()
    hands.key(Qt.Key.Key_Return)
    assert LibraryCardEntered(NUMBER.text) not in hands.said
    hands.said.clear()
    hands.key(Qt.Key.Key_U, ALT)
    assert hands.said == [LibraryCardEntered(NUMBER.text)]


def test_the_number_that_was_on_the_screen_is_not_offered_for_a_child(hands: Hands) -> None:
    counter, facts = SCENES["library-card-called"]
    assert isinstance(counter.flow, AwaitingLibraryCard)
    hands.show(replace(counter, flow=AwaitingLibraryCard(replace(counter.flow.draft, applicant=Applicant.CHILD))), facts)
    assert not any(NUMBER.grouped in text for text in hands.texts())
    hands.key(Qt.Key.Key_U, ALT)
    assert hands.said == []


@pytest.mark.parametrize(("digit", "service"), [(str(digit), service) for digit, service in enumerate(Service, 1)])
def test_services_are_chosen_by_alt_and_their_digit(hands: Hands, digit: str, service: Service) -> None:
    hands.show(*SCENES["lending"])
    hands.key(Qt.Key(ord(digit)), ALT)
    assert hands.said == [ServiceChosen(service)]
    hands.type(digit)
    assert hands.said == [ServiceChosen(service), ItemTyped(True)], "the digit alone is a number"


def test_f2_where_nothing_was_done_takes_the_number_along(desk: LiveStaffWindow) -> None:
    at(desk, "served-by-number").key(Qt.Key.Key_F2)
    flow = desk.counter.flow
    assert isinstance(flow, ChoosingApplicant)
    assert flow.draft.called == NUMBER
