"""Establishing a connection, and when it is retried after a failure."""

from __future__ import annotations

import socket
import time

import pytest

from kiosk.config import IlsSettings
from kiosk.domain.circulation import Item, Outcome, Reason
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.model import IlsCondition, Service
from kiosk.library.ils import IlsClient
from kiosk.library.ils.acs_status import Server
from tests.support.ils.scripted_server import (
    BOOK,
    LENT,
    NUMBER,
    PATRON,
    STATUS,
    TODAY,
    Clock,
    Line,
    Station,
    answering,
    client_of,
    seal,
)
from tests.support.ports import free_port
from tests.support.wait import SOON

SHORT = 0.1


def test_nobody_listens() -> None:
    with client_of(free_port()) as client:
        with pytest.raises(Unavailable, match=Code.ILS_UNREACHABLE.value):
            client.patron(NUMBER)
        answer = client.serve(Service.LOAN, NUMBER, Item(BOOK))
        assert (answer.outcome, answer.reason) == (Outcome.REFUSED, Reason.NOT_REACHED)
        assert client.condition is IlsCondition.UNREACHABLE
        with pytest.raises(Unavailable):
            client.item(BOOK)
        with pytest.raises(Unavailable):
            client.loans(NUMBER)
        with pytest.raises(Unavailable):
            client.status()


def test_no_such_name() -> None:
    with client_of(free_port(), host="library.invalid") as client:
        assert client.keep_alive() is IlsCondition.UNREACHABLE


def test_a_name_with_several_addresses() -> None:
    # localhost is ::1 as well on most machines, where nobody listens here
    with Station(answering({"63": PATRON})) as station, client_of(station.port, host="localhost") as client:
        assert client.patron(NUMBER).checked


def test_a_host_that_swallows_everything_has_a_limit() -> None:
    # A backlog that is full takes no more connections and refuses none.
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        port = listening.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        with client_of(port, connect_seconds=SHORT) as client:
            began = time.monotonic()
            assert client.keep_alive() is IlsCondition.UNREACHABLE
            assert time.monotonic() - began < SOON
        for one in waiting:
            one.close()


def test_the_waits_grow_and_a_tap_never_waits_for_a_dead_server_twice() -> None:
    clock, port = Clock(), free_port()
    with client_of(port, monotonic=clock) as client:
        client.keep_alive()
        for wait in (1, 2, 4, 8, 16, 30, 30):
            with socket.create_server(("127.0.0.1", port)) as listening:
                # somebody listens now, and is not asked: it is too early
                listening.setblocking(False)
                clock.now += wait - 0.01
                assert client.keep_alive() is IlsCondition.UNREACHABLE
                with pytest.raises(BlockingIOError):
                    listening.accept()
            clock.now += 0.01
            assert client.keep_alive() is IlsCondition.UNREACHABLE


def test_a_server_that_logs_in_and_then_answers_nothing_makes_the_waits_grow_as_well() -> None:
    clock = Clock()
    talk = answering({"63": None})
    with Station(talk) as station, client_of(station.port, monotonic=clock, answer_seconds=SHORT) as client:
        for wait in (1, 2, 4):
            with pytest.raises(Unavailable):
                client.patron(NUMBER)
            asked = len(station.received)
            with pytest.raises(Unavailable):
                client.patron(NUMBER)
            assert len(station.received) == asked
            clock.now += wait
            # it can be reached again, and that alone is not yet a success
            assert client.keep_alive() is IlsCondition.READY


def test_after_a_success_the_waits_begin_anew() -> None:
    clock = Clock()
    asked: list[bytes] = []

    def second_only(request: bytes, line: Line) -> None:
        asked.append(request)
        if len(asked) == 2:
            line.say(seal(PATRON, request))

    with Station(answering({"63": second_only})) as station, client_of(station.port, monotonic=clock, answer_seconds=SHORT) as client:
        with pytest.raises(Unavailable):
            client.patron(NUMBER)
        clock.now += 1
        assert client.patron(NUMBER).checked
        with pytest.raises(Unavailable):
            client.patron(NUMBER)
        clock.now += 1
        assert client.keep_alive() is IlsCondition.READY


