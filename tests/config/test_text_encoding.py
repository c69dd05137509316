"""A config in another encoding than UTF-8: which it seems to be, and from which line on."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.config import check_settings
from kiosk.config.text_encoding import NotUtf8, decoded
from kiosk.text import knows

DECIDED = '[card]\nrevocation = "none"\n'


def named(path: Path) -> list[tuple[object, ...]]:
    return [tuple(mistake.params[name] for name in ("line", "key", "expected", "reason")) for mistake in check_settings(path)]


@pytest.mark.parametrize(
    ("encoding", "line", "reason"),
    [
        ("utf-16", 1, "utf-16"),
        ("utf-16-le", 1, "utf-16"),
        ("utf-16-be", 1, "utf-16"),
        ("utf-32", 1, "not-utf-8"),
        ("utf-32-le", 1, "not-utf-8"),
        ("cp932", 4, "cp932"),
        ("euc_jis_2004", 4, "not-utf-8"),
    ],
)
def test_another_encoding_than_utf_8_is_named_with_its_line(tmp_path: Path, encoding: str, line: int, reason: str) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(f'{DECIDED}[counter]\nname = "窓口 ゔ㈱"\n'.encode(encoding, "replace"))
    assert named(path) == [(line, "config.toml", "UTF-8", reason)]
    assert knows(f"command.why.file.{reason}")


@pytest.mark.parametrize("raw", [b"\xff", b"# caf\xe9\n", b"# \0\n", bytes(range(256))])
def test_stray_bytes_are_no_encoding(raw: bytes) -> None:
    with pytest.raises(NotUtf8, match="not-utf-8"):
        decoded(raw)


SHORT = ["窓口", "中央図書館", "# 返却\n# 貸出・返却の窓口です。\n", 'name = "子ども室 ①"\n', "café 図書館", "ﾄｼｮｶﾝ 図書館"]


@pytest.mark.parametrize("text", SHORT)
def test_utf_8_that_lacks_a_byte_is_not_called_another_encoding(text: str) -> None:
    """As after a copy that was cut off, or an edit of bytes: it would be sent to be saved anew from what it is not."""
    whole = text.encode()
    for place in (place for place, byte in enumerate(whole) if byte >= 0x80):
        with pytest.raises(NotUtf8, match="not-utf-8"):
            decoded(whole[:place] + whole[place + 1 :])


@pytest.mark.parametrize("text", [*(text for text in SHORT if "é" not in text), "画面の切り替え", "済んだ手続き"])
def test_a_few_letters_tell_the_code_page(text: str) -> None:
    with pytest.raises(NotUtf8, match="cp932"):
        decoded(text.encode("cp932"))


@pytest.mark.parametrize(
    "raw", [bytes(4096), DECIDED.encode() + bytes(100), "# 図書館\n".encode() + bytes(4), DECIDED.encode()[:20] + bytes(4000)]
)
def test_what_a_power_failure_leaves_is_no_encoding_and_saving_it_again_no_help(tmp_path: Path, raw: bytes) -> None:
    """A file whose length was written and whose content was not."""
    path = tmp_path / "config.toml"
    path.write_bytes(raw)
    assert named(path) == [(raw.count(b"\n") + 1, "config.toml", "UTF-8", "blank")]
    assert knows("command.why.file.blank")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_letters_that_are_wide_are_not_taken_for_it(encoding: str) -> None:
    with pytest.raises(NotUtf8, match="utf-16" if "16" in encoding else "not-utf-8"):
        decoded(DECIDED.encode(encoding))


def test_byte_order_marks_that_nobody_sees_are_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f"\ufeff\ufeff{DECIDED}", encoding="utf-8-sig")
    assert named(path) == []


def test_notepads_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(DECIDED, encoding="utf-8-sig")
    assert named(path) == []
