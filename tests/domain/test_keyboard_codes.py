"""Codes with non-character keys inside (`domain.keyboard`): no part of one is taken for the whole."""

from __future__ import annotations

import pytest

from kiosk.domain.keyboard import Alive, Field, Forward, Kind, Moment, Pressed, Scanned, Spoiled, Submit, Turned, Why
from tests.support.domain.simulated_keyboard import ENTER, FREE, TAB, Keys

NO_CHARACTERS = {
    "Ctrl+]": Kind.OTHER,
    "Backspace": Kind.ERASE,
    "arrow": Kind.MOVE,
    "paste": Kind.PASTE,
    "F5": Kind.ACT,
    "Alt+Z": Kind.CHORD,
}
INSIDE = pytest.mark.parametrize("inside", NO_CHARACTERS)
GAP = pytest.mark.parametrize("gap", [0.0, 0.004, 0.1, 0.25])


def read(keys: Keys, inside: str, gap: float, *, turned: bool = False, end: str = "\r") -> None:
    keys.type("77023", gap)
    keys.tap(90, NO_CHARACTERS[inside])
    keys.pass_(gap)
    if turned:
        keys.take(Turned())
    keys.type("880023" + end, gap)
    keys.pass_(1)


@INSIDE
@GAP
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("end", ["\r", "\t", "\r\r", ""])
def test_the_rest_of_a_code_is_not_a_code(inside: str, gap: float, turned: bool, end: str) -> None:
    keys = Keys(None)
    read(keys, inside, gap, turned=turned, end=end)
    assert keys.scans == []
    assert keys.hints[-1:] == [Why.NOISE if turned else Why.SPOILED]
    keys.type("880023\r", gap)
    assert keys.scans == [Scanned("880023", whole=True)]


@INSIDE
@GAP
@pytest.mark.parametrize("end", ["\r", "\t"])
def test_a_field_does_not_enter_what_came_with_other_keys(inside: str, gap: float, end: str) -> None:
    keys = Keys(focus=Field.FILLED)
    read(keys, inside, gap, end=end)
    assert Submit() not in keys.said
    assert Spoiled() in keys.said
    assert keys.hints[-1] is Why.SPOILED
    # Somebody has looked at it.
    keys.tap(ENTER, Kind.END)
    assert Submit() in keys.said


def test_a_tab_behind_one_or_two_characters_spoils_the_rest() -> None:
    keys = Keys(None)
    keys.type("77\t880023\r", 0.01)
    keys.pass_(1)
    assert keys.scans == []
    assert keys.hints == [Why.SPOILED]


SCANNED = pytest.mark.parametrize("gap", [0.0, 0.004, 0.05, 0.09])
TYPED = pytest.mark.parametrize("gap", [0.11, 0.15, 0.25, 0.29, 0.31, 1.0])
"""A scanner as slow as this may exist: then its Tab enters nothing either, which is said."""


@SCANNED
@pytest.mark.parametrize("stamped", [False, True])
def test_a_scanners_tab_enters_the_number(gap: float, stamped: bool) -> None:
    keys = Keys(focus=Field.FILLED, stamped=stamped)
    keys.type("7700880023\t", gap)
    keys.pass_(1)
    assert keys.said.count(Submit()) == 1
    assert keys.hints == []


@TYPED
def test_a_tab_behind_a_typed_number_moves_on_and_says_that_it_is_not_entered(gap: float) -> None:
    keys = Keys(focus=Field.FILLED)
    keys.type("7700880023\t", gap)
    assert Submit() not in keys.said
    assert keys.said[-2:] == [Forward(), Forward()]  # the press and the release
    assert keys.hints == ([] if gap > 0.3 else [Why.UNENTERED])


@pytest.mark.parametrize("pause", [0.11, 0.29, 0.31])
def test_a_hand_that_ends_quickly_has_still_typed(pause: float) -> None:
    keys = Keys(focus=Field.FILLED)
    keys.type("77008800", 0.15)
    keys.pass_(pause)
    keys.type("23\t", 0.05)
    assert Submit() not in keys.said


@pytest.mark.parametrize("stamped", [True])
def test_keys_queued_while_the_program_stalls_are_no_faster_for_it(stamped: bool) -> None:
    keys = Keys(focus=Field.FILLED, stamped=stamped)
    keys.type("7700880023", 0.15)
    keys.take(Pressed(TAB, Kind.TAB, Moment(keys.now - 0.14, keys.moment().stamp), "", False, None, Field.FILLED))
    assert Submit() not in keys.said


