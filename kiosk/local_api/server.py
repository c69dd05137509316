"""The process for HTTP: listens on 127.0.0.1, says what it needs on its standard output, and ends with its standard input."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import threading
from collections.abc import Callable
from typing import BinaryIO

import uvicorn

from kiosk.http_connection import HEAD_BYTES
from kiosk.local_api.app import LocalApp
from kiosk.local_api.connection import protocols
from kiosk.local_api.connections import Connections
from kiosk.local_api.hub import Hub
from kiosk.local_api.limits import DEFAULT, Limits
from kiosk.local_api.listening import listening
from kiosk.local_api.pipe import FromProcess, Listening, decode_from_counter, encode_from_process
from kiosk.memory_dumps import forbid_memory_dumps

_PING_SECONDS = 20.0
_GOODBYE_SECONDS = 1


def serve(port: int, counter: BinaryIO, say: Callable[[FromProcess], None], limits: Limits = DEFAULT) -> None:
    """Serve until `counter` ends. `say` may be called by any thread."""
    first = counter.readline()
    if not first:
        return
    try:
        created = listening(port)
    except OSError:
        say(Listening(succeeded=False))
        return
    hub = Hub(say)
    hub.hear(decode_from_counter(first))
    opened = Connections(limits.connections, limits.of_client)
    http, websocket = protocols(opened, limits.head_seconds)
    config = uvicorn.Config(
        LocalApp(hub, opened, port, limits, say),
        loop="asyncio",
        http=http,
        ws=websocket,
        ws_max_size=limits.message_bytes,
        ws_ping_interval=_PING_SECONDS,
        ws_ping_timeout=_PING_SECONDS,
        ws_per_message_deflate=False,
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        h11_max_incomplete_event_size=HEAD_BYTES,
        timeout_graceful_shutdown=_GOODBYE_SECONDS,
    )
    _Server(config, hub, counter, say).run([created])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, hub: Hub, counter: BinaryIO, say: Callable[[FromProcess], None]) -> None:
        super().__init__(config)
        self._hub, self._counter, self._say = hub, counter, say

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        threading.Thread(target=self._hear, args=(asyncio.get_running_loop(),), name="counter", daemon=True).start()
        self._say(Listening(succeeded=True))

    def _hear(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            for line in self._counter:
                loop.call_soon_threadsafe(self._hub.hear, decode_from_counter(line))
        finally:
            self.should_exit = self.force_exit = True


def main() -> None:
    """`python -m kiosk.local_api PORT`, started by `local_api_thread`."""
    forbid_memory_dumps()
    if sys.platform != "win32":
        # Whatever others ask of it, the windows go first. (On Windows it is started with a lower priority.)
        os.nice(5)
    # Libraries may write to standard output; that must not mix with what is said.
    told, lock = os.fdopen(os.dup(1), "wb"), threading.Lock()
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 1)

    def say(said: FromProcess) -> None:
        with lock:
            told.write(encode_from_process(said))
            told.flush()

    # Nothing remains to be closed, and whoever asks is told by the end of the connection.
    try:
        serve(int(sys.argv[1]), sys.stdin.buffer, say)
    finally:
        os._exit(0)
