"""A server of the library that can lie: real sockets and TLS, the ledger of the histories behind it, and a script in front.

The script sees each request first and may answer instead, do nothing, cut the connection or let the ledger answer.
"""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.domain.model import LinkToken
from kiosk.domain.registry_json import answers_json, found_json, read_operation, snapshot_json, status_json, stops_json
from kiosk.domain.registry_wire import Answer, Answers, Deferred, FeedPage, FoundLinks, LedgerStatus, SnapshotPage, StopsPage
from kiosk.domain.wire import Position, UnlinkOperation
from kiosk.ledger.digest import LinkHash
from kiosk.registry.authority import Issued, issue, new_authority
from kiosk.store.sync.tls import Authority
from tests.support.ledger.server import ServerInMemory
from tests.support.registry.feed_page import feed_json
from tests.support.wait import LIMIT

SITE_KEY = bytes(range(64, 96))
_WAKE = 0.02
_LONGEST = 60.0


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    secret: str
    at: float


@dataclass(frozen=True, slots=True)
class Say:
    """One answer. `body`: bytes as they are, or what becomes JSON."""

    status: int
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)


class Cut(Exception):
    """Raised by a script: the connection ends without an answer."""


Script = Callable[[Asked], Say | None]


def nothing_special(asked: Asked) -> None:
    """The ledger answers."""


