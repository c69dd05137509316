"""The library's server as an object: in the foreground for `kiosk serve`, on a thread of its own for tests. Always TLS."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import socket
import ssl
import threading
from collections.abc import Iterator
from types import FrameType

import uvicorn

from kiosk.ending_signals import heard
from kiosk.http_connection import HEAD_BYTES
from kiosk.registry.api.app import registry_app
from kiosk.registry.api.backend import Backend, Library
from kiosk.registry.api.limits import DEFAULT, Limits
from kiosk.registry.connection import RegistryConnection
from kiosk.registry.listener import listening

_IDLE_SECONDS = 75
"""For which a connection is kept between two requests: longer than a counter pauses."""
_LAST_ANSWERS_SECONDS = 10
_GOODBYE_SECONDS = 1.0
"""For which the other end is awaited when TLS is ended. A counter that is not asking anything does not read, and would hold up the end."""
_START_SECONDS, _STOP_SECONDS = 30.0, 30.0
_YOUNG_OBJECTS = 20_000
"""After so many new ones the garbage collector looks for cycles among them; Python's 700 are a few operations."""


class RegistryServer:
    """Listens from the moment it is made, and answers while it runs, once. Every method but `end` belongs to the thread that made it."""

    def __init__(self, library: Library, context: ssl.SSLContext, address: str, port: int = 0, limits: Limits = DEFAULT) -> None:
        """`context` shows the server's certificate; loading another into it holds from the next connection on. `port` 0: any that is free.

        Raises OSError: the address is not this machine's, or the port is taken.
        """
        self._backend = Backend(library)
        self._socket = listening(address, port, limits.connections)
        config = uvicorn.Config(
            registry_app(self._backend, limits),
            loop="asyncio",
            http=RegistryConnection.limited_to(limits.head_seconds),
            ws="none",
            lifespan="on",
            interface="asgi3",
            # The log is ours (`kiosk.log`): uvicorn's own would hold addresses and queries.
            log_config=None,
            access_log=False,
            # Nobody says on behalf of whom he asks.
            proxy_headers=False,
            server_header=False,
            h11_max_incomplete_event_size=HEAD_BYTES,
            timeout_keep_alive=_IDLE_SECONDS,
            timeout_graceful_shutdown=_LAST_ANSWERS_SECONDS,
            ssl_context_factory=lambda _config, _default: context,
        )
        self._begun = threading.Event()
        self._server = _Server(config, self._backend, self._begun, limits.head_seconds)
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        number: int = self._socket.getsockname()[1]
        return number

    @property
    def waiting(self) -> int:
        """How many counters wait for news."""
        return self._backend.tail.waiting

    def ended_by_signals(self) -> contextlib.AbstractContextManager[None]:
        """Meanwhile signals end `run`, also if it has not begun. On the main thread."""
        return heard(self._server.end_by_signal)

    def run(self) -> None:
        """Serve until told to end, then let waiting counters go and finish what was begun."""
        _allow_many_connections()
        # A batch makes thousands of objects, of which none is part of a cycle, and what was imported stays.
        gc.collect()
        gc.freeze()
        gc.set_threshold(_YOUNG_OBJECTS)
        self._server.run([self._socket])

    def end(self) -> None:
        """Let `run` end as by a signal, also if it has not begun. From any thread."""
        self._server.should_exit = True

    def start(self) -> None:
        """Serve on a thread of its own. Returns once it answers."""
        self._thread = threading.Thread(target=self._serve, name="registry-server")
        self._thread.start()
        if not (self._begun.wait(_START_SECONDS) and self._server.started):
            self.stop()
            raise RuntimeError("the server did not start")

    def stop(self) -> None:
        """Let waiting counters go, finish what was begun, and end."""
        self.end()
        if self._thread is not None:
            self._thread.join(_STOP_SECONDS)
            if self._thread.is_alive():
                raise RuntimeError("the server did not end")
        self._socket.close()

    def _serve(self) -> None:
        try:
            self._server.run([self._socket])
        finally:
            self._begun.set()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, backend: Backend, begun: threading.Event, handshake_seconds: float) -> None:
        super().__init__(config)
        self._backend, self._begun, self._handshake_seconds = backend, begun, handshake_seconds

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        # uvicorn has no settings for them, and asyncio waits 60 and 30 seconds.
        loop = asyncio.get_running_loop()
        seconds = {"ssl_handshake_timeout": self._handshake_seconds, "ssl_shutdown_timeout": _GOODBYE_SECONDS}
        loop.create_server = functools.partial(loop.create_server, **seconds)  # type: ignore[method-assign]
        await super().startup(sockets)
        self._begun.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # uvicorn tells its connections to end and waits for their answers; counters would wait up to 25 s for news.
        asyncio.get_running_loop().call_soon(self._backend.tail.close)
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """None: uvicorn would raise them once more at its end, and the program end as if it had been killed."""
        yield

    def end_by_signal(self, number: int, frame: FrameType | None) -> None:
        # The second time whoever stops it does not want to wait.
        self.force_exit = self.should_exit
        self.should_exit = True


def _allow_many_connections() -> None:
    """Each connection is a descriptor, and many systems give a program 1,024 unless it asks for more."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # not on Windows

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
