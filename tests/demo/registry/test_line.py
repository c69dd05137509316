"""The line between the demo's counter and its library's server: it passes bytes on until it is cut."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from kiosk.demo.registry.line import HOST, Line
from tests.support.wait import LIMIT, wait_until

TCP = Path("/proc/net/tcp")


@pytest.fixture
def echo() -> Iterator[int]:
    """A server that says what it hears."""
    listening = socket.create_server((HOST, 0))

    def answer(connection: socket.socket) -> None:
        with connection:
            while said := connection.recv(100):
                connection.sendall(said)

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield listening.getsockname()[1]
    listening.close()


@pytest.fixture
def line() -> Iterator[Line]:
    line = Line()
    yield line
    line.close()


def called(line: Line) -> socket.socket:
    return socket.create_connection((HOST, line.port), timeout=LIMIT)


def answers(connection: socket.socket) -> bool:
    """Whether somebody is at the other end; otherwise it was hung up on."""
    try:
        connection.sendall(b"hello")
        return connection.recv(100) == b"hello"
    except OSError:
        return False


def test_what_is_said_is_passed_on_both_ways(line: Line, echo: int) -> None:
    line.lead_to(echo)
    with called(line) as connection:
        assert answers(connection)


def test_it_hangs_up_before_it_leads_anywhere(line: Line) -> None:
    with called(line) as connection:
        assert not answers(connection)


def test_a_cut_ends_what_goes_on_and_everything_new_until_it_is_mended(line: Line, echo: int) -> None:
    line.lead_to(echo)
    with called(line) as before:
        assert answers(before)
        line.cut()
        assert not answers(before)
    with called(line) as meanwhile:
        assert not answers(meanwhile)
    line.mend()
    with called(line) as after:
        assert answers(after)


def test_hanging_up_cuts_nothing(line: Line, echo: int) -> None:
    line.lead_to(echo)
    with called(line) as before:
        assert answers(before)
        line.hang_up()
        assert not answers(before)
    with called(line) as after:
        assert answers(after)


@pytest.mark.skipif(not TCP.exists(), reason="shows who is being connected with")
def test_a_cut_while_the_other_end_is_still_being_reached_ends_that_too(line: Line) -> None:
    with socket.create_server((HOST, 0), backlog=0) as listening, ExitStack() as stack:
        port = listening.getsockname()[1]
        # The one place in its queue is taken: the next waits, and tries again after a second.
        stack.enter_context(socket.create_connection((HOST, port), timeout=LIMIT))
        line.lead_to(port)
        with called(line) as connection:
            wait_until(lambda: is_being_reached(port), "the line to reach for the other end")
            line.cut()
            line.mend()
            listening.settimeout(LIMIT)
            for _ in range(2):
                far, _ = listening.accept()
                stack.enter_context(far)
            assert connection.recv(1) == b""


def is_being_reached(port: int) -> bool:
    """Whether somebody waits for an answer of this port (SYN_SENT)."""
    rows = [line.split() for line in TCP.read_text().splitlines()[1:]]
    return any(row[2].endswith(f":{port:04X}") and row[3] == "02" for row in rows)
