"""One HTTPS connection to the library's server: limits on silence, size and time, and nothing but bytes."""

from __future__ import annotations

import socket
import ssl
import time
from dataclasses import dataclass, field
from http.client import HTTPException

from urllib3.connection import HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import HTTPResponse

from kiosk.domain.errors import Code, Unavailable
from kiosk.store.sync.endable_socket import EndableContext
from kiosk.store.sync.server_url import ServerUrl
from kiosk.store.sync.tls import Authority, trusting, trusting_anybody

LARGEST = 8 << 20
"""Bytes of an answer: several times a page of a snapshot."""
_CHUNK = 1 << 16
_OUT_OF_DATE = frozenset({9, 10})
"""X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED."""
_FAILED = (OSError, HTTPError, HTTPException, ValueError)
"""What urllib3 raises, which wraps nothing at this level."""
_CLOSED = (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)
"""Of those: the other end has closed the connection. Silence is not among them."""


@dataclass(frozen=True, slots=True)
class Limits:
    """In seconds."""

    connect: float = 5.0
    silence: float = 15.0
    """For which no byte may move in either direction, apart from a wait that was asked for."""
    whole: float = 120.0
    """From a request to the end of its answer: whoever sends a byte every now and then would hold the thread for ever."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server said."""

    status: int
    body: bytes = field(repr=False)
    retry_after: float = 0.0
    """Seconds."""


