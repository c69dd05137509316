"""kiosk doctor --scan and --scan-item: one barcode, step by step."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.config import Home

RULES = """[card]
revocation = "none"
[library_card]
length = 10
prefix = "21"
check_digit = "luhn"
drop_check_digit = true
"""
GOOD = "a21040678530a\n"
"""2104067853 and the check digit 0."""


@pytest.fixture
def ruled(home: Home) -> Home:
    home.config.write_text(RULES, encoding="utf-8")
    return home


def test_a_good_scan_is_followed_to_its_number(kiosk: Any, ruled: Home) -> None:
    said = kiosk("doctor", "--scan", typed=GOOD)
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[1:] == [
        "・読み取ったまま: 「a21040678530a」(13文字)",
        "・整えたもの(全角、小文字、空白、ハイフン): A21040678530A",
        '・始めと終わりの文字: AとAを取り除きました [start_stop = "strip"]',
        '○ 先頭の文字: 21で始まっています [prefix = "21"]',
        "○ 桁数: 11桁、設定どおりです [length = 10]",
        '○ チェックデジット: 最後の0は合っています [check_digit = "luhn"]',
        "・チェックデジットの0を取り除きました [drop_check_digit = true]",
        "○ 利用カードの番号として受け付けます: 2104 0678 53",
    ]


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        ("21040678532", ["× チェックデジット: 最後は2ですが、計算では0です", "× 番号のチェックデジットが合いません。"]),
        ("2104067853", ["× 桁数: 10桁です。設定では11桁です", "× 番号は11桁です。いま10桁です。"]),
        ("99040678531", ["× 先頭の文字: 21で始まっていません", "図書館の利用カードの番号ではありません。番号は 21 で始まります。"]),
        ("\t21040678530", ["・読み取ったまま: 「␉21040678530」(12文字)", "○ 利用カードの番号として受け付けます: 2104 0678 53"]),
        ("x" * 300, [f"「{'x' * 40}…」(300文字)"]),
        ("東\x7f", ["「東<U+007F>」(2文字)"]),
        ("2104[0|6]", ["「2104[0|6]」(9文字)"]),
    ],
)
def test_each_step_is_told_as_it_is(kiosk: Any, ruled: Home, typed: str, lines: list[str]) -> None:
    said = kiosk("doctor", "--scan", typed=f"{typed}\n")
    for line in lines:
        assert line in said.out
    assert said.code == (0 if "○ 利用カードの番号" in said.out else 1)
    assert ("[library_card] を、上の結果に合わせて" in said.out) == bool(said.code)


def test_methods_that_would_fit_are_offered_where_none_is_set(kiosk: Any, home: Home) -> None:
    said = kiosk("doctor", "--scan", typed="79927398713\n")
    assert said.code == 0
    assert "合う決め方: luhn(1枚では" in said.out
    assert "桁数: 11桁です。4〜16桁のどれでもよい設定です" in said.out


def test_of_a_my_number_nothing_is_repeated(kiosk: Any, home: Home) -> None:
    said = kiosk("doctor", "--scan", typed="1234-5678-9018\n")
    assert said.code == 1
    assert "マイナンバーのようです" in said.out
    assert not any(digits in said.out + said.err for digits in ("1234", "5678", "9018"))


def test_without_a_scan_nothing_is_said_to_be_wrong_with_the_card(kiosk: Any, home: Home) -> None:
    for option in ("--scan", "--scan-item"):
        said = kiosk("doctor", option, typed="")
        assert said.code == 1
        assert said.out.endswith("何も読み取りませんでした。\n")


def test_the_letter_that_belongs_to_a_number_stays(kiosk: Any, home: Home) -> None:
    home.config.write_text('[card]\nrevocation = "none"\n[library_card]\nprefix = "D"\n', encoding="utf-8")
    said = kiosk("doctor", "--scan", typed="D0123456789D\n")
    assert "終わりのDを取り除きました。始めのDは番号の一部です" in said.out
    assert said.out.endswith("○ 利用カードの番号として受け付けます: D012 3456 789\n")


@pytest.mark.parametrize(
    ("setting", "typed", "lines"),
    [
        ("strip", "a1100000000017b", ["AとBを取り除きました", "○ 資料の番号として受け付けます: 1100000000017"]),
        ("keep", "a1100000000017b", ["取り除かない設定です [items_start_stop", "○ 資料の番号として受け付けます: a1100000000017b"]),
        ("strip", "1100000000017", ["始めと終わりの文字: ありません", "○ 資料の番号として受け付けます: 1100000000017"]),
        ("strip", "11|00", ["× 読み取ったものは資料の番号ではないようです。", "items_start_stop"]),
    ],
)
def test_the_barcode_of_an_item_has_its_own_rule(kiosk: Any, home: Home, setting: str, typed: str, lines: list[str]) -> None:
    home.config.write_text(f'[card]\nrevocation = "none"\n[library_card]\nitems_start_stop = "{setting}"\n', encoding="utf-8")
    said = kiosk("doctor", "--scan-item", typed=f"{typed}\n")
    for line in lines:
        assert line in said.out
    assert said.code == (0 if "○ 資料の番号" in said.out else 1)


def test_a_wrong_config_is_named_instead(kiosk: Any, home: Home) -> None:
    home.config.write_text("[library_card]\nlength = 99\n", encoding="utf-8")
    assert kiosk("doctor", "--scan", typed=GOOD).code == 2
