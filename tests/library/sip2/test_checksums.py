"""SIP2 checksums (AZ) in the forms that servers compute and print them."""

from __future__ import annotations

import pytest

from kiosk.library.sip2 import Checksum, Malformed, Message, decode, encode
from tests.support.ils.recordings import REPLIES

BODY = "121NNY20261123    184958AOKENRITSU|AAD0123456789|AB1100000000017|AJ竹取物語|AH20261207    235900|AY6AZ"


def over_bytes(text: str, encoding: str) -> int:
    return -sum(text.encode(encoding)) & 0xFFFF


def over_code_points(text: str) -> int:
    return -sum(ord(sign) for sign in text) & 0xFFFF


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "euc_jp"])
def test_a_sum_over_bytes_or_over_code_points_is_good(encoding: str) -> None:
    for good in (over_bytes(BODY, encoding), over_code_points(BODY)):
        line = BODY.encode(encoding) + b"%04X\r" % good
        assert decode(line, encoding=encoding, checksum=Checksum.STRICT).checksum_good is True
        assert decode(line, encoding=encoding, checksum=Checksum.OFF).checksum_good is None


def test_a_sum_that_a_library_reported_as_wrong_is_one_over_code_points() -> None:
    line = "1812020120230316    145800AB0230200408766|AJAnam ċara :|AQYS|CRNONFICTR|BGYS|AH20230131    235900|AY3AZE5D1\r"
    assert decode(line.encode(), checksum=Checksum.STRICT).checksum_good is True


@pytest.mark.parametrize("digits", ["0000", "0", "DB99", "FFFFFFFF"])
def test_a_wrong_sum_is_told_or_refused_or_not_looked_at(digits: str) -> None:
    line = BODY.encode() + digits.encode() + b"\r"
    read = decode(line)
    assert read.checksum_good is False
    assert (read.sequence, read.first("AJ"), read.all("AZ")) == (6, "竹取物語", ())
    assert decode(line, checksum=Checksum.OFF).checksum_good is None
    with pytest.raises(Malformed, match="checksum"):
        decode(line, checksum=Checksum.STRICT)


@pytest.mark.parametrize("form", ["FFFF{:04X}", "{:04x}", "0000{:04X}", "FFFFFFFF{:04X}", "{:04X} ", "{:04X}  ", "{:X}"])
def test_more_digits_small_letters_and_blanks_behind_are_read(form: str) -> None:
    digits = form.format(over_bytes(BODY, "utf-8"))
    assert decode(BODY.encode() + digits.encode(), checksum=Checksum.STRICT).checksum_good is True


def test_three_digits_are_read() -> None:
    body = next(text for text in (BODY.replace("竹", "竹" + "z" * count) for count in range(2000)) if over_bytes(text, "utf-8") < 0x1000)
    assert decode(body.encode() + b"%X" % over_bytes(body, "utf-8"), checksum=Checksum.STRICT).checksum_good is True


def test_the_sum_is_the_last_one_that_looks_like_it() -> None:
    bodies = (BODY.replace("竹取物語", f"xAZ{value:04X}") for value in range(0x10000))
    body = next(text for text in bodies if f"xAZ{over_bytes(text, 'utf-8'):04X}" in text)
    assert decode(body.encode() + b"%04X" % over_bytes(body, "utf-8"), checksum=Checksum.STRICT).checksum_good is True


def test_four_digits_are_written() -> None:
    messages = [Message("97", {}, (("AA", "z" * count),)) for count in range(600)]
    lines = [encode(message, sequence=0) for message in messages]
    assert any(b"AZ0" in line for line in lines), "a sum with a leading nought is among them"
    assert all(line[-7:-5] == b"AZ" and decode(line, checksum=Checksum.STRICT).checksum_good for line in lines)


@pytest.mark.parametrize(
    ("line", "sequence", "good"),
    [
        (b"941AZFEF4", None, None),
        (b"941AY3", 3, None),
        (b"941AY3AZ", 3, None),
        (b"941AZ", None, None),
        (b"941", None, None),
        (b"36Y20261123    185001AOX|AY4", 4, None),
        (b"36Y20261123    185001AOX|AZ", None, None),
        (b"9900302.0E|AY1AZFC14", 1, True),
        (b"36Y20261123    185001AFThank youAY4AZ0000", 4, False),
        (b"36Y20261123    185001AFThank youAY4AZ000000000000", 4, False),
        (b"36Y20261123    185001AFThank youAY4AZ0", 4, False),
        (b"36Y20261123    185001AFThank you|AY4AZ0000|", 4, False),
        (b"36Y20261123    185001AFThank you|AY4|AZ0000", 4, False),
    ],
)
def test_number_and_sum_come_alone_or_not_at_all(line: bytes, sequence: int | None, good: bool | None) -> None:
    read = decode(line)
    assert read.sequence == sequence
    assert not read.all("AY")
    assert not read.all("AZ")
    if b"AZ0" in line or good:
        assert read.checksum_good is good


@pytest.mark.parametrize("last", ["PLAZA1", "BRAZAB", "xAZ12", "xAY12"])
def test_a_last_value_is_not_taken_for_a_sum(last: str) -> None:
    read = decode(f"36Y20261123    185001AF{last}|\r".encode())
    assert (read.first("AF"), read.checksum_good, read.sequence) == (last, None, None)


@pytest.mark.parametrize("line", [b"941", b"36Y20261123    185001AOX|AA1|", b"941AY0"])
def test_strict_asks_for_a_sum(line: bytes) -> None:
    assert decode(line).checksum_good is None
    with pytest.raises(Malformed, match="missing"):
        decode(line, checksum=Checksum.STRICT)


def test_strict_sees_every_altered_byte() -> None:
    for reply, _ in REPLIES[:30]:
        assert decode(reply, checksum=Checksum.STRICT).checksum_good
        line = reply.rstrip(b"\r\n")
        for at in range(len(line)):
            for bit in (0x01, 0x10, 0x40):
                with pytest.raises(Malformed):
                    decode(line[:at] + bytes((line[at] ^ bit,)) + line[at + 1 :], checksum=Checksum.STRICT)
