"""A pretend library system that listens on this machine, and lines to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from kiosk.demo.ils import KOHA, Dialect, LibraryServer, Login, Mishap, opening, serving
from tests.support.ils.raw_sip2_client import LOGIN, MOMENT, Wire

Serve = Callable[..., LibraryServer]


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def serve(stack: ExitStack) -> Serve:
    """Starts a library's system as it opens on 23 November 2026, and stops it after the test."""

    def start(
        dialect: Dialect = KOHA,
        *,
        login: Login | None = LOGIN,
        encoding: str = "utf-8",
        end: bytes = b"\r",
        latency: float = 0,
        mishap: Callable[[int, str], Mishap] = lambda number, kind: Mishap(),
    ) -> LibraryServer:
        server = LibraryServer(
            opening(MOMENT.date()), dialect, login=login, encoding=encoding, end=end, latency=latency, mishap=mishap, now=lambda: MOMENT
        )
        return stack.enter_context(serving(server))

    return start


@pytest.fixture
def dial(stack: ExitStack) -> Callable[[LibraryServer], Wire]:
    """A connection that has logged in."""

    def connect(server: LibraryServer) -> Wire:
        wire = stack.enter_context(Wire(server.port))
        if server.login:
            wire.log_in()
        return wire

    return connect