def test_a_refused_number_is_left_by_tab() -> None:
    keys = Keys(focus=Field.FILLED)
    for _ in range(3):
        keys.tap(TAB, Kind.TAB)
        keys.pass_(0.1)
    assert [said for said in keys.said if said != Alive()] == [Forward()] * 6  # each press and each release


@TYPED
def test_a_tab_behind_a_number_typed_without_a_field_enters_nothing(gap: float) -> None:
    keys = Keys(None)
    keys.type("7700880023\t", gap)
    keys.pass_(1)
    assert not any(scan.whole for scan in keys.scans)
    assert keys.scans == ([Scanned("7700880023", whole=False)] if gap < 0.3 else [])


def test_what_a_hand_does_in_a_field_stays() -> None:
    for kind in (Kind.ERASE, Kind.MOVE, Kind.PASTE, Kind.OTHER):
        keys = Keys(focus=Field.FILLED)
        keys.type("77023", 0.15)
        keys.pass_(0.4)
        for _ in range(3):
            keys.tap(90, kind)
            keys.pass_(0.15)
        keys.pass_(0.3)
        keys.type("880\r", 0.15)
        assert [said for said in keys.said if said not in (Alive(), Forward())] == [Submit()]


def test_keys_before_a_code_are_its_prefix() -> None:
    for kind in (Kind.OTHER, Kind.MOVE, Kind.ERASE, Kind.TAB):
        for gap in (0.0, 0.01, 0.2):
            keys = Keys(None)
            keys.tap(90, kind)
            keys.pass_(gap)
            keys.type("880023\r", gap)
            keys.tap(91, Kind.OTHER)
            keys.pass_(1)
            assert keys.scans == [Scanned("880023", whole=True)]
            assert keys.hints == []


@pytest.mark.parametrize("gap", [0.0, 0.05, 0.29])
def test_nothing_is_entered_right_behind_a_paste(gap: float) -> None:
    keys = Keys(focus=Field.FILLED)
    keys.tap(90, Kind.PASTE)
    keys.pass_(gap)
    keys.type("\r", gap)
    assert Submit() not in keys.said
    assert keys.hints == [Why.SPOILED]
    keys.pass_(0.31)
    keys.type("\r", 0)
    assert Submit() in keys.said


# --- the pad ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gap", [0.0, 0.045, 0.1, 0.25])
@pytest.mark.parametrize("end", ["\r", "\r\r", "\t", "\x01"])
def test_what_comes_right_behind_digits_spoils_the_pad_once(gap: float, end: str) -> None:
    keys = Keys(FREE, Field.PAD)
    keys.type("99" + end, gap)
    keys.pass_(1)
    assert keys.said.count(Spoiled()) == 1
    assert keys.clicks == []
    assert Why.NOISE in keys.hints


def test_a_spoiled_pad_hears_nothing_until_the_keyboard_is_quiet() -> None:
    keys = Keys(None, Field.PAD)
    keys.type("99\r", 0.06)
    keys.said = []
    for digit in "12":
        keys.down(ord(digit), Kind.TEXT, digit)
        keys.pass_(0.25)
    assert Forward() not in keys.said
    keys.up(ord("1"))
    keys.pass_(0.31)
    keys.said = []
    keys.down(ord("1"), Kind.TEXT, "1")
    assert Forward() in keys.said


def test_a_hand_takes_a_digit_back_on_the_pad() -> None:
    keys = Keys(None, Field.PAD)
    keys.type("19", 0.12)
    keys.tap(90, Kind.ERASE)
    keys.pass_(0.12)
    keys.type("234", 0.12)
    keys.pass_(0.4)
    assert Spoiled() not in keys.said
    assert keys.hints == []


# --- keys without effect ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Kind.OTHER, Kind.PASTE, Kind.ERASE, Kind.ACT, Kind.CHORD])
def test_a_key_that_does_nothing_is_answered(kind: Kind) -> None:
    keys = Keys(None)
    keys.tap(90, kind)
    keys.pass_(1)
    assert keys.hints == [Why.NOTHING]


def test_tab_on_a_pad_moves_when_it_comes_by_itself() -> None:
    keys = Keys(None, Field.PAD)
    keys.tap(TAB, Kind.TAB)
    keys.pass_(1)
    assert keys.hints == []
    assert Forward() in keys.said
