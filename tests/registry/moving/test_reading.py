"""A list in a file: encodings, headers, lines that repeat each other, and files that are none."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from kiosk.domain.key_chain import KeyChain
from kiosk.domain.moving_list import LONGEST_LINE, Cause, Column, Issuer, ListForm, SerialBase
from kiosk.domain.token import link_token
from kiosk.registry.moving.faults import Faults
from kiosk.registry.moving.reading import Encoding, ListUnusable, ReadList, read_list

KEY, ISSUER = bytes(range(32)), Issuer(b"i" * 32)


def read(
    content: bytes | str, columns: str = "serial,number", encoding: Encoding = Encoding.UTF_8, *, has_header: bool = False
) -> ReadList:
    form = ListForm(tuple(map(Column, columns.split(","))), SerialBase.HEX, {}, ISSUER)
    raw = content.encode(encoding) if isinstance(content, str) else content
    return read_list(io.BytesIO(raw), form, encoding, KEY, has_header=has_header, chain=KeyChain())


def told(faults: Faults) -> list[tuple[int, Cause, int]]:
    return [(fault.line, fault.cause, fault.other) for fault in faults.all()]


def rows(found: ReadList) -> list[tuple[int, str]]:
    return [(found.rows.line(place), found.rows.number(place)) for place in range(len(found.rows))]


def test_a_line_becomes_a_token_and_a_number() -> None:
    found = read("705D990,2104067853\n")
    assert not found.faults
    assert found.rows.token(0) == link_token(KEY, ISSUER.key_digest, 0x0705D990).digest
    assert rows(found) == [(1, "2104067853")]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_lines_are_counted_as_an_editor_counts_them(end: str, mark: bytes) -> None:
    lines = ["番号,カード", "A1,2000000001", "", "A2,2000000002", " ", "A3,2000000003"]
    found = read(mark + end.join(lines).encode(), has_header=True)
    assert rows(found) == [(2, "2000000001"), (4, "2000000002"), (6, "2000000003")]
    assert (found.lines, len(found.faults)) == (6, 0)


def test_an_encoding_is_said_and_not_guessed() -> None:
    # 表 ends in 0x5C there, 竹 in 0x7C.
    text = "表,A1,2000000001\n竹内,A2,2000000002\nabc,A3,2000000003\n"
    assert rows(read(text, "-,serial,number", Encoding.CP932)) == rows(read(text, "-,serial,number"))
    assert told(read(text.encode("cp932"), "-,serial,number").faults) == [(1, Cause.ENCODING, 0), (2, Cause.ENCODING, 0)]


def test_a_header_that_is_data_is_not_passed_over() -> None:
    assert told(read("A1,2000000001\nA2,2000000002\n", has_header=True).faults) == [(1, Cause.HEADER_IS_DATA, 0)]
    in_other = "山田,A1,2000000001\n".encode("cp932")
    assert told(read(in_other, "-,serial,number", has_header=True).faults) == [(1, Cause.HEADER_IS_DATA, 0)]
    assert told(read("番号,カード\nA2,2000000002\n").faults) == [(1, Cause.SERIAL_DIGITS, 0)]


@pytest.mark.parametrize(
    "first",
    [
        "A1,104067853",
        "A1,2.1E+09",
        "1.17E+08,2000000001",
        ",2000000001",
        "A1,2000000001,x",
        '"A1,2000000001',
        "A1B2C3D4E5,2000000001",
        "00000133,",
    ],
)
def test_a_first_line_with_a_fault_is_no_header(first: str) -> None:
    """A patron would be lost without a word."""
    assert told(read(first.encode() + b"\nA2,2000000002\n", has_header=True).faults)[:1] == [(1, Cause.HEADER_IS_DATA, 0)]


@pytest.mark.parametrize(
    "first", ["番号,カード", "serial,number", "No.1,No.2", '"a","b"', "番号", "カード,番号,氏名", "発行番号(8桁),利用者番号(10桁)"]
)
def test_a_header_need_not_be_like_the_list(first: str) -> None:
    for encoding in Encoding:
        assert not read(first.encode("cp932") + b"\nA2,2000000002\n", encoding=encoding, has_header=True).faults


def test_each_line_that_repeats_another_is_told_with_it() -> None:
    lines = ["A1,2000000001", "A2,2000000002", "0a1,2000000001", "A2,2000000003", "A4,2000000001", "A1,2000000009"]
    assert told(read("\n".join(lines)).faults) == [
        (3, Cause.ROW_TWICE, 1),
        (4, Cause.CARD_TWICE, 2),
        (5, Cause.NUMBER_TWICE, 1),
        (6, Cause.CARD_TWICE, 1),
    ]


def test_one_quotation_mark_too_many_costs_one_line() -> None:
    found = read('"A1,2000000001\nA2,2000000002\n"A3",2000000003\n')
    assert told(found.faults) == [(1, Cause.QUOTES, 0)]
    assert rows(found) == [(2, "2000000002"), (3, "2000000003")]


@pytest.mark.parametrize("extra", [1, 2, LONGEST_LINE, 3 * LONGEST_LINE + 1])
def test_a_line_without_an_end_costs_one_line(extra: int) -> None:
    found = read("A1,2000000001\n" + "x" * (LONGEST_LINE + extra) + "\nA3,2000000003\n")
    assert told(found.faults) == [(2, Cause.TOO_LONG, 0)]
    assert rows(found) == [(1, "2000000001"), (3, "2000000003")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "empty"), (b"\n \r\n", "empty"), ("A1,2000000001\n".encode("utf-16"), "wide"), (b"serial,number\n", "empty")],
)
def test_what_is_no_list(content: bytes, reason: str) -> None:
    with pytest.raises(ListUnusable) as refused:
        read(content, has_header=content.startswith(b"serial"))
    assert refused.value.reason == reason


def test_many_numbers_without_a_letter_are_hardly_hexadecimal() -> None:
    assert read("".join(f"{100_000_000 + n},{2_000_000_000 + n}\n" for n in range(200))).looks_decimal
    assert not read("".join(f"{100_000_000 + n:x},{2_000_000_000 + n}\n" for n in range(200))).looks_decimal


def test_lengths_are_counted() -> None:
    assert read("A1,12345678\nA2,0000000001\nA3,0000000002\n").rows.lengths() == {8: 1, 10: 2}


def test_a_fault_in_every_line_is_told_in_order(tmp_path: Path) -> None:
    found = read("".join(f"A{n:05},{'' if n % 2 else 12}\n" for n in range(1000)))
    assert found.faults.counts() == {Cause.NUMBER_EMPTY: 500, Cause.NUMBER_LENGTH: 500}
    assert [fault.line for fault in found.faults.first(Cause.NUMBER_EMPTY, 3)] == [2, 4, 6]
    assert [fault.line for fault in found.faults.all()] == list(range(1, 1001))
