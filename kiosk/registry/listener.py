"""The socket where the server listens: of one address it accepts so many connections at a time, before any of them has said anything."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Callable
from typing import Any

from kiosk.registry.api.limits import address_key

_BACKLOG = 512


class Listener(socket.socket):
    """For the selector's event loop, which calls `accept`. (On Windows asyncio accepts by itself, and nothing is counted.)"""

    def __init__(self, most: int, listening: socket.socket) -> None:
        """`most`: connections of one address. `listening` is taken over."""
        super().__init__(listening.family, listening.type, listening.proto, listening.detach())
        self._most = most
        self._open: Counter[str] = Counter()

    def accept(self) -> tuple[socket.socket, Any]:
        """Raises ConnectionAbortedError for one too many, which is closed: the loop then waits for the next."""
        accepted, address = super().accept()
        key = address_key(address[0])
        if self._open[key] >= self._most:
            accepted.close()
            raise ConnectionAbortedError
        self._open[key] += 1
        return _Accepted(accepted, lambda: self._forget(key)), address

    def _forget(self, key: str) -> None:
        self._open[key] -= 1
        if not self._open[key]:
            del self._open[key]


class _Accepted(socket.socket):
    def __init__(self, accepted: socket.socket, on_close: Callable[[], None]) -> None:
        super().__init__(accepted.family, accepted.type, accepted.proto, accepted.detach())
        self._on_close: Callable[[], None] | None = on_close

    def close(self) -> None:
        super().close()
        on_close, self._on_close = self._on_close, None
        if on_close is not None:
            on_close()


def listening(address: str, port: int, most: int) -> Listener:
    """Listen. `most`: connections of one address. Raises OSError."""
    family, _, _, _, place = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    is_all = address == "::" and socket.has_dualstack_ipv6()
    created = socket.create_server((str(place[0]), port), family=family, backlog=_BACKLOG, dualstack_ipv6=is_all)
    return Listener(most, created)
