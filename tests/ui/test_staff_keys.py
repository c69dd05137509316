"""The staff window by keyboard alone, and with a barcode scanner on every page."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from kiosk.domain.effects import CloseLink, ReadCard
from kiosk.domain.events import (
    ApplicantChosen,
    BackPressed,
    BesideClosed,
    CardPlaced,
    CardRead,
    CardStopAnswered,
    Event,
    GuardianCheckSet,
    HandoverAsked,
    HelpChosen,
    HolderConfirmed,
    HolderDenied,
    ItemEntered,
    LeavePressed,
    LeavingConfirmed,
    LeavingDenied,
    LibraryCardEntered,
    LinkClosed,
    LinksFound,
    NextPressed,
    PatronFound,
    RegistrationChosen,
    RenewalChosen,
    StatusChosen,
    UnlinkConfirmed,
    UnlinkingChosen,
    UnlinkReasonChosen,
)
from kiosk.domain.model import Applicant, GuardianCheck, Insertion, Service, UnlinkReason
from kiosk.domain.states import (
    AwaitingMyNumberCard,
    CheckingGuardian,
    CheckingLibraryCard,
    ClosingLink,
    ConfirmingLink,
    FindingLink,
    FindingLinks,
    FindingLinkToClose,
    Flow,
    LookingUpPatron,
    PatronShown,
    ReadingTries,
    Unlinked,
    Waiting,
)
from kiosk.ui.staff import StaffWindow
from kiosk.ui.staff.page import StaffPage
from kiosk.ui.staff.serving.item_list import Rows
from kiosk.ui.staff.serving.page import ServingPage
from kiosk.ui.widgets.focus import FocusRing
from tests.support.wait import WAIT_MS
from tests.support.windows.patron_samples import LINK, OPERATION, PATRON, READING
from tests.support.windows.staff_samples import a_sixth_or_all, one_of_each, staff_scenes
from tests.support.windows.staff_window import ALT, Hands, LiveStaffWindow

SCENES = staff_scenes()
ENTER, TAB, LINE_FEED, SPACE = Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_J, Qt.Key.Key_Space


@pytest.fixture
def desk(qtbot: QtBot) -> LiveStaffWindow:
    made = LiveStaffWindow()
    qtbot.addWidget(made.window, before_close_func=StaffWindow.close_for_good)
    return made


KEYS: list[tuple[str, Qt.Key, list[Event]]] = [
    ("waiting", Qt.Key.Key_F1, [HelpChosen()]),
    ("waiting", Qt.Key.Key_F2, [RegistrationChosen()]),
    ("waiting", Qt.Key.Key_F3, [UnlinkingChosen()]),
    ("waiting", Qt.Key.Key_F4, [StatusChosen()]),
    ("served", Qt.Key.Key_F12, [LeavePressed()]),
    ("confirming-holder", ENTER, []),
    ("confirming-holder", SPACE, []),
    ("confirming-holder", Qt.Key.Key_F5, []),
    ("confirming-holder", Qt.Key.Key_F12, []),
    ("confirming-holder", Qt.Key.Key_Y, []),
    ("library-card", Qt.Key.Key_F12, []),
    ("library-card", Qt.Key.Key_F1, [HelpChosen()]),
    ("library-card", Qt.Key.Key_F3, [UnlinkingChosen()]),
    ("pin", Qt.Key.Key_F3, []),
    ("pin", Qt.Key.Key_F4, [StatusChosen()]),
    ("ask-served", Qt.Key.Key_Escape, [LeavingDenied()]),
    ("ask-served", ENTER, []),
    ("over-served", Qt.Key.Key_F12, [BesideClosed()]),
    ("record", Qt.Key.Key_Escape, [BackPressed()]),
    ("help", Qt.Key.Key_Escape, [BesideClosed()]),
    ("pin", Qt.Key.Key_Escape, []),
    ("lending-wrong", Qt.Key.Key_F12, [LeavePressed()]),
    ("lending", Qt.Key.Key_F12, []),
    ("lending", Qt.Key.Key_Escape, []),
    ("served", Qt.Key.Key_Escape, []),
]


@pytest.mark.parametrize(("scene", "key", "events"), KEYS, ids=[f"{scene}:{key.name}" for scene, key, _ in KEYS])
def test_a_key_says(hands: Hands, scene: str, key: Qt.Key, events: list[Event]) -> None:
    hands.show(*SCENES[scene])
    hands.key(key)
    assert hands.said == events


CHORDS: list[tuple[str, str, list[Event]]] = [
    ("confirming-holder", "Y", [HolderConfirmed()]),
    ("confirming-holder", "N", [HolderDenied()]),
    ("waiting", "Y", []),
    ("ask-served", "S", [LeavingDenied()]),
    ("ask-served", "L", [LeavingConfirmed()]),
    ("record", "N", [NextPressed()]),
    ("record", "B", [BackPressed()]),
    ("renewal", "A", [RenewalChosen()]),
    ("renewal-empty", "A", []),
    ("lending", "A", []),
    ("lending-not-handed-over", "P", [HandoverAsked()]),
    ("handover-under-way", "P", []),
    ("lending", "P", []),
    ("unlink-confirm", "U", [UnlinkConfirmed()]),
    ("applicant", "2", [ApplicantChosen(Applicant.CHILD)]),
    ("unlink-reason", "1", [UnlinkReasonChosen(UnlinkReason.LOST)]),
    ("unlink-lost", "Y", [CardStopAnswered(True)]),
    ("unlink-lost", "N", [CardStopAnswered(False)]),
    ("unlink-number", "Y", []),
    ("guardian", "K", [GuardianCheckSet(GuardianCheck.UNDER_FIFTEEN, True)]),
    ("guardian-one-left", "K", [GuardianCheckSet(GuardianCheck.SAME_HOUSEHOLD, True)]),
    ("guardian-all", "K", []),
]


@pytest.mark.parametrize(("scene", "letter", "events"), CHORDS, ids=[f"{scene}:Alt+{letter}" for scene, letter, _ in CHORDS])
def test_a_chord_says(hands: Hands, scene: str, letter: str, events: list[Event]) -> None:
    hands.show(*SCENES[scene])
    hands.key(Qt.Key(ord(letter)), ALT)
    assert hands.said == events
    hands.key(Qt.Key(ord(letter)), ALT | Qt.KeyboardModifier.KeypadModifier)
    assert hands.said == events


@pytest.mark.timeout(180)
@a_sixth_or_all
def test_every_page_and_control_has_a_name_of_its_own_and_tab_reaches_each(hands: Hands, every: int) -> None:
    for name, scene in list(one_of_each().items())[::every]:
        hands.show(*scene)
        controls = hands.controls()
        assert all(controls), name
        assert [bool(page.accessibleName()) for page in hands.window.findChildren(StaffPage) if page.isVisible()] == [True], name
        wanted = {control for control in controls.values() if control.isEnabled()}
        reached: set[QWidget] = set()
        for _ in range(len(wanted) + 3):
            QTest.keyClick(hands.focused, TAB)
            reached.add(hands.focused)
        assert wanted <= reached, (name, [missed.accessibleName() for missed in wanted - reached])


def test_the_scanner_may_be_used_at_once(hands: Hands) -> None:
    for scene in ("waiting", "library-card", "unlink-number", "lending", "renewal-listing", "hold-empty"):
        hands.show(*SCENES[scene])
        assert isinstance(hands.focused, QLineEdit), scene


# --- by keyboard alone, with the real machine behind ------------------------------------------------------------------


FlowType = TypeVar("FlowType", bound=Flow)


def flow_of(desk: LiveStaffWindow, kind: type[FlowType]) -> FlowType:
    """Where the desk is; fails when it is elsewhere."""
    flow = desk.counter.flow
    assert isinstance(flow, kind)
    return flow


def tab_to(desk: LiveStaffWindow, name: str) -> None:
    for _ in range(30):
        if desk.focused.accessibleName() == name:
            return
        desk.key(TAB)
    raise AssertionError(name)


def press(desk: LiveStaffWindow, name: str) -> None:
    tab_to(desk, name)
    desk.key(ENTER)


def hold(desk: LiveStaffWindow, name: str) -> None:
    tab_to(desk, name)
    desk.hold(ENTER)


def lay_card(desk: LiveStaffWindow, number: int = 1) -> Insertion:
    insertion = Insertion(number, "reader")
    desk.happen(CardPlaced(insertion))
    reading = [effect for effect in desk.asked if isinstance(effect, ReadCard)][-1]
    desk.happen(CardRead(reading.ticket, insertion, READING))
    return insertion


def test_a_child_is_registered_up_to_the_patrons_turn(desk: LiveStaffWindow) -> None:
    desk.key(Qt.Key.Key_F2)
    hold(desk, "15歳未満の子")
    press(desk, "次へ: 書類の確認")
    flow_of(desk, CheckingGuardian)
    for confirmed in range(len(GuardianCheck)):
        assert len(flow_of(desk, CheckingGuardian).draft.checks) == confirmed
        desk.key(Qt.Key.Key_K, ALT)
    tab_to(desk, "法定代理人である")
    desk.hold(SPACE)
    assert flow_of(desk, CheckingGuardian).draft.checks == frozenset(GuardianCheck) - {GuardianCheck.IS_GUARDIAN}
    assert desk.focused.accessibleName() == "法定代理人である"
    desk.hold(SPACE)
    assert flow_of(desk, CheckingGuardian).draft.checks == frozenset(GuardianCheck)
    assert desk.focused.accessibleName() == "次へ: 利用カード"
    desk.key(ENTER)
    desk.type("2104067853")
    desk.key(ENTER)
    desk.happen(PatronFound(flow_of(desk, CheckingLibraryCard).ticket, PATRON))
    flow_of(desk, AwaitingMyNumberCard)
    lay_card(desk)
    desk.happen(LinksFound(flow_of(desk, FindingLinks).ticket, (), None))
    flow_of(desk, ConfirmingLink)
    assert "利用者に内容を確認してもらっています" in desk.texts()


def lines_with_chord(desk: LiveStaffWindow) -> list[str]:
    return [name for name, control in desk.controls().items() if "Alt+K" in control.accessibleDescription()]


def test_a_key_held_for_long_or_pressed_twice_confirms_no_second_line(desk: LiveStaffWindow) -> None:
    desk.key(Qt.Key.Key_F2)
    hold(desk, "15歳未満の子")
    press(desk, "次へ: 書類の確認")
    assert lines_with_chord(desk) == ["15歳未満である"]
    desk.stroke(QEvent.Type.KeyPress, Qt.Key.Key_K, modifier=ALT)
    for pause in (0.5, *[0.03] * 40):
        desk.timing.pass_(pause)
        for kind in (QEvent.Type.KeyRelease, QEvent.Type.KeyPress):
            desk.stroke(kind, Qt.Key.Key_K, modifier=ALT)
    desk.stroke(QEvent.Type.KeyRelease, Qt.Key.Key_K, modifier=ALT)
    desk.timing.pass_(1)
    assert flow_of(desk, CheckingGuardian).draft.checks == {GuardianCheck.UNDER_FIFTEEN}
    assert lines_with_chord(desk) == ["法定代理人である"]
    # Pressed twice in a hurry, as a finger that trembles does: none.
    for _ in range(2):
        desk.timing.pass_(0.1)
        desk.tap(Qt.Key.Key_K, modifier=ALT)
    desk.timing.pass_(1)
    assert flow_of(desk, CheckingGuardian).draft.checks == {GuardianCheck.UNDER_FIFTEEN}
    # The same with the key held on the line that has the keyboard: it goes on by one.
    tab_to(desk, "法定代理人である")
    desk.hold(SPACE, 3.0)
    assert flow_of(desk, CheckingGuardian).draft.checks == {GuardianCheck.UNDER_FIFTEEN, GuardianCheck.IS_GUARDIAN}
    assert desk.focused.accessibleName() == "「住所」が記載されている"
    # One that was passed over is the next again.
    desk.press("15歳未満である")
    assert lines_with_chord(desk) == ["15歳未満である"]


def test_a_patron_is_served(desk: LiveStaffWindow) -> None:
    lay_card(desk)
    desk.happen(LinksFound(flow_of(desk, FindingLink).ticket, (LINK,), LINK))
    desk.happen(PatronFound(flow_of(desk, LookingUpPatron).ticket, PATRON))
    hold(desk, "本人です")
    desk.happen(LinksFound(desk.counter.flow.waits_for[0].ticket, (LINK,), LINK))
    press(desk, "予約")
    assert flow_of(desk, PatronShown).service is Service.HOLD
    assert "「予約」の画面を開きます" in desk.texts()
    desk.key(Qt.Key.Key_F12)
    flow_of(desk, Waiting)
    assert "2104" not in desk.texts()


def test_a_lost_card_is_unlinked(desk: LiveStaffWindow) -> None:
    desk.key(Qt.Key.Key_F3)
    desk.key(Qt.Key.Key_1, ALT)
    hold(desk, "止めた")
    desk.scan("A2104067853B", ENTER)
    desk.happen(LinksFound(flow_of(desk, FindingLinkToClose).ticket, (), LINK))
    hold(desk, "解除する")
    desk.happen(LinkClosed(flow_of(desk, ClosingLink).ticket, OPERATION, pending=False))
    assert flow_of(desk, Unlinked) == Unlinked(UnlinkReason.LOST, PATRON.number, OPERATION, pending=False, card_stopped=True)


# --- scanners ---------------------------------------------------------------------------------------------------------

SUFFIXES = {
    "none": (),
    "enter": (ENTER,),
    "line-feed": (LINE_FEED,),
    "tab": (TAB,),
    "both": (ENTER, LINE_FEED),
    "two-enters": (ENTER, ENTER),
}
TAKES = ("waiting", "lending-refused-card-expired", "library-card", "place", "unlink-number")


@pytest.mark.parametrize("suffix", [suffix for suffix in SUFFIXES if suffix != "none"])
@pytest.mark.parametrize("scene", TAKES)
def test_a_scan_is_a_number_where_one_is_wanted(hands: Hands, scene: str, suffix: str) -> None:
    hands.show(*SCENES[scene])
    hands.scan("A2104067853B", *SUFFIXES[suffix])
    assert hands.said == [LibraryCardEntered("A2104067853B")]


def test_a_scan_is_heard_while_a_button_has_the_focus(hands: Hands) -> None:
    hands.show(*SCENES["waiting"])
    hands.key(TAB)
    assert isinstance(hands.focused, QAbstractButton)
    hands.scan("2104067853", ENTER)
    assert hands.said == [LibraryCardEntered("2104067853")]


def test_a_scan_without_suffix_waits_in_the_field(hands: Hands, qtbot: QtBot) -> None:
    """It may be the first half of one: a number is never cut."""
    hands.show(*SCENES["waiting"])
    hands.key(TAB)
    hands.scan("21040")
    field = hands.control("利用カードの番号の入力欄")
    qtbot.waitUntil(lambda: hands.focused is field, timeout=WAIT_MS)
    hands.scan("67853", ENTER)
    assert hands.said == [LibraryCardEntered("2104067853")]


def test_a_scan_without_suffix_is_over_where_there_is_no_field(hands: Hands, qtbot: QtBot) -> None:
    hands.show(*SCENES["place"])
    hands.scan("2104067853")
    qtbot.waitUntil(lambda: hands.said == [LibraryCardEntered("2104067853")], timeout=WAIT_MS)


@pytest.mark.parametrize("suffix", [suffix for suffix in SUFFIXES if suffix != "none"])
@pytest.mark.parametrize("place", ["field", "tile", "row"])
def test_a_scan_is_an_item_while_items_are_asked_for(hands: Hands, place: str, suffix: str) -> None:
    """Wherever the keyboard is: in the field, at a service, at the button of a row."""
    hands.show(*SCENES["renewal"])
    if place != "field":
        hands.control("貸出延長" if place == "tile" else "延長する はじめての家庭菜園 雪国の四季 1100 8920 31").setFocus()
    hands.scan("A1100892031B", *SUFFIXES[suffix])
    assert hands.said == [ItemEntered("A1100892031B")]


@pytest.mark.parametrize("name", ["コピー", "終わりに出すレシート: なし", "終わりに出すレシート: 貸出中すべて", "もう一度入力する"])
@pytest.mark.parametrize("by_mouse", [True, False], ids=["mouse", "keyboard"])
def test_the_field_is_ready_again_after_everything(hands: Hands, name: str, by_mouse: bool) -> None:
    hands.show(*SCENES["lending-not-handed-over"])
    name = "番号をコピー" if name == "コピー" else name
    if by_mouse:
        hands.press(name)
    else:
        hands.control(name).setFocus()
        hands.hold(ENTER)
    assert hands.focused.accessibleName() == "資料のバーコードの入力欄"


def test_another_service_is_ready_for_the_scanner_at_once(hands: Hands) -> None:
    hands.show(*SCENES["lending-local"])
    for scene in ("hold", "renewal", "local", "lending"):
        hands.show(*SCENES[scene])
        wanted = hands.window.findChildren(ServingPage)[-1].accessibleName() if scene == "local" else "資料のバーコードの入力欄"
        assert hands.focused.accessibleName() == wanted, scene


def test_moving_the_focus_chooses_nothing(hands: Hands) -> None:
    for scene in ("applicant", "guardian", "unlink-reason", "unlink-lost", "replacement", "lending"):
        hands.show(*SCENES[scene])
        for key in (TAB, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Left):
            for _ in range(12 if key == TAB else 4):
                hands.key(key)
        assert hands.said == [], scene


def test_nothing_in_the_field_asks_for_nothing(hands: Hands) -> None:
    hands.show(*SCENES["lending"])
    hands.key(ENTER)
    hands.key(SPACE)
    hands.key(ENTER)
    assert hands.said == []


def test_the_list_turns_by_keyboard(hands: Hands) -> None:
    hands.show(*SCENES["lending-many"])
    bar = next(rows for rows in hands.window.findChildren(Rows) if rows.isVisible()).verticalScrollBar()
    hands.key(Qt.Key.Key_PageDown)
    assert bar.value() > 0
    hands.key(Qt.Key.Key_PageUp)
    assert bar.value() == 0


def test_no_number_is_taken_before_the_caller_was_asked(hands: Hands) -> None:
    hands.show(*SCENES["unlink-lost"])
    hands.scan("2104067853", ENTER)
    assert hands.said == []
    assert "読み取った番号は使っていません" in hands.texts()


@pytest.mark.parametrize("suffix", ["none", "tab", "both"])
@pytest.mark.parametrize("scene", ["served", "confirming-holder", "pin", "help"])
def test_a_scan_where_none_is_wanted_presses_nothing_and_is_told(hands: Hands, qtbot: QtBot, suffix: str, scene: str) -> None:
    """On all other pages: tests/ui/test_scanned_anywhere.py."""
    hands.show(*SCENES[scene])
    hands.scan("2104 067853", *SUFFIXES[suffix])
    assert hands.said == []
    qtbot.waitUntil(lambda: "読み取った番号は使っていません" in hands.texts(), timeout=WAIT_MS)


def test_a_scan_at_the_confirmation_is_told_how_to_change_the_library_card(hands: Hands) -> None:
    hands.show(*SCENES["confirm"])
    hands.scan("2104067853", Qt.Key.Key_Return)
    assert hands.said == []
    assert "利用カードを替えるときは、マイナンバーカードを取ってもらい" in hands.texts()
    hands.show(*SCENES["pin"])
    hands.scan("2104067853", Qt.Key.Key_Return)
    assert "操作が終わってから読み取ってください" in hands.texts()


def test_the_line_feed_behind_a_scan_does_not_press_the_next_page(desk: LiveStaffWindow) -> None:
    """The first suffix opens another page before the second comes."""
    desk.key(Qt.Key.Key_F3)
    hold(desk, "ご本人の希望")
    desk.scan("2104067853", ENTER)
    desk.happen(LinksFound(flow_of(desk, FindingLinkToClose).ticket, (), LINK))
    desk.control("解除する").setFocus()
    desk.scanned_key(ENTER)
    desk.timing.pass_(1)
    assert not [effect for effect in desk.asked if isinstance(effect, CloseLink)]


def test_typing_by_hand_is_no_scan(hands: Hands) -> None:
    hands.show(*SCENES["served"])
    hands.type("21")
    assert "このキーはいまは使えません" in hands.texts()
    hands.control("貸出").setFocus()
    hands.key(ENTER)
    assert [type(event).__name__ for event in hands.said] == ["ServiceChosen"]
    assert "読み取った番号" not in hands.texts()


def test_a_number_typed_by_hand_is_entered(hands: Hands) -> None:
    hands.show(*SCENES["waiting"])
    hands.type("2104067853")
    hands.key(ENTER)
    assert hands.said == [LibraryCardEntered("2104067853")]


def test_the_notice_of_a_barcode_goes_with_the_page(hands: Hands) -> None:
    hands.show(*SCENES["served"])
    hands.scan("2104067853", ENTER)
    assert "読み取った番号は使っていません" in hands.texts()
    hands.show(*SCENES["waiting"])
    assert "読み取った番号は使っていません" not in hands.texts()


def test_the_ring_follows_the_keyboard_only(hands: Hands) -> None:
    hands.show(*SCENES["applicant"])
    ring = hands.window.findChild(FocusRing)
    assert ring is not None
    assert not ring.isVisible()
    hands.key(TAB)
    assert ring.isVisible()


def test_tries_are_read_only_after_the_patron_agreed(desk: LiveStaffWindow) -> None:
    """Staff have no key that stands for the patron's consent."""
    desk.counter = replace(SCENES["confirm"][0])
    desk.show(desk.counter)
    for key in (ENTER, SPACE, Qt.Key.Key_F1, Qt.Key.Key_F2, Qt.Key.Key_F3, Qt.Key.Key_F4, Qt.Key.Key_F5):
        desk.key(key)
        assert not isinstance(desk.counter.flow, ReadingTries)
    assert desk.counter.flow == SCENES["confirm"][0].flow
