"""What staff and patron are told: what was tried, what is held, why a session stays, what was closed; and that every page scrolls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from kiosk.domain.consequences import Open
from kiosk.domain.events import EndedSeen, LibraryRetryPressed, UnclearSeen
from kiosk.domain.model import EndedBy, IlsCondition, Language, ReaderCondition
from kiosk.domain.states import Ended, LeftWork, PatronShown, Screen, Section, Stayed, Tried, Waiting
from kiosk.text import plain, say
from kiosk.ui.staff import StaffWindow
from kiosk.ui.staff.page import StaffPage
from kiosk.ui.staff.scroll import ScrollArea
from kiosk.ui.widgets.button import Button
from tests.support.windows.layout_faults import complaints
from tests.support.windows.patron_samples import INSERTION, NUMBER, SEEN_AT, TICKET, counter
from tests.support.windows.patron_window import ShownPatronWindow
from tests.support.windows.staff_samples import staff_scenes
from tests.support.windows.staff_window import Hands, settle

SCENES = staff_scenes()
PRESSED = {"under way": Tried(), "failed": Tried(under_way=False, at=SEEN_AT)}


@pytest.fixture
def hands(qtbot: QtBot) -> Hands:
    made = Hands()
    qtbot.addWidget(made.window, before_close_func=StaffWindow.close_for_good)
    return made


# --- いま試す


@pytest.mark.parametrize("scene", ["lending-offline", "status-ils-ils-unreachable"])
def test_what_was_tried_at_once_is_told_on_every_page_that_has_the_button(hands: Hands, scene: str) -> None:
    at_first, facts = SCENES[scene]
    hands.show(at_first, facts)
    hands.press("いま試す")
    assert hands.said == [LibraryRetryPressed()]
    hands.show(replace(at_first, ils=IlsCondition.STARTING, tried=PRESSED["under way"]), facts)
    assert "いま試す" not in hands.controls()
    assert not hands.control("試しています…").isEnabled()
    hands.show(replace(at_first, tried=PRESSED["failed"]), facts)
    assert hands.control("いま試す").isEnabled()
    assert "10:32:00に試しましたが、接続できませんでした。" in hands.texts()


def test_nobody_is_told_of_a_try_that_nobody_made(hands: Hands) -> None:
    for scene in ("lending-offline", "lending-trying", "status-ils-ils-unreachable", "status-busy", "status-ils-starting"):
        hands.show(*SCENES[scene])
        assert "試しました" not in hands.texts()
        assert "試しています…" not in hands.controls()
    hands.show(*SCENES["status-busy"])
    assert "いま試す" not in hands.controls()


def test_a_service_that_was_denied_says_that_the_line_was_made_anew(hands: Hands) -> None:
    hands.show(*SCENES["lending-service-denied-tried"])
    assert "10:32:00に再接続しました。資料をもう一度読み取ってください。" in hands.texts()


def test_other_things_that_are_tried_again_say_when(hands: Hands) -> None:
    hands.show(*SCENES["renewal-not-listed-again"])
    assert "10:32:00に調べました。" in hands.texts()
    failed, facts = SCENES["handover-failed"]
    assert isinstance(failed.flow, PatronShown)
    hands.show(replace(failed, flow=replace(failed.flow, handing_failed_at=SEEN_AT)), facts)
    assert "10:32:00に番号を入力しようとしましたが、できませんでした。" in hands.texts()
    slip, facts = SCENES["slip-trouble"]
    hands.show(replace(slip, papers=tuple(replace(paper, at=SEEN_AT) for paper in slip.papers)), facts)
    hands.unfold()
    assert "10:32:00に印刷を試みました。" in hands.texts()


# --- a key that has to be held


def way_out(hands: Hands) -> Button:
    return next(button for button in hands.window.findChildren(Button) if button.isVisible() and "F12" in button.shown_key)


HELD = ["library-card", "guardian", "lending", "confirming-holder", "confirm", "pin", "replacement-both", "unlink-number", "unlink-confirm"]
TAPPED = ["applicant", "served", "lending-empty", "help", "status", "done", "unlinked", "lending-refused-card-expired", "unlink-reason"]


@pytest.mark.parametrize("scene", HELD + TAPPED)
def test_the_way_out_says_whether_its_key_is_held(hands: Hands, scene: str) -> None:
    hands.show(*SCENES[scene])
    assert way_out(hands).shown_key == ("F12 長押し" if scene in HELD else "F12")
    hands.key(Qt.Key.Key_F12)
    assert bool(hands.said) is (scene in TAPPED)


def test_the_way_out_follows_what_is_open(hands: Hands) -> None:
    for scene, key in (
        ("lending-wrong", "F12"),
        ("lending-next-card", "F12 長押し"),
        ("lending-wrong", "F12"),
        ("lending-all-sorts", "F12 長押し"),
    ):
        hands.show(*SCENES[scene])
        assert way_out(hands).shown_key == key, scene


REASONS = {
    "library-card": Open.REGISTRATION,
    "pin": Open.REGISTRATION,
    "unlink-confirm": Open.UNLINKING,
    "confirming-holder": Open.HOLDER,
    "lending-next-card": Open.NEXT_CARD,
    "lending-all-sorts": Open.UNANSWERED,
    "handover-under-way": Open.HANDING,
    "lending": Open.NOT_DONE,
}


@pytest.mark.parametrize(("scene", "reason"), REASONS.items())
def test_the_hint_says_why_a_key_is_held(hands: Hands, scene: str, reason: Open) -> None:
    hands.show(*SCENES[scene])
    hands.key(Qt.Key.Key_F12)
    assert hands.said == []
    assert say(f"staff.key.open-{reason}") in hands.texts()
    assert "0.5秒押し続けて" in hands.texts()


def test_a_button_that_decides_is_no_way_out(hands: Hands) -> None:
    hands.show(*SCENES["confirming-holder"])
    hands.control("本人です").setFocus()
    hands.key(Qt.Key.Key_Return)
    assert say(f"staff.key.open-{Open.HOLDER}") not in hands.texts()


# --- why a session stays; what was closed


@pytest.mark.parametrize("why", Stayed)
def test_why_a_session_stays_stands_above_its_end(hands: Hands, why: Stayed) -> None:
    hands.show(*SCENES[f"lending-stayed-{why}"])
    assert "まだ終了していません" in hands.texts()
    assert plain(say(f"staff.patron.stayed-{why}")) in hands.texts()
    hands.show(*SCENES["lending"])
    assert "まだ終了していません" not in hands.texts()


@pytest.mark.parametrize("work", LeftWork)
def test_staff_are_told_what_was_closed_until_they_have_seen_it(hands: Hands, work: LeftWork) -> None:
    hands.show(*SCENES[f"timed-out-{work}"])
    assert plain(say(f"staff.banner.ended-time-{work}")) in hands.texts()
    assert "10:32に閉じました。" in hands.texts()
    hands.press("確認しました")
    assert hands.said == [EndedSeen()]


WHO: list[tuple[EndedBy, LeftWork, str]] = [
    (EndedBy.PATRON, LeftWork.REGISTRATION, "利用者がやめたため、登録せずに画面を閉じました"),
    (EndedBy.PATRON, LeftWork.REGISTERED, "利用者が「終わる」を押したため"),
    (EndedBy.PATRON, LeftWork.LINKED, "利用者が「終わる」を押したため"),
    (EndedBy.PATRON, LeftWork.LENDING, "利用者がやめたため、受付をせずに画面を閉じました"),
    (EndedBy.PATRON, LeftWork.REFUSED, "利用者が「終わる」を押したため"),
    (EndedBy.STAFF, LeftWork.REGISTRATION, "職員の操作で、登録せずに画面を閉じました"),
    (EndedBy.STAFF, LeftWork.UNLINKING, "職員の操作で、解除せずに画面を閉じました"),
    (EndedBy.STAFF, LeftWork.LENDING, "職員の操作で、受付をせずに画面を閉じました"),
    (EndedBy.TIME, LeftWork.LENDING, "操作がなかったため、受付をせずに画面を閉じました"),
]


def test_staff_are_told_who_ended_it(hands: Hands) -> None:
    for by, work, sentence in WHO:
        hands.show(replace(SCENES["waiting"][0], ended=Ended(work, by, SEEN_AT, Language.JAPANESE, TICKET)))
        assert sentence in hands.texts()
        assert "10:32に閉じました。" in hands.texts()
        assert plain(say(f"staff.banner.ended-{work}-next")) in hands.texts()


@pytest.mark.parametrize("language", Language)
def test_whoever_has_left_a_card_reads_first_to_take_it_and_then_why_it_was_closed(
    desk_with: Callable[..., ShownPatronWindow], language: Language
) -> None:
    desk = desk_with(1024, 600)
    told = Ended(LeftWork.SERVING, EndedBy.TIME, SEEN_AT, language, TICKET)
    desk.show(counter(Waiting(), spent=frozenset({INSERTION}), left_language=language, ended=told))
    read = "".join("".join(desk.texts()).split())
    for key in ("card-left.title", "card-left.lead", "timed-out.title", "timed-out.serving-closed"):
        assert "".join(plain(say(f"patron.{key}", language)).split()) in read
    assert complaints(desk.window) == []


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("work", LeftWork)
def test_the_patron_reads_in_their_language_that_it_was_closed(
    desk_with: Callable[..., ShownPatronWindow], work: LeftWork, language: Language
) -> None:
    desk = desk_with()
    told = Ended(work, EndedBy.TIME, SEEN_AT, language, TICKET)
    desk.show(counter(Waiting(), cards=(), ended=told))
    assert desk.says(plain(say("patron.timed-out.title", language)).replace("\n", ""))
    assert complaints(desk.window) == []
    desk.show(counter(Waiting(), cards=(), ended=replace(told, patron_timer=type(TICKET)(0))))
    assert not desk.says(plain(say("patron.timed-out.title", language)).replace("\n", ""))
    assert desk.says(plain(say("patron.waiting.title")).replace("\n", ""))


@pytest.mark.parametrize("work", LeftWork)
def test_no_card_is_asked_for_where_none_can_be_taken_or_would_do(desk_with: Callable[..., ShownPatronWindow], work: LeftWork) -> None:
    desk = desk_with()
    told = Ended(work, EndedBy.TIME, SEEN_AT, Language.JAPANESE, TICKET)
    desk.show(counter(Waiting(), cards=(), ended=told))
    assert desk.says("もう一度カードをお出しください") is (work in (LeftWork.LENDING, LeftWork.SERVING))
    desk.show(counter(Waiting(), cards=(), ended=told, reader=ReaderCondition.MISSING))
    assert desk.says("画面を閉じました")
    assert not desk.says("お出しください")
    assert complaints(desk.window) == []


@pytest.mark.parametrize("work", [LeftWork.REFUSED, LeftWork.SERVING_BY_LIBRARY_CARD])
def test_staff_are_not_told_to_have_a_card_laid_that_helps_nobody(hands: Hands, work: LeftWork) -> None:
    hands.show(*SCENES[f"timed-out-{work}"])
    assert "もう一度カードを置くよう" not in hands.texts()
    assert plain(say(f"staff.banner.ended-{work}-next")) in hands.texts()


@pytest.mark.parametrize("language", Language)
def test_after_an_unlinking_nothing_is_promised_of_the_library_card(
    desk_with: Callable[..., ShownPatronWindow], language: Language
) -> None:
    """Nobody has looked it up: it may be lost, stopped or run out."""
    desk = desk_with()
    desk.show(SCENES["unlinked-lost"][0], language)
    assert desk.says(plain(say("patron.ended.title", language)).replace("\n", ""))
    assert "still works" not in "".join(desk.texts())
    assert "使" not in "".join(desk.texts())
    assert complaints(desk.window) == []


def test_whoever_still_holds_the_single_display_reads_it_there(desk_with: Callable[..., ShownPatronWindow]) -> None:
    desk = desk_with(single=True)
    told = Ended(LeftWork.REGISTRATION, EndedBy.TIME, SEEN_AT, Language.JAPANESE, TICKET)
    desk.show(counter(Waiting(), cards=(), screen=Screen.RETURNING, ended=told))
    assert desk.says("操作がなかったため、画面を閉じました")
    assert desk.says("登録はしていません。")


UNCLEAR = {
    "unclear-soon": (
        "貸し出されたかどうか、まだわかりません",
        "資料番号 1100 8920 31、T-0001/B",
        "このあとすぐ、図書館システムに照会します。",
    ),
    "unclear-asking": ("延長されたかどうか、まだわかりません", "1100 0000 17", "照会しています。"),
    "unclear-away": ("貸し出されたかどうか、まだわかりません", "はじめての家庭菜園", "図書館システムに接続でき次第、照会します。"),
    "unclear-still": (
        "貸し出されたかどうかわかりません",
        "資料番号 1100 8920 31、T-0001/B",
        "確認できませんでした。図書館システムで、資料番号から調べて",
    ),
    "unclear-not-done": ("いまのところ予約されていません", "信濃川の橋をたずねて", "10:32に確認しました。"),
}


@pytest.mark.parametrize("scene", UNCLEAR)
def test_home_tells_what_is_unclear_and_what_is_done_about_it_but_not_whose_it_is(hands: Hands, scene: str) -> None:
    hands.show(*SCENES[scene])
    for sentence in UNCLEAR[scene]:
        assert sentence in hands.texts()
    assert NUMBER.text not in hands.texts().replace(" ", "")
    assert NUMBER.masked not in hands.texts()
    if scene in ("unclear-still", "unclear-not-done"):
        hands.press("図書館システムで調べました")
        assert hands.said == [UnclearSeen()]


def test_a_late_loan_names_its_card_masked_and_its_time(hands: Hands) -> None:
    hands.show(*SCENES["late-renewal"])
    hands.unfold()
    assert "10:32に終わった、利用カード 2104 ＊＊＊＊ 53 の方" in hands.texts()


# --- every page scrolls by keyboard


LONG = ("status-many", "help", "guardian", "lending-refused-not-linked", "waiting-many", "replacement-both")
"""Pages of which, in the smallest window, not all is in sight."""


def bar_of(hands: Hands) -> ScrollArea:
    return next(area for area in hands.window.findChildren(ScrollArea) if area.isVisible() and area.verticalScrollBar().maximum() > 0)


@pytest.mark.parametrize("page", LONG)
@pytest.mark.parametrize("from_button", [False, True])
def test_every_page_scrolls_by_keyboard(hands: Hands, page: str, from_button: bool) -> None:
    hands.window.resize(960, 540)
    settle()
    hands.show(*SCENES[page])
    bar = bar_of(hands).verticalScrollBar()
    if from_button or hands.focused.inherits("QLineEdit"):
        [shown] = [each for each in hands.window.findChildren(StaffPage) if each.isVisible()]
        next(button for button in shown.findChildren(QPushButton) if button.isVisible() and button.isEnabled()).setFocus()
    hands.key(Qt.Key.Key_End)
    assert bar.value() == bar.maximum()
    hands.key(Qt.Key.Key_PageUp)
    assert bar.value() < bar.maximum()
    hands.key(Qt.Key.Key_Home)
    assert bar.value() == 0
    hands.key(Qt.Key.Key_PageDown)
    assert bar.value() > 0
    assert hands.said == []


def test_keys_turn_the_long_page_from_a_field_too(hands: Hands) -> None:
    """Home and End are the field's own."""
    hands.window.resize(960, 540)
    settle()
    hands.show(*SCENES["waiting-many"])
    assert hands.focused.inherits("QLineEdit")
    bar = bar_of(hands).verticalScrollBar()
    bar.setValue(0)
    hands.key(Qt.Key.Key_PageDown)
    assert bar.value() > 0


@pytest.mark.parametrize("section", [Section.HELP, Section.STATUS])
def test_from_the_rail_keys_scroll_what_is_shown_and_nothing_beneath_it(hands: Hands, section: Section) -> None:
    hands.window.resize(960, 540)
    settle()
    state, facts = SCENES["status-many" if section is Section.STATUS else "guardian"]
    hands.show(replace(state, beside=None), facts)
    beneath = hands.window.findChildren(ScrollArea)
    hands.show(replace(state, beside=section), facts)
    hands.control(say(f"staff.rail.{section}")).setFocus()
    values = [area.verticalScrollBar().value() for area in beneath]
    bar = bar_of(hands).verticalScrollBar()
    bar.setValue(0)
    hands.key(Qt.Key.Key_PageDown)
    assert bar.value() > 0
    assert values == [area.verticalScrollBar().value() for area in beneath]


def test_a_button_that_goes_with_its_press_leaves_the_keyboard_in_the_field(hands: Hands) -> None:
    hands.show(*SCENES["renewal-not-listed"])
    hands.control("もう一度調べる").setFocus()
    hands.show(*SCENES["renewal-listing"])
    assert hands.focused is hands.control("資料のバーコードの入力欄")
