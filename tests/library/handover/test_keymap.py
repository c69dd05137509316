"""Which keys produce a character, checked against what a program receives."""

from __future__ import annotations

import string
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

if sys.platform != "win32":
    from kiosk.library.handover.x11.keymap import Keymap, State

pytestmark = pytest.mark.linux("X11")

FIRST = 8
SHIFT, CAPS, NUM = 0xFFE1, 0xFFE5, 0xFF7F
CHARACTERS = string.ascii_letters + string.digits
# A row: a letter key, a key of two signs, one that gives nothing, one with a letter but no second sign.
LETTER = st.sampled_from(string.ascii_lowercase).map(lambda letter: (ord(letter), ord(letter.upper())))
SIGNS = st.tuples(st.sampled_from(list(map(ord, "0123456789!#&é"))), st.sampled_from(list(map(ord, "0123456789'(%"))))
ALONE = st.sampled_from(CHARACTERS).map(lambda letter: (ord(letter), 0))
PAIR = st.one_of(LETTER, SIGNS, ALONE, st.just((0, 0)))
ROW = st.tuples(PAIR, PAIR).map(lambda pairs: (*pairs[0], *pairs[1], 0))
KEYMAPS = st.lists(ROW, max_size=40).map(
    lambda rows: Keymap(FIRST, [(SHIFT, 0), (CAPS, 0), (NUM, 0), *rows], [(FIRST,), (FIRST + 1,), (), (), (FIRST + 2,), (), (), ()])
)


def state(group: int, caps: bool, more: int = 0) -> State:
    return State(group << 13 | caps << 1 | more)


def seen(keymap: Keymap, codes: tuple[int, ...], group: int, caps: bool) -> str:
    """The character that a program makes of these keys, held together (XKB, the types ALPHABETIC and TWO_LEVEL)."""
    shifted = len(codes) == 2
    assert not shifted or keymap.keysyms[codes[0] - FIRST][0] == SHIFT
    row = keymap.keysyms[codes[-1] - FIRST]
    plain, second = row[2 * group : 2 * group + 2] if any(row[2 * group : 2 * group + 2]) else row[:2]
    signs = chr(plain), chr(second) if second else chr(plain)
    if signs[0].isascii() and signs[0].isalpha() and second in (0, ord(signs[0].upper())):
        return signs[0].upper() if shifted != caps else signs[0].lower()
    return signs[shifted]


@given(KEYMAPS, st.sampled_from(CHARACTERS), st.sampled_from([0, 1]), st.booleans())
def test_what_is_pressed_gives_the_character(keymap: Keymap, character: str, group: int, caps: bool) -> None:
    codes = keymap.stroke(character, state(group, caps))
    if codes is not None:
        assert seen(keymap, codes, group, caps) == character


@given(KEYMAPS, st.sampled_from(CHARACTERS), st.sampled_from([0, 1]), st.booleans())
def test_a_character_that_some_key_gives_is_found(keymap: Keymap, character: str, group: int, caps: bool) -> None:
    given_by = [
        codes
        for code in range(FIRST + 3, FIRST + len(keymap.keysyms))
        for codes in ((code,), (FIRST, code))
        if seen(keymap, codes, group, caps) == character
    ]
    assert (keymap.stroke(character, state(group, caps)) is not None) == bool(given_by)


@given(KEYMAPS, st.integers(0, 0xFF))
def test_only_locks_are_no_held_modifiers(keymap: Keymap, mask: int) -> None:
    caps, num = 1 << 1, 1 << 4
    assert keymap.is_plain(State(mask)) == (mask & ~(caps | num) == 0)


def test_mouse_buttons_and_layouts_are_no_modifiers() -> None:
    keymap = Keymap(FIRST, [(SHIFT, 0)], [(FIRST,), (), (), (), (), (), (), ()])
    assert keymap.is_plain(State(1 << 8 | 1 << 13))


def test_what_the_keyboard_does_not_have_is_not_pressed() -> None:
    nothing = Keymap(FIRST, [(0, 0)], [(), (), (), (), (), (), (), ()])
    without_shift = Keymap(FIRST, [(ord("a"), ord("A"))], [(0,), (), (), (), (), (), (), ()])
    assert nothing.stroke("1", state(0, False)) is None
    assert without_shift.stroke("a", state(0, False)) == (FIRST,)
    assert without_shift.stroke("A", state(0, False)) is None
    # The places of further layouts in this table are not laid down.
    assert without_shift.stroke("a", state(2, False)) is None


def test_a_key_for_the_brightness_types_nothing() -> None:
    keymap = Keymap(FIRST, [(ord("a"), ord("A")), (0x1008FF02, 0), (0, 0), (SHIFT, 0)], [])
    assert [keymap.types(FIRST + row) for row in range(-1, 5)] == [False, True, False, False, True, False]
