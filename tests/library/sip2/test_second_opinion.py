"""Our requests against a strict third-party parser (pysip2), and our message table against theirs."""

from __future__ import annotations

from datetime import datetime

import pysip2
import pytest
from pysip2 import models

from kiosk.library.sip2 import FIELDS, LAYOUTS, Message, decode, encode, sip_date
from tests.support.ils.recordings import EXCHANGES, Exchange

THEIRS = {kind: models.spec_for_id(kind) for kind in LAYOUTS}


@pytest.mark.parametrize("kind", LAYOUTS)
def test_the_tables_agree(kind: str) -> None:
    ours, theirs = LAYOUTS[kind], THEIRS[kind].fields
    assert [(part.name, part.width) for part in ours.fixed] == [(part.name, part.width) for part in theirs if part.field_id is None]
    assert set(ours.fields) == {part.field_id for part in theirs if part.field_id is not None}
    assert set(ours.fields) <= FIELDS.keys()
    assert ours.is_request is not ours.is_reply
    assert (ours.reply is not None) == (ours.is_request and kind != "97")
    if ours.reply is not None:
        assert LAYOUTS[ours.reply].is_reply


def test_every_message_and_field_they_know_is_known() -> None:
    assert {f"{number:02}" for number in range(100) if _known(f"{number:02}")} == LAYOUTS.keys()
    codes = {name for name in vars(pysip2.fields) if len(name) == 2 and name.isupper()}
    assert codes == FIELDS.keys()


def _known(kind: str) -> bool:
    try:
        models.spec_for_id(kind)
    except KeyError:
        return False
    return True


@pytest.mark.parametrize("exchange", [exchange for exchange in EXCHANGES if exchange.request[:2] != b"77"], ids=str)
def test_they_read_in_our_requests_what_we_wrote(exchange: Exchange) -> None:
    message = decode(exchange.request)
    fixed = dict(message.fixed)
    if "nb_due_date" in fixed:
        # They refuse blanks there, which the protocol allows.
        fixed["nb_due_date"] = fixed["transaction_date"]
    fields = message.fields
    if message.kind == "23":
        fields = (*fields, *((code, "") for code in ("AC", "AD") if message.first(code) is None))
    line = encode(Message(message.kind, fixed, fields), sequence=message.sequence)
    theirs = pysip2.decode_message(line, encoding="ascii")
    assert theirs.sequence_number == message.sequence
    assert (theirs.checksum is None) == (message.sequence is None)
    for part in THEIRS[message.kind].fields:
        value = getattr(theirs.message, part.name)
        if part.field_id is None:
            assert value == fixed[part.name]
        elif not part.repeatable:
            assert value == next((text for code, text in fields if code == part.field_id), None)


@pytest.mark.parametrize("sequence", [None, 0, 9])
def test_they_write_the_same_bytes_as_we(sequence: int | None) -> None:
    at = "20261123    095031"
    theirs = pysip2.CheckoutRequest(
        sc_renewal_policy="N",
        no_block="N",
        transaction_date=at,
        nb_due_date=at,
        institution_id="KENRITSU",
        patron_identifier="D0123456789",
        item_identifier="1100000000017",
        terminal_password="",
        fee_acknowledged="N",
        cancel="N",
    )
    ours = Message(
        "11",
        {"sc_renewal_policy": "N", "no_block": "N", "transaction_date": at, "nb_due_date": at},
        (("AO", "KENRITSU"), ("AA", "D0123456789"), ("AB", "1100000000017"), ("AC", ""), ("BO", "N"), ("BI", "N")),
    )
    assert encode(ours, sequence=sequence) == pysip2.encode_message(theirs, sequence_number=sequence, checksum=sequence is not None)


def test_asking_again_carries_a_sum_and_no_number() -> None:
    assert encode(Message("97"), sequence=3) == pysip2.encode_message(pysip2.RequestACSResend(), checksum=True)
    assert encode(Message("96"), sequence=3) == b"96AZFEF6\r"


def test_they_take_our_dates() -> None:
    line = encode(Message("35", {"transaction_date": sip_date(datetime(2026, 11, 23, 9, 50, 31))}, (("AO", "X"), ("AA", "1"))))  # noqa: DTZ001
    assert pysip2.decode_as(line, pysip2.EndPatronSessionRequest).message.transaction_date == "20261123    095031"
