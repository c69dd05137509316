"""A connection cut after every single byte, in both directions: what is reported of a transaction is what happened."""

from __future__ import annotations

import pytest

from kiosk.domain.circulation import Item, Outcome
from kiosk.domain.errors import Unavailable
from kiosk.domain.model import LibraryCardNumber, Service
from kiosk.library.ils import IlsClient
from tests.support.ils.scripted_server import Line, Station, client_of, seal
from tests.support.ils.unreliable_server import SmallLibrary

NUMBER = LibraryCardNumber("D0000000001")
NAMES = {NUMBER.text: "竹内 芸子"}
FIRST, SECOND = "1100000000017", "1100000000025"
WISHES = [(Service.LOAN, FIRST), (Service.RENEWAL, FIRST), (Service.HOLD, SECOND)]
KINDS = {Service.LOAN: "11", Service.RENEWAL: "29", Service.HOLD: "15"}


class Cut:
    """A server whose first connection ends after so many bytes, counted in one direction; those that follow are whole."""

    def __init__(self, shelf: SmallLibrary, *, received: int | None = None, sent: int | None = None, encoding: str = "utf-8") -> None:
        self._shelf, self._encoding = shelf, encoding
        self._to_receive, self._to_send = received, sent
        self.was_cut = False

    def talk(self, line: Line) -> None:
        while request := line.read():
            if self._to_receive is not None:
                # What the cut line did not let through whole was never carried out.
                if self._to_receive <= len(request):
                    return self._cut()
                self._to_receive -= len(request) + 1
            reply = seal(self._shelf.reply(request), request, encoding=self._encoding)
            if self._to_send is not None:
                if self._to_send < len(reply):
                    line.say(reply[: self._to_send])
                    return self._cut()
                self._to_send -= len(reply)
            line.say(reply)

    def _cut(self) -> None:
        self._to_receive = self._to_send = None
        self.was_cut = True


def a_visit(client: IlsClient, shelf: SmallLibrary) -> None:
    """A patron looked up and served, whatever happens on the way; each answer is compared with what was carried out."""
    found = None
    while found is None:
        try:
            found = client.patron(NUMBER)
        except Unavailable:
            client.reconnect()
    assert found.number == NUMBER
    for service, item in WISHES:
        key = KINDS[service], NUMBER.text, item
        before = shelf.executed[key]
        outcome = Outcome.REFUSED
        while outcome is not Outcome.DONE:
            answer = client.serve(service, NUMBER, Item(item))
            outcome = answer.outcome
            # There is one cut, so that asking afterwards always tells.
            assert outcome is not Outcome.UNKNOWN
            assert shelf.executed[key] - before == (outcome is Outcome.DONE)
            if outcome is not Outcome.DONE:
                client.reconnect()
    assert client.loans(NUMBER).items == (FIRST,)


WAYS = [
    (direction, encoding, checksum) for direction in ("received", "sent") for encoding in ("utf-8", "cp932") for checksum in ("warn", "off")
]
SHOWN = {("received", "utf-8", "warn"), ("sent", "cp932", "warn")}
"""Which of them every change has to pass."""


@pytest.mark.parametrize(
    ("direction", "encoding", "checksum"), [pytest.param(*way, marks=() if way in SHOWN else pytest.mark.trial) for way in WAYS]
)
def test_a_cut_after_every_byte(direction: str, encoding: str, checksum: str) -> None:
    servers: list[Cut] = []
    with Station(lambda line: servers[-1].talk(line)) as station:
        while not servers or servers[-1].was_cut:
            shelf, at = SmallLibrary(NAMES), len(servers)
            received, sent = (at, None) if direction == "received" else (None, at)
            servers.append(Cut(shelf, received=received, sent=sent, encoding=encoding))
            with client_of(station.port, checksum=checksum, encoding=encoding, pause=lambda seconds: None) as client:
                a_visit(client, shelf)
    # the last one ran through: there was no byte left to cut after
    assert len(servers) > 400
