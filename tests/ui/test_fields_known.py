"""What 番号を入れる欄 says before anything is typed: where each number goes, and whose the trial number may be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from kiosk.domain.events import StatusChosen
from kiosk.domain.field_targets import FieldTarget
from kiosk.domain.rules import BarcodeRule, CheckDigit
from kiosk.domain.states import HandoverWhen, Waiting
from kiosk.ui.staff import StaffWindow
from tests.support.windows.fields_samples import LENDING, ROOM, RULES
from tests.support.windows.patron_samples import counter
from tests.support.windows.staff_window import LiveStaffWindow, settle
from tests.ui.test_fields_page import opened


@pytest.fixture
def desk(qtbot: QtBot) -> LiveStaffWindow:
    made = LiveStaffWindow(counter=counter(Waiting(), rules=RULES, cards=()))
    qtbot.addWidget(made.window, before_close_func=StaffWindow.close_for_good)
    made.happen(StatusChosen())
    settle()
    return made


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (BarcodeRule(8), "ためしの番号は 12345678 です。その利用者がいるかどうかは、番号だけではわかりません"),
        (
            BarcodeRule(10, "2104", CheckDigit.SEVEN_DR),
            "ためしの番号は 2104123456 です。チェックデジットが合わないので、どの利用者の番号でもありません",
        ),
    ],
)
def test_whose_the_trial_number_may_be_is_said_before_it_is_typed(desk: LiveStaffWindow, rule: BarcodeRule, told: str) -> None:
    desk.counter = replace(desk.counter, rules=replace(RULES, barcode=rule))
    opened(desk)
    assert told in desk.plain_texts()
    without_targets = desk.plain_texts().count(told)
    desk.happen(StatusChosen())
    opened(desk, LENDING)
    assert desk.plain_texts().count(told) == without_targets + 1


def rules(desk: LiveStaffWindow, when: HandoverWhen, *in_force: FieldTarget) -> None:
    desk.counter = replace(desk.counter, rules=replace(RULES, handover=when, handover_targets=in_force))


def test_each_service_says_where_its_number_goes(desk: LiveStaffWindow) -> None:
    rules(desk, HandoverWhen.ON_CHOICE, LENDING)
    opened(desk, LENDING, replace(LENDING, name="新しい欄", services=("renewal",), in_force=False))
    texts = desk.plain_texts()
    assert "選んだときに番号を自動で入力します(欄「貸出」)" in texts
    assert "入れる欄がありません" in texts
    # What is not in force yet is not said to be used.
    assert "(欄「新しい欄」)" not in texts


def test_a_field_that_was_removed_is_used_until_the_program_is_started_again(desk: LiveStaffWindow) -> None:
    rules(desk, HandoverWhen.ON_CHOICE, LENDING)
    opened(desk)
    assert "選んだときに番号を自動で入力します(欄「貸出」)" in desk.plain_texts()


def test_at_a_tap_the_number_goes_into_the_field_for_lending_whatever_is_chosen_then(desk: LiveStaffWindow) -> None:
    rules(desk, HandoverWhen.ON_TAP, LENDING, ROOM)
    opened(desk, LENDING, ROOM)
    texts = desk.plain_texts()
    assert "(欄「貸出」)" in texts
    assert "(欄「学習室」)" not in texts
