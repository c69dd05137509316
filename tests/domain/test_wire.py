"""One operation, one encoding: what is not exactly what `encode` writes is not read."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.errors import Code, Refused
from kiosk.domain.model import LibraryCardNumber, LinkToken, ReplaceReason, Revocation, UnlinkReason
from kiosk.domain.wire import (
    CURRENT,
    LARGEST,
    LinkOperation,
    Operation,
    Origin,
    Position,
    ReplaceOperation,
    UnlinkOperation,
    decode,
    encode,
)
from tests.support.ledger.drawn_operations import OPERATIONS

MADE = datetime(2026, 12, 24, 1, 2, 3, tzinfo=UTC)
ORIGIN = Origin(UUID("12345678-90ab-4cde-8f01-234567890abc"), "窓口1", 7, Position(2, 4711), 1, MADE, "司書 A")
TOKEN, NUMBER = LinkToken(bytes(range(32))), LibraryCardNumber("2104067853")
LINK = LinkOperation(ORIGIN, TOKEN, NUMBER, Revocation.GOOD, False)
SHOWN = frozenset({UUID(int=2), UUID(int=1)})
REPLACEMENT = ReplaceOperation(replace(ORIGIN, operator=None), TOKEN, NUMBER, Revocation.STALE, True, ReplaceReason.REISSUED, SHOWN)
UNLINKING = UnlinkOperation(ORIGIN, NUMBER, UnlinkReason.LOST, None)

HEX = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
ENCODED: list[tuple[Operation, str]] = [
    (
        LINK,
        '{"counter":"窓口1","cursor":4711,"epoch":2,"guardian":false,"key-generation":1,"kind":"link","made":"2026-12-24T01:02:03+00:00",'
        f'"number":"2104067853","operator":"司書 A","revocation":"good","sequence":7,"token":"{HEX}",'
        '"uuid":"12345678-90ab-4cde-8f01-234567890abc","wire":1}',
    ),
    (
        REPLACEMENT,
        '{"counter":"窓口1","cursor":4711,"epoch":2,"guardian":true,"key-generation":1,"kind":"replace","made":"2026-12-24T01:02:03+00:00",'
        '"number":"2104067853","operator":null,"reason":"reissued",'
        '"replaces":["00000000-0000-0000-0000-000000000001","00000000-0000-0000-0000-000000000002"],'
        f'"revocation":"stale","sequence":7,"token":"{HEX}","uuid":"12345678-90ab-4cde-8f01-234567890abc","wire":1}}',
    ),
    (
        UNLINKING,
        '{"counter":"窓口1","cursor":4711,"epoch":2,"key-generation":1,"kind":"unlink","made":"2026-12-24T01:02:03+00:00",'
        '"number":"2104067853","operator":"司書 A","reason":"lost","sequence":7,"token":null,'
        '"uuid":"12345678-90ab-4cde-8f01-234567890abc","wire":1}',
    ),
    (
        replace(UNLINKING, token=TOKEN),
        '{"counter":"窓口1","cursor":4711,"epoch":2,"key-generation":1,"kind":"unlink","made":"2026-12-24T01:02:03+00:00",'
        f'"number":"2104067853","operator":"司書 A","reason":"lost","sequence":7,"token":"{HEX}",'
        '"uuid":"12345678-90ab-4cde-8f01-234567890abc","wire":1}',
    ),
]
"""As the first version wrote them. Stores and servers keep such bytes: they are never to be changed here."""


def unreadable(encoded: bytes) -> bool:
    try:
        decode(encoded)
    except Refused as refused:
        return refused.code is Code.OPERATION_UNREADABLE and not refused.params
    return False


@pytest.mark.parametrize(("operation", "encoded"), ENCODED, ids=["link", "replace", "unlink", "unlink-card"])
def test_what_was_written_once_stays_readable(operation: Operation, encoded: str) -> None:
    assert decode(encoded.encode()) == operation
    assert encode(operation) == encoded.encode()


@given(OPERATIONS)
def test_what_is_decoded_is_what_was_encoded(operation: Operation) -> None:
    try:
        encoded = encode(operation)
    except UnicodeEncodeError:
        return  # half a surrogate pair in a counter's name is no text
    assert decode(encoded) == operation
    assert encode(decode(encoded)) == encoded


@given(OPERATIONS, OPERATIONS)
def test_equal_operations_and_only_those_have_equal_bytes(one: Operation, other: Operation) -> None:
    try:
        assert (encode(one) == encode(other)) == (one == other)
    except UnicodeEncodeError:
        return


@pytest.mark.parametrize(("operation", "encoded"), ENCODED, ids=["link", "replace", "unlink", "unlink-card"])
def test_a_byte_changed_is_unreadable_or_another_operation(operation: Operation, encoded: str) -> None:
    original = encoded.encode()
    for place in range(len(original)):
        for bit in range(8):
            changed = bytearray(original)
            changed[place] ^= 1 << bit
            with suppress(Refused):
                assert decode(bytes(changed)) != operation


@given(st.binary() | st.text().map(str.encode))
def test_anything_else_is_unreadable(encoded: bytes) -> None:
    assert unreadable(encoded)


@given(st.sampled_from([encoded for _, encoded in ENCODED]), st.data())
def test_a_part_is_unreadable(encoded: str, data: st.DataObject) -> None:
    whole = encoded.encode()
    assert unreadable(whole[: data.draw(st.integers(0, len(whole) - 1))])
    assert unreadable(whole + data.draw(st.binary(min_size=1)))


def changed(operation: Operation = LINK, /, **fields: object) -> bytes:
    """Canonical apart from what is changed."""
    values: dict[str, Any] = json.loads(encode(operation))
    values |= {name.replace("_", "-"): value for name, value in fields.items()}
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@pytest.mark.parametrize("operation", [LINK, REPLACEMENT, UNLINKING], ids=["link", "replace", "unlink"])
def test_each_field_is_needed_and_no_other_is_known(operation: Operation) -> None:
    fields = json.loads(encode(operation))
    assert not unreadable(changed(operation))
    for name in fields:
        left = {other: value for other, value in fields.items() if other != name}
        assert unreadable(json.dumps(left, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()), name
    assert unreadable(changed(operation, note="もう一つ"))


@pytest.mark.parametrize("operation", [LINK, REPLACEMENT, UNLINKING], ids=["link", "replace", "unlink"])
@pytest.mark.parametrize("value", [None, True, 1, 1.0, "?", [], {}, ["?"], [1], {"?": 1}], ids=str)
def test_a_field_has_one_type(operation: Operation, value: object) -> None:
    fields = json.loads(encode(operation))
    for name, there in fields.items():
        is_text = name in ("counter", "operator") and (isinstance(value, str) or (value is None and name == "operator"))
        is_count = isinstance(there, int) and type(there) is type(value)
        is_list = name == "replaces" and value == []
        is_no_card = name == "token" and value is None and operation is UNLINKING
        if not (is_text or is_count or is_list or is_no_card):
            assert unreadable(changed(operation, **{name: value})), name


@pytest.mark.parametrize("count", [-1, LARGEST + 1, 10**100, 1.5, 7.0, float("nan"), float("inf"), True, "7"], ids=str)
@pytest.mark.parametrize("name", ["sequence", "epoch", "cursor", "key-generation", "wire"])
def test_a_count_is_a_whole_number_that_a_database_holds(name: str, count: object) -> None:
    assert unreadable(changed(**{name: count}))
    assert name == "wire" or not unreadable(changed(**{name: LARGEST}))


def test_a_version_to_come_is_named() -> None:
    for version in (CURRENT + 1, LARGEST):
        with pytest.raises(Refused) as refusal:
            decode(changed(wire=version, kind="merge", number=None))
        assert (refusal.value.code, refusal.value.params) == (Code.OPERATION_NEWER, {"version": version, "known": CURRENT})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("wire", 0),
        ("kind", "merge"),
        ("kind", "Link"),
        ("kind", "unlink"),
        ("token", HEX.upper()),
        ("token", HEX[2:]),
        ("token", HEX + "00"),
        ("token", HEX[:-1] + "\n"),
        ("number", ""),
        ("number", "2104 0678 53"),
        ("number", "２１０４"),
        ("number", "2" * 65),
        ("number", "A2104A\n"),
        ("revocation", "revoked"),
        ("revocation", "GOOD"),
        ("uuid", "12345678-90AB-4CDE-8F01-234567890ABC"),
        ("uuid", "1234567890ab4cde8f01234567890abc"),
        ("uuid", "{12345678-90ab-4cde-8f01-234567890abc}"),
        ("uuid", "urn:uuid:12345678-90ab-4cde-8f01-234567890abc"),
        ("uuid", "12345678-90ab-4cde-8f01-234567890ab"),
    ],
)
def test_a_value_has_one_spelling(name: str, value: object) -> None:
    assert unreadable(changed(**{name: value}))


@pytest.mark.parametrize(
    "made",
    [
        "2026-12-24T01:02:03",
        "2026-12-24T10:02:03+09:00",
        "2026-12-24T01:02:03Z",
        "2026-12-24T01:02:03-00:00",
        "2026-12-24 01:02:03+00:00",
        "2026-12-24T01:02:03.000000+00:00",
        "2026-12-24T01:02:03.500000+00:00",
        "2026-12-24T01:02+00:00",
        "20261224T010203+0000",
        "2026-12-24",
        "2026-02-30T01:02:03+00:00",
        "2026-12-24T01:02:60+00:00",
        "2026-12-24T01:02:03+00:00:00",
        # Valid times, whose time in UTC no calendar here has.
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_a_time_is_in_utc_and_of_whole_seconds(made: str) -> None:
    assert unreadable(changed(made=made))


@pytest.mark.parametrize(
    "replaces",
    [
        ["00000000-0000-0000-0000-000000000002", "00000000-0000-0000-0000-000000000001"],
        ["00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000001"],
        ["x"],
        [None],
        "00000000-0000-0000-0000-000000000001",
        [f"00000000-0000-0000-0000-00000000000{number}" for number in (1, 2, 3)],
    ],
    ids=str,
)
def test_what_is_replaced_is_a_short_sorted_list_without_repetition(replaces: object) -> None:
    assert unreadable(changed(REPLACEMENT, replaces=replaces))
    assert not unreadable(changed(REPLACEMENT, replaces=[]))


def test_a_field_given_twice_is_unreadable() -> None:
    whole = encode(LINK)
    for field in (b'"wire":1', b'"kind":"link"', b'"number":"2104067853"'):
        assert unreadable(whole.replace(field, field + b"," + field))


@pytest.mark.parametrize(
    "encoded",
    [
        b"[" * 100_000,
        b'{"wire":' * 50_000,
        b'{"wire":' + b"9" * 5_000 + b"}",
        encode(LINK).replace(b'"sequence":7', b'"sequence":' + b"[" * 100_000 + b"]" * 100_000),
        encode(LINK).decode().encode("utf-16"),
        encode(LINK).decode().encode("utf-8-sig"),
        encode(LINK).decode().encode("cp932"),
        json.dumps(json.loads(encode(LINK)), sort_keys=True, separators=(",", ":")).encode(),
        json.dumps(json.loads(encode(LINK)), separators=(", ", ": "), sort_keys=True, ensure_ascii=False).encode(),
        encode(LINK).replace("窓口1".encode(), b"\\ud800"),
        encode(LINK).replace("窓口1".encode(), b"\xed\xa0\x80"),
    ],
    ids=["lists", "objects", "a long number", "deep inside", "UTF-16", "a mark in front", "CP932", "escapes", "spaces", "half", "raw half"],
)
def test_another_way_to_write_it_is_unreadable(encoded: bytes) -> None:
    assert unreadable(encoded)


@pytest.mark.parametrize(
    "made", [MADE.replace(tzinfo=None), MADE.replace(microsecond=1)], ids=["without a zone", "with a part of a second"]
)
def test_a_time_that_would_be_lost_is_not_encoded(made: datetime) -> None:
    with pytest.raises(ValueError, match="whole seconds"):
        encode(replace(LINK, origin=replace(ORIGIN, made=made)))


def test_a_time_is_encoded_in_utc() -> None:
    tokyo = MADE.astimezone(timezone(timedelta(hours=9)))
    assert encode(replace(LINK, origin=replace(ORIGIN, made=tokyo))) == encode(LINK)


def test_neither_token_nor_number_is_in_an_error_or_a_token_in_a_log() -> None:
    with pytest.raises(Refused) as refusal:
        decode(changed(revocation=NUMBER.text))
    assert NUMBER.text not in str(refusal.value)
    assert HEX not in repr(LINK)
    assert TOKEN.digest.hex() not in repr(LINK)
