"""The patron window as a projection: what it shows in each state, what its buttons emit, what it never shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import polib
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from kiosk.domain.errors import Code
from kiosk.domain.events import (
    DisplayTaken,
    Event,
    GoOnPressed,
    LanguageChosen,
    LastTryChosen,
    LeavePressed,
    LinkAgreed,
    TakenBack,
)
from kiosk.domain.model import EndedBy, Language, LibraryCardNumber, Shown, UnlinkReason
from kiosk.domain.states import AskingPin, PatronShown, Unlinked
from kiosk.resource_files import resource
from kiosk.text import plain, say
from kiosk.ui import reading_time
from kiosk.ui.theme import COLOURS
from kiosk.ui.widgets.picture import drawn
from tests.support.wait import WAIT_MS
from tests.support.windows.patron_message import message_of
from tests.support.windows.patron_samples import AT_LENDING, FACTS, GOAL, INSERTION, NUMBER, OPERATION, counter, scenes
from tests.support.windows.patron_window import ShownPatronWindow

SCENES = scenes()


@pytest.fixture
def single(desk_with: Callable[..., ShownPatronWindow]) -> ShownPatronWindow:
    return desk_with(single=True)


@pytest.mark.parametrize(
    ("scene", "sentence"),
    [
        ("waiting", "マイナンバーカードをカードリーダーに置いてください"),
        ("reading-slow", "カードを一度離してください"),
        ("confirming-holder", "職員が確認しています"),
        ("served", "受け付けました"),
        ("served-ends-soon", "もう一度登録が必要です"),
        ("record", "図書館が記録するもの"),
        ("guardian", "本人確認書類をお見せください"),
        ("library-card", "利用カードを職員にお渡しください"),
        ("place", "手続きが終わるまで、置いたままにしてください"),
        ("place-child", "お子さまのマイナンバーカードを置いてください"),
        ("place-again", "もう一度、置いてください"),
        ("confirm", "この2つを連携します"),
        ("confirm-child", "法定代理人の方がお確かめください"),
        ("confirm-replacing", "前の連携は解除されます"),
        ("reading-tries", "カードを確認しています"),
        ("last-try", "入力できるのはあと1回です"),
        ("last-try-after-mistake", "暗証番号が違います"),
        ("pin", "「利用者証明用電子証明書」の暗証番号です"),
        ("pin-child", "法定代理人の方が入力します"),
        ("pin-two-left", "入力できるのはあと2回です"),
        ("pin-after-mistake", "暗証番号が違います"),
        ("pin-cleared", "入力を消しました"),
        ("checking-pin", "カードを置いたままにしてください"),
        ("checking-pin-slow", "カードを一度離してください"),
        ("saving", "登録しています"),
        ("done", "連携登録ができました"),
        ("done", "カードを2枚、お取りください"),
        ("done", "電話での延長や予約"),
        ("done", "Myライブラリへのログイン"),
        ("done", "館内の検索機でのログイン"),
        ("done", "捨てたりなくしたりしないでください"),
        ("done-pending", "連携登録を受け付けました"),
        ("done-unchecked", "利用カードの番号をまだ確認していません"),
        ("already", "すでに連携しています"),
        ("out-of-order", "お問い合わせ番号: 1124-3F0A"),
        ("idle-warning", "あと30秒で、画面を閉じます"),
        ("card-left", "マイナンバーカードが残っています"),
        ("done-card-left", "マイナンバーカードをお取りください"),
        ("handover", "ここからは、ご自身で操作してください"),
        ("returning", "職員に画面をお返しください"),
        ("returning-wrong-code", "番号が違います"),
        ("waiting-reader-missing", "ただいまカードを読み取れません"),
        ("unlinking", "職員が手続きをしています"),
    ],
)
def test_each_state_says_its_sentence(desk: ShownPatronWindow, scene: str, sentence: str) -> None:
    desk.show(SCENES[scene])
    assert desk.says(sentence), desk.texts()


@pytest.mark.parametrize("code", AT_LENDING)
def test_a_refusal_says_cause_and_next_step_and_can_be_ended(desk: ShownPatronWindow, code: Code) -> None:
    desk.show(SCENES[f"lending-refused-{code}"])
    assert len([text for text in desk.texts() if text.endswith("。")]) >= 2, desk.texts()
    desk.press("終わる")
    assert desk.events == [LeavePressed(EndedBy.PATRON)]


@pytest.mark.parametrize(
    ("scene", "button", "event"),
    [
        ("confirm", "暗証番号を入力する", LinkAgreed()),
        ("confirm", "やめる", LeavePressed(EndedBy.PATRON)),
        ("place", "やめる", LeavePressed(EndedBy.PATRON)),
        ("last-try", "今日は入力しない", LeavePressed(EndedBy.PATRON)),
        ("last-try", "番号がわかるので、入力する", LastTryChosen()),
        ("pin", "やめる", LeavePressed(EndedBy.PATRON)),
        ("done", "終わる", LeavePressed(EndedBy.PATRON)),
        ("idle-warning", "続ける", GoOnPressed()),
        ("waiting", "やさしい日本語", LanguageChosen(Language.EASY_JAPANESE)),
        ("pin", "English", LanguageChosen(Language.ENGLISH)),
        ("handover", "始める", DisplayTaken()),
        ("handover", "渡すのをやめる", LeavePressed()),
        ("returning-without-code", "職員の画面に戻る", TakenBack("")),
    ],
)
def test_each_button_tells_one_event(desk: ShownPatronWindow, scene: str, button: str, event: Event) -> None:
    desk.show(SCENES[scene])
    desk.press(button)
    assert desk.events == [event]


def test_nothing_can_be_left_while_the_pin_is_checked_and_the_link_saved(desk: ShownPatronWindow) -> None:
    for scene in ("checking-pin", "saving", "waiting", "served"):
        desk.show(SCENES[scene])
        assert not {"やめる", "終わる"} & set(desk.buttons()), scene


def test_a_touch_anywhere_is_a_sign_of_life(desk: ShownPatronWindow) -> None:
    desk.show(SCENES["done"])
    QTest.mouseClick(desk.window, Qt.MouseButton.LeftButton, pos=desk.window.rect().center())
    assert desk.touches == 1


# --- what is nobody's business ------------------------------------------------------------------------------------------


def _shows_number(text: str) -> bool:
    return NUMBER.text in text.replace(" ", "") or NUMBER.masked in text


@pytest.mark.parametrize("scene", [scene for scene in SCENES if not scene.startswith("confirm-") and scene != "confirm"])
def test_no_library_card_number_but_where_it_is_agreed_to(desk: ShownPatronWindow, scene: str) -> None:
    desk.show(SCENES["confirm"])
    assert any(_shows_number(text) for text in desk.texts())
    desk.show(SCENES[scene])
    assert not any(_shows_number(text) for text in desk.texts())


def test_the_number_stays_in_no_label_once_the_session_is_over(desk: ShownPatronWindow) -> None:
    desk.show(SCENES["confirm"])
    desk.show(SCENES["pin"])
    desk.show(SCENES["waiting"])
    assert not _shows_number(desk.everything_held())


def test_who_brings_a_card_is_shown_the_same_until_staff_have_confirmed_the_holder(desk: ShownPatronWindow) -> None:
    desk.show(SCENES["confirming-holder"])
    confirming = desk.texts()
    desk.show(replace(SCENES["confirming-holder"], flow=SCENES["served"].flow))
    assert desk.says("受け付けました")
    assert not any("受け付け" in text for text in confirming)


def test_who_is_served_sees_the_card_they_came_with_where_it_is() -> None:
    served = SCENES["served"].flow
    assert isinstance(served, PatronShown)
    lying, lifted = counter(served, cards=(INSERTION,)), counter(served, cards=())
    by_number = counter(replace(served, shown=Shown.LIBRARY_CARD, insertion=None, reading=None))
    assert [message_of(one).picture for one in (lying, lifted, by_number)] == ["card-on-reader", "card-my-number", "card-library"]


# --- languages ------------------------------------------------------------------------------------------------------------

_JAPANESE = re.compile(r"[぀-ヿ一-鿿]")
_OWN_NAMES = {"日本語", "やさしい日本語"}


@pytest.mark.parametrize("scene", [scene for scene in SCENES if not scene.startswith(("handover", "returning"))])
def test_english_is_english(desk: ShownPatronWindow, scene: str) -> None:
    desk.show(SCENES[scene], Language.ENGLISH)
    assert [text for text in desk.texts() if _JAPANESE.search(text) and text not in _OWN_NAMES] == []


def test_the_language_changes_where_one_stands(desk: ShownPatronWindow) -> None:
    desk.show(SCENES["pin"])
    desk.press("1", "2")
    desk.show(counter(AskingPin(INSERTION, GOAL, 3, typed=2)), Language.ENGLISH)
    assert desk.says("Enter your4-digit PIN")
    assert desk.says("2 more digits")
    assert desk.pad.count == 2


def test_every_kanji_of_easy_japanese_is_read() -> None:
    unread = []
    for entry in polib.pofile(str(resource("i18n/ja_easy/patron.po"))):
        without = re.sub(r"[一-鿿々]+\[[ぁ-ゖァ-ー]+\]", "", entry.msgstr)
        if re.search(r"[一-鿿]", without):
            unread.append(entry.msgid)
    assert unread == []


@pytest.mark.parametrize("language", Language)
def test_a_guardian_of_a_child_is_named_to_whoever_is_sent_home(desk: ShownPatronWindow, language: Language) -> None:
    desk.show(SCENES["registration-refused-proxy-refused"], language)
    assert desk.says("15")


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (Language.JAPANESE, "お子さまとの同居がわかる"),
        (Language.EASY_JAPANESE, "子どもと 住んで いる ことが わかる"),
        (Language.ENGLISH, "showing that you live with the child"),
    ],
)
def test_a_guardian_is_told_all_that_the_document_has_to_show(desk: ShownPatronWindow, language: Language, sentence: str) -> None:
    desk.show(SCENES["guardian"], language)
    assert desk.says(sentence)


def test_none_of_what_a_document_has_to_show_is_drawn_as_if_it_did_not_count(desk: ShownPatronWindow) -> None:
    """Its four numbers have the same ground."""
    drawing = drawn("document-conditions", QSize(226, 334), 1.0).toImage()
    assert {drawing.pixelColor(26, y).name().upper() for y in (105, 157, 214, 284)} == {COLOURS["blue"]}


def test_after_an_unlinking_nobody_is_told_to_wait(desk: ShownPatronWindow) -> None:
    desk.show(counter(Unlinked(UnlinkReason.WISH, LibraryCardNumber("2104067853"), OPERATION, pending=False)))
    assert desk.says("手続きが終わりました")
    assert desk.says("ご不明なことは、職員にお尋ねください")
    assert not desk.says("引き続き使えます")
    assert not desk.says("お待ちください")
    assert "2104" not in desk.everything_held()


# --- time -----------------------------------------------------------------------------------------------------------------


def test_a_quick_reading_changes_nothing_and_a_long_one_is_said(
    desk_with: Callable[..., ShownPatronWindow], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_time, "NOTICEABLE_MS", 30)
    monkeypatch.setattr(reading_time, "LONG_MS", 90)
    desk = desk_with()
    desk.show(SCENES["waiting"])
    before = desk.texts()
    desk.window.show_state(replace(SCENES["reading"], facts=FACTS))
    assert desk.texts() == before
    qtbot.waitUntil(lambda: desk.says("カードを読み取っています"), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: desk.says("置いたままにしてください"), timeout=WAIT_MS)
    desk.show(SCENES["waiting"])
    assert desk.texts() == before


def test_the_idle_warning_counts_down(desk: ShownPatronWindow, qtbot: QtBot) -> None:
    desk.show(SCENES["idle-warning"])
    assert desk.says("あと30秒")
    qtbot.waitUntil(lambda: desk.says("あと2"), timeout=WAIT_MS)
    desk.show(replace(SCENES["idle-warning"], idle_warning=False))
    assert not desk.says("続けますか")


def test_the_countdown_goes_on_when_the_window_is_built_anew(desk: ShownPatronWindow, qtbot: QtBot) -> None:
    desk.show(SCENES["idle-warning"])
    qtbot.waitUntil(lambda: desk.says("あと2"), timeout=WAIT_MS)
    desk.window.resize(800, 1280)
    desk.show(SCENES["idle-warning"])
    assert desk.says("続けますか")
    assert not desk.says("あと30秒")


# --- who has the keys -----------------------------------------------------------------------------------------------------


def test_with_two_displays_this_window_takes_no_keys(desk: ShownPatronWindow) -> None:
    assert desk.window.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
    for scene in SCENES.values():
        desk.show(scene)
        assert {button.focusPolicy() for button in desk.buttons().values()} <= {Qt.FocusPolicy.NoFocus}


@pytest.mark.parametrize("scene", ["handover", "confirm", "last-try", "returning-without-code", "done", "pin", "idle-warning"])
def test_on_a_single_display_tab_reaches_every_button_but_the_pads(single: ShownPatronWindow, scene: str) -> None:
    single.window.activateWindow()
    single.show(SCENES[scene])
    reached = set()
    for _ in range(30):
        QTest.keyClick(single.with_the_keys(), Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        if isinstance(focused, QAbstractButton):
            reached.add(focused.accessibleName())
    expected = {name for name, button in single.buttons().items() if type(button).__name__ != "PadKey"}
    assert reached == expected


def test_the_single_display_is_taken_back_with_the_staff_code(single: ShownPatronWindow) -> None:
    single.show(SCENES["returning"])
    single.press("4", "7", "1", "1", "職員の画面に戻る")
    single.scan("4711\r", gap=0.1)
    assert single.events == [TakenBack("4711")]
    # With Enter right behind them digits are a scanner's, and gone.
    single.hold("\r")
    assert single.events == [TakenBack("4711"), TakenBack("")]
    single.scan("4711", gap=0.1)
    single.hold("\r")
    assert single.events[2:] == [TakenBack("4711")]
    assert "4711" not in single.everything_held()


def test_nothing_but_the_window_itself_ever_becomes_a_window(desk_with: Callable[..., ShownPatronWindow]) -> None:
    desk = desk_with(single=True)
    desk.window.activateWindow()
    desk.show(SCENES["waiting"])
    for name, scene in SCENES.items():
        desk.show(scene)
        assert desk.window.isActiveWindow(), name


def test_keys_go_to_the_page_until_tab_is_pressed(desk_with: Callable[..., ShownPatronWindow]) -> None:
    desk = desk_with(single=True)
    for scene in ("handover", "pin", "confirm", "returning"):
        desk.show(SCENES[scene])
        assert not isinstance(desk.with_the_keys(), QAbstractButton)


def test_a_patron_cannot_close_the_window(desk: ShownPatronWindow) -> None:
    desk.window.close()
    assert desk.window.isVisible()
    desk.window.close_for_good()
    assert not desk.window.isVisible()


# --- colours --------------------------------------------------------------------------------------------------------------


_GROUNDS = ("white", "bg", "blue_50", "yellow_50", "key_soft")


def _luminance(colour: str) -> float:
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("words", "ground"),
    [
        *((words, ground) for words in ("ink", "text", "sub") for ground in _GROUNDS),
        *(("blue", "white"), ("blue", "blue_50"), ("white", "blue"), ("green", "green_50"), ("text", "disabled")),
    ],
)
def test_words_on_the_patron_window_reach_seven_to_one(words: str, ground: str) -> None:
    lighter, darker = sorted((_luminance(COLOURS[words]), _luminance(COLOURS[ground])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 7


@pytest.mark.parametrize("language", Language)
def test_a_key_that_does_nothing_is_answered_in_the_patrons_language(single: ShownPatronWindow, language: Language) -> None:
    single.show(SCENES["confirm"], language)
    for letter in ("a", "1103000001\r", "\r"):
        single.show(SCENES["waiting"], language)
        single.show(SCENES["confirm"], language)
        single.scan(letter)
        assert single.says(plain(say("patron.key.nothing", language))), letter
    assert single.events == []
