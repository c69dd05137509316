"""One connection of another program: what uvicorn does for HTTP and WebSocket, with our limits."""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from kiosk.http_connection import HttpConnection
from kiosk.local_api.connections import Address, Connections
from kiosk.local_api.errors import LocalApiError, LocalCode


class LocalConnection(HttpConnection):
    unreadable = LocalApiError(LocalCode.UNREADABLE).body
    opened: Connections
    _address: Address | None = None
    _is_upgraded = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self.client is not None:
            self._address = self.client
            self.opened.open(self.client, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._address is not None:
            self.opened.close(self._address)

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        # From here on it is no longer ours to limit.
        self._is_upgraded = True
        super().handle_websocket_upgrade(event)

    def is_answering(self) -> bool:
        return self._is_upgraded or super().is_answering()


class LocalWebSocket(WebSocketsSansIOProtocol):
    opened: Connections

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self.client is not None:
            self.opened.close(self.client)

    async def send(self, message: Any) -> None:
        # Whoever does not read would be given a number later on, perhaps when the patron has long left: nothing waits for them here.
        if message["type"] == "websocket.send" and self.transport.get_write_buffer_size():
            self.transport.abort()
            raise ClientDisconnected
        await super().send(message)


def protocols(opened: Connections, head_seconds: float) -> tuple[type[LocalConnection], type[LocalWebSocket]]:
    """uvicorn makes one for each connection, and knows nothing of ours."""

    class Http(LocalConnection.limited_to(head_seconds)):  # type: ignore[misc]
        pass

    class Ws(LocalWebSocket):
        pass

    Http.opened = Ws.opened = opened
    return Http, Ws
