"""The server from outside: many connections, broken connections, stopping and starting."""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.demo.ils import (
    DROPPED_AFTER,
    DROPPED_BEFORE,
    EVERGREEN,
    ITEMS,
    KOHA,
    PATRONS,
    SILENT,
    Circulation,
    Executed,
    LibraryServer,
    Mishap,
    opening,
)
from kiosk.demo.ils.context import ServerContext
from kiosk.demo.ils.session import Dialogue
from tests.demo.ils.conftest import Serve
from tests.support.ils.raw_sip2_client import MOMENT, OWN, Wire, checkin, checkout, hold, patron, renewal, values
from tests.support.wait import LIMIT

Dial = Callable[[LibraryServer], Wire]
BAMBOO, POST = ITEMS["bamboo"].number, ITEMS["post"].number


def at(number: int, mishap: Mishap) -> Callable[[int, str], Mishap]:
    return lambda received, kind: mishap if received == number else Mishap()


def talking() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("pretend-library")]


def test_a_patrons_visit_is_seen_from_within(serve: Serve, dial: Dial) -> None:
    server = serve()
    wire = dial(server)
    before = server.snapshot()
    wire.ask(checkout(OWN, BAMBOO))
    wire.ask(checkout(OWN, BAMBOO))
    wire.ask(renewal(OWN, ITEMS["own-renewed"].number))
    wire.ask(hold(OWN, POST))
    wire.ask(checkin(ITEMS["own-wanted"].number))
    wire.ask(patron(OWN))
    after = server.snapshot()
    assert after.loans_of(OWN) == before.loans_of(OWN) - {ITEMS["own-wanted"].number} | {BAMBOO}
    assert after.loans[BAMBOO].renewals == 1
    assert after.holds_of(OWN) == {POST}
    assert {held.item: held.ready for held in after.holds if held.patron == PATRONS["somebody"]}[ITEMS["own-wanted"].number]
    assert after.executed == {
        Executed("11", OWN, BAMBOO): 2,
        Executed("29", OWN, ITEMS["own-renewed"].number): 1,
        Executed("15", OWN, POST): 1,
        Executed("09", "", ITEMS["own-wanted"].number): 1,
    }
    assert (before.requests, after.requests) == (1, 7)


def test_one_item_for_forty_connections_is_lent_once(serve: Serve) -> None:
    server = serve(EVERGREEN, login=None)
    patrons = [PATRONS["other"], PATRONS["child"], PATRONS["busy"], PATRONS["soon"]] * 10
    begin = threading.Barrier(len(patrons))

    def ask(number: str) -> str:
        with Wire(server.port) as wire:
            begin.wait(timeout=LIMIT)
            return number if wire.ask(checkout(number, BAMBOO)).startswith("121NN") else ""

    with ThreadPoolExecutor(len(patrons)) as counters:
        lent = [number for number in counters.map(ask, patrons) if number]
    assert [server.snapshot().loans[BAMBOO].patron] == lent
    assert server.snapshot().executed.total() == len(patrons)


def test_who_waits_for_an_answer_keeps_nobody_else_waiting(serve: Serve, dial: Dial) -> None:
    heard = threading.Event()

    def first_is_slow(number: int, kind: str) -> Mishap:
        heard.set()
        return Mishap(delay=3600 if number == 1 else 0)

    server = serve(login=None, mishap=first_is_slow)
    slow, other = dial(server), dial(server)
    slow.send(checkout(OWN, BAMBOO).encode() + b"\r")
    assert heard.wait(LIMIT)
    assert other.ask(checkout(OWN, POST)).startswith("121")
    assert server.snapshot().loans[POST].patron == OWN
    server.stop()
    assert slow.rest() == b""


def test_the_servers_own_slowness_can_be_changed_while_it_runs(serve: Serve, dial: Dial) -> None:
    heard = threading.Event()

    def hear(number: int, kind: str) -> Mishap:
        heard.set()
        return Mishap()

    server = serve(latency=3600, login=None, mishap=hear)
    slow, other = dial(server), dial(server)
    slow.send(patron(OWN).encode() + b"\r")
    assert heard.wait(LIMIT)
    server.latency = 0
    assert other.ask(patron(OWN)).startswith("64")
    server.stop()
    assert slow.rest() == b""


# --- mishaps -----------------------------------------------------------------------------------------------------------------


def test_a_connection_that_breaks_before_the_request_was_heard(serve: Serve, dial: Dial) -> None:
    server = serve(mishap=at(2, DROPPED_BEFORE))
    wire = dial(server)
    wire.send(checkout(OWN, BAMBOO).encode() + b"\r")
    assert wire.rest() == b""
    assert BAMBOO not in server.snapshot().loans
    assert server.snapshot().executed.total() == 0
    assert dial(server).ask(checkout(OWN, BAMBOO)).startswith("121")


def test_a_connection_that_breaks_after_the_request_was_carried_out(serve: Serve, dial: Dial) -> None:
    server = serve(mishap=at(2, DROPPED_AFTER))
    wire = dial(server)
    wire.send(checkout(OWN, BAMBOO).encode() + b"\r")
    assert wire.rest() == b""
    assert server.snapshot().loans[BAMBOO].patron == OWN
    assert server.snapshot().executed == {Executed("11", OWN, BAMBOO): 1}


def test_a_reply_that_breaks_off(serve: Serve, dial: Dial) -> None:
    server = serve(mishap=at(2, Mishap(sent=30)))
    wire = dial(server)
    wire.send(checkout(OWN, BAMBOO).encode() + b"\r")
    assert wire.rest() == b"121NNY20261123    095031AOCHUO"
    assert server.snapshot().executed.total() == 1


