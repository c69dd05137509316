"""TLS sockets whose waits another thread can end without touching them.

Closing is all that ends a wait for a socket on Windows, and nobody may do it while another call uses it: the descriptor "may immediately be
reused by the system", so that whoever waited would read from the next socket opened. "A Winsock client must never issue closesocket on s
concurrently with another Winsock function call": https://learn.microsoft.com/windows/win32/api/winsock/nf-winsock-closesocket
Hence the thread that waits looks up by itself.
"""

from __future__ import annotations

import math
import ssl
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

T = TypeVar("T")
_LOOK_SECONDS = 0.1
"""Between two looks at whether a wait is over."""


class EndableSocket(ssl.SSLSocket):
    """Made by an EndableContext. The handshake, reading and writing raise ConnectionAbortedError soon after its `is_ended` says so."""

    def do_handshake(self, block: bool = False) -> None:
        self._in_parts(lambda: super(EndableSocket, self).do_handshake(block))

    def recv_into(self, buffer: WriteableBuffer, nbytes: int | None = None, flags: int = 0) -> int:
        return self._in_parts(lambda: super(EndableSocket, self).recv_into(buffer, nbytes, flags))

    def send(self, data: ReadableBuffer, flags: int = 0) -> int:
        return self._in_parts(lambda: super(EndableSocket, self).send(data, flags))

    def _in_parts(self, act: Callable[[], T]) -> T:
        """Begun again where a part of the time is over: OpenSSL goes on from where it was."""
        limit = self.gettimeout()
        end = math.inf if limit is None else time.monotonic() + limit
        try:
            while True:
                if isinstance(self.context, EndableContext) and self.context.is_ended():
                    raise ConnectionAbortedError
                # A timeout of zero would mean something else.
                self.settimeout(max(0.001, min(_LOOK_SECONDS, end - time.monotonic())))
                try:
                    return act()
                except TimeoutError:
                    if time.monotonic() >= end:
                        raise
        finally:
            self.settimeout(limit)


class EndableContext(ssl.SSLContext):
    """For one connection at a time."""

    sslsocket_class = EndableSocket
    is_ended: Callable[[], bool] = staticmethod(lambda: False)
    """Whether nobody waits for it any more. Called on the thread that does."""