class Connection:
    """For one thread. Opened when needed, and again when the other end has closed it.

    Every method that speaks raises Unavailable: registry-unreachable; registry-not-trusted, if another than the authority vouches for who
    is there, or for another name. The text of neither quotes what was sent.
    """

    def __init__(self, url: ServerUrl, context: EndableContext, limits: Limits = Limits()) -> None:
        self._url, self._context, self._limits = url, context, limits
        self._http: HTTPSConnection | None = None
        self._asked: _Request | None = None
        self._kept = False
        """Whether the connection has answered before, so that the other end may have closed it since."""
        self._aborted = self._interrupted = False
        context.is_ended = lambda: self._is_ended

    @classmethod
    def verified(cls, url: ServerUrl, authority: Authority, limits: Limits = Limits()) -> Connection:
        """To the server that this authority vouches for. Raises ValueError for a certificate that is none of an authority."""
        return cls(url, trusting(authority), limits)

    @classmethod
    def unverified(cls, url: ServerUrl, limits: Limits = Limits()) -> Connection:
        """To whoever is there. For what is public and compared afterwards."""
        return cls(url, trusting_anybody(), limits)

    def ask(self, method: str, target: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Reply:
        """Send a request that can be repeated, and wait for its answer. Sent twice if the other end has closed an idle connection."""
        self.send(method, target, body, headers)
        request, was_kept = self._asked, self._kept
        try:
            return self._receive(self._limits.silence)
        except _HungUp as closed:
            if request is None or not was_kept:
                raise _unreachable(closed) from None
        self._send(request)
        try:
            return self._receive(self._limits.silence)
        except _HungUp as closed:
            raise _unreachable(closed) from None

    def send(self, method: str, target: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> None:
        """Send a request whose answer `receive` will return. What was asked before and not received is given up."""
        if self._asked is not None or not self.is_warm:
            self.close()
        end = time.monotonic() + self._limits.whole
        self._send(_Request(method, self._url.folder + target, body, headers or {}, end))

    @property
    def socket(self) -> socket.socket | None:
        """To wait for an answer beside something else; None if it need not be waited for."""
        sock = None if self._http is None else self._http.sock
        return None if sock is None or (isinstance(sock, ssl.SSLSocket) and sock.pending()) else sock

    @property
    def is_warm(self) -> bool:
        """Whether it has answered before, and the other end has not closed it since."""
        return self._http is not None and self._kept and not self._is_ended and self._http.is_connected

    def receive(self, wait: float = 0.0) -> Reply:
        """The answer to what was sent, which is not sent again. `wait`: seconds that the other end was asked to wait before it answers."""
        try:
            return self._receive(self._limits.silence + wait)
        except _HungUp as closed:
            raise _unreachable(closed) from None

    def close(self) -> None:
        self._asked = None
        self._drop()

    def abort(self) -> None:
        """End what another thread waits for here: its call raises soon, and so does every later one."""
        self._aborted = True

    def interrupt(self) -> None:
        """End what another thread waits for here: its call raises soon."""
        self._interrupted = True

    @property
    def _is_ended(self) -> bool:
        return self._aborted or self._interrupted

    # --- below ----------------------------------------------------------------------------------------------------------

    def _send(self, request: _Request) -> None:
        if self._aborted:
            raise Unavailable(Code.REGISTRY_UNREACHABLE)
        was_kept = self._kept
        try:
            http = self._http or self._open(request)
            http.request(request.method, request.target, body=request.body, headers=request.headers, preload_content=False)
        except _FAILED as error:
            self._drop()
            if not was_kept or not isinstance(error, _CLOSED):
                raise _unreachable(error) from None
            self._send(request)
        else:
            self._asked = request

    def _open(self, request: _Request) -> HTTPSConnection:
        # urllib3 reads no proxy from the environment here: sync speaks with the server or with nobody.
        http = HTTPSConnection(
            self._url.host.strip("[]"),
            self._url.port,
            timeout=request.at_most(self._limits.connect),
            ssl_context=self._context,
            cert_reqs=self._context.verify_mode,
        )
        self._http, self._kept, self._interrupted = http, False, False
        http.connect()
        # Not that of the socket, which urllib3 sets anew from this with each request and each answer.
        http.timeout = self._limits.silence
        return http

    def _drop(self) -> None:
        http, self._http, self._kept = self._http, None, False
        if http is not None:
            http.close()

    def _receive(self, silence: float) -> Reply:
        """Raises _HungUp if the other end closed the connection before a status arrived, else Unavailable."""
        request, http = self._asked, self._http
        self._asked = None
        if request is None or http is None:
            raise Unavailable(Code.REGISTRY_UNREACHABLE)
        http.timeout = request.at_most(silence)
        try:
            response = http.getresponse()
        except _FAILED as error:
            self._drop()
            if isinstance(error, _CLOSED):
                raise _HungUp from error
            raise _unreachable(error) from None
        http.timeout = self._limits.silence
        try:
            body = _body(response, request.end)
        except _FAILED as error:
            self._drop()
            raise _unreachable(error) from None
        if response.headers.get("Connection", "").lower() == "close":
            self._drop()
        else:
            self._kept = True
        return Reply(response.status, body, _seconds(response.headers.get("Retry-After")))


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    target: str = field(repr=False)
    body: bytes | None = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    end: float
    """By the monotonic clock: when its answer must be there."""

    def at_most(self, seconds: float) -> float:
        # A timeout of zero would mean something else.
        return max(0.001, min(seconds, self.end - time.monotonic()))


class _HungUp(Exception):
    """The other end has closed the connection, and no status arrived."""


def _body(response: HTTPResponse, end: float) -> bytes:
    parts, size = [], 0
    while part := response.read(_CHUNK, decode_content=False):
        parts.append(part)
        size += len(part)
        if size > LARGEST:
            raise ValueError("a body without end")
        if time.monotonic() > end:
            raise TimeoutError
    return b"".join(parts)


def _seconds(text: str | None) -> float:
    """Of a Retry-After; its other form, a date, is not used between our programs."""
    return float(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 6 else 0.0


def _unreachable(error: BaseException) -> Unavailable:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            reason = {"reason": "date"} if cause.verify_code in _OUT_OF_DATE else {}
            return Unavailable(Code.REGISTRY_NOT_TRUSTED, **reason)
        cause = cause.__cause__ or cause.__context__
    return Unavailable(Code.REGISTRY_UNREACHABLE)
