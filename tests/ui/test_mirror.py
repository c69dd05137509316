"""The staff's miniature of the patron's window matches that window in every state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from kiosk.config import DisplaySettings
from kiosk.domain.model import EndedBy, Language, Shown
from kiosk.domain.session_end import as_the_patron_reads
from kiosk.domain.states import (
    AskingPin,
    Counter,
    CounterFacts,
    CounterRules,
    Ended,
    FindingLink,
    LeftWork,
    LookingUpPatron,
    Reading,
    Screen,
    Waiting,
)
from kiosk.text import plain, say
from kiosk.ui.displays import Displays
from kiosk.ui.patron.window import PatronWindow
from kiosk.ui.staff.miniature import WORDS, Miniature
from kiosk.ui.staff.mirror import PatronMirror
from kiosk.ui.theme import staff_sizes
from kiosk.ui.widgets.icon_text import Point
from kiosk.ui.widgets.notice import Notice
from kiosk.ui.widgets.picture import Picture
from kiosk.ui.widgets.steps import StepBar
from kiosk.ui.widgets.words import Words
from tests.support.wait import WAIT_MS
from tests.support.windows.patron_samples import FACTS, INSERTION, NUMBER, OTHER_INSERTION, READING, SEEN_AT, TICKET, counter, scenes
from tests.support.windows.patron_window import ShownPatronWindow
from tests.support.windows.staff_samples import staff_scenes

SCENES: dict[str, tuple[Counter, CounterFacts]] = {
    **{f"patron {name}": (scene, FACTS) for name, scene in scenes().items()},
    **staff_scenes(),
    "looking-up-by-card": (counter(LookingUpPatron(TICKET, NUMBER, Shown.MY_NUMBER_CARD, INSERTION, READING)), FACTS),
    "looking-up-left": (counter(LookingUpPatron(TICKET, NUMBER, Shown.LIBRARY_CARD), card_left=2, spent=frozenset({INSERTION})), FACTS),
    "pin-idle": (counter(scenes()["pin"].flow, idle_warning=True), FACTS),
    "reading-left": (counter(Reading(TICKET, OTHER_INSERTION), cards=(INSERTION, OTHER_INSERTION), spent=frozenset({INSERTION})), FACTS),
}
SHOWN = {
    "画面を渡す案内を出しています": "ここからは、ご自身で操作してください",
    "画面を返す案内を出しています": "職員に画面をお返しください",
    "カードを取る案内を出しています": "カードをお取りください",
    "カードを置く案内を出しています": "マイナンバーカードを",
    "操作がなかったため画面を閉じたことを伝えています": "操作がなかったため、",
    "ただいま読み取れないことを伝えています": "ただいまカードを読み取れません。",
    "受付を休んでいることを伝えています": "ただいまマイナンバーカードの受付を休止しています。",
    "カードを読み取っていることを伝えています": "カードを読み取っています",
    "カードを一度離すよう、伝えています": "カードを一度離してください",
    "もう1枚のカードの応答を待っていることを伝えています": "お待ちください",
    "職員が確認していることを伝えています": "職員が確認しています",
    "受け付けたことを伝えています": "受け付けました",
    "使えないことを伝えています": "ただいまご利用いただけません",
    "職員が手続きをしていることを伝えています": "職員が手続きをしています",
    "図書館が記録するものを示しています": "図書館が記録するもの",
    "手続きをする方の本人確認書類を見せるよう、伝えています": "本人確認書類をお見せください",
    "利用カードを渡すよう、伝えています": "利用カードを職員にお渡しください",
    "もう一度カードを置くよう、伝えています": "マイナンバーカードを",
    "カードをまだ置かないよう、伝えています": "お待ちください",
    "登録の内容を確認してもらっています": "連携します",
    "カードを確認していることを伝えています": "カードを確認しています",
    "最後の1回を入力するか、選んでもらっています": "入力できるのはあと1回です",
    "暗証番号の入力画面です": "暗証番号を入力してください",
    "暗証番号を確認していることを伝えています": "暗証番号を確認しています",
    "登録していることを伝えています": "登録しています",
    "登録が終わったことを伝えています": "カードを2枚、お取りください",
    "手続きが終わったことを伝えています": "手続きが終わりました",
    "すでに連携していることを伝えています": "すでに連携しています",
}
"""What staff are told, and how the patron's page begins."""
STEP_NAMES = ("カードを置く", "確認", "暗証番号", "終わり")
ENDED = ("登録が終わったことを伝えています", "すでに連携していることを伝えています")
REFUSED = "手続きできない理由を伝えています"
OVER = {"カードを取るようにも伝えています": "マイナンバーカードをお取りください", "「続けますか」と尋ねています": "続けますか"}
UNSEEN = ("利用者用の画面がありません", "2つの画面に同じものが映っています")


@pytest.fixture(scope="module")
def mirror(qapp: QApplication) -> Iterator[PatronMirror]:
    made = PatronMirror(staff_sizes(1366))
    made.show()
    yield made
    made.close()


def texts(within: QWidget) -> list[str]:
    return [words.text.replace("\n", "") for words in within.findChildren(Words) if words.isVisible()]


def told(mirror: PatronMirror) -> list[str]:
    """The page, then what stands over it."""
    *_, sentence = [words.text for words in mirror.findChildren(Words) if words.isVisible()]
    return sentence.split("\n")


def pictures(window: PatronWindow) -> set[str]:
    return {picture.name for picture in window.findChildren(Picture) if picture.isVisible()}


def stands(window: PatronWindow, kind: str) -> bool:
    """Whether a box of this kind stands on the page."""
    boxes = [*window.findChildren(Notice), *window.findChildren(Point)]
    return any(box.isVisible() and kind in (box.property("kind"), box.property("frame")) for box in boxes)


