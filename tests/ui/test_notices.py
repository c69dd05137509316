"""A notice that appears or disappears neither moves nor covers anything that can be pressed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

from kiosk.domain.errors import Code
from kiosk.domain.events import CardLeftSeen, LateSeen, MoreTimePressed, StoreAccepted, UnclearSeen
from kiosk.domain.model import EndedBy, IlsCondition, Language
from kiosk.domain.states import Counter, Ended, Handing, LeftWork, MoreTime, NextCard, PatronShown, Problem, Stayed, Tried, Waiting
from kiosk.ui.staff import StaffWindow
from kiosk.ui.staff.notice_area import NoticeBand
from kiosk.ui.widgets.notice import Notice
from kiosk.ui.widgets.words import Words
from tests.support.wait import WAIT_MS
from tests.support.windows.patron_samples import OTHER_INSERTION, SEEN_AT, TICKET
from tests.support.windows.serving_samples import NEXT_CARD, ON_TAP
from tests.support.windows.staff_samples import LACKING, UNCHECKED, staff_scenes, troubled
from tests.support.windows.staff_window import PAUSE, Hands, settle

SCENES = staff_scenes()
SECONDS_LATER = re.compile(r"\b2[0-9]秒")
"""Of thirty."""
Places = dict[str, tuple[int, int, int, int]]
Notices = dict[str, dict[str, object]]
AROUND: Notices = {
    "card left": {"card_left": 3},
    "doubt": {"doubt": LACKING},
    "stray": {"stray_notice": SCENES["stray"][0].stray_notice},
    "slip": {"papers": SCENES["slip-trouble"][0].papers},
    "late": {"late": SCENES["late-loan"][0].late},
    "idle": {"idle_warning": True},
    "two cards": {"cards": (*SCENES["confirm"][0].cards, OTHER_INSERTION)},
    "timed out": {"ended": Ended(LeftWork.REGISTRATION, EndedBy.TIME, SEEN_AT, Language.JAPANESE, TICKET)},
}
AROUND["all"] = {name: value for notices in AROUND.values() for name, value in notices.items()}
PAGES = ("waiting", "library-card", "applicant", "guardian", "confirming-holder", "confirm", "lending", "renewal", "unlink-lost", "help")
SIZES = ((1366, 768), (960, 540), pytest.param(1920, 1080, marks=pytest.mark.trial))


@pytest.fixture
def hands(qtbot: QtBot) -> Hands:
    made = Hands()
    qtbot.addWidget(made.window, before_close_func=StaffWindow.close_for_good)
    return made


def at_size(hands: Hands, width: int, height: int) -> None:
    hands.window.resize(width, height)
    settle()


def place(widget: QWidget) -> tuple[int, int, int, int]:
    corner = widget.mapTo(widget.window(), QPoint(0, 0))
    return corner.x(), corner.y(), widget.width(), widget.height()


def band(hands: Hands) -> NoticeBand:
    return hands.window.findChildren(NoticeBand)[-1]


def places(hands: Hands) -> Places:
    """Where everything stands that can be pressed or filled; what belongs to a notice comes and goes with it."""
    above = band(hands)
    found = {name: control for name, control in hands.controls().items() if not above.isAncestorOf(control)}
    return {name: place(control) for name, control in found.items()}


def seen(hands: Hands, control: QWidget) -> QRect:
    """The part of it that is not scrolled away."""
    region = control.visibleRegion().boundingRect()
    return QRect(control.mapTo(hands.window, region.topLeft()), region.size())


def covered(hands: Hands) -> list[str]:
    above = band(hands)
    if not above.isVisible():
        return []
    over = QRect(above.mapTo(hands.window, QPoint(0, 0)), above.size())
    under = {name: control for name, control in hands.controls().items() if not above.isAncestorOf(control)}
    return [name for name, control in under.items() if QRect(*place(control)).intersects(over)]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_no_notice_moves_or_covers_anything_that_can_be_pressed(hands: Hands, width: int, height: int) -> None:
    at_size(hands, width, height)
    wrong = []
    for page in PAGES:
        counter, facts = SCENES[page]
        hands.show(counter, facts)
        before = places(hands)
        for name, notices in AROUND.items():
            hands.show(replace(counter, **notices), facts)  # type: ignore[arg-type]
            wrong += [f"{name} moves on {page}"] * (places(hands) != before)
            wrong += [f"{name} covers {control} on {page}" for control in covered(hands)]
            hands.show(counter, facts)
            wrong += [f"{name} has moved on {page}"] * (places(hands) != before)
    assert not wrong


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_no_hint_moves_anything_that_can_be_pressed(hands: Hands, width: int, height: int) -> None:
    at_size(hands, width, height)
    for page in ("confirming-holder", "served", "guardian"):
        hands.show(*SCENES[page])
        before = places(hands)
        hands.key(Qt.Key.Key_F12)
        hands.key(Qt.Key.Key_F5)
        assert band(hands).isVisible()
        assert (places(hands), covered(hands)) == (before, []), page
        hands.scan("2104067853", Qt.Key.Key_Return)
        assert (places(hands), covered(hands)) == (before, []), page


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_no_finding_moves_anything_on_the_home_page(hands: Hands, width: int, height: int) -> None:
    at_size(hands, width, height)
    hands.show(*SCENES["waiting"])
    before = places(hands)
    for name, facts in {**troubled(), "unchecked": UNCHECKED}.items():
        for problem in (None, Problem(Code.NUMBER_LENGTH, (("expected", "10"), ("got", 9)))):
            hands.show(replace(SCENES["waiting"][0], flow=Waiting(problem)), facts)
            assert places(hands) == before, (name, problem)


def asked_whose_turn(counter: Counter) -> Counter:
    return with_flow(counter, next_card=NextCard(NEXT_CARD))


def with_flow(counter: Counter, **changed: object) -> Counter:
    assert isinstance(counter.flow, PatronShown)
    return replace(counter, flow=replace(counter.flow, **changed))  # type: ignore[arg-type]


BESIDE: dict[str, Callable[[Counter], Counter]] = {
    "away": lambda counter: replace(counter, ils=IlsCondition.UNREACHABLE),
    "being tried": lambda counter: replace(counter, ils=IlsCondition.STARTING, tried=Tried()),
    "tried": lambda counter: replace(counter, ils=IlsCondition.UNREACHABLE, tried=Tried(under_way=False, at=SEEN_AT)),
    "whose turn": asked_whose_turn,
    "handed over": lambda counter: with_flow(replace(counter, rules=ON_TAP), handing=Handing.DONE),
    "not handed over": lambda counter: with_flow(
        replace(counter, rules=ON_TAP), handing=Handing.FAILED, handing_problem=Problem(Code.HANDOVER_NO_WINDOW)
    ),
    "stays": lambda counter: with_flow(counter, stayed=Stayed.REFUSED),
    "wrong": lambda counter: with_flow(counter, wrong=Problem(Code.ITEM_NUMBER)),
    "not listed": lambda counter: with_flow(counter, dealings=replace(counter.flow.dealings, problem=Code.ILS_UNREACHABLE)),  # type: ignore[union-attr]
}


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("page", ["lending", "renewal", "hold"])
def test_nothing_that_is_said_beside_a_patron_moves_a_button(hands: Hands, page: str, width: int, height: int) -> None:
    at_size(hands, width, height)
    hands.show(*SCENES[page])
    before = places(hands)
    for name, change in BESIDE.items():
        hands.show(change(SCENES[page][0]))
        after = places(hands)
        assert {name: where for name, where in after.items() if name in before} == before, name
        hands.show(*SCENES[page])
        assert places(hands) == before, name


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_nothing_that_is_found_moves_the_field_in_use_on_the_status_page(hands: Hands, width: int, height: int) -> None:
    at_size(hands, width, height)
    hands.show(*SCENES["status"])
    hands.key(Qt.Key.Key_End)
    before = places(hands)
    for name, facts in troubled().items():
        for ils in (IlsCondition.NONE, IlsCondition.UNREACHABLE):
            hands.show(replace(SCENES["status"][0], ils=ils), facts)
            after = places(hands)
            assert {control: where for control, where in after.items() if control in before} == before, (name, ils)
    hands.show(*SCENES["status"])
    assert places(hands) == before


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("page", ["library-card", "unlink-number"])
def test_a_number_that_is_wrong_moves_nothing(hands: Hands, page: str, width: int, height: int) -> None:
    at_size(hands, width, height)
    hands.show(*SCENES[page])
    before = places(hands)
    flow = SCENES[page][0].flow
    for code in (Code.NUMBER_EMPTY, Code.NUMBER_IS_MY_NUMBER, Code.LIBRARY_CARD_UNKNOWN):
        hands.show(replace(SCENES[page][0], flow=replace(flow, problem=Problem(code))))  # type: ignore[arg-type]
        assert places(hands) == before, code


# --- folded and unfolded


def test_what_finds_no_room_is_unfolded_with_its_buttons(hands: Hands) -> None:
    hands.show(*SCENES["waiting-doubted"])
    assert "データが前の状態に戻っています" in hands.texts()
    assert "確認したので、受付を始める" not in hands.controls(), "nobody accepts what they have not read"
    hands.press("くわしく")
    assert "少なくとも12件です" in hands.texts()
    hands.press("確認したので、受付を始める")
    assert hands.said == [StoreAccepted(Code.STORE_BEHIND)]
    hands.press("たたむ")
    assert "少なくとも12件です" not in hands.texts()


def test_several_notices_wait_behind_the_first(hands: Hands) -> None:
    counter = replace(SCENES["waiting"][0], card_left=3, ended=AROUND["timed out"]["ended"])  # type: ignore[arg-type]
    hands.show(counter)
    assert "カードが置かれたままです" in hands.texts()
    hands.press("ほか1件")
    assert "操作がなかったため、登録せずに画面を閉じました" in hands.texts()
    hands.show(replace(counter, card_left=0, ended=None))
    assert not band(hands).isVisible()


def test_what_is_shown_keeps_its_place_before_what_comes_later(hands: Hands) -> None:
    """Otherwise whoever is about to press its button presses that of another."""
    left = replace(SCENES["waiting"][0], card_left=3)
    hands.show(left)
    hands.show(replace(left, doubt=LACKING, ended=AROUND["timed out"]["ended"]))  # type: ignore[arg-type]
    hands.press("確認しました")
    assert hands.said == [CardLeftSeen()]


@pytest.mark.parametrize("name", ["card left", "doubt", "stray", "slip", "late"])
def test_what_needs_somebody_comes_before_what_is_only_told(hands: Hands, name: str) -> None:
    told = replace(SCENES["waiting"][0], ended=AROUND["timed out"]["ended"])  # type: ignore[arg-type]
    hands.show(told)
    assert [notice.property("kind") for notice in band(hands).findChildren(Notice) if notice.isVisible()] == ["info"]
    hands.show(replace(told, **AROUND[name]))  # type: ignore[arg-type]
    assert [notice.property("kind") for notice in band(hands).findChildren(Notice) if notice.isVisible()] == ["care"]


def test_a_press_that_was_meant_for_the_notice_before_presses_nothing(hands: Hands) -> None:
    told = replace(SCENES["waiting"][0], ended=AROUND["timed out"]["ended"])  # type: ignore[arg-type]
    hands.show(told)
    hands.show(replace(told, card_left=3))
    hands.press("確認しました")
    assert hands.said == []
    hands.timing.pass_(1)
    hands.press("確認しました")
    assert hands.said == [CardLeftSeen()]


def test_a_notice_whose_button_has_the_keyboard_stays_beside_what_its_key_was_answered(hands: Hands) -> None:
    hands.show(replace(SCENES["waiting"][0], late=SCENES["late-hold"][0].late))
    hands.control("図書館システムで確認しました").setFocus()
    hands.key(Qt.Key.Key_Return)
    assert hands.said == []
    assert "キーを軽く押しただけでは決まりません" in hands.texts()
    assert hands.focused is hands.control("図書館システムで確認しました")
    hands.hold(Qt.Key.Key_Return)
    assert hands.said == [LateSeen()]


def test_what_came_late_and_what_is_unclear_are_acknowledged_each_by_its_own_words(hands: Hands) -> None:
    hands.show(replace(SCENES["unclear-still"][0], late=SCENES["late-hold"][0].late))
    hands.press("ほか1件")
    hands.press("図書館システムで確認しました")
    hands.timing.pass_(PAUSE)
    hands.press("図書館システムで調べました")
    assert hands.said == [LateSeen(), UnclearSeen()]


def test_a_second_that_passes_lets_nothing_out_of_the_band(hands: Hands, qtbot: QtBot) -> None:
    counter = replace(SCENES["guardian"][0], idle_warning=True)
    hands.show(counter)
    hands.key(Qt.Key.Key_F12)
    assert "押し続けて" in hands.texts()
    qtbot.waitUntil(lambda: any(SECONDS_LATER.search(words.text) for words in band(hands).findChildren(Words)), timeout=WAIT_MS)
    assert [
        notice for notice in band(hands).findChildren(Notice) if notice.isVisible() and SECONDS_LATER.search(notice.accessibleName())
    ] == []
    assert covered(hands) == []


def test_a_countdown_goes_on_when_the_window_is_built_anew(hands: Hands, qtbot: QtBot) -> None:
    hands.show(replace(SCENES["guardian"][0], idle_warning=True))
    qtbot.waitUntil(lambda: bool(SECONDS_LATER.search(hands.texts())), timeout=WAIT_MS)
    at_size(hands, 960, 540)
    assert "30秒" not in hands.texts()
    assert "秒たつと" in hands.texts()


def test_the_second_half_of_a_double_click_presses_nothing(hands: Hands) -> None:
    counter = replace(SCENES["waiting"][0], late=SCENES["late-hold"][0].late)
    hands.show(counter)
    hands.unfold()
    button = hands.control("図書館システムで確認しました")
    assert isinstance(button, QAbstractButton)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    QTest.mouseDClick(button, Qt.MouseButton.LeftButton)
    assert hands.said == [LateSeen()]


def test_everything_can_be_read_however_much_there_is(hands: Hands) -> None:
    for width, height in ((1366, 768), (960, 540)):
        at_size(hands, width, height)
        hands.show(*SCENES["all-notices"])
        fold = next(name for name in hands.controls() if "ほか" in name)
        hands.press(fold)
        assert band(hands).geometry().bottom() <= hands.window.height()
        for sentence in ("続けますか", "データが前の状態に戻っています", "図書館システムで返却してください"):
            assert sentence in hands.texts(), (width, sentence)
        hands.press("たたむ")


# --- more time for whoever fetches something


def test_more_time_is_one_press_away_before_and_while_the_seconds_are_counted(hands: Hands) -> None:
    for width, height in ((1366, 768), (960, 540), (800, 480)):
        at_size(hands, width, height)
        for idle in (False, True):
            hands.said.clear()
            hands.show(replace(SCENES["lending"][0], idle_warning=idle))
            assert ("続ける" in hands.controls()) is idle
            assert ("「5分延ばす」(Alt+T)" in hands.texts()) is (idle and width > 800)
            hands.press("5分延ばす")
            hands.key(Qt.Key.Key_T, Qt.KeyboardModifier.AltModifier)
            assert hands.said == [MoreTimePressed(), MoreTimePressed()]


def test_a_key_that_is_only_tapped_gives_no_more_time(hands: Hands) -> None:
    hands.show(*SCENES["lending"])
    hands.control("5分延ばす").setFocus()
    hands.tap(Qt.Key.Key_Return)
    assert hands.said == []
    hands.hold(Qt.Key.Key_Return)
    assert hands.said == [MoreTimePressed()]


def stays(hands: Hands) -> str:
    labels = [label for label in hands.window.findChildren(QLabel) if not isinstance(label, Words) and label.isVisible()]
    return "".join(label.text() for label in labels if "閉じません" in label.text())


def test_how_long_it_stays_is_told_and_counted(hands: Hands, qtbot: QtBot) -> None:
    served = SCENES["lending"][0]
    hands.show(replace(served, more_time=MoreTime(TICKET, 0, 1)))
    assert stays(hands) == "あと5分0秒は、画面を閉じません"
    qtbot.waitUntil(lambda: stays(hands).startswith("あと4分5"), timeout=WAIT_MS)
    hands.show(replace(served, more_time=MoreTime(TICKET, 1, 2)))
    assert stays(hands).startswith("あと9分5")
    assert "5分延ばす" not in hands.controls()
    hands.show(served)
    assert stays(hands) == ""


@pytest.mark.parametrize("page", ["waiting", "pin", "checking-pin"])
def test_no_more_time_is_offered_where_it_would_not_hold(hands: Hands, page: str) -> None:
    hands.show(replace(SCENES[page][0], idle_warning=page == "pin"))
    assert "5分延ばす" not in hands.controls()
