"""One failure is no property of a server: each conclusion expires by itself, and at once on a manual retry."""

from __future__ import annotations

import pytest

from kiosk.domain.circulation import Item, Outcome, Reason
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.model import IlsCondition, Service
from kiosk.library.ils import IlsClient
from tests.support.ils.scripted_server import (
    BOOK,
    DATE,
    LENT,
    LOGIN,
    NUMBER,
    PATRON,
    STATUS,
    TAKES_ALL,
    TITLE,
    Answer,
    Clock,
    Line,
    Station,
    answering,
    client_of,
    hang_up,
    in_turn,
    seal,
)
from tests.support.ports import free_port

PATRON_STATUS = f"24              000{DATE}AE花子 山田|AAD0123456789|BLY|AOKENRITSU|"
ITEM = f"18030201{DATE}AB{BOOK}|AJ{TITLE}|"
NO: Answer = b"96\r"
A_WHILE = 600
"""Seconds. No conclusion lasts longer."""


# --- not understood -------------------------------------------------------------------------------------------------------


def lists_loans(client: IlsClient) -> bool:
    return client.patron(NUMBER).standing.on_loan.items != ()


def test_a_patron_that_was_not_understood_twice_is_asked_for_again_after_a_while() -> None:
    clock = Clock()
    talk = answering({"63": in_turn(NO, NO, PATRON), "23": PATRON_STATUS})
    with Station(talk) as station, client_of(station.port, monotonic=clock) as client:
        assert not lists_loans(client)
        assert not lists_loans(client)
        assert station.kinds() == ["93", "99", "63", "63", "23", "23"]
        clock.now += 30
        assert lists_loans(client)


