"""Ending a connection that a thread reads from."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

from kiosk.hang_up import hang_up
from tests.support.wait import LIMIT


def test_who_reads_is_woken_and_the_other_end_hears_of_it() -> None:
    here, there = socket.socketpair()
    there.settimeout(LIMIT)
    heard = list[bytes]()

    def read() -> None:
        with suppress(OSError):
            while chunk := here.recv(1):
                heard.append(chunk)
                here.sendall(chunk)

    reading = threading.Thread(target=read, daemon=True)
    with here, there:
        reading.start()
        there.sendall(b"!")
        assert there.recv(1) == b"!"
        hang_up(here)
        hang_up(here)
        assert there.recv(1) == b""
        reading.join(LIMIT)
    assert (heard, reading.is_alive()) == ([b"!"], False)
