"""End a connection of ours, and with it what another thread waits for on it."""

from __future__ import annotations

import socket
import sys
from contextlib import suppress


def hang_up(connection: socket.socket) -> None:
    """The other thread's call ends or raises OSError; the peer hears the end. Idempotent. The socket is still to be closed.

    Also for an SSLSocket: its own method would take the TLS from under whoever reads.
    """
    with suppress(OSError):
        if sys.platform == "win32":
            # There shutdown() disallows later calls alone, and closesocket() ends those that wait:
            # https://learn.microsoft.com/windows/win32/api/winsock/nf-winsock-closesocket
            socket.close(socket.socket.detach(connection))
        else:
            socket.socket.shutdown(connection, socket.SHUT_RDWR)
