"""The trial scan on the status page: step by step how the rules read a barcode, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from kiosk.domain.model import IlsCondition
from kiosk.domain.rules import BarcodeRule, CheckDigit
from kiosk.domain.states import CounterRules, Section, Waiting
from kiosk.ui.staff import StaffWindow, trial_scan
from kiosk.ui.widgets.words import Words
from tests.support.wait import WAIT_MS
from tests.support.windows.patron_samples import counter
from tests.support.windows.staff_window import Hands

ENTER = Qt.Key.Key_Return
RULE = BarcodeRule(length=10, prefix="2104", check_digit=CheckDigit.SEVEN_DR)
STATUS = replace(counter(Waiting(), beside=Section.STATUS, ils=IlsCondition.READY), rules=CounterRules(barcode=RULE))


@pytest.fixture
def hands(qtbot: QtBot) -> Hands:
    made = Hands()
    qtbot.addWidget(made.window, before_close_func=StaffWindow.close_for_good)
    made.show(STATUS)
    return made


def lines(hands: Hands) -> list[str]:
    return [text for text in hands.texts().split("\n") if text]


def test_a_good_card_is_followed_to_its_number(hands: Hands) -> None:
    hands.scan("a2104067851b", ENTER)
    said = lines(hands)
    first = said.index("読み取ったまま: 「a2104067851b」(12文字)")
    assert said[first + 1 : first + 7] == [
        "整えたもの(全角、小文字、空白、ハイフン): A2104067851B",
        "始めと終わりの文字: AとBを取り除きました",
        "先頭の文字: 2104で始まっています",
        "桁数: 10桁、設定どおりです",
        "チェックデジット: 最後の1は合っています",
        "利用カードの番号として受け付けます: 2104 0678 51",
    ]


def test_a_refused_card_ends_with_the_reason_and_what_to_do(hands: Hands) -> None:
    hands.scan("A2205067853B", ENTER)
    assert "チェックデジット: 最後は3ですが、計算では2です" in lines(hands)
    assert "図書館の利用カードの番号ではありません。番号は2104で始まります" in hands.texts().replace(" ", "")


def test_letters_that_are_marks_in_a_sentence_are_shown(hands: Hands) -> None:
    hands.scan("2104[|]", ENTER)
    assert "読み取ったまま: 「2104［｜］」(7文字)" in lines(hands)


def test_of_a_my_number_nothing_is_repeated(hands: Hands) -> None:
    hands.scan("123456789018", ENTER)
    assert "マイナンバー" in hands.texts()
    assert "1234" not in hands.texts()


def test_a_scan_anywhere_on_the_page_is_tried_and_does_nothing(hands: Hands) -> None:
    hands.scan("A2104067851B", ENTER)
    assert "利用カードの番号として受け付けます: 2104 0678 51" in hands.texts()
    hands.scan("2104", ENTER)
    assert "受け付けます" not in hands.texts()
    assert hands.said == []


def test_the_answer_is_in_sight_in_the_lowest_window(hands: Hands, qtbot: QtBot) -> None:
    hands.window.resize(960, 540)
    hands.scan("A2104067851B", ENTER)
    last = next(words for words in hands.window.findChildren(Words) if words.text.startswith("利用カードの番号として"))
    qtbot.waitUntil(lambda: last.visibleRegion().boundingRect() == last.rect(), timeout=WAIT_MS)


def test_an_item_is_tried_where_that_is_chosen(hands: Hands) -> None:
    hands.press("読み取るもの: 資料")
    hands.type("T-0001/B")
    hands.key(ENTER)
    assert "資料の番号として受け付けます: T-0001/B" in hands.texts()
    hands.press("読み取るもの: 利用カード")
    assert "受け付けます" not in hands.texts()
    assert hands.said == []


def test_what_was_read_goes_by_itself(hands: Hands, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial_scan, "FORGET_MS", 2000)
    hands.show(counter(Waiting(), beside=Section.STATUS, ils=IlsCondition.STARTING))
    hands.window.resize(1024, 768)
    hands.scan("2104067851", ENTER)
    assert "2104 0678 51" in hands.texts()
    qtbot.waitUntil(lambda: "2104" not in hands.texts(), timeout=WAIT_MS)
