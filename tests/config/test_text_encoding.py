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


def test_notepads_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(DECIDED, encoding="utf-8-sig")
    assert named(path) == []
