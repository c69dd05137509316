"""The socket where others on this computer are awaited."""

from __future__ import annotations

import socket
import sys

_BACKLOG = 128


def listening(port: int) -> socket.socket:
    """Raises OSError: the port is taken, or kept by the system."""
    created = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            # Otherwise whoever sets SO_REUSEADDR listens on the same port, and is sent tokens.
            # https://learn.microsoft.com/windows/win32/winsock/using-so-reuseaddr-and-so-exclusiveaddruse
            created.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            # Only for connections that are over: Linux lets nobody listen where somebody does.
            created.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        created.bind(("127.0.0.1", port))
        created.listen(_BACKLOG)
    except OSError:
        created.close()
        raise
    return created
