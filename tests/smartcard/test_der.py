"""Lengths and elements of DER, from whole objects and from the first bytes of one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.smartcard.der import beginning, elements, total_length
from tests.support.cards.malformed_der import encoded


@given(st.sampled_from([0x02, 0x30, 0xA0]), st.binary(max_size=70_000) | st.integers(0, 70_000).map(bytes), st.binary(max_size=50))
def test_an_object_is_measured_whatever_lies_behind_it(tag: int, value: bytes, filler: bytes) -> None:
    whole = encoded(tag, value)
    assert total_length(whole[:8] + filler if len(whole) > 8 else whole + filler) == len(whole)


@given(st.binary(max_size=400), st.integers(2, 500), st.binary(max_size=50))
def test_as_much_of_an_object_as_is_there(value: bytes, cut: int, filler: bytes) -> None:
    whole = encoded(0x30, value)
    header = len(whole) - len(value)
    begun = beginning((whole + filler)[: max(cut, header)])
    assert (begun.tag, begun.total, begun.length) == (0x30, len(whole), len(value))
    assert begun.value == whole[header : max(cut, header)]


@given(st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=5), st.data())
def test_objects_before_a_cut_are_found(values: list[bytes], data: st.DataObject) -> None:
    *before, last = (encoded(0x04, value) for value in values)
    found = elements(b"".join(before) + last[: data.draw(st.integers(1, len(last) - 1))])
    assert [next(found).whole for _ in before] == before
    with pytest.raises(ValueError, match="cut off"):
        next(found)


@given(st.lists(st.binary(max_size=300), max_size=5))
def test_objects_one_after_the_other_are_taken_apart(values: list[bytes]) -> None:
    found = list(elements(b"".join(encoded(0x04, value) for value in values)))
    assert [element.value for element in found] == values
    assert all(element.tag == 0x04 and element.whole.endswith(element.value) for element in found)


@pytest.mark.parametrize("start", ["", "30", "3080", "3081", "308001", "30817f", "3082007f", "30820", "3085010203040506", "1f01", "30ff"])
def test_malformed_headers_are_refused(start: str) -> None:
    with pytest.raises(ValueError, match=r"cut off|indefinite|shortest|several"):
        total_length(bytes.fromhex(start if len(start) % 2 == 0 else start[:-1]))


@given(st.binary(max_size=200))
def test_any_bytes_give_objects_or_a_value_error(content: bytes) -> None:
    try:
        found = list(elements(content))
    except ValueError:
        return
    assert b"".join(element.whole for element in found) == content
