"""Serving a patron with staff's keyboard and scanner alone, with the real machine behind the window."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from kiosk.domain.circulation import Item, ItemAnswer, LoanList, Outcome, Reason
from kiosk.domain.effects import DescribeItem, Effect, HandOver, ListLoans, LookUpPatron, PrintSlip, ServeItem
from kiosk.domain.errors import Code
from kiosk.domain.events import HandedOver, HandoverFailed, ItemAnswered, ItemDescribed, ItemTyped, LoansListed, PatronFound
from kiosk.domain.handed import Handed
from kiosk.domain.model import IlsCondition, Service
from kiosk.domain.slip import SlipKind
from kiosk.domain.states import HandoverWhen, PatronShown, Waiting
from kiosk.ui.staff import StaffWindow
from tests.support.windows.serving_samples import BRIDGE, CHECKED, DUE, GARDEN, LATER, RULES
from tests.support.windows.staff_window import ALT, LiveStaffWindow

ENTER, TAB = Qt.Key.Key_Return, Qt.Key.Key_Tab
FIELD = "資料のバーコードの入力欄"


@pytest.fixture
def desk(qtbot: QtBot) -> LiveStaffWindow:
    """A patron with a good library card has just been called up by it."""
    made = LiveStaffWindow()
    qtbot.addWidget(made.window, before_close_func=StaffWindow.close_for_good)
    made.counter = replace(made.counter, rules=RULES, ils=IlsCondition.READY)
    call_up(made)
    return made


def call_up(desk: LiveStaffWindow) -> None:
    desk.show(desk.counter)
    desk.scan("2104067853", ENTER)
    asked = last(desk, LookUpPatron)
    desk.happen(PatronFound(asked.ticket, CHECKED))


Asked = TypeVar("Asked", bound=Effect)


def last(desk: LiveStaffWindow, kind: type[Asked]) -> Asked:
    return [effect for effect in desk.asked if isinstance(effect, kind)][-1]


def answer(desk: LiveStaffWindow, outcome: Outcome, item: Item, reason: Reason | None = None, position: int | None = None) -> None:
    desk.happen(ItemAnswered(last(desk, ServeItem).ticket, ItemAnswer(item, outcome, reason, position=position)))


ASKED = "入力欄の番号は、まだ使っていません"


def test_f12_asks_before_a_typed_number_is_lost(desk: LiveStaffWindow) -> None:
    desk.type(GARDEN.number)
    desk.key(Qt.Key.Key_F12)
    assert isinstance(desk.counter.flow, PatronShown)
    assert ASKED in desk.texts()
    desk.key(Qt.Key.Key_F12)
    assert isinstance(desk.counter.flow, PatronShown)
    assert ASKED not in desk.texts()
    assert desk.control(FIELD).text() == GARDEN.number  # type: ignore[attr-defined]


def test_staff_leave_a_typed_number_by_answering(desk: LiveStaffWindow) -> None:
    desk.type(GARDEN.number)
    desk.key(Qt.Key.Key_F12)
    desk.key(Qt.Key.Key_L, ALT)
    assert desk.counter.flow == Waiting()


def test_f12_closes_the_question_of_the_rail(desk: LiveStaffWindow) -> None:
    desk.scan(GARDEN.number, ENTER)
    answer(desk, Outcome.DONE, GARDEN)
    desk.key(Qt.Key.Key_F2)
    assert "この方の受付を終了します" in desk.texts()
    desk.key(Qt.Key.Key_F12)
    assert "この方の受付を終了します" not in desk.texts()
    assert isinstance(desk.counter.flow, PatronShown)


def test_a_number_entered_or_deleted_is_not_asked_about(desk: LiveStaffWindow) -> None:
    desk.type("11")
    for _ in range(2):
        desk.key(Qt.Key.Key_Backspace)
    desk.type(GARDEN.number)
    desk.key(ENTER)
    answer(desk, Outcome.DONE, GARDEN)
    desk.key(Qt.Key.Key_F12)
    assert desk.counter.flow == Waiting()


def test_a_number_typed_for_another_service_is_not_forgotten(desk: LiveStaffWindow) -> None:
    desk.type(GARDEN.number)
    desk.key(Qt.Key.Key_3, ALT)
    desk.press("終了して画面を消す")
    assert ASKED in desk.texts()


def test_a_scan_is_no_number_that_was_forgotten(desk: LiveStaffWindow) -> None:
    desk.scan(GARDEN.number, ENTER)
    assert not [event for event in desk.said if isinstance(event, ItemTyped)]


def test_a_number_lost_with_a_change_of_size_is_not_asked_about(desk: LiveStaffWindow) -> None:
    desk.type(GARDEN.number)
    desk.window.resize(1024, 700)
    desk.timing.pass_(1)
    desk.key(Qt.Key.Key_F12)
    assert desk.counter.flow == Waiting()


def test_tab_lends_nothing_that_was_typed(desk: LiveStaffWindow) -> None:
    for letter in GARDEN.number:
        desk.timing.pass_(0.15)
        desk.tap(Qt.Key(ord(letter)), letter)
    desk.timing.pass_(0.15)
    desk.tap(TAB)
    desk.timing.pass_(1)
    assert not [effect for effect in desk.asked if isinstance(effect, ServeItem)]
    assert desk.focused.accessibleName() != FIELD
    assert "まだ使っていません" in desk.texts()


def test_a_refused_number_is_left_by_tab(desk: LiveStaffWindow) -> None:
    desk.key(Qt.Key.Key_F12)
    desk.type("9999999999")
    desk.key(ENTER)
    asked = len(desk.asked)
    desk.show(desk.counter)
    desk.key(TAB)
    desk.key(TAB)
    assert desk.asked[asked:] == []
    assert not isinstance(desk.focused, QLineEdit)


def test_item_after_item_is_lent_without_a_key_between(desk: LiveStaffWindow) -> None:
    assert desk.focused.accessibleName() == FIELD
    desk.scan(GARDEN.number, ENTER)
    desk.scan(BRIDGE.number, ENTER)
    desk.show(desk.counter)
    assert "照会しています" in desk.texts()
    assert "順番待ちです" in desk.texts()
    answer(desk, Outcome.DONE, GARDEN)
    answer(desk, Outcome.REFUSED, BRIDGE, Reason.RESERVED)
    desk.show(desk.counter)
    assert "1点を貸し出しました" in desk.texts()
    assert "貸出中\n6\n点" in desk.texts()
    assert "貸出不可" in desk.texts()
    assert desk.focused.accessibleName() == FIELD
    desk.key(Qt.Key.Key_F12)
    assert GARDEN.title in desk.texts(), "one key that is tapped ends nothing while an item was not lent"
    desk.hold(Qt.Key.Key_F12)
    assert isinstance(desk.counter.flow, Waiting)
    assert last(desk, PrintSlip).slip.kind is SlipKind.TODAY
    assert GARDEN.title not in desk.texts()


def test_the_end_waits_for_the_answer(desk: LiveStaffWindow) -> None:
    desk.scan(GARDEN.number, ENTER)
    desk.hold(Qt.Key.Key_F12)
    assert "確認しています…" in desk.controls()
    answer(desk, Outcome.REFUSED, GARDEN, Reason.RESERVED)
    desk.show(desk.counter)
    assert isinstance(desk.counter.flow, PatronShown)
    assert desk.control("終了して画面を消す").isEnabled()


def test_loans_are_renewed_one_and_all(desk: LiveStaffWindow) -> None:
    desk.press("貸出延長")
    assert "貸出中の資料を調べています" in desk.texts()
    desk.happen(LoansListed(last(desk, ListLoans).ticket, LoanList.whole((GARDEN.number, BRIDGE.number))))
    for item in (GARDEN, BRIDGE):
        desk.happen(ItemDescribed(last(desk, DescribeItem).ticket, item))
    desk.show(desk.counter)
    desk.press(f"延長する {GARDEN.title} 1100 8920 31")
    assert last(desk, ServeItem).item == GARDEN
    answer(desk, Outcome.DONE, replace(GARDEN, due=LATER))
    desk.key(Qt.Key.Key_A, ALT)
    assert last(desk, ServeItem).item == BRIDGE
    answer(desk, Outcome.REFUSED, BRIDGE, Reason.NO_MORE_RENEWALS)
    desk.show(desk.counter)
    for sentence in ("1点を延長しました", "12月23日(水)", "延長不可", "12月9日(水)"):
        assert sentence in desk.texts()


def test_a_place_in_the_queue_is_told(desk: LiveStaffWindow) -> None:
    desk.press("予約")
    desk.type("1103447109")
    desk.key(ENTER)
    assert last(desk, ServeItem).service is Service.HOLD
    answer(desk, Outcome.DONE, Item("1103447109", "季刊 雪国の民家"), position=3)
    desk.show(desk.counter)
    assert "3番目" in desk.texts()
    desk.press("貸出")
    desk.press("予約")
    assert "3番目" in desk.texts()


def test_what_is_no_item_is_said_below_the_field(desk: LiveStaffWindow) -> None:
    desk.scan("11 00|", ENTER)
    assert "資料の番号ではないようです" in desk.texts()
    desk.scan(GARDEN.number, ENTER)
    assert "資料の番号ではないようです" not in desk.texts()


def test_the_number_is_typed_again_by_key(desk: LiveStaffWindow) -> None:
    desk.counter = replace(desk.counter, rules=replace(RULES, handover=HandoverWhen.ON_CHOICE))
    desk.show(desk.counter)
    desk.press("他館資料取り寄せ")
    first = last(desk, HandOver)
    desk.happen(HandoverFailed(first.ticket, Code.HANDOVER_NO_WINDOW))
    desk.show(desk.counter)
    desk.key(Qt.Key.Key_P, ALT)
    assert last(desk, HandOver).ticket != first.ticket


def test_staff_read_how_many_keys_were_pressed_and_what_is_not_known(desk: LiveStaffWindow) -> None:
    desk.counter = replace(desk.counter, rules=replace(RULES, handover=HandoverWhen.ON_CHOICE))
    desk.show(desk.counter)
    desk.press("他館資料取り寄せ")
    for code, param, said in (
        (Code.HANDOVER_CHANGED, ("typed", 5), "入力したのは5文字です。"),
        (Code.HANDOVER_FIELD_UNSEEN, ("reason", "silent-program"), "管理者に「kiosk doctor」"),
        (Code.HANDOVER_FIELD_UNSEEN, ("reason", "gone"), "番号の欄をクリック"),
    ):
        desk.happen(HandoverFailed(last(desk, HandOver).ticket, code, (param,)))
        desk.show(desk.counter)
        assert said in desk.plain_texts()
        desk.key(Qt.Key.Key_P, ALT)


def test_staff_are_told_to_look_where_nobody_has(desk: LiveStaffWindow) -> None:
    desk.counter = replace(desk.counter, rules=replace(RULES, handover=HandoverWhen.ON_CHOICE))
    desk.show(desk.counter)
    desk.press("他館資料取り寄せ")
    desk.happen(HandedOver(last(desk, HandOver).ticket, Handed(checked=False, clipboard_lost=True)))
    desk.show(desk.counter)
    assert "どの欄に入ったかは確かめていません。" in desk.plain_texts()
    assert "クリップボード" in desk.plain_texts()


def test_the_next_patron_sees_nothing_of_the_last(desk: LiveStaffWindow) -> None:
    desk.scan(GARDEN.number, ENTER)
    answer(desk, Outcome.DONE, replace(GARDEN, due=DUE))
    desk.key(Qt.Key.Key_F12)
    call_up(desk)
    desk.show(desk.counter)
    assert GARDEN.title not in desk.texts()
    assert "貸し出した資料がここに並びます。" in desk.texts()
