"""Command-line arguments have bounds; values outside them are rejected before anything is done."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kiosk.config import Home
from kiosk.text import say
from tests.support.commands.call import Call


@pytest.mark.parametrize("rows", ["99999999999999999999", "9" * 5000, "٣" * 30])
def test_a_note_with_too_many_rows_is_no_note(kiosk: Call, linked: Home, rows: str) -> None:
    said = kiosk("audit", "verify", "--head", f"{rows}:0123456789abcdef")
    assert (said.code, said.out) == (2, "")
    assert said.err


def test_a_note_of_rows_that_are_not_there_differs(kiosk: Call, linked: Home) -> None:
    said = kiosk("audit", "verify", "--head", f"{10**15}:0123456789abcdef")
    assert said.code == 1
    assert "プログラムに問題" not in said.err


@pytest.mark.parametrize("day", ["0001-01-01", "1969-12-31", "10000-01-01", ""])
def test_a_day_outside_the_calendar_is_refused(kiosk: Call, linked: Home, day: str) -> None:
    said = kiosk("audit", "list", "--since", day)
    assert (said.code, said.out) == (2, "")


@pytest.mark.parametrize("day", ["1970-01-01", "2026-11-23", "9999-12-31"])
def test_any_other_day_is_taken(kiosk: Call, linked: Home, day: str) -> None:
    assert kiosk("audit", "list", "--since", day).code == 0


@pytest.mark.parametrize("seconds", ["nan", "inf", "-inf", "1e300", "-1", "86401", "x", ""])
def test_seconds_have_bounds(kiosk: Call, home: Home, seconds: str) -> None:
    assert kiosk("tap", f"--timeout={seconds}").code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["recovery", "backup", ""],
        ["recovery", "restore", "--sheet", ""],
        ["recovery", "restore", "--backup", ""],
        ["trust", "add", ""],
        ["demo", "--tour", ""],
        ["virtual-card", "--export-authority", ""],
        ["--home", "", "links", "count"],
    ],
)
def test_no_name_is_no_place(kiosk: Call, linked: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert kiosk(*arguments).code == 2
    assert list((tmp_path / "here").iterdir()) == []


@pytest.mark.linux("names that are no text")
def test_a_name_that_is_no_text_is_told_as_such(kiosk: Call, linked: Home, tmp_path: Path) -> None:
    """SQLite takes names in UTF-8 alone."""
    odd = tmp_path / os.fsdecode(b"cp932\x90\x7d")
    said = kiosk("recovery", "backup", str(odd))
    assert said.code == 1
    assert say("command.why.file.no-text") in said.err
    assert not odd.exists()
    odd.write_bytes(b"")
    said = kiosk("recovery", "restore", "--backup", str(odd))
    assert say("command.why.file.no-text") in said.err


def test_a_name_cannot_act_on_the_terminal(kiosk: Call, home: Home, tmp_path: Path) -> None:
    said = kiosk("trust", "add", str(tmp_path / "\x1b[2J\u202e"))
    assert "\\u{001B}[2J\\u{202E}" in said.err
    assert not {"\x1b", "\u202e"} & set(said.err)
