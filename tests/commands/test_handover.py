"""kiosk handover where no field can be seen: what is wrong is said before anybody has clicked, and the config is changed only as asked.

Fields of real programs are taught in tests/library/handover/test_chromium.py.
"""

from __future__ import annotations

import pytest

from kiosk.config import Home, read_settings
from kiosk.domain.rules import BarcodeRule, CheckDigit, fits_check_digit
from kiosk.domain.trial_number import may_be_a_patrons, trial_number
from tests.support.commands.call import Call

TARGET = """
# ours
[[handover.target]]
name = "貸出"
title = "図書館システム"
role = "entry"
label = "利用者番号"

[slip]
to = "pdf"
"""


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(name, raising=False)


def test_without_a_terminal_the_title_has_to_be_said_at_once(kiosk: Call) -> None:
    called = kiosk("handover", "teach", "貸出")
    assert (called.code, called.out) == (2, "")
    assert "--title" in called.err


def test_a_service_that_the_library_does_not_have_is_named_with_those_it_has(kiosk: Call, home: Home) -> None:
    home.config.write_text(home.config.read_text("utf-8") + '[services]\nlocal = ["学習室"]\n', "utf-8")
    for command in (("teach", "貸出", "--title", "x"), ("try",)):
        called = kiosk("handover", *command, "--service", "lone")
        assert (called.code, called.out) == (2, "")
        assert "「lone」" in called.err
        assert {"loan", "学習室"} <= set(called.err.splitlines())


@pytest.mark.linux("a desktop that may not be there")
@pytest.mark.parametrize("command", [("teach", "貸出", "--title", "x"), ("teach", "貸出", "--title", "x", "--unchecked"), ("try",)])
def test_where_there_is_no_desktop_nothing_is_tried(kiosk: Call, home: Home, command: tuple[str, ...]) -> None:
    home.config.write_text(home.config.read_text("utf-8") + TARGET, "utf-8")
    before = home.config.read_bytes()
    called = kiosk("handover", *command)
    assert (called.code, called.out) == (1, "")
    assert "このパソコンでは、ほかのプログラムのウィンドウに入力できません" in called.err
    assert home.config.read_bytes() == before


def test_a_field_is_forgotten_and_the_rest_stays(kiosk: Call, home: Home) -> None:
    decided = home.config.read_text("utf-8")
    home.config.write_text(decided + TARGET, "utf-8")
    assert kiosk("handover", "forget", "貸出").code == 0
    assert home.config.read_text("utf-8") == f'{decided}\n# ours\n\n[slip]\nto = "pdf"\n'
    assert read_settings(home.config).handover.target == ()
    again = kiosk("handover", "forget", "貸出")
    assert (again.code, again.err) == (1, "「貸出」という欄は設定にありません。\n")


@pytest.mark.parametrize(
    ("rule", "number"),
    [
        (BarcodeRule(), "1234567890"),
        (BarcodeRule(8), "12345678"),
        (BarcodeRule(11, "D"), "D1234567890"),
        (BarcodeRule(10, "2104", CheckDigit.SEVEN_DR, drop_check_digit=True), "210412345"),
        (BarcodeRule(10, "2104", CheckDigit.SEVEN_DR), "2104123456"),
        (BarcodeRule(4, "2104", CheckDigit.SEVEN_DR), "2104"),
    ],
)
def test_the_trial_number_is_as_long_as_the_librarys(rule: BarcodeRule, number: str) -> None:
    assert trial_number(rule) == number


@pytest.mark.parametrize("kind", [kind for kind in CheckDigit if kind is not CheckDigit.NONE])
@pytest.mark.parametrize("prefix", ["", "D", "21", "2104"])
@pytest.mark.parametrize("length", range(6, 15))
def test_where_numbers_have_a_check_digit_the_trial_number_has_a_wrong_one(kind: CheckDigit, prefix: str, length: int) -> None:
    rule = BarcodeRule(length, prefix, kind)
    number = trial_number(rule)
    assert (len(number), number[: len(prefix)], fits_check_digit(kind, number)) == (length, prefix, False)
    assert not may_be_a_patrons(number, rule)


@pytest.mark.parametrize("rule", [BarcodeRule(), BarcodeRule(10, "", CheckDigit.LUHN, drop_check_digit=True)])
def test_without_a_check_digit_in_the_librarys_system_any_number_may_be_a_patrons(rule: BarcodeRule) -> None:
    assert may_be_a_patrons(trial_number(rule), rule)
