"""Our requests against a strict third-party parser (pysip2), which hangs up on invalid input."""

from __future__ import annotations

from typing import Any

import pysip2
import pytest

from kiosk.domain.circulation import Item
from kiosk.domain.model import Service
from tests.support.ils.scripted_server import BOOK, LENT, NUMBER, PATRON, STATUS, Station, answering, client_of, refused

READ: dict[str, type] = {
    "93": pysip2.LoginRequest,
    "99": pysip2.SCStatusRequest,
    "63": pysip2.PatronInformationRequest,
    "23": pysip2.PatronStatusRequest,
    "17": pysip2.ItemInformationRequest,
    "11": pysip2.CheckoutRequest,
    "29": pysip2.RenewRequest,
    "15": pysip2.HoldRequest,
}


@pytest.mark.parametrize("checksum", ["warn", "off"])
@pytest.mark.parametrize("given", [{}, {"patron_password": "empty", "pickup": "HON"}])
def test_all_requests_are_read_as_they_are_meant(given: dict[str, Any], checksum: str) -> None:
    answers = dict(refused(service) for service in (Service.RENEWAL, Service.HOLD))
    talk = answering({"63": PATRON, "11": LENT, "17": f"18030201{'20261123    185033'}AB{BOOK}|AJ本|", **answers})
    with Station(talk) as station, client_of(station.port, checksum=checksum, **given) as client:
        client.patron(NUMBER)
        for service in (Service.LOAN, Service.RENEWAL, Service.HOLD):
            client.serve(service, NUMBER, Item(BOOK))
    assert set(station.kinds()) == {"93", "99", "63", "17", "11", "29", "15"}
    for place, line in enumerate(station.received):
        theirs = pysip2.decode_message(line + b"\r", encoding="ascii")
        assert theirs.sequence_number == (None if checksum == "off" else place % 10)
        message: Any = theirs.message
        assert type(message) is READ[line[:2].decode()]
        if hasattr(message, "patron_identifier"):
            assert message.patron_identifier == NUMBER.text
        if hasattr(message, "item_identifier"):
            assert message.item_identifier == BOOK


def test_the_look_up_that_is_refused_without_a_password_field_is_a_setting() -> None:
    # their reader demands AC and AD in a 23
    status = STATUS.replace("BXYYYYYYYYYYY", "BXYYYYYYYNYYY")
    reply = f"24              000{'20261123    185033'}AE花子 山田|AAD0123456789|BLY|AOKENRITSU|"
    with Station(answering({"99": status, "23": reply})) as station, client_of(station.port, patron_password="empty") as client:
        client.patron(NUMBER)
        message = pysip2.decode_message(station.received[-1] + b"\r", encoding="ascii").message
    assert isinstance(message, pysip2.PatronStatusRequest)
