"""The test scan on the status page: step by step what the rules make of a barcode, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from kiosk.domain.model import IlsCondition
from kiosk.domain.rules import BarcodeRule, CheckDigit, StartStop
from kiosk.domain.states import CounterRules, Section, Waiting
from kiosk.ui.staff import StaffWindow, trial_scan
from kiosk.ui.staff.scan_steps import card_steps, item_steps
from kiosk.ui.widgets.words import Words
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


def sentences(text: str, rule: BarcodeRule) -> list[tuple[bool | None, str]]:
    return [(step.good, step.sentence.replace("|", "")) for step in card_steps(text, rule)]


def test_a_good_card_is_taken_apart() -> None:
    assert sentences("a2104067851b", RULE) == [
        (None, "読み取ったまま: 「a2104067851b」(12文字)"),
        (None, "整えたもの(全角、小文字、空白、ハイフン): A2104067851B"),
        (None, "始めと終わりの文字: AとBを取り除きました"),
        (True, "はじめの文字: 2104で始まっています"),
        (True, "桁数: 10桁、設定どおりです"),
        (True, "検査数字: 最後の1は合っています"),
        (True, "利用カードの番号として受け付けます: 2104 0678 51"),
    ]


def test_a_wrong_card_shows_which_rule_it_breaks() -> None:
    bad = [sentence for good, sentence in sentences("A2205067853B", RULE) if good is False]
    assert bad[:2] == ["はじめの文字: 2104で始まっていません", "検査数字: 最後は3ですが、計算では2です"]
    assert [good for good, _ in sentences("12", RULE)][-1] is False


def test_what_cannot_be_seen_is_shown() -> None:
    assert sentences("\t2104[|]", RULE)[0] == (None, "読み取ったまま: 「␉2104［｜］」(8文字)".replace("|", ""))


def test_a_number_without_rules_is_only_described() -> None:
    rule = BarcodeRule(start_stop=StartStop.KEEP)
    assert (None, "始めと終わりの文字: 取り除かない設定です") in sentences("A12345B", rule)
    assert (None, "桁数: 7桁です。4〜16桁のどれでもよい設定です") in sentences("A12345B", rule)


def test_a_dropped_check_digit_is_said() -> None:
    dropping = replace(RULE, length=9, drop_check_digit=True)
    assert (None, "検査数字の1を取り除きました") in sentences("2104067851", dropping)


def test_of_a_my_number_nothing_is_repeated() -> None:
    (step,) = card_steps("123456789018", RULE)
    assert step.good is False
    assert "1234" not in step.sentence


def test_an_item_is_taken_apart() -> None:
    assert [step.sentence for step in item_steps("a1100892031b", StartStop.STRIP)][-1].endswith("1100892031")
    assert item_steps("11 00", StartStop.STRIP)[-1].good is False


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
    qtbot.waitUntil(lambda: last.visibleRegion().boundingRect() == last.rect(), timeout=2000)


def test_an_item_is_tried_where_that_is_chosen(hands: Hands) -> None:
    hands.press("読み取るもの: 資料")
    hands.type("T-0001/B")
    hands.key(ENTER)
    assert "資料の番号として受け付けます: T-0001/B" in hands.texts()
    hands.press("読み取るもの: 利用カード")
    assert "受け付けます" not in hands.texts()
    assert hands.said == []


def test_what_was_read_goes_by_itself(hands: Hands, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial_scan, "FORGET_MS", 500)
    hands.show(counter(Waiting(), beside=Section.STATUS, ils=IlsCondition.STARTING))
    hands.window.resize(1024, 768)
    hands.scan("2104067851", ENTER)
    assert "2104 0678 51" in hands.texts()
    qtbot.waitUntil(lambda: "2104" not in hands.texts(), timeout=5000)
