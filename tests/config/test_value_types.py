"""List-valued settings: what they accept, and what they report as expected."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.config.value_types import Choices, Texts

NAMES = Texts(r"[^|]{1,4}", '"…"', most=3)
COLOURS = Choices({"red": 1, "blue": 2})

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.sampled_from(["red", "blue", "a|b", "abcde"]),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=6,
)


def test_texts_are_taken_in_order_as_a_tuple() -> None:
    assert NAMES.take(["b", "東", "a"]) == ("b", "東", "a")
    assert NAMES.take([]) == ()


@pytest.mark.parametrize("value", ["a", ("a",), ["a", "a"], ["a", 1], [""], ["abcde"], ["a|b"], ["a", "b", "c", "d"], None, [["a"]]])
def test_what_is_no_list_of_a_few_different_fitting_texts_is_refused(value: object) -> None:
    assert NAMES.expected == '["…", …] (0 … 3)'
    with pytest.raises(ValueError, match=re.escape(NAMES.expected)):
        NAMES.take(value)


def test_choices_stand_for_their_values() -> None:
    assert COLOURS.take(["blue", "red"]) == (2, 1)
    assert COLOURS.take([]) == ()


@pytest.mark.parametrize("value", ["red", ["green"], [1], ["red", None], {"red": 1}, None, [["red"]]])
def test_what_is_no_list_of_known_words_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="red"):
        COLOURS.take(value)


def test_choices_say_the_words_there_are() -> None:
    assert COLOURS.expected == '["red" | "blue", …]'


@given(anything)
def test_a_list_kind_takes_what_fits_and_refuses_the_rest(value: object) -> None:
    strings = [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
    complete = isinstance(value, list) and len(strings) == len(value)
    fits = complete and len(strings) <= 3 and len(set(strings)) == len(strings) and all(0 < len(s) <= 4 and "|" not in s for s in strings)
    known = complete and set(strings) <= {"red", "blue"}
    for kind, expected in ((NAMES, fits), (COLOURS, known)):
        try:
            kind.take(value)
        except ValueError:
            assert not expected
        else:
            assert expected