@pytest.mark.parametrize("name", SCENES)
def test_staff_are_told_of_the_page_that_is_shown(desk: ShownPatronWindow, mirror: PatronMirror, name: str) -> None:
    scene, facts = SCENES[name]
    scene = replace(scene, facts=facts)
    # A read that an earlier scene began may be noticeable by now.
    for state in (replace(counter(Waiting()), facts=FACTS), scene):
        desk.window.show_state(state)
        mirror.show_state(state)
    page, *over = told(mirror)
    [drawing] = mirror.findChildren(Miniature)
    if page in UNSEEN:
        assert not drawing.isVisible()
        return
    shown = texts(desk.window)
    assert drawing.isVisible()
    if page == REFUSED:
        assert "終わる" in desk.buttons()
    else:
        assert "終わる" not in desk.buttons() or page in ENDED
        assert [title for title in shown if SHOWN[page] in title], (page, shown)
    if page != "カードを取る案内を出しています":
        assert {said for said, band in OVER.items() if band in shown} == set(over)
    if drawing.name == WORDS:
        assert {drawing.inset} - {""} == pictures(desk.window)
    around, buttons = drawing.around, desk.buttons()
    assert around.language == (as_the_patron_reads(scene).language if "English" in buttons else None)
    assert around.leaves is bool({"やめる", "終わる", "渡すのをやめる"} & set(buttons))
    assert (around.take_card, around.go_on) == tuple(band in shown for band in OVER.values())
    assert (around.care, around.private) == tuple(stands(desk.window, kind) for kind in ("care", "private"))
    steps = "".join(widget.accessibleName() for widget in desk.window.findChildren(StepBar) if widget.isVisible())
    assert around.step == next((at for at, name in enumerate(STEP_NAMES) if steps.endswith(name)), None)


def test_no_sentence_stands_for_two_pages() -> None:
    """But for those that differ in a notice alone."""
    alike = {"マイナンバーカードを", "お待ちください"}
    titles = [title for title in SHOWN.values() if title not in alike]
    assert len(titles) == len(set(titles))


def test_a_quick_reading_changes_nothing_on_either_window(desk: ShownPatronWindow, mirror: PatronMirror, qtbot: QtBot) -> None:
    def both() -> tuple[bool, bool]:
        return desk.says("カードを読み取っています"), told(mirror) == ["カードを読み取っていることを伝えています"]

    for state in (counter(Waiting()), counter(FindingLink(TICKET, INSERTION, READING))):
        desk.window.show_state(replace(state, facts=FACTS))
        mirror.show_state(replace(state, facts=FACTS))
        assert both() == (False, False)
    qtbot.waitUntil(lambda: both() == (True, True), timeout=WAIT_MS)


@pytest.mark.parametrize("language", Language)
def test_staff_see_the_language_in_which_the_patron_reads(desk: ShownPatronWindow, mirror: PatronMirror, language: Language) -> None:
    told = Ended(LeftWork.REGISTRATION, EndedBy.TIME, SEEN_AT, language, TICKET)
    for here in (counter(Waiting(), language=language), counter(Waiting(), cards=(), ended=told)):
        desk.window.show_state(replace(here, facts=FACTS))
        mirror.show_state(replace(here, facts=FACTS))
        key = "waiting" if here.ended is None else "timed-out"
        assert desk.says(plain(say(f"patron.{key}.title", language)).replace("\n", ""))
        named = {each: say(f"staff.language.{each}") in texts(mirror) for each in Language}
        assert named == {each: each is language for each in Language}


def test_the_drawing_looks_otherwise_for_all_that_the_patron_sees_otherwise(mirror: PatronMirror) -> None:
    waiting = counter(Waiting())
    differing = [replace(waiting, language=language) for language in Language]
    differing += [
        counter(scenes()["library-card"].flow),
        counter(scenes()["place"].flow),
        counter(scenes()["library-card"].flow, idle_warning=True),
        counter(scenes()["place-again"].flow),
        counter(scenes()["pin"].flow),
        counter(scenes()["pin-after-mistake"].flow),
    ]
    differing += [counter(scenes()["library-card"].flow, spent=frozenset({INSERTION}))]
    drawn = []
    for state in differing:
        mirror.show_state(replace(state, facts=FACTS))
        [drawing] = mirror.findChildren(Miniature)
        image = drawing.grab().toImage()
        assert image not in drawn
        drawn.append(image)


def test_no_digit_is_seen_at_staffs(desk: ShownPatronWindow, mirror: PatronMirror) -> None:
    pad = scenes()["pin"].flow
    assert isinstance(pad, AskingPin)
    mirror.show_state(replace(counter(pad), facts=FACTS))
    before = mirror.grab().toImage()
    for typed in range(1, 5):
        mirror.show_state(replace(counter(replace(pad, typed=typed)), facts=FACTS))
        assert mirror.grab().toImage() == before


@pytest.mark.parametrize("screen", Screen)
def test_with_one_display_staff_are_told_that_the_patrons_page_is_not_shown(
    qapp: QApplication, mirror: PatronMirror, qtbot: QtBot, screen: Screen
) -> None:
    displays = Displays(DisplaySettings(single=True), lambda event: None, lambda pin: None)
    displays.show()
    state = counter(Waiting(), rules=CounterRules(single_display=True), screen=screen)
    displays.show_state(replace(state, facts=FACTS))
    qtbot.waitUntil(lambda: displays.patron.isVisible() is (screen is not Screen.STAFF), timeout=WAIT_MS)
    mirror.show_state(replace(state, facts=FACTS))
    assert (told(mirror)[0] == "画面が1つの窓口です。利用者の画面はいまは出していません") is not displays.patron.isVisible()
    displays.close()
