"""SIP2 server of the simulated library: on loopback, one thread per connection."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from kiosk.demo.ils.context import ServerContext
from kiosk.demo.ils.dialect import KOHA, Dialect
from kiosk.demo.ils.model import Hold, Loan
from kiosk.demo.ils.rules import Circulation
from kiosk.demo.ils.session import Dialogue, Login
from kiosk.domain.calendar import JAPAN
from kiosk.hang_up import hang_up
from kiosk.library.sip2 import Framer, Malformed, Message

HOST = "127.0.0.1"
CHANGING = frozenset({"11", "29", "65", "09", "15"})
"""Requests that change state."""


@dataclass(frozen=True, slots=True)
class Mishap:
    """Fault injected into one request; by default, none."""

    executed: bool = True
    sent: int | None = None
    """Bytes of the reply to send before closing the connection; None: the whole reply, and stay connected."""
    delay: float = 0
    """Seconds between execution and reply, in addition to the server's latency."""


DROPPED_BEFORE = Mishap(executed=False, sent=0)
DROPPED_AFTER = Mishap(sent=0)
SILENT = Mishap(delay=3600)
"""No reply ever again on this connection, until it is closed."""


@dataclass(frozen=True, slots=True)
class Executed:
    """A state-changing request as executed, whatever its outcome."""

    kind: str
    patron: str
    item: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The library's state at one moment."""

    loans: dict[str, Loan]
    """By item."""
    holds: tuple[Hold, ...]
    executed: Counter[Executed]
    """Since the server object was created."""
    requests: int
    """Lines received since then, on all connections."""

    def loans_of(self, patron: str) -> frozenset[str]:
        return frozenset(item for item, loan in self.loans.items() if loan.patron == patron)

    def holds_of(self, patron: str) -> frozenset[str]:
        return frozenset(hold.item for hold in self.holds if hold.patron == patron)


def now_in_japan() -> datetime:
    return datetime.now(JAPAN)


class LibraryServer:
    """Server that may be stopped and restarted on the same port, keeping its state."""

    def __init__(
        self,
        library: Circulation,
        dialect: Dialect = KOHA,
        *,
        login: Login | None = None,
        encoding: str = "utf-8",
        end: bytes = b"\r",
        port: int = 0,
        latency: float = 0,
        mishap: Callable[[int, str], Mishap] = lambda number, kind: Mishap(),
        now: Callable[[], datetime] = now_in_japan,
    ) -> None:
        """`port` 0 picks a free one. `latency`: seconds before each reply.

        `mishap` is called for each line received, with its number (from 1, over all connections) and message code, on the connection's
        thread.
        """
        library.rules = dialect.rules(library.rules)
        self.latency, self.port, self.login = latency, port, login
        self._library, self._context = library, ServerContext(library, dialect, now)
        self._encoding, self._end, self._mishap = encoding, end, mishap
        self._lock = threading.Lock()
        self._executed: Counter[Executed] = Counter()
        self._requests = 0
        self._next_change: Mishap | None = None
        self._round: _Round | None = None

    @property
    def running(self) -> bool:
        return self._round is not None

    def start(self) -> None:
        """Start listening. Raises OSError if the port is taken."""
        if self._round is None:
            self._round = _Round(self.port, self._talk)
            self.port = self._round.port

    def stop(self) -> None:
        """Close all connections and join the threads."""
        if self._round is not None:
            self._round.end()
            self._round = None

    def snapshot(self) -> Snapshot:
        with self._lock:
            holds = tuple(hold for queue in self._library.holds.values() for hold in queue)
            return Snapshot(dict(self._library.loans), holds, Counter(self._executed), self._requests)

    def change(self, act: Callable[[Circulation], None]) -> None:
        """Apply a change made at another counter or in the back office."""
        with self._lock:
            act(self._library)

    def befall_next(self, mishap: Mishap) -> None:
        """Inject `mishap` into the next state-changing request, in place of the usual one."""
        with self._lock:
            self._next_change = mishap

    # --- one connection -----------------------------------------------------------------------------------------------------

    def _talk(self, connection: socket.socket, pause: Callable[[float], bool]) -> None:
        """Serve a connection until either end closes it. `pause` waits that many seconds; True if the server is stopping."""
        dialogue = Dialogue(self._context, self.login, self._note, encoding=self._encoding, end=self._end)
        for line in _lines(connection):
            latency = self.latency
            mishap = self._mishap_of(self._count(), line[:2].decode("ascii", "replace"))
            reply = self._execute(dialogue, line) if mishap.executed else b""
            if pause(latency + mishap.delay) or reply is None:
                return
            connection.sendall(reply[: mishap.sent])
            if mishap.sent is not None:
                return

    def _mishap_of(self, number: int, kind: str) -> Mishap:
        usual = self._mishap(number, kind)
        if kind not in CHANGING:
            return usual
        with self._lock:
            wished, self._next_change = self._next_change, None
        return wished or usual

    def _count(self) -> int:
        with self._lock:
            self._requests += 1
            return self._requests

    def _execute(self, dialogue: Dialogue, line: bytes) -> bytes | None:
        with self._lock:
            return dialogue.answer(line)

    def _note(self, request: Message) -> None:
        if request.kind in CHANGING:
            self._executed[Executed(request.kind, request.first("AA") or "", request.first("AB") or "")] += 1


class _Round:
    """One run of the server: a listening socket with its thread, and a thread per connection."""

    def __init__(self, port: int, talk: Callable[[socket.socket, Callable[[float], bool]], None]) -> None:
        self._talk = talk
        self._ending = threading.Event()
        self._lock = threading.Lock()
        self._talks: dict[threading.Thread, socket.socket] = {}
        self._listening = socket.create_server((HOST, port))
        self.port: int = self._listening.getsockname()[1]
        self._door = threading.Thread(target=self._let_in, name="pretend-library")
        self._door.start()

    def end(self) -> None:
        self._ending.set()
        # Closing a socket does not interrupt a blocked accept; a connection does, on every platform.
        with suppress(OSError):
            socket.create_connection((HOST, self.port), timeout=1).close()
        self._door.join()
        with self._lock:
            talks = dict(self._talks)
        for thread, connection in talks.items():
            hang_up(connection)
            thread.join()

    def _let_in(self) -> None:
        with self._listening:
            while True:
                connection, _ = self._listening.accept()
                if self._ending.is_set():
                    connection.close()
                    return
                thread = threading.Thread(target=self._serve, args=(connection,), name="pretend-library-talk")
                with self._lock:
                    self._talks[thread] = connection
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            # If the client is gone there is nothing to report: the connection ends either way.
            with connection, suppress(OSError, Malformed):
                self._talk(connection, self._ending.wait)
        finally:
            with self._lock:
                del self._talks[threading.current_thread()]


def _lines(connection: socket.socket) -> Iterator[bytes]:
    framer = Framer()
    while data := connection.recv(65536):
        yield from framer.feed(data)
        # A request contains no line breaks.
        if framer.may_be_over:
            yield from framer.flush()


@contextmanager
def serving(server: LibraryServer) -> Iterator[LibraryServer]:
    server.start()
    try:
        yield server
    finally:
        server.stop()
