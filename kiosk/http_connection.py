"""One connection to a server of ours, beyond what uvicorn does for it: limits on silence, and our own answer to what is no HTTP."""

from __future__ import annotations

import asyncio
import socket
from typing import Self

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_BYTES = 16 * 1024


class HttpConnection(H11Protocol):
    """uvicorn gives up a connection that is silent after an answer, but waits for ever for the rest of a head, and for a first request."""

    head_seconds: float
    """In which the head of a request has to arrive, counted from its first byte; and that of the first, from the connection."""
    unreadable: bytes
    """The answer to what is no HTTP, in JSON."""
    _head_timer: asyncio.TimerHandle | None = None

    @classmethod
    def limited_to(cls, seconds: float) -> type[Self]:
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
        if self.is_answering():
            self._stop_waiting()
        else:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """To what is no HTTP. Not uvicorn's text, and not what it says of the request."""
        headers = [("content-type", "application/json"), ("content-length", str(len(self.unreadable))), ("connection", "close")]
        for event in (h11.Response(status_code=400, headers=headers), h11.Data(data=self.unreadable), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def is_answering(self) -> bool:
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
        if not self.is_answering():
            self.transport.abort()
