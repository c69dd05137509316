"""The ASGI application: one path, which answers GET with the next event, and a WebSocket with all of them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from kiosk.incidents import places
from kiosk.local_api.admission import Head, admitted, bearer, check_host, check_origin, head_of, is_known_origin
from kiosk.local_api.body import Disconnected, drain, is_there
from kiosk.local_api.connections import Connections
from kiosk.local_api.errors import LocalApiError, LocalCode
from kiosk.local_api.hub import Hub, News
from kiosk.local_api.limits import Limits
from kiosk.local_api.pipe import Bug
from kiosk.local_api.routes import MARK, METHODS, PATH, PREFLIGHT_SECONDS
from kiosk.local_api.websocket import serve_websocket
from kiosk.token_buckets import Buckets

_MARK = re.compile(MARK)
_HEADERS = [
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    # One answer a connection: nothing is left in it for somebody who reads it later.
    (b"connection", b"close"),
]
Fields = list[tuple[bytes, bytes]]
Receive = Callable[[], Any]
Send = Callable[[Any], Any]


class LocalApp:
    def __init__(self, hub: Hub, opened: Connections, port: int, limits: Limits, tell_bug: Callable[[Bug], None]) -> None:
        self._hub, self._opened, self._port, self._limits, self._tell_bug = hub, opened, port, limits, tell_bug
        self._clients, self._strangers, self._preflights = Buckets(limits.client), Buckets(limits.strangers), Buckets(limits.preflights)

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        try:
            if scope["type"] == "websocket":
                await self._websocket(scope, receive, send)
            elif scope["type"] == "http":
                await self._http(scope, receive, send)
        except Disconnected:
            pass

    # --- HTTP -----------------------------------------------------------------------------------------------------------

    async def _http(self, scope: Any, receive: Receive, send: Send) -> None:
        shared: Fields = []
        try:
            status, headers, body = await self._answer(scope, receive, shared)
        except LocalApiError as error:
            status, headers, body = _told(error)
        except Disconnected:
            raise
        except Exception as bug:
            self._tell_bug(Bug(tuple(places(bug))))
            status, headers, body = _told(LocalApiError(LocalCode.INCIDENT))
        await send({"type": "http.response.start", "status": status, "headers": [*_HEADERS, *shared, *headers]})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Any, receive: Receive, shared: Fields) -> tuple[int, Fields, bytes]:
        """Status, headers and body. `shared`: what is said to a page of a known origin, whatever the answer."""
        if is_there(scope["headers"]):
            self._limit(self._strangers, "")
            await drain(receive, self._limits)
            raise LocalApiError(LocalCode.TOO_LARGE)
        head = self._head(scope, shared)
        if scope["method"] == "OPTIONS" and head.origin is not None:
            self._limit(self._preflights, head.origin)
            return 204, _preflight(scope["headers"]), b""
        if scope["method"] != "GET":
            self._limit(self._strangers, "")
            raise LocalApiError(LocalCode.WRONG_METHOD)
        news = await self._next(head, scope, receive)
        return (204, [], b"") if news is None else (200, [_JSON, _length(news.body)], news.body)

    def _head(self, scope: Any, shared: Fields) -> Head:
        try:
            head = head_of(scope["headers"])
            check_host(head, self._port)
            if is_known_origin(head, self._hub.clients):
                shared += [(b"access-control-allow-origin", (head.origin or "").encode()), (b"vary", b"Origin")]
            if scope["path"] != PATH:
                raise LocalApiError(LocalCode.UNKNOWN_ROUTE)
            check_origin(head, self._hub.clients)
        except LocalApiError:
            self._limit(self._strangers, "")
            raise
        return head

    async def _next(self, head: Head, scope: Any, receive: Receive) -> News | None:
        """The next event for whoever asks; None if there is none in time."""
        client = self._admitted(bearer(head), head)
        after = _after(scope["query_string"])
        with self._opened.of(client.name, _address(scope)):
            waiting = asyncio.ensure_future(self._hub.next_news(client, after))
            gone = asyncio.ensure_future(_until_gone(receive))
            try:
                await asyncio.wait({waiting, gone}, timeout=self._limits.wait_seconds, return_when=asyncio.FIRST_COMPLETED)
                if gone.done():
                    raise Disconnected
                return news if waiting.done() and self._hub.holds(news := waiting.result()) else None
            finally:
                waiting.cancel()
                gone.cancel()

    # --- WebSocket ------------------------------------------------------------------------------------------------------

    async def _websocket(self, scope: Any, receive: Receive, send: Send) -> None:
        try:
            head = self._head(scope, [])
            if scope["query_string"]:
                raise LocalApiError(LocalCode.UNREADABLE)
        except LocalApiError as error:
            status, headers, body = _told(error)
            await send({"type": "websocket.http.response.start", "status": status, "headers": [*_HEADERS, *headers]})
            await send({"type": "websocket.http.response.body", "body": body})
            return
        await serve_websocket(
            receive,
            send,
            self._limits.head_seconds,
            admit=lambda token: self._admitted(token, head),
            opened=lambda client: self._opened.of(client.name, _address(scope)),
            hub=self._hub,
            tell_bug=self._tell_bug,
        )

    def _admitted(self, token: str, head: Head) -> Any:
        try:
            client = admitted(token, head, self._hub.clients)
        except LocalApiError:
            self._limit(self._strangers, "")
            raise
        self._limit(self._clients, client.name)
        return client

    def _limit(self, buckets: Buckets, key: str) -> None:
        if seconds := buckets.take(key):
            raise LocalApiError(LocalCode.TOO_MANY_REQUESTS, seconds)


_JSON = (b"content-type", b"application/json")


def _length(body: bytes) -> tuple[bytes, bytes]:
    return b"content-length", str(len(body)).encode()


def _told(error: LocalApiError) -> tuple[int, Fields, bytes]:
    headers = [_JSON, _length(error.body)]
    if error.retry_after:
        headers.append((b"retry-after", str(error.retry_after).encode()))
    if error.code is LocalCode.WRONG_METHOD:
        headers.append((b"allow", METHODS.encode()))
    if error.code is LocalCode.TOKEN_UNKNOWN:
        headers.append((b"www-authenticate", b"Bearer"))
    return error.code.status, headers, error.body


def _preflight(headers: Fields) -> Fields:
    """To the question of a browser whether a page of this origin may ask: https://fetch.spec.whatwg.org/#http-cors-protocol. Chromium asked
    in the same way whether a public page may reach a private network: https://wicg.github.io/private-network-access/#headers. Since
    version 142 it asks its user instead: https://developer.chrome.com/blog/local-network-access.
    """
    asks_for_network = any(name == b"access-control-request-private-network" and value == b"true" for name, value in headers)
    return [
        (b"access-control-allow-methods", b"GET"),
        (b"access-control-allow-headers", b"Authorization"),
        (b"access-control-max-age", str(PREFLIGHT_SECONDS).encode()),
        *([(b"access-control-allow-private-network", b"true")] if asks_for_network else []),
    ]


def _after(query: bytes) -> str:
    """The mark in a query. Raises LocalApiError."""
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, strict_parsing=True) if query else []
    except ValueError as error:
        raise LocalApiError(LocalCode.UNREADABLE) from error
    if not pairs:
        return ""
    if len(pairs) > 1 or pairs[0][0] != "after" or _MARK.fullmatch(pairs[0][1]) is None:
        raise LocalApiError(LocalCode.UNREADABLE)
    return pairs[0][1]


def _address(scope: Any) -> tuple[str, int] | None:
    return None if scope["client"] is None else tuple(scope["client"])


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
