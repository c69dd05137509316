"""Every message of the recorded dialogues, decoded and encoded."""

from __future__ import annotations

import pytest

from kiosk.library.sip2 import Checksum, decode, encode
from tests.support.ils.independent_sip2_parser import parts
from tests.support.ils.recordings import EXCHANGES, REPLIES, Exchange


def test_the_recordings_are_all_there() -> None:
    assert len(EXCHANGES) == 109
    assert len(REPLIES) == 108, "one server hung up"


@pytest.mark.parametrize("exchange", EXCHANGES, ids=str)
def test_a_request_comes_out_byte_for_byte(exchange: Exchange) -> None:
    message = decode(exchange.request)
    assert encode(message, sequence=message.sequence) == exchange.request


@pytest.mark.parametrize("exchange", [exchange for exchange in EXCHANGES if b"AY" in exchange.request], ids=str)
def test_without_number_and_checksum_a_request_is_the_same_up_to_them(exchange: Exchange) -> None:
    message = decode(exchange.request, checksum=Checksum.STRICT)
    assert encode(message) == exchange.request[: exchange.request.index(b"AY")] + b"\r"


@pytest.mark.parametrize(("reply", "text"), REPLIES, ids=[text[:2] for _, text in REPLIES])
def test_a_reply_is_read_field_for_field(reply: bytes, text: str) -> None:
    message = decode(reply)
    fixed, fields = parts(text)
    assert message.kind == text[:2]
    assert list(message.fixed.values()) == fixed
    assert list(message.fields) == fields
    assert message.checksum_good is (True if "|AY" in text or text.startswith("941AY") else None)
    assert message.sequence == (int(text[-7]) if message.checksum_good else None)
    assert not message.replaced


@pytest.mark.parametrize(("reply", "text"), REPLIES, ids=[text[:2] for _, text in REPLIES])
def test_a_reply_in_cp932_is_read_as_what_the_server_could_write(reply: bytes, text: str) -> None:
    body = text.encode("cp932", errors="replace")
    if b"AZ" in body:
        body = body[: body.rindex(b"AZ") + 2]
        body += b"%04X" % (-sum(body) & 0xFFFF)
    message = decode(body + b"\r\n", encoding="cp932", checksum=Checksum.STRICT if b"AZ" in body else Checksum.WARN)
    fixed, fields = parts(text.encode("cp932", errors="replace").decode("cp932"))
    assert list(message.fixed.values()) == fixed
    assert list(message.fields) == fields
    assert not message.replaced


def test_names_and_titles_of_the_recordings_are_whole() -> None:
    names = {decode(reply).first("AE") for reply, _ in REPLIES}
    titles = {decode(reply).first("AJ") for reply, _ in REPLIES}
    assert {"竹内 芸子", "髙﨑 𠮷子", "花子 山田", "髙? 﨑"} <= names
    assert {"吾輩は猫である", "①ローマ数字Ⅱと㈱と～波"} <= titles
    notes = [note for reply, _ in REPLIES for note in decode(reply).all("AF")]
    assert "Greetings from Koha. 窓口へ|どうぞ -- Patron owes 350.00" in notes
    assert "カード紛失届あり" in notes, "sent decomposed, to be compared composed"
