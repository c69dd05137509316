"""The recovery sheet: typed in any way it gives the key back, and a wrong line is named."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.crockford import ALPHABET
from kiosk.domain.errors import Code, Refused
from kiosk.ledger.recovery_sheet import LINES, answered, challenge, fingerprint, parse, sheet, sheet_lines

KEY = bytes(range(32))
SHEET = """2026-11-23  11D3-E2DD

1:  000G4 0R4M9
2:  0M30E 209RM
3:  185GR 38E9Y
4:  1W812 4GKKJ
5:  2GAHC 5RR4W
6:  34D1P 70X83
7:  3RFP6 3ED5D
"""


def test_the_sheet_never_changes_its_form() -> None:
    """Sheets lie in safes for years."""
    assert sheet(KEY, date(2026, 11, 23)) == SHEET
    assert parse(SHEET) == KEY


@given(st.binary(min_size=32, max_size=32))
def test_every_key_comes_back(key: bytes) -> None:
    assert parse(sheet(key, date(2026, 11, 23))) == key
    assert parse("\n".join(sheet_lines(key))) == key


@pytest.mark.parametrize(
    "typed",
    [
        SHEET.lower(),
        SHEET.replace(" ", ""),
        SHEET.replace("0", "O").replace("O26-11", "026-11"),
        SHEET.translate({ord("1"): "I"}).replace("I:", "1:"),
        SHEET.translate({ord(letter): ord(letter) + 0xFEE0 for letter in ALPHABET + ":"}),
        "復旧シート\n" + SHEET + "\n封筒に入れて保管する\n",
        "\n\n".join(reversed(SHEET.splitlines())),
        "\n".join(line[4:] for line in SHEET.splitlines()[2:]),
    ],
)
def test_it_may_be_typed_in_any_way(typed: str) -> None:
    assert parse(typed) == KEY


def line_refused(text: str) -> object:
    with pytest.raises(Refused) as refusal:
        parse(text)
    assert refusal.value.code is Code.RECOVERY_LINE
    return refusal.value.params["line"]


@given(st.integers(0, LINES - 1), st.integers(0, 9), st.sampled_from(ALPHABET))
def test_any_wrong_character_is_found_in_its_line(line: int, place: int, wrong: str) -> None:
    lines = [row.replace(" ", "") for row in sheet_lines(KEY)]
    right = lines[line][place]
    lines[line] = lines[line][:place] + wrong + lines[line][place + 1 :]
    if wrong == right:
        assert parse("\n".join(lines)) == KEY
    else:
        assert line_refused("\n".join(lines)) == line + 1


@given(st.binary(min_size=32, max_size=32), st.integers(0, LINES - 1), st.integers(0, 6))
def test_two_swapped_neighbours_are_found(key: bytes, line: int, place: int) -> None:
    lines = [row.replace(" ", "") for row in sheet_lines(key)]
    row = lines[line]
    lines[line] = row[:place] + row[place + 1] + row[place] + row[place + 2 :]
    if lines[line] != row:
        assert line_refused("\n".join(lines)) == line + 1


def test_swapped_missing_and_surplus_lines_are_named() -> None:
    lines = list(sheet_lines(KEY))
    assert line_refused("\n".join([lines[0], lines[2], lines[1], *lines[3:]])) == 2
    assert line_refused("\n".join(lines[:6])) == 7
    assert line_refused("\n".join([*lines, lines[0]])) == 8
    assert line_refused(SHEET.replace("4:  1W812 4GKKJ\n", "")) == 4
    assert line_refused(SHEET.replace("1W812 4GKKJ", "1W812 4GKK")) == 4
    assert line_refused(SHEET.replace("1W812 4GKKJ", "1U812 4GKKJ")) == 4
    assert line_refused("") == 1


def test_lines_of_two_sheets_do_not_make_one() -> None:
    with pytest.raises(Refused) as refusal:
        parse("\n".join([*sheet_lines(KEY)[:3], *sheet_lines(KEY[::-1])[3:]]))
    assert refusal.value.code is Code.RECOVERY_MISMATCH


def test_part_of_it_is_asked_back() -> None:
    asked = challenge()
    assert len(set(asked)) == 2
    for line in asked:
        assert answered(KEY, line, sheet_lines(KEY)[line - 1])
        assert answered(KEY, line, f"{line}: {sheet_lines(KEY)[line - 1].lower()}")
        assert not answered(KEY, line, sheet_lines(KEY)[line % LINES])
        assert not answered(KEY, line, "")
    assert {line for _ in range(200) for line in challenge(3)} == set(range(1, LINES + 1))


def test_a_fingerprint_tells_sheets_apart() -> None:
    assert fingerprint(KEY) == "11D3-E2DD"
    assert fingerprint(KEY[::-1]) != fingerprint(KEY)