@dataclass
class ScriptedRegistry:
    """Use as a context manager."""

    folder: Path
    name: str = "127.0.0.1"
    ledger: ServerInMemory = field(default_factory=ServerInMemory)
    script: Script = nothing_special
    clock_ahead: timedelta = timedelta()
    retiring: bool = False
    asked: list[Asked] = field(default_factory=list)
    longest_wait: float = 25.0
    """Seconds for which news are waited for, whatever is asked."""
    issued_at: datetime | None = None
    """When the certificate was; now by default."""
    page: int = 5000
    """Links in one answer, at most."""
    deferring: bool = False
    """Links wait for the stops of others."""
    rest: threading.Event | None = None
    """Until it is set, only the beginning of each answer from the feed is sent."""
    halves: int = 0
    """How many such beginnings were sent."""

    def __post_init__(self) -> None:
        self.issued = new_authority("図書館", datetime.now(UTC))
        self.authority = Authority(self.issued.certificate.public_bytes(Encoding.DER))
        self._moved, self._let_go = threading.Condition(), 0
        self._held = 0
        self._ended = False
        self.ledger.epochs = replace(self.ledger.epochs, current=1)
        self._http = _Server(("127.0.0.1", 0), _handler(self))
        self._http.socket = self.context(issue(self.issued, [self.name], self.issued_at or datetime.now(UTC))).wrap_socket(
            self._http.socket, server_side=True, do_handshake_on_connect=False
        )
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": _WAKE}, name="scripted-registry")

    def context(self, issued: Issued) -> ssl.SSLContext:
        path = self.folder / f"server-{x509.random_serial_number():x}.pem"
        path.write_bytes(issued.encoded())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> ScriptedRegistry:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        if not self._ended:
            self._ended = True
            self.news()
            self._http.shutdown()
            self._thread.join(LIMIT)
            self._http.end()

    def hang_up(self) -> None:
        """Close every connection, as servers do with idle ones; new ones are taken."""
        self._http.hang_up()

    def news(self) -> None:
        """Wake whoever waits for the feed."""
        with self._moved:
            self._moved.notify_all()

    def let_go(self) -> bool:
        """Answer whoever waits for the feed, though there is no news; False, to stand in a condition that is looked at again and again."""
        with self._moved:
            self._let_go += 1
            self._moved.notify_all()
        return False

    def paths(self) -> list[str]:
        return [each.path for each in self.asked]

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Whoever asked waits on purpose, and not for a slow computer."""
        with self._moved:
            self._held += 1
        try:
            yield
        finally:
            with self._moved:
                self._held -= 1

    def is_holding(self) -> bool:
        return self._held > 0

    # --- answers of the ledger ------------------------------------------------------------------------------------------

    def status(self) -> LedgerStatus:
        hashed = LinkHash(SITE_KEY)
        placed = self.ledger.links.values()
        summed = hashed.of_all((each.link.token.digest, each.link.number.text, each.cursor) for each in placed)
        now = datetime.now(UTC).replace(microsecond=0) + self.clock_ahead
        head, safe, epochs = self.ledger.position, self.ledger.safe, self.ledger.epochs
        return LedgerStatus(head, summed.count, hashed.seal(summed).hex(), safe, epochs, 0, 0, now, 0, self.retiring)

    def answer(self, asked: Asked) -> Say:
        if (said := self.script(asked)) is not None:
            return said
        match asked.path:
            case "/v1/authority":
                return Say(200, self.authority.pem)
            case "/v1/operations":
                return self._operations(asked)
            case "/v1/feed":
                return self._feed(asked)
            case "/v1/stops" if self.ledger.has_parted(asked.query):
                return Say(409, {"error": "order-parted", "status": status_json(self.status())})
            case "/v1/stops":
                after = int(asked.query.get("after", 0))
                stops = tuple(placed for placed in self.ledger.snapshot().stops if placed.stop.cursor > after)
                return Say(200, stops_json(StopsPage(stops, None, self.status())))
            case "/v1/snapshot":
                return self._snapshot(asked)
            case "/v1/links/find":
                tokens = {LinkToken(bytes.fromhex(each)) for each in asked.body["tokens"]}
                links = tuple(placed for token, placed in self.ledger.links.items() if token in tokens)
                return Say(200, found_json(FoundLinks(links, self.status())))
            case "/v1/leave":
                return Say(200, {"status": status_json(self.status())})
        return Say(404, {"error": "unknown-route"})

    def _operations(self, asked: Asked) -> Say:
        answers: dict[Any, Answer] = {}
        for each in asked.body["operations"]:
            operation = read_operation(each)
            deferred = self.deferring and not isinstance(operation, UnlinkOperation)
            answers[operation.origin.uuid] = Deferred() if deferred else self.ledger.take(operation).state
        self.news()
        return Say(200, answers_json(Answers(answers, self.status())))

    def _feed(self, asked: Asked) -> Say:
        known = Position(int(asked.query["epoch"]), int(asked.query["cursor"]))
        end = time.monotonic() + min(int(asked.query["wait"]), self.longest_wait)
        with self.holding(), self._moved:
            let_go = self._let_go
            while self.ledger.position == known and let_go == self._let_go and not self._ended and (left := end - time.monotonic()) > 0:
                self._moved.wait(left)
        if known.epoch != self.ledger.epochs.current:
            return Say(409, {"error": "epoch-changed", "status": status_json(self.status())})
        return Say(200, feed_json(FeedPage(self.ledger.page(known.cursor, 500).entries, self.status())))

    def _snapshot(self, asked: Asked) -> Say:
        after = bytes.fromhex(asked.query.get("after", ""))
        links = sorted(
            (each for each in self.ledger.links.values() if each.link.token.digest > after), key=lambda each: each.link.token.digest
        )
        limit = min(int(asked.query["limit"]), self.page)
        return Say(200, snapshot_json(SnapshotPage(tuple(links[:limit]), len(links) <= limit, self.status())))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self._connections: set[Any] = set()

    def get_request(self) -> tuple[Any, Any]:
        sock, address = super().get_request()
        self._connections.add(sock)
        return sock, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Connections break here on purpose."""

    def hang_up(self) -> None:
        for sock in self._connections:
            with suppress(OSError):
                # Not the method of SSLSocket, which takes the TLS from under whoever reads.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def end(self) -> None:
        for sock in self._connections:
            with suppress(OSError):
                sock.close()
        self.server_close()


def _handler(registry: ScriptedRegistry) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._answer(None)

        def do_POST(self) -> None:
            self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _answer(self, body: Any) -> None:
            parts = urlsplit(self.path)
            secret = self.headers.get("Authorization", "").removeprefix("Bearer ")
            asked = Asked(self.command, parts.path, dict(parse_qsl(parts.query)), body, secret, time.monotonic())
            registry.asked.append(asked)
            try:
                said = registry.answer(asked)
            except Cut:
                self.close_connection = True
                return
            content = said.body if isinstance(said.body, bytes) else json.dumps(said.body).encode()
            self.send_response(said.status)
            for name, value in {"Content-Type": "application/json", "Content-Length": str(len(content)), **said.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if registry.rest is not None and asked.path == "/v1/feed":
                self.wfile.write(content[:10])
                registry.halves += 1
                registry.rest.wait(_LONGEST)
                content = content[10:]
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Silent."""

    return Handler