def test_reconnecting_waits_for_nothing() -> None:
    clock, port = Clock(), free_port()
    with client_of(port, monotonic=clock) as client:
        assert client.keep_alive() is IlsCondition.UNREACHABLE
        with Station(answering(), port=port):
            assert client.keep_alive() is IlsCondition.UNREACHABLE
            assert client.reconnect() is IlsCondition.READY
            client.close()


def test_a_server_that_comes_back_is_found() -> None:
    clock, port = Clock(), free_port()
    with client_of(port, monotonic=clock) as client:
        assert client.keep_alive() is IlsCondition.UNREACHABLE
        with Station(answering({"63": PATRON, "11": LENT}), port=port):
            assert client.serve(Service.LOAN, NUMBER, Item(BOOK)).reason is Reason.NOT_REACHED
            clock.now += 1
            assert client.keep_alive() is IlsCondition.READY
            assert client.serve(Service.LOAN, NUMBER, Item(BOOK)).outcome is Outcome.DONE
            client.close()


def test_closing_twice_and_going_on() -> None:
    with Station(answering({"63": PATRON})) as station, client_of(station.port) as client:
        client.close()
        assert client.patron(NUMBER).checked
        client.close()
        client.close()
        assert client.patron(NUMBER).checked
        assert station.connections == 2


def test_what_the_server_says_of_itself() -> None:
    told = STATUS.replace("100005", "600003") + "AM県立図書館|ANカウンター|AFようこそ|"
    with Station(answering({"99": told})) as station, client_of(station.port) as client:
        server = client.status()
    assert (server.online, server.lends, server.takes_back) == (True, True, True)
    assert (server.institution, server.library, server.location, server.said) == ("KENRITSU", "県立図書館", "カウンター", "ようこそ")
    assert (server.protocol, server.timeout_seconds, server.retries) == ("2.00", 60.0, 3)
    assert server.supported["Checkout"]
    assert not server.supported["Item Status Update"]
    assert len(server.supported) == 16
    assert server.denied == {"19"}


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        # invenio pads with blanks; 2.0E exists; BX may be short or missing
        (f"98YYYNYN      {'20261123    184955'}2.0EAO|", Server(online=True, lends=True, takes_back=True, protocol="2.0E")),
        (
            f"98NNNNNN999999{'20261123    184955'}2.00AO|BXNY|",
            Server(
                online=False,
                lends=False,
                takes_back=False,
                protocol="2.00",
                supported={"Patron Status Request": False, "Checkout": True},
                denied=frozenset({"23"}),
            ),
        ),
    ],
)
def test_what_a_server_leaves_open(status: str, expected: Server) -> None:
    with Station(answering({"99": status, "11": LENT})) as station, client_of(station.port) as client:
        assert client.status() == expected
        # that it does not lend is what some say who do
        assert client.serve(Service.LOAN, NUMBER, Item(BOOK)).outcome is Outcome.DONE


def test_the_limits_in_the_settings_are_the_limits() -> None:
    with Station(Line.wait_for_end) as station:
        client = IlsClient(IlsSettings(host="127.0.0.1", port=station.port, user="kiosk", answer_seconds=1), lambda: TODAY)
        began = time.monotonic()
        assert client.keep_alive() is IlsCondition.UNREACHABLE
        assert 1 <= time.monotonic() - began < 8, "not the eight seconds of the settings' default"
        client.close()


@pytest.mark.parametrize("login", ["942", "94 ", "94Y"])
def test_a_login_that_is_neither_taken_nor_refused_is_no_login(login: str) -> None:
    with Station(answering({"93": login})) as station, client_of(station.port) as client:
        assert client.keep_alive() is IlsCondition.UNREACHABLE
