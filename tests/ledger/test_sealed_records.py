"""Sealed records: what was written comes back whole, or not at all."""

from __future__ import annotations

import io
import os
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.ledger.recovery_sheet import fingerprint
from kiosk.ledger.sealed_records import LARGEST, SealBroken, SealTrouble, first_record, read_records, write_records

SECRET = bytes(range(32))
RECORDS = [b"first", b"", b"third" * 1000, os.urandom(3000), b"last"]
HEADER = 8 + 2 + 32 + 9 + 8


def written(records: list[bytes], secret: bytes = SECRET) -> bytes:
    file = io.BytesIO()
    write_records(file, secret, records)
    return file.getvalue()


def read(sealed: bytes, secret: bytes = SECRET) -> list[bytes]:
    return list(read_records(io.BytesIO(sealed), secret))


def trouble(sealed: bytes, secret: bytes = SECRET) -> SealBroken:
    with pytest.raises(SealBroken) as caught:
        read(sealed, secret)
    return caught.value


def frames(sealed: bytes) -> list[bytes]:
    found, place = [], HEADER
    while place < len(sealed):
        end = place + 4 + int.from_bytes(sealed[place : place + 4], "big")
        found.append(sealed[place:end])
        place = end
    return found


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=6))
def test_what_was_written_comes_back(records: list[bytes]) -> None:
    sealed = written(records)
    assert read(sealed) == records
    assert first_record(io.BytesIO(sealed), SECRET) == records[0]


def test_a_change_of_any_byte_is_found() -> None:
    sealed = written(RECORDS)
    for place in range(len(sealed)):
        for change in (0x01, 0x80):
            changed = bytearray(sealed)
            changed[place] ^= change
            expected = SealTrouble.FOREIGN if place < 8 else SealTrouble.DAMAGED
            assert trouble(bytes(changed)).trouble is expected, place


def test_a_file_cut_off_anywhere_is_found() -> None:
    sealed = written(RECORDS)
    for length in range(len(sealed)):
        assert trouble(sealed[:length]).trouble is (SealTrouble.FOREIGN if length < 8 else SealTrouble.DAMAGED), length


def test_what_was_added_at_the_end_is_found() -> None:
    sealed = written(RECORDS)
    for added in (b"\0", frames(sealed)[-1], frames(sealed)[0], b"noise" * 100):
        assert trouble(sealed + added).trouble is SealTrouble.DAMAGED


def test_records_moved_repeated_or_left_out_are_found() -> None:
    sealed = written(RECORDS)
    header, parts = sealed[:HEADER], frames(sealed)
    for order in ([1, 0, 2, 3, 4], [0, 1, 1, 2, 3, 4], [0, 1, 3, 4], [0, 1, 2, 3], [0, 1, 2, 4, 3], [4], []):
        assert trouble(header + b"".join(parts[place] for place in order)).trouble is SealTrouble.DAMAGED, order


def test_records_of_another_file_under_the_same_key_are_found() -> None:
    one, other = written(RECORDS), written(RECORDS)
    assert one != other
    assert trouble(one[:HEADER] + other[HEADER:]).trouble is SealTrouble.DAMAGED
    spliced = one[:HEADER] + b"".join([*frames(one)[:2], *frames(other)[2:]])
    assert trouble(spliced).trouble is SealTrouble.DAMAGED


def test_another_key_is_told_from_damage_and_names_the_one_it_needs() -> None:
    broken = trouble(written(RECORDS), bytes(32))
    assert (broken.trouble, broken.detail) == (SealTrouble.OTHER_KEY, fingerprint(SECRET))


def test_a_later_format_is_told_from_damage() -> None:
    import hashlib

    sealed = written(RECORDS)
    head = sealed[:8] + (2).to_bytes(2, "big") + sealed[10 : HEADER - 8]
    later = head + hashlib.sha256(head).digest()[:8] + sealed[HEADER:]
    broken = trouble(later)
    assert (broken.trouble, broken.detail) == (SealTrouble.NEWER, "2")


@pytest.mark.parametrize("foreign", [b"", b"KIOSK", b"PK\x03\x04" + bytes(500), b"SQLite format 3\0" + bytes(4000)])
def test_a_foreign_file_is_told_as_that(foreign: bytes) -> None:
    assert trouble(foreign).trouble is SealTrouble.FOREIGN


def test_nothing_of_the_records_nor_of_the_key_lies_in_the_file() -> None:
    sealed = written([b"4711 4711 4711 4711", b"secret-number"])
    for text in (b"4711", b"secret-number", SECRET, SECRET.hex().encode()):
        assert text not in sealed


def test_a_length_that_was_never_written_asks_for_no_memory() -> None:
    sealed = bytearray(written(RECORDS))
    sealed[HEADER : HEADER + 4] = b"\xff\xff\xff\xff"
    tracemalloc.start()
    assert trouble(bytes(sealed)).trouble is SealTrouble.DAMAGED
    assert tracemalloc.get_traced_memory()[1] < LARGEST
    tracemalloc.stop()


def test_memory_holds_single_records() -> None:
    def many() -> Iterator[bytes]:
        for _ in range(64):
            yield os.urandom(1 << 20)

    with open("/dev/null", "wb") as nowhere:
        tracemalloc.start()
        write_records(nowhere, SECRET, many())
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
        tracemalloc.stop()


def test_no_records_and_one_too_large_are_refused_when_written() -> None:
    for records in ([], [bytes(LARGEST + 1)]):
        with pytest.raises(ValueError, match="record"):
            written(records)


def test_a_header_alone_has_no_first_record() -> None:
    with pytest.raises(SealBroken) as caught:
        first_record(io.BytesIO(written(RECORDS)[:HEADER]), SECRET)
    assert caught.value.trouble is SealTrouble.DAMAGED