def test_the_longer_a_message_is_not_understood_the_rarer_it_is_tried_and_never_for_good() -> None:
    clock = Clock()
    with Station(answering({"63": NO, "23": PATRON_STATUS})) as station, client_of(station.port, monotonic=clock) as client:
        client.patron(NUMBER)
        tried = []
        for _ in range(4 * A_WHILE // 10):
            clock.now += 10
            before = station.kinds().count("63")
            client.patron(NUMBER)
            tried += [clock.now - 1000] if station.kinds().count("63") > before else []
        waits = [later - earlier for earlier, later in zip([0, *tried], tried, strict=False)]
        assert waits == [30, 60, 120, 240, 480, 600, 600]


def test_what_the_server_has_understood_before_is_asked_again_on_a_new_line() -> None:
    talk = answering({"63": in_turn(PATRON, NO, NO, PATRON), "23": PATRON_STATUS})
    with Station(talk) as station, client_of(station.port) as client:
        assert lists_loans(client)
        assert lists_loans(client)
        assert station.connections == 2
        assert "23" not in station.kinds()


def test_what_is_not_understood_on_a_new_line_either_waits_and_the_rest_goes_on() -> None:
    clock = Clock()
    talk = answering({"63": in_turn(PATRON, NO, NO, NO, NO, PATRON), "23": PATRON_STATUS, "11": LENT})
    with Station(talk) as station, client_of(station.port, monotonic=clock) as client:
        assert lists_loans(client)
        assert not lists_loans(client)
        assert client.condition is IlsCondition.READY
        assert client.serve(Service.LOAN, NUMBER, Item(BOOK)).outcome is Outcome.DONE
        clock.now += 30
        assert lists_loans(client)


@pytest.mark.parametrize("kind", ["63", "23", "17"])
def test_whoever_asks_for_it_has_it_tried_at_once(kind: str) -> None:
    answers = {"63": PATRON, "23": PATRON_STATUS, "17": ITEM}
    status = STATUS.replace("BXYYYYYYYYYYY", "BXYYYYYYYNYYY") if kind == "23" else STATUS
    clock = Clock()
    talk = answering({**answers, "99": status, kind: in_turn(*[NO] * 2, answers[kind])})
    with Station(talk) as station, client_of(station.port, monotonic=clock) as client:
        for _ in range(2):
            try:
                client.item(BOOK) if kind == "17" else client.patron(NUMBER)
            except Unavailable:
                assert kind == "23"
        asked = station.kinds().count(kind)
        assert client.reconnect() is IlsCondition.READY
        client.item(BOOK) if kind == "17" else client.patron(NUMBER)
        assert station.kinds().count(kind) == asked + 1


def test_a_loan_that_was_not_understood_switches_nothing_off() -> None:
    none = PATRON.replace("AU1100000000033|", "")
    talk = answering({"11": in_turn(NO, NO, LENT), "63": none, "17": ITEM})
    with Station(talk) as station, client_of(station.port) as client:
        reasons = [client.serve(Service.LOAN, NUMBER, Item(BOOK)).reason for _ in range(3)]
        assert reasons == [Reason.NOT_THERE_YET, Reason.NOT_THERE_YET, None]


# --- what the server says it does not take --------------------------------------------------------------------------------


def test_what_the_server_said_it_does_not_take_is_asked_after_although_it_is_busy() -> None:
    clock = Clock()
    denied = TAKES_ALL.replace("BXYYYYYYYYYYY", "BXYYYYYYYNYYY")
    talk = answering({"99": in_turn(denied, TAKES_ALL), "63": PATRON, "23": PATRON_STATUS})
    with Station(talk) as station, client_of(station.port, monotonic=clock, heartbeat_seconds=100) as client:
        assert not lists_loans(client)
        for _ in range(12):
            clock.now += 10
            client.keep_alive()
            client.patron(NUMBER)
        assert lists_loans(client)
        assert station.connections == 1
        # and once it takes everything, it is left alone
        assert station.kinds().count("99") == 2


# --- sums -----------------------------------------------------------------------------------------------------------------


def summed(text: str, *, rightly: bool) -> Answer:
    def say(request: bytes, line: Line) -> None:
        right = seal(text, request)
        line.say(right if rightly else right[:-5] + b"0000\r")

    return say


def test_a_server_that_adds_up_again_is_not_believed_a_wrong_sum() -> None:
    """A new version of the server, say: from then on a wrong sum is a byte that was altered."""
    clock = Clock()
    wrong = {"93": summed(LOGIN, rightly=False), "99": summed(STATUS, rightly=False), "63": summed(PATRON, rightly=False)}
    altered = in_turn(*(summed(PATRON.replace("花子", name), rightly=False) for name in ("華子", "英子", "幸子")))
    first, later = answering(wrong), answering({"63": altered})
    with Station(first, later) as station, client_of(station.port, monotonic=clock) as client:
        client.patron(NUMBER)
        assert station.connections == 1
        clock.now += 3600
        client.keep_alive()
        with pytest.raises(Unavailable):
            client.sight(NUMBER)


# --- the login ------------------------------------------------------------------------------------------------------------


def logging_in(*taken: bool) -> Answer:
    return in_turn(*("941" if good else "940" for good in taken))


def test_a_login_that_has_worked_is_tried_again_soon_and_the_password_is_not_blamed() -> None:
    clock = Clock()
    once = {"63": in_turn(PATRON, hang_up)}
    talk = answering({**once, "93": logging_in(True, *[False] * 6, True)})
    with Station(talk) as station, client_of(station.port, monotonic=clock) as client:
        client.patron(NUMBER)
        with pytest.raises(Unavailable, match=Code.ILS_LOGIN_LOST.value):
            client.patron(NUMBER)
        tried, conditions = [], set()
        for _ in range(130):
            clock.now += 1
            before = station.kinds().count("93")
            conditions.add(client.keep_alive())
            tried += [clock.now - 1000] if station.kinds().count("93") > before else []
        assert tried == [2, 6, 14, 30, 62, 122]
        assert conditions == {IlsCondition.LOGIN_LOST, IlsCondition.READY}
        assert client.condition is IlsCondition.READY


def test_a_server_that_was_away_long_and_refuses_the_login_once_is_not_waited_for_long() -> None:
    """As one does that starts: the door is open before the accounts are there."""
    clock, port = Clock(), free_port()
    with Station(answering({"63": in_turn(PATRON, hang_up)}), port=port) as station:
        with client_of(port, monotonic=clock) as client:
            client.patron(NUMBER)
            station.stop_listening()
            with pytest.raises(Unavailable):
                client.patron(NUMBER)
            for _ in range(10):
                clock.now += 30
                assert client.keep_alive() is IlsCondition.UNREACHABLE
            with Station(answering({"93": logging_in(False, True)}), port=port):
                clock.now += 30
                assert client.keep_alive() is IlsCondition.LOGIN_LOST
                clock.now += 2
                assert client.keep_alive() is IlsCondition.READY
                client.close()


def test_a_login_that_was_refused_from_the_first_is_a_wrong_password() -> None:
    clock = Clock()
    with Station(answering({"93": "940"})) as station, client_of(station.port, monotonic=clock) as client:
        assert client.keep_alive() is IlsCondition.LOGIN_REFUSED
        clock.now += 59
        client.keep_alive()
        assert station.kinds() == ["93"]


def test_whoever_asks_for_it_logs_in_at_once() -> None:
    talk = answering({"93": logging_in(False, False, True), "63": PATRON})
    with Station(talk) as station, client_of(station.port, monotonic=Clock()) as client:
        assert client.keep_alive() is IlsCondition.LOGIN_REFUSED
        assert client.reconnect() is IlsCondition.LOGIN_REFUSED
        assert client.reconnect() is IlsCondition.READY
        assert client.patron(NUMBER).checked
