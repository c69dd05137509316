"""Which keys act (`domain.keyboard`): scanners of any speed never decide, a hand always can."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.keyboard import (
    Alive,
    Click,
    Decision,
    Field,
    Fill,
    Forward,
    Kind,
    Moment,
    Pressed,
    Released,
    Scanned,
    Submit,
    Turned,
    Unfill,
    Why,
)
from tests.support.domain.simulated_keyboard import ENTER, F12, FREE, GUARDED, KINDS, SPACE, TAB, Button, Keys, Y, repeat_by_x11

LETTERS = st.text("0123456789AB \r\t\x01\x02→", min_size=1, max_size=20)
APART = st.lists(st.floats(0.002, 0.25), min_size=20, max_size=20)
"""Two equal keys at the same instant are one that is held."""
GAPS = st.lists(st.floats(0, 0.25), min_size=20, max_size=20)


def scan(keys: Keys, code: str, gaps: Sequence[float], held: float) -> None:
    for letter, gap in zip(code, gaps, strict=False):
        keys.type(letter, gap, min(held, max(0.0, gap - 0.002)))
    keys.pass_(10)


@given(LETTERS, GAPS, st.floats(0, 0.2), st.booleans())
def test_nothing_a_scanner_sends_presses_what_is_guarded(code: str, gaps: list[float], held: float, stamped: bool) -> None:
    keys = Keys(GUARDED, stamped=stamped)
    scan(keys, code, gaps, held)
    assert keys.clicks == []
    assert keys.keyboard.held is None


@given(LETTERS.filter(lambda code: len(code) > 1), APART, st.floats(0, 0.2), st.booleans())
def test_no_code_of_more_than_one_key_presses_anything(code: str, gaps: list[float], held: float, stamped: bool) -> None:
    keys = Keys(FREE, stamped=stamped)
    scan(keys, code, gaps, held)
    assert keys.clicks == []


@given(st.lists(st.tuples(LETTERS, st.floats(0, 1)), max_size=8), st.sampled_from([None, GUARDED, FREE]), st.sampled_from(Field))
def test_whatever_comes_the_machine_goes_on(rounds: list[tuple[str, float]], target: Button | None, where: Field) -> None:
    keys = Keys(target, where)
    for text, gap in rounds:
        keys.type(text, gap)
        keys.take(Turned())
    keys.pass_(10)
    keys.focus, keys.target, keys.said = Field.NONE, GUARDED, []
    keys.tap(ENTER, Kind.END, held=0.6)
    keys.pass_(1)
    assert keys.clicks == [GUARDED]


# --- hands ------------------------------------------------------------------------------------------------------------


def test_a_held_key_presses_when_it_is_let_go() -> None:
    for key, kind, text in ((ENTER, Kind.END, ""), (SPACE, Kind.TEXT, " "), (F12, Kind.ACT, "")):
        keys = Keys(GUARDED)
        keys.down(key, kind, text)
        keys.pass_(0.6)
        assert keys.said == [Alive(), Fill(GUARDED)]
        keys.up(key)
        keys.pass_(0.1)
        assert keys.said[2:] == [Unfill(), Click(GUARDED)]


def test_a_key_let_go_too_soon_or_never_presses_nothing_and_says_what_does() -> None:
    for held in (0.0, 0.2, 0.49, 5.2, 60.0):
        keys = Keys(GUARDED)
        keys.tap(ENTER, Kind.END, held=held)
        keys.pass_(1)
        assert keys.clicks == []
        assert keys.hints == [Why.HOLD]


def test_another_key_ends_the_holding() -> None:
    keys = Keys(GUARDED)
    keys.down(ENTER, Kind.END)
    keys.pass_(0.4)
    keys.tap(70, Kind.TEXT, "7")
    keys.pass_(0.4)
    keys.up(ENTER)
    keys.pass_(1)
    assert keys.clicks == []


def test_a_key_begun_on_another_page_presses_nothing_on_this_one() -> None:
    keys = Keys(GUARDED)
    keys.down(ENTER, Kind.END)
    keys.pass_(0.3)
    keys.take(Turned())
    repeat_by_x11(keys, ENTER, Kind.END, 20)
    keys.up(ENTER)
    keys.pass_(1)
    assert keys.clicks == []
    keys = Keys(FREE)
    keys.tap(ENTER, Kind.END)
    keys.take(Turned())
    keys.pass_(1)
    assert keys.clicks == []


def test_a_chord_presses_once_when_the_keyboard_is_quiet_around_it() -> None:
    for target in (GUARDED, FREE):
        keys = Keys(target)
        keys.down(Y, Kind.CHORD)
        for number in range(20):
            keys.pass_(0.04 if number else 0.5)
            keys.down(Y, Kind.CHORD, repeat=True)
        assert keys.clicks == [target]


def test_alt_held_while_a_code_is_read_presses_nothing() -> None:
    """A hand or a book on Alt makes a chord of each character; so does a code with Alt inside."""
    for gap in (0.0, 0.003, 0.1, 0.25):
        keys = Keys(GUARDED)
        for number in range(4):
            keys.tap(Y + number, Kind.CHORD)
            keys.pass_(gap)
        keys.tap(ENTER, Kind.END)
        keys.pass_(1)
        assert keys.clicks == []
        keys = Keys(GUARDED)
        keys.type("70", gap)
        keys.tap(Y, Kind.CHORD)
        keys.pass_(gap)
        keys.type("8\r", gap)
        keys.pass_(1)
        assert keys.clicks == []
        # As the last key of all nothing comes behind it: the quiet before it is what is missing.
        keys = Keys(GUARDED)
        keys.type("70", gap)
        keys.tap(Y, Kind.CHORD)
        keys.pass_(1)
        assert keys.clicks == []
    keys = Keys(None)
    keys.down(Y, Kind.CHORD)
    assert keys.hints == [Why.NOTHING]


def test_other_keys_act_with_quiet_before_and_behind() -> None:
    keys = Keys(FREE)
    keys.tap(ENTER, Kind.END)
    assert keys.clicks == []
    keys.pass_(0.31)
    assert keys.clicks == [FREE]
    keys.tap(TAB, Kind.TAB)
    keys.pass_(0.2)
    keys.tap(ENTER, Kind.END)
    keys.pass_(1)
    assert keys.clicks == [FREE]
    assert keys.hints == [Why.NOISE]


def test_moving_decides_nothing_and_is_never_delayed() -> None:
    keys = Keys(FREE)
    for _ in range(5):
        keys.tap(TAB, Kind.TAB)
        keys.pass_(0.01)
    assert keys.said.count(Forward()) >= 5
    keys.pass_(1)
    assert keys.clicks == []


# --- held keys --------------------------------------------------------------------------------------------------------


def test_a_key_held_on_x11_is_one_press_and_one_sign_of_life() -> None:
    keys = Keys(GUARDED)
    keys.down(ENTER, Kind.END)
    repeat_by_x11(keys, ENTER, Kind.END, 15)
    assert keys.clicks == []
    keys.up(ENTER)
    keys.pass_(1)
    assert keys.clicks == [GUARDED]
    assert keys.said.count(Alive()) == 1


def test_a_book_on_the_keyboard_keeps_nobody_alive() -> None:
    for marked in (False, True):
        for key, kind, text in (
            (ENTER, Kind.END, ""),
            (55, Kind.TEXT, "7"),
            (TAB, Kind.TAB, ""),
            (F12, Kind.ACT, ""),
            (66, Kind.OTHER, ""),
        ):
            keys = Keys(FREE)
            keys.down(key, kind, text)
            if marked:
                for number in range(200):
                    keys.pass_(0.04 if number else 0.66)
                    keys.down(key, kind, text, repeat=True)
            else:
                repeat_by_x11(keys, key, kind, 200, text, delay=0.66, gap=0.04)
            assert keys.said.count(Alive()) == 1
            assert len(keys.clicks) == (1 if kind in (Kind.END, Kind.ACT) else 0)


def test_a_stalled_program_does_not_turn_a_tap_into_a_hold() -> None:
    """The release lies in the queue for a second: its stamp says when it was."""
    keys = Keys(GUARDED)
    start = keys.moment()
    keys.take(Pressed(ENTER, Kind.END, start, target=GUARDED))
    keys.pass_(1)
    keys.take(Released(ENTER, Moment(keys.now, start.stamp + 30)))
    keys.pass_(1)
    assert keys.clicks == []


def test_a_stalled_program_does_not_make_a_scan_look_like_quiet() -> None:
    keys = Keys(FREE)
    start = keys.moment()
    for place, letter in enumerate("7\r"):
        kind, key = KINDS.get(letter, (Kind.TEXT, ord(letter)))
        at = Moment(keys.now + place, start.stamp + 20 * place)
        keys.take(Pressed(key, kind, at, letter if kind is Kind.TEXT else "", target=FREE if kind is Kind.END else None))
    keys.pass_(3)
    assert keys.clicks == []


# --- codes ------------------------------------------------------------------------------------------------------------


def scans(decisions: Iterable[Decision]) -> list[tuple[str, bool]]:
    return [(decision.text, decision.whole) for decision in decisions if isinstance(decision, Scanned)]


def test_a_code_is_read_at_any_speed() -> None:
    for gap in (0.0, 0.01, 0.05, 0.1, 0.25):
        for end in ("\r", "\r\r", "\t"):
            keys = Keys(GUARDED)
            keys.type(f"1100110{end}", gap)
            keys.pass_(1)
            assert scans(keys.said) == [("1100110", end != "\t" or gap < 0.2)]  # a slow Tab may be a hand's
            assert keys.hints == []


def test_a_code_without_an_end_is_not_surely_whole() -> None:
    keys = Keys(FREE)
    keys.type(" 2104", 0.02)
    keys.pass_(1)
    assert scans(keys.said) == [(" 2104", False)]


def test_a_key_by_itself_is_answered_with_a_hint() -> None:
    for text, why in (("7", Why.NOTHING), ("7\r", Why.NOISE), ("\r", Why.NOTHING)):
        keys = Keys(None)
        keys.type(text, 0.05)
        keys.pass_(1)
        assert keys.hints == [why], text


def test_a_field_takes_characters_and_its_end_submits_it() -> None:
    keys = Keys(focus=Field.EMPTY)
    keys.type("21", 0.0)
    keys.focus = Field.FILLED
    keys.type("\r", 0.0)
    assert [decision for decision in keys.said if not isinstance(decision, Alive)] == [
        Forward(),
        Forward(),
        Forward(),
        Forward(),
        Submit(),
        Forward(),
    ]


def test_the_rest_of_a_code_is_not_taken_for_one_when_the_page_turns() -> None:
    """A card was laid while a book was read: the second half must not be another book's number."""
    keys = Keys(focus=Field.FILLED)
    keys.type("1230", 0.02)
    keys.take(Turned())
    keys.focus, keys.said = Field.EMPTY, []
    keys.type("04", 0.02)
    keys.focus = Field.FILLED
    keys.type("5678\r", 0.02)
    assert not [decision for decision in keys.said if isinstance(decision, Submit | Scanned)]
    assert keys.hints == [Why.NOISE]
    keys.pass_(1)
    keys.said = []
    keys.type("1230045678\r", 0.02)
    assert Submit() in keys.said


def test_what_ends_a_code_twice_asks_for_no_hint_on_the_next_page() -> None:
    keys = Keys(focus=Field.FILLED)
    keys.type("12\r", 0.02)
    keys.take(Turned())
    keys.type("\r", 0.02)
    keys.pass_(1)
    assert keys.hints == []