def test_a_request_that_is_swallowed_leaves_the_connection(serve: Serve, dial: Dial) -> None:
    server = serve(mishap=at(2, Mishap(executed=False)))
    wire = dial(server)
    wire.send(checkout(OWN, BAMBOO).encode() + b"\r" + patron(OWN).encode() + b"\r")
    assert wire.line().startswith(b"64")
    assert server.snapshot().executed.total() == 0


def test_mishaps_go_by_number_and_kind_over_all_connections(serve: Serve, dial: Dial) -> None:
    heard: list[tuple[int, str]] = []

    def hear(number: int, kind: str) -> Mishap:
        heard.append((number, kind))
        return Mishap()

    server = serve(mishap=hear)
    dial(server).ask(patron(OWN))
    dial(server).ask(checkout(OWN, BAMBOO))
    assert heard == [(1, "93"), (2, "63"), (3, "93"), (4, "11")]


def test_a_mishap_can_be_wished_upon_the_next_change(serve: Serve, dial: Dial) -> None:
    server = serve()
    server.befall_next(DROPPED_AFTER)
    wire = dial(server)
    assert wire.ask(patron(OWN)).startswith("64"), "only asking changes nothing"
    wire.send(checkout(OWN, BAMBOO).encode() + b"\r")
    assert wire.rest() == b""
    assert server.snapshot().loans[BAMBOO].patron == OWN
    assert dial(server).ask(checkout(OWN, POST)).startswith("121"), "and it befalls one of them"


def test_what_was_carried_out_in_silence_is_remembered_after_a_stop(serve: Serve, dial: Dial) -> None:
    server = serve()
    server.befall_next(SILENT)
    wire, other = dial(server), dial(server)
    wire.send(checkout(OWN, BAMBOO).encode() + b"\r")
    while BAMBOO not in server.snapshot().loans:
        assert other.ask(patron(OWN)).startswith("64"), "others are answered meanwhile"
    server.stop()
    assert wire.rest() == b""
    server.start()
    assert server.snapshot().loans[BAMBOO].patron == OWN


# --- stopping and starting -----------------------------------------------------------------------------------------------------


def test_a_stopped_server_is_gone_and_remembers_when_it_comes_back(serve: Serve, dial: Dial) -> None:
    server = serve()
    wire, idle = dial(server), dial(server)
    assert wire.ask(checkout(OWN, BAMBOO)).startswith("121")
    port = server.port
    server.stop()
    server.stop()
    assert not server.running
    assert talking() == []
    assert idle.rest() == b""
    with pytest.raises(ConnectionError):
        socket.create_connection(("127.0.0.1", port), timeout=LIMIT)
    server.start()
    server.start()
    assert server.port == port
    assert values(dial(server).ask(patron(OWN, "  Y       ")), "AU")[-1] == BAMBOO
    assert server.snapshot().requests == 5


def test_only_this_machine_can_reach_it(serve: Serve) -> None:
    server = serve()
    with Wire(server.port) as wire:
        assert wire.socket.getpeername() == ("127.0.0.1", server.port)
    with pytest.raises(ConnectionError):
        socket.create_connection(("127.0.0.2", server.port), timeout=LIMIT)


def test_a_port_that_is_taken_is_told(serve: Serve) -> None:
    taken = LibraryServer(opening(MOMENT.date()), port=serve().port)
    with pytest.raises(OSError) as error:  # noqa: PT011 - Windows says it in its own language
        taken.start()
    assert error.value.errno == errno.EADDRINUSE
    assert not taken.running


def test_noise_without_an_end_closes_only_its_own_connection(serve: Serve, dial: Dial) -> None:
    server = serve()
    noisy, other = dial(server), dial(server)
    with pytest.raises(OSError):  # noqa: PT011 - reset, or broken pipe, as it happens
        noisy.send(b"\xff" * 64_000_000)
    assert other.ask(patron(OWN)).startswith("64")


def test_what_happens_at_other_counters(serve: Serve, dial: Dial) -> None:
    server = serve()

    def lend_elsewhere(library: Circulation) -> None:
        library.lend(PATRONS["somebody"], BAMBOO, MOMENT.date())

    server.change(lend_elsewhere)
    assert values(dial(server).ask(checkout(OWN, BAMBOO)), "AF") == ["Item is on loan to another patron"]


# --- anything at all -------------------------------------------------------------------------------------------------------------

KINDS = st.sampled_from([b"93", b"99", b"23", b"63", b"17", b"11", b"29", b"65", b"09", b"15", b"35", b"97", b"96", b"12"])
FIXED = st.binary(max_size=60) | st.from_regex(rb"[ NY0-9+*-]{0,60}", fullmatch=True)
FIELDS = st.lists(st.tuples(st.sampled_from([b"AA", b"AB", b"AD", b"AO", b"BS", b"BP", b"BQ", b"AY1AZ", b"\n"]), st.binary(max_size=12)))


@given(KINDS, FIXED, FIELDS)
def test_no_line_brings_it_down(kind: bytes, fixed: bytes, fields: list[tuple[bytes, bytes]]) -> None:
    context = ServerContext(opening(MOMENT.date()), KOHA, lambda: MOMENT)
    dialogue = Dialogue(context, None, lambda request: None)
    line = (kind + fixed + b"|".join(code + value for code, value in fields)).replace(b"\r", b"")
    reply = dialogue.answer(line)
    assert reply is not None
    assert reply.endswith(b"\r")
    assert reply.count(b"\r") == 1
