"""One address has so many connections at a time, whether they say anything or not."""

from __future__ import annotations

import socket
from contextlib import ExitStack

import pytest

from kiosk.registry.listener import listening
from tests.support.wait import LIMIT


def test_one_too_many_is_closed_and_one_that_ends_makes_room() -> None:
    with ExitStack() as stack:
        listener = stack.enter_context(listening("127.0.0.1", 0, most=2))

        def connect() -> socket.socket:
            return stack.enter_context(socket.create_connection(listener.getsockname(), LIMIT))

        connect()
        first, (host, _) = listener.accept()
        connect()
        second, _ = listener.accept()
        refused = connect()
        with pytest.raises(ConnectionAbortedError):
            listener.accept()
        assert host == "127.0.0.1"
        assert refused.recv(1) == b""
        first.close()
        first.close()
        connect().sendall(b"x")
        third, _ = listener.accept()
        assert third.recv(1) == b"x"
        connect()
        with pytest.raises(ConnectionAbortedError):
            listener.accept()
        second.close()
        third.close()


def test_another_address_has_its_own() -> None:
    with listening("0.0.0.0", 0, most=1) as listener:  # noqa: S104 - the loopback network has many addresses
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port), LIMIT):
            one, _ = listener.accept()
            with socket.create_connection(("127.0.0.1", port), LIMIT, ("127.0.0.2", 0)):
                other, (host, _) = listener.accept()
                assert host == "127.0.0.2"
                other.close()
            one.close()
