"""The pretend library's SIP2 server: on this machine only, in threads of its own."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from kiosk.demo.ils.context import ServerContext
from kiosk.demo.ils.dialect import KOHA, Dialect
from kiosk.demo.ils.model import Hold, Loan
from kiosk.demo.ils.rules import Circulation
from kiosk.demo.ils.session import Dialogue, Login
from kiosk.domain.calendar import JAPAN
from kiosk.domain.dataclass import dataclass
from kiosk.library.sip2 import Framer, Malformed, Message

HOST = "127.0.0.1"
CHANGING = frozenset({"11", "29", "65", "09", "15"})
"""Requests that change what the library remembers."""


@dataclass(frozen=True, slots=True)
class Mishap:
    """What becomes of one request; as it stands, nothing goes wrong."""

    executed: bool = True
    sent: int | None = None
    """So many bytes of the reply, then the connection is closed. None: all of it, where there is a reply."""
    delay: float = 0
    """Seconds between executing the request and its reply, beside the server's own."""


DROPPED_BEFORE = Mishap(executed=False, sent=0)
DROPPED_AFTER = Mishap(sent=0)
SILENT = Mishap(delay=3600)
"""Nothing is said any more on this connection, until somebody closes it."""


@dataclass(frozen=True, slots=True)
class Executed:
    """A request that changes state, as it was executed, whatever came of it."""

    kind: str
    patron: str
    item: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the library remembers at one moment."""

    loans: dict[str, Loan]
    """By item."""
    holds: tuple[Hold, ...]
    executed: Counter[Executed]
    """Since the server was made."""
    requests: int
    """Lines received since the server was made, on all connections."""

    def loans_of(self, patron: str) -> frozenset[str]:
        return frozenset(item for item, loan in self.loans.items() if loan.patron == patron)

    def holds_of(self, patron: str) -> frozenset[str]:
        return frozenset(hold.item for hold in self.holds if hold.patron == patron)


def now_in_japan() -> datetime:
    return datetime.now(JAPAN)


class LibraryServer:
    """Listens between `start` and `stop`, and again after another `start`, on the same port; what was lent stays lent."""

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
        """`port` 0: any. `latency`: seconds before each answer. `mishap` is asked for each line received, with its number (from 1, over
        all connections) and its kind, on the thread of the connection.
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
        """Raises OSError when the port is taken."""
        if self._round is None:
            self._round = _Round(self.port, self._talk)
            self.port = self._round.port

    def stop(self) -> None:
        """Closes all connections and waits for the threads."""
        if self._round is not None:
            self._round.end()
            self._round = None

    def snapshot(self) -> Snapshot:
        with self._lock:
            holds = tuple(hold for queue in self._library.holds.values() for hold in queue)
            return Snapshot(dict(self._library.loans), holds, Counter(self._executed), self._requests)

    def change(self, act: Callable[[Circulation], None]) -> None:
        """What happens at another counter, or in the back office."""
        with self._lock:
            act(self._library)

    def befall_next(self, mishap: Mishap) -> None:
        """This becomes of the next request that changes something, in place of what `mishap` says."""
        with self._lock:
            self._next_change = mishap

    # --- one connection -----------------------------------------------------------------------------------------------------

    def _talk(self, connection: socket.socket, pause: Callable[[float], bool]) -> None:
        """Until either end closes. `pause` waits that many seconds and says whether the server stops meanwhile."""
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
    """From one start to the next stop: a listening socket with its thread, and a thread for each connection."""

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
        # Closing a socket does not end an accept that waits on it; a visitor does, on every system.
        with suppress(OSError):
            socket.create_connection((HOST, self.port), timeout=1).close()
        self._door.join()
        with self._lock:
            talks = dict(self._talks)
        for thread, connection in talks.items():
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
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
            # A client that is gone is nothing to tell: the connection ends either way.
            with connection, suppress(OSError, Malformed):
                self._talk(connection, self._ending.wait)
        finally:
            with self._lock:
                del self._talks[threading.current_thread()]


def _lines(connection: socket.socket) -> Iterator[bytes]:
    framer = Framer()
    while data := connection.recv(65536):
        yield from framer.feed(data)
        # A request has no breaks within.
        if framer.may_be_over:
            yield from framer.flush()


@contextmanager
def serving(server: LibraryServer) -> Iterator[LibraryServer]:
    server.start()
    try:
        yield server
    finally:
        server.stop()
