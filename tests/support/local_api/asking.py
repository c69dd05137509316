"""Other programs that ask, well-behaved or not: HTTP by the standard library, WebSocket by `websockets`."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

SECONDS = 35.0
PATH = "/v1/events"
NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> tuple[int, str]:
        return self.status, self.json["error"]


def ask(
    port: int, token: str = "", headers: Mapping[str, str] = NOTHING, *, method: str = "GET", path: str = PATH, body: bytes = b""
) -> Reply:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request(method, path, body or None, dict(headers) | ({"Authorization": f"Bearer {token}"} if token else {}))
        answer = connection.getresponse()
        return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


@contextmanager
def opened(port: int, token: str | None, origin: str | None = None) -> Iterator[ClientConnection]:
    """A WebSocket, on which the token is shown, if there is one."""
    with connect(
        f"ws://127.0.0.1:{port}{PATH}", origin=None if origin is None else Origin(origin), proxy=None, compression=None
    ) as socket_:
        if token is not None:
            socket_.send(json.dumps({"token": token}))
        yield socket_


def told(socket_: ClientConnection) -> Any:
    """The next event."""
    return json.loads(socket_.recv(SECONDS))


def closed(socket_: ClientConnection) -> tuple[int, str]:
    """How it is closed from there, with nothing said before."""
    with pytest.raises(ConnectionClosed) as ended:
        socket_.recv(SECONDS)
    assert ended.value.rcvd is not None
    return ended.value.rcvd.code, ended.value.rcvd.reason


def raw(port: int, said: bytes, limit: float = SECONDS) -> bytes:
    """What is answered to these bytes, to the end of the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=limit) as connection:
        connection.sendall(said)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
        return b"".join(parts)
