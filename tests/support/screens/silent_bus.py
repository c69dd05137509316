"""A session bus that lets everybody in and answers nobody."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def silent_bus(folder: Path) -> Iterator[str]:
    """Its address. In the end it hangs up on everybody."""
    connections: list[socket.socket] = []
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "bus"))
        listener.listen()

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    connections.append(connection)
                    # https://dbus.freedesktop.org/doc/dbus-specification.html#auth-protocol
                    connection.recv(1024)
                    connection.sendall(b"OK 1234567890abcdef1234567890abcdef\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"unix:path={folder / 'bus'}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
            for connection in connections:
                connection.close()
