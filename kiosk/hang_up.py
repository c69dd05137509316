"""End a connection of the virtual reader or the demo, and with it what another thread waits for on it.

Not for the counter's own: see `kiosk.store.sync.endable_socket`.
"""

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
            # There shutdown() disallows later calls alone, and closesocket() ends those that wait. Microsoft forbids it while they do: the
            # descriptor may be another socket's before they have ended.
            # https://learn.microsoft.com/windows/win32/api/winsock/nf-winsock-closesocket
            # What could be read from the wrong one here is of made-up cards and patrons, in a process that has no others.
            socket.close(socket.socket.detach(connection))
        else:
            socket.socket.shutdown(connection, socket.SHUT_RDWR)
