"""Requests on the wire, byte for byte, and the interpretation of replies."""

from __future__ import annotations

from datetime import date

from kiosk.domain.circulation import Due, Item, Outcome
from kiosk.domain.model import IlsCondition, Service
from tests.support.ils.scripted_server import BOOK, LENT, NUMBER, PATRON, TITLE, Station, answering, client_of


def test_a_whole_dialogue_in_bytes() -> None:
    with Station(answering({"63": PATRON, "11": LENT})) as station, client_of(station.port) as client:
        conditions = [client.condition]
        patron = client.patron(NUMBER)
        answer = client.serve(Service.LOAN, NUMBER, Item(BOOK))
        conditions.append(client.condition)
    assert conditions == [IlsCondition.STARTING, IlsCondition.READY]
    assert station.received == [
        b"9300CNkiosk|COkioskpwd|CPCOUNTER1|AY0AZF2C7",
        b"9900802.00AY1AZFCA0",
        b"6300020261123    095031  Y       AOKENRITSU|AAD0123456789|AC|AY2AZF114",
        b"11NN20261123    09503120261123    095031AOKENRITSU|AAD0123456789|AB1100000000017|AC|BON|BIN|AY3AZE91B",
    ]
    assert patron.number == NUMBER
    assert patron.checked
    assert patron.standing.loans == 1
    assert patron.standing.on_loan.items == ("1100000000033",)
    assert answer.outcome is Outcome.DONE
    assert answer.item == Item(BOOK, TITLE, Due(date(2026, 12, 7), "20261207    235900"))
    assert answer.reason is None
