"""One connection to the server, beyond what uvicorn does for it: limits on silence, and errors in the protocol's own form."""

from __future__ import annotations

import asyncio
import json
import socket
from asyncio.sslproto import SSLProtocol

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from kiosk.registry.api.errors import ApiCode

# asyncio gives each TLS connection a buffer of 256 KB, most of what a waiting counter would cost; a record of TLS has 16 KB.
SSLProtocol.max_size = 32 * 1024

HEAD_BYTES = 16 * 1024
_UNREADABLE = json.dumps({"error": ApiCode.UNREADABLE.value}).encode()


class RegistryConnection(H11Protocol):
    """uvicorn gives up a connection that is silent after an answer, but waits for ever for the rest of a head, and for a first request."""

    head_seconds: float
    """In which the head of a request has to arrive, counted from its first byte; and that of the first, from the connection."""
    _head_timer: asyncio.TimerHandle | None = None

    @classmethod
    def limited_to(cls, seconds: float) -> type[RegistryConnection]:
        """uvicorn makes one for each connection, and knows nothing of this limit."""

        class Limited(cls):  # type: ignore[misc,valid-type]
            head_seconds = seconds

        return Limited

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # asyncio does so itself only for sockets it has made: head and body of an answer would go 40 ms apart (Nagle, delayed ACK).
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._is_answering():
            self._stop_waiting()
        else:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """To what is no HTTP. Not uvicorn's text, and not what it says of the request."""
        headers = [("content-type", "application/json"), ("content-length", str(len(_UNREADABLE))), ("connection", "close")]
        for event in (h11.Response(status_code=400, headers=headers), h11.Data(data=_UNREADABLE), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _is_answering(self) -> bool:
        return bool(self.cycle) and not self.cycle.response_complete

    def _await_head(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(self.head_seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up(self) -> None:
        self._head_timer = None
        if not self._is_answering():
            self.transport.abort()
