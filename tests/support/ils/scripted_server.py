"""A library system in bytes: a real socket on the loopback whose every reply is written in the test. Independent of our codec."""

from __future__ import annotations

import contextlib
import re
import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, timezone
from types import TracebackType
from typing import Any

from kiosk.config import IlsSettings
from kiosk.config.settings import Ils
from kiosk.domain.model import LibraryCardNumber, Service
from kiosk.library.ils import IlsClient
from tests.support.wait import LIMIT

TODAY = date(2026, 11, 23)
NUMBER = LibraryCardNumber("D0123456789")
BOOK = "1100000000017"
TITLE = "吾輩は猫である"
DATE = "20261123    185033"

LOGIN = "941"
STATUS = f"98YYYYNN100005{DATE}2.00AOKENRITSU|BXYYYYYYYYYYYNYYYY|"
TAKES_ALL = STATUS.replace("BXYYYYYYYYYYYNYYYY", "BXYYYYYYYYYYYYYYYY")
PATRON = f"64              000{DATE}000000000001000000000000AOKENRITSU|AAD0123456789|AE花子 山田|BLY|AU1100000000033|"
LENT = f"121NNY{DATE}AOKENRITSU|AAD0123456789|AB{BOOK}|AJ{TITLE}|AH20261207    235900|"


_REFUSED = {Service.LOAN: ("11", "120NUN"), Service.RENEWAL: ("29", "300NUN"), Service.HOLD: ("15", "160N")}


def refused(service: Service, said: str = "", title: str = TITLE) -> tuple[str, str]:
    """The kind of request and the reply that refuses it, with the server's message."""
    kind, head = _REFUSED[service]
    return kind, f"{head}{DATE}AOKENRITSU|AAD0123456789|AB{BOOK}|AJ{title}|AH|" + (f"AF{said}|" if said else "")


def seal(text: str, request: bytes, *, encoding: str = "utf-8", end: bytes = b"\r") -> bytes:
    """A reply as a line, with sequence number and checksum if the request has them."""
    body = text.encode(encoding)
    number = re.search(rb"AY([0-9])AZ[0-9A-F]{4}$", request)
    if number is None:
        return body + end
    body += b"AY" + number.group(1) + b"AZ"
    return body + b"%04X" % (-sum(body) & 0xFFFF) + end


def field(request: bytes, code: str) -> str:
    """A field of a request, wherever it is."""
    found = re.search(rf"(?:\||[0-9 NY+]){code}([^|]*)\|".encode(), request)
    return found.group(1).decode() if found else ""


