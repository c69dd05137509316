"""Text from outside is shown in a terminal without acting on it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.escaping import escaped


@pytest.mark.parametrize(
    "text", ["", "OU=JPKI for user authentication,O=JPKI,C=JP", "公的個人認証サービス　（利用者証明用）", "é か\u3099"]
)
def test_what_can_be_read_stays(text: str) -> None:
    assert escaped(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[2Jb", "a\\u{001B}[2Jb"),
        ("a\r\nb\x00", "a\\u{000D}\\u{000A}b\\u{0000}"),
        ("\u202eKJP", "\\u{202E}KJP"),
        ("J\u200bP\u2066K\ufeff", "J\\u{200B}P\\u{2066}K\\u{FEFF}"),
        ("\u2028\x85\udcff", "\\u{2028}\\u{0085}\\u{DCFF}"),
        ("\U000e0041", "\\u{E0041}"),
    ],
)
def test_what_would_act_is_written_out(text: str, shown: str) -> None:
    assert escaped(text) == shown


@given(st.text())
def test_nothing_that_acts_is_left(text: str) -> None:
    shown = escaped(text)
    assert shown.isprintable() or all(unicodedata.category(letter) == "Zs" for letter in shown if not letter.isprintable())
    shown.encode("utf-8")
