"""SIP2 messages: what is encoded decodes to the same, and no bytes raise anything but the one error."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kiosk.library.sip2 import LAYOUTS, Checksum, Layout, Malformed, Message, decode, encode
from tests.support.ils.recordings import LINES

ASCII = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
DATES = st.from_regex(r"\A([0-9]{8}[A-Z ]{4}[0-9]{6}| {18})\Z")
CODES = st.from_regex(r"[A-Z][A-Z0-9]", fullmatch=True).filter(lambda code: code not in ("AY", "AZ"))
REQUESTS = [layout for layout in LAYOUTS.values() if layout.is_request]
REPLIES = [layout for layout in LAYOUTS.values() if layout.is_reply]
# In a value these would read like a bar, and like the end of a message.
UNLIKELY = re.compile(r"&#124;|AY[0-9]AZ[0-9A-Fa-f]{4}")
ENCODINGS = st.sampled_from(["utf-8", "cp932", "euc_jp", "latin-1", "ascii"])


@st.composite
def messages(draw: st.DrawFn, layouts: list[Layout], text: st.SearchStrategy[str]) -> Message:
    layout = draw(st.sampled_from(layouts))
    # A bar would end the fixed part.
    fixed = {
        part.name: draw(
            DATES if part.is_date else st.text(ASCII.filter(lambda sign: sign != "|"), min_size=part.width, max_size=part.width)
        )
        for part in layout.fixed
    }
    values = text.filter(lambda value: not UNLIKELY.search(value))
    fields = tuple(draw(st.lists(st.tuples(st.sampled_from(layout.fields or ("AF",)) | CODES, values), max_size=6)))
    return Message(layout.kind, fixed, fields)


@given(messages(REQUESTS, st.text(ASCII, max_size=20)), st.none() | st.integers(0, 9))
def test_a_request_that_is_written_reads_the_same(message: Message, sequence: int | None) -> None:
    line = encode(message, sequence=sequence)
    read = decode(line, checksum=Checksum.OFF if sequence is None else Checksum.STRICT)
    assert (read.kind, read.fixed, read.fields) == (message.kind, message.fixed, message.fields)
    assert read.sequence == (None if message.kind == "97" else sequence)
    assert encode(read, sequence=sequence) == line


@given(messages(REPLIES, st.text(st.sampled_from("吾輩は猫である竹芸掛ポ榎髙﨑①㈱ | AB"))), st.none() | st.integers(0, 9))
def test_a_reply_with_kanji_that_is_written_reads_the_same(message: Message, sequence: int | None) -> None:
    for encoding in ("utf-8", "cp932"):
        read = decode(encode(message, sequence=sequence, encoding=encoding), encoding=encoding)
        assert (read.kind, read.fixed, read.fields) == (message.kind, message.fixed, message.fields)
        assert read.checksum_good is (None if sequence is None else True)


@given(st.binary(max_size=400), ENCODINGS, st.sampled_from(Checksum))
@example(b"", "utf-8", Checksum.WARN)
@example(b"64", "utf-8", Checksum.WARN)
@example(b"AZ", "utf-8", Checksum.STRICT)
@example("９４１".encode(), "utf-8", Checksum.WARN)
def test_any_bytes_give_a_message_or_are_malformed(line: bytes, encoding: str, checksum: Checksum) -> None:
    try:
        message = decode(line, encoding=encoding, checksum=checksum)
    except Malformed:
        return
    assert message.kind == line.strip(b"\r\n\0")[:2].decode()


@given(st.sampled_from(LINES), st.data(), ENCODINGS, st.sampled_from(Checksum))
def test_damaged_messages_give_a_message_or_are_malformed(line: bytes, data: st.DataObject, encoding: str, checksum: Checksum) -> None:
    start, end = sorted((data.draw(st.integers(0, len(line))), data.draw(st.integers(0, len(line)))))
    damaged = line[:start] + data.draw(st.binary(max_size=8)) + line[end:]
    try:
        message = decode(damaged, encoding=encoding, checksum=checksum)
    except Malformed:
        return
    if message.kind in LAYOUTS:
        assert [(name, len(value)) for name, value in message.fixed.items()] == [
            (part.name, part.width) for part in LAYOUTS[message.kind].fixed
        ]


def test_fields_are_asked_for_by_their_code() -> None:
    message = decode(b"64              00020261123    185035000000000002000000000002AOX|AU1|AU2|PA|ZZvendor|S1own|AFa|AFb|\r")
    assert message.all("AU") == ("1", "2")
    assert message.first("AF") == "a"
    assert message.first("PA") == "", "there, and empty"
    assert message.first("BL") is None
    assert message.all("BL") == ()
    assert (message.first("ZZ"), message.first("S1")) == ("vendor", "own"), "unknown fields are kept"
    assert message.fixed["charged_items_count"] == "0002"
    assert message.fixed["unavailable_holds_count"] == "0002"


@pytest.mark.parametrize(
    ("fields", "read"),
    [
        (b"AJred|black|AFok|", [("AJ", "red|black"), ("AF", "ok")]),
        (b"AJred | black|", [("AJ", "red | black")]),
        (b"AJred&#124;black|", [("AJ", "red|black")]),
        (b"AJred||AFok|", [("AJ", "red"), ("AF", "ok")]),
        (b"AJa|lower|B|9Z|AFok", [("AJ", "a|lower|B|9Z"), ("AF", "ok")]),
        ("AJ猫|犬|AE山田|".encode(), [("AJ", "猫|犬"), ("AE", "山田")]),
        (b"AFR&amp;D|", [("AF", "R&amp;D")]),
        (b"|AF|", [("AF", "")]),
        (b"  ", []),
        (b"", []),
    ],
)
def test_bars_within_and_between_values(fields: bytes, read: list[tuple[str, str]]) -> None:
    assert list(decode(b"36Y20261123    185001" + fields + b"\r").fields) == read


def test_kana_come_composed_and_codes_stay_whole() -> None:
    message = decode("36Y20261123    185001AFか\u3099き|AE\u0301x|\r".encode())
    assert message.fields == (("AF", "がき"), ("AE", "\u0301x")), "the accent does not go into the E of AE"


def test_what_cannot_be_decoded_is_told() -> None:
    line = "36Y20261123    185001AF竹内|\r".encode("cp932")
    assert not decode(line, encoding="cp932").replaced
    read = decode(line, encoding="utf-8")
    assert read.replaced
    assert "\ufffd" in (read.first("AF") or "")


def test_a_kind_of_its_own_keeps_its_text() -> None:
    message = decode(b"7720261123    095031AOX|AY5AZFAE5\r")
    assert (message.kind, message.fixed, message.fields, message.sequence) == ("77", {"body": "20261123    095031AOX|"}, (), 5)


@pytest.mark.parametrize(
    ("line", "code", "value"),
    [
        # Counts left blank, noughts for the zone, a blank behind the institution.
        (b"64Y                202610050000114734                        AOX |AA12345|AE|BLN|AFunknown card|AY1AZC9DE", "AO", "X "),
        (b"64              00020261014    120549000000000003        0002AOX|AA1|AEA|BLN|AU11|AY0AZE0E8", "AU", "11"),
        # The maker's name and version in fields of their own; padded names.
        (
            b"98YYYYNN01000320260808    1509002.00AOX|AMCity Library     |BXYYYYYYYYYYYYYYYY|VNSIP 2.00.106|SVx; y: 1|AY1AZD3FA",
            "SV",
            "x; y: 1",
        ),
        (b"98YYYYNN   00320260808    1509002.0EAOX|BXYYYYYYYYYYYYYYYY|", "BX", "Y" * 16),
        # Due dates as other systems write them.
        (b"300NUU20260228    222232AOX|AA1|AB2|AJFolksongs|AH5/23/2026,23:59|CH|AFOverride required.|AY1AZCDA5", "AH", "5/23/2026,23:59"),
        (
            b'64              00020261014    120549000000000000000000000000AOX|AA1|AEA|BLY|AV 59 $0.50 "Overdue"|PX20280609    235959|PYN|',
            "PY",
            "N",
        ),
    ],
)
def test_replies_of_other_systems_are_read(line: bytes, code: str, value: str) -> None:
    assert decode(line).first(code) == value


@pytest.mark.parametrize(
    "glued",
    [
        b"941AY0AZFDFD98YYYYNN10000520261123    1850312.00AOKENRITSU|BXYYYYYYYYYYYNYYYY|AY1AZECE4",
        b"94198YYYYNN10000520261123    1850312.00AOKENRITSU|BXYYYYYYYYYYYNYYYY|",
        b"121NNY20261123    185034AOX|AA1|AB2|AZE13C36Y20261123    185001AOX|AA1|AY2AZEF10",
        b"121NNY20261123    185034AOX|AA1|AB2|AY6AZE13C36Y20261123    185001AOX|AA1|AY2AZEF10",
        b"121NNY20261123    185034AOX|AA1|AB2|161N20261123    185035AOX|AA1|AB3|",
        b"121NNY20261123    185034AOX|AA1|AB2|None161N20261123    185035AOX|AA1|AB3|",
        b"None161N20261123    185035AOX|AA1|AB3|",
        b"121NNY20261123    185034AOX|AA1|AB2|AY6AZE13C941AY7AZFDF6",
        b"121NNY20261123    185034AOX|AA1|AB2AY6AZE13C941AY7AZFDF6",
        b"121NNY20261123    185034AOX|AA1|AB2|AZE13C|96",
        b"login: ",
        b"9",
    ],
)
@pytest.mark.parametrize("checksum", Checksum)
def test_glued_replies_are_no_message(glued: bytes, checksum: Checksum) -> None:
    with pytest.raises(Malformed):
        decode(glued, checksum=checksum)


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[:2].decode())
def test_no_message_is_read_out_of_less_than_its_fixed_part(line: bytes) -> None:
    layout = LAYOUTS.get(line[:2].decode())
    for length in range(2 + layout.width if layout else 0):
        with pytest.raises(Malformed):
            decode(line[:length])


@pytest.mark.parametrize(
    "line",
    [
        b"98YYYYNN1020261123    1850312.00AOKENRITSU|BXYYYYYYYYYYYNYYYY|",
        b"121NNY2026AOKENRITSU|AAD0123456789|AB1100000000017|",
        b"121NNY20261123    1850\xe7\xab\xb9AOKENRITSU|",
        b"121NNY20261123    1850\xff4AOKENRITSU|",
        b"121NNY20261123    185034 xAOKENRITSU|",
        b"36Y20261123    185001AOX|AA1|AY4A[0000",
        b"12|NNY20261123    185034AOX|AA1|AB2|",
        b"\x31\x32\xff1NY20261123    185034AOX|AA1|AB2|",
        "12竹NNY20261123    185034AOX|AA1|AB2|".encode(),
    ],
)
def test_a_message_whose_parts_have_shifted_is_none(line: bytes) -> None:
    with pytest.raises(Malformed):
        decode(line)


@pytest.mark.parametrize(
    "message",
    [
        Message("63", {"language": "000", "transaction_date": "20261123    095031"}),
        Message("63", {"language": "00", "transaction_date": "20261123    095031", "summary": " " * 10}),
        Message("63", {"language": "0|0", "transaction_date": "20261123    095031", "summary": " " * 10}),
        Message("63", {"language": "０００", "transaction_date": "20261123    095031", "summary": " " * 10}),
        Message("35", {"transaction_date": "2026-11-23 09:50:3"}),
        Message("97", {"language": "000"}),
        Message("97", {}, (("aa", "x"),)),
        Message("97", {}, (("AY", "1"),)),
        Message("97", {}, (("AAA", "1"),)),
        Message("97", {}, (("AA", "1\r9300CNx|"),)),
        Message("97", {}, (("AA", "1\n"),)),
        Message("97", {}, (("AA", "1\0"),)),
        Message("97", {}, (("AA", "竹内"),)),
        Message("97", {}, (("AA", "０１２３"),)),
        Message("x7"),
        Message("977"),
        Message(""),
    ],
)
def test_what_no_server_could_read_is_not_written(message: Message) -> None:
    with pytest.raises(Malformed):
        encode(message)


@pytest.mark.parametrize("sequence", [-1, 10])
def test_the_number_is_one_digit(sequence: int) -> None:
    with pytest.raises(Malformed):
        encode(Message("97"), sequence=sequence)


def test_a_reply_says_a_question_mark_where_the_encoding_has_no_letter() -> None:
    message = Message("96", {}, (("AE", "𠮷野 髙子"),))
    assert encode(message, encoding="cp932") == "96AE?野 髙子|\r".encode("cp932")


@pytest.mark.parametrize("break_", ["\r", "\r\n", "\n"])
def test_a_break_within_a_value_is_read_as_a_line_feed(break_: str) -> None:
    line = f"36Y20261123    185001AOKEN|{break_}AAD01|AF一行目{break_}二行目|{break_}"
    assert decode(line.encode()).fields == (("AO", "KEN"), ("AA", "D01"), ("AF", "一行目\n二行目"))