class Line:
    """The server's end of one connection."""

    def __init__(self, connected: socket.socket, received: list[bytes]) -> None:
        self._socket, self._buffer, self._received = connected, b"", received

    def read(self) -> bytes:
        """The next request without its CR; empty once the client has disconnected."""
        while b"\r" not in self._buffer:
            try:
                piece = self._socket.recv(65536)
            except OSError:
                return b""
            if not piece:
                return b""
            self._buffer += piece
        line, self._buffer = self._buffer.split(b"\r", 1)
        self._received.append(line)
        return line

    def say(self, *pieces: bytes) -> None:
        """Send each piece in a packet of its own; ignore a client that has disconnected."""
        with contextlib.suppress(OSError):
            for piece in pieces:
                self._socket.sendall(piece)

    def read_all(self) -> bytes:
        """Everything until the client disconnects."""
        everything = b""
        with contextlib.suppress(OSError):
            while piece := self._socket.recv(65536):
                everything += piece
        return everything

    def wait_readable(self, seconds: float) -> bool:
        """Whether data arrived within that time, or the client disconnected."""
        return bool(select.select([self._socket], [], [], seconds)[0])

    def wait_for_end(self) -> None:
        """Stay silent until the client disconnects."""
        while self.read():
            pass

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def reset(self) -> None:
        """Close with a TCP reset, as a server that died."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self._socket.close()


Talk = Callable[[Line], None]


class Station:
    """Accepts connections and runs `talk` on each, one after the other, on a thread. Exceptions there are raised on exit."""

    def __init__(self, *talks: Talk, tls: ssl.SSLContext | None = None, port: int = 0) -> None:
        """One talk per connection; the last is used for all further ones."""
        self._talks, self._tls = talks, tls
        self._listening = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listening.getsockname()[1]
        self.received: list[bytes] = []
        self.connections = 0
        self.closed = threading.Semaphore(0)
        """Released once for each connection closed by the server."""
        self._problem: BaseException | None = None
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def kinds(self) -> list[str]:
        """The kinds of all requests so far, in order."""
        return [line[:2].decode() for line in self.received]

    def __enter__(self) -> Station:
        self._thread.start()
        return self

    def stop_listening(self) -> None:
        """Accept no new connections; open ones stay open."""
        # Wakes a thread blocked in accept, which closing alone does not.
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop_listening()
        self._thread.join(LIMIT)
        assert not self._thread.is_alive(), "a talk has not ended: is the client closed?"
        if self._problem is not None and kind is None:
            raise self._problem

    def _serve(self) -> None:
        while True:
            try:
                connected, _ = self._listening.accept()
            except OSError:
                return
            # Send small packets one by one, as scripted, instead of letting the system coalesce them.
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            talk = self._talks[min(self.connections, len(self._talks) - 1)]
            self.connections += 1
            try:
                if self._tls is not None:
                    try:
                        connected = self._tls.wrap_socket(connected, server_side=True)
                    except OSError:
                        continue
                talk(Line(connected, self.received))
            except BaseException as problem:
                self._problem = self._problem or problem
            finally:
                connected.close()
                self.closed.release()


Answer = str | bytes | Callable[[bytes, Line], Any] | None
"""The reply to a request: text, completed with number and checksum; raw bytes; a function; or None for silence."""


def answering(answers: dict[str, Answer] | None = None, *, encoding: str = "utf-8", end: bytes = b"\r") -> Talk:
    """Answer each request by its kind until the client disconnects. Login and status succeed unless scripted otherwise."""
    by_kind: dict[str, Answer] = {"93": LOGIN, "99": STATUS, **(answers or {})}

    def talk(line: Line) -> None:
        while request := line.read():
            answer = by_kind[request[:2].decode()]
            if isinstance(answer, str):
                line.say(seal(answer, request, encoding=encoding, end=end))
            elif isinstance(answer, bytes):
                line.say(answer)
            elif answer is not None and answer(request, line) is CLOSED:
                return

    return talk


CLOSED = object()
"""Returned by a function that has closed the connection."""


def hang_up(request: bytes, line: Line) -> object:
    line.close()
    return CLOSED


def in_turn(*replies: Answer) -> Callable[[bytes, Line], Any]:
    """One reply after the other, the last one repeatedly."""
    left = list(replies)

    def say(request: bytes, line: Line) -> Any:
        reply = left.pop(0) if len(left) > 1 else left[0]
        if callable(reply):
            return reply(request, line)
        if reply is not None:
            line.say(reply if isinstance(reply, bytes) else seal(reply, request))
        return None

    return say


def settings(port: int, **changes: Any) -> IlsSettings:
    given: dict[str, Any] = {
        "system": Ils.KOHA,
        "host": "127.0.0.1",
        "port": port,
        "user": "kiosk",
        "password": "kioskpwd",
        "location": "COUNTER1",
        "institution": "KENRITSU",
    }
    return IlsSettings(**{**given, **changes})


@contextlib.contextmanager
def client_of(port: int, *, answer_seconds: float = 5.0, settle_seconds: float = 0.01, **changes: Any) -> Iterator[IlsClient]:
    """A client of the server on this port. Tests with a silent server pass a short `answer_seconds`."""
    limits: dict[str, Any] = {name: changes.pop(name) for name in ("monotonic", "connect_seconds", "pause") if name in changes}
    client = IlsClient(
        settings(port, **changes), lambda: TODAY, now=at_the_counter, answer_seconds=answer_seconds, settle_seconds=settle_seconds, **limits
    )
    try:
        yield client
    finally:
        client.close()


def at_the_counter() -> datetime:
    return datetime(2026, 11, 23, 9, 50, 31, tzinfo=timezone(timedelta(hours=9)))


class Clock:
    """A clock that the test advances."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now
