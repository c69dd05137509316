"""What every request passes before a route sees it: the list of routes, limits, the secret, the body; and what every answer passes."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kiosk.domain.counter_secret import is_secret, secret_hash
from kiosk.domain.registry_wire import PATH
from kiosk.log_news import LogNews
from kiosk.registry.api.access import ALLOWED, Asker, Route, Who, admitted, methods_of
from kiosk.registry.api.body import Disconnected, announced, replayed, whole_body
from kiosk.registry.api.errors import ApiCode, ApiError
from kiosk.registry.api.limits import Limits, address_key
from kiosk.registry.api.load import Load
from kiosk.registry.api.trouble import Troubles
from kiosk.registry.status.error_pages import response_at
from kiosk.token_buckets import Buckets

_log = logging.getLogger(__name__)

Authenticate = Callable[[bytes, bool], Awaitable[Asker | None]]
"""From the hash of a secret to the counter it belongs to, in whatever state; perhaps as it was a moment ago, where that will do. Raises
Unavailable.
"""
_LARGE_BODIES = frozenset({("POST", f"{PATH}/operations")})
_CHECKED_AGAIN = frozenset({("POST", f"{PATH}/operations")})
"""The ledger asks for the secret once more, under its lock."""
_QUIET = frozenset({("GET", f"{PATH}/feed"), ("GET", f"{PATH}/health")})
"""Asked all the time: in the log only if they fail, and then once while they fail alike."""
_OVER_AFTER = 600.0
"""Seconds after which a failure is news again: a counter that cannot be served may ask as rarely as that."""


@dataclass(slots=True)
class _Answer:
    """What went out, for the log."""

    status: int = 0
    asker: str = "-"


class Gate:
    """An ASGI application around the routes."""

    def __init__(self, routes: ASGIApp, authenticate: Authenticate, limits: Limits, troubles: Troubles) -> None:
        self._routes, self._authenticate, self._limits, self._troubles = routes, authenticate, limits, troubles
        self._counters, self._addresses, self._sent = Buckets(limits.counter), Buckets(limits.address), Buckets(limits.sent)
        self._load = Load(limits.bodies)
        self._news = LogNews(_OVER_AFTER)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._routes(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        route: Route = scope["method"], scope["path"]
        answer, began = _Answer(), time.monotonic()

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
            await send(message)

        try:
            async with asyncio.timeout(self._limits.request_seconds):
                await self._pass(route, scope, receive, sending, answer)
        except Disconnected:
            pass
        except Exception as error:
            told = self._troubles.told(error)
            if not answer.status:
                await response_at(route[1], told)(scope, receive, sending)
        finally:
            self._note(route, answer, time.monotonic() - began)

    async def _pass(self, route: Route, scope: Scope, receive: Receive, send: Send, answer: _Answer) -> None:
        who, limits = ALLOWED.get(route), self._limits
        key: tuple[Who | None, str]
        most = limits.batch_bytes if route in _LARGE_BODIES else limits.body_bytes
        if who is Who.COUNTER:
            asker = await self._asker(scope, may_be_remembered=route in _CHECKED_AGAIN)
            answer.asker = asker.name
            scope["state"]["asker"] = asker
            # Before anything of it is read: it costs as much if it is refused.
            _limit(self._sent, asker.name, announced(scope, most))
            key, at_once = (who, asker.name), limits.under_way
        else:
            key, at_once = (who, self._limit_address(scope)), limits.under_way_of_address
            if who is None:
                allowed = methods_of(route[1])
                raise ApiError(ApiCode.WRONG_METHOD, allow=allowed) if allowed else ApiError(ApiCode.UNKNOWN_ROUTE)
        with self._load.one_more(key, at_once, min(announced(scope, most), most)):
            body = await whole_body(scope, receive, most, limits.body_seconds)
            await self._routes(scope, replayed(body, receive), send)

    async def _asker(self, scope: Scope, *, may_be_remembered: bool) -> Asker:
        asker = None
        if (secret := secret_of(scope)) is not None:
            asker = await self._authenticate(secret_hash(secret), may_be_remembered)
        try:
            counter = admitted(asker)
        except ApiError:
            # Not under its name: another computer may bear that by now.
            self._limit_address(scope)
            raise
        _limit(self._counters, counter.name)
        return counter

    def _limit_address(self, scope: Scope) -> str:
        host, _ = scope.get("client") or ("", 0)
        key = address_key(host)
        _limit(self._addresses, key)
        return key

    def _note(self, route: Route, answer: _Answer, seconds: float) -> None:
        """One line in the log: of the request nothing but the names of things that are ours."""
        method, path = route if route in ALLOWED else ("-", "unknown route" if not methods_of(route[1]) else route[1])
        _log.log(
            self._level(route, answer), "%s %s %d, %d ms, counter %s", method, path, answer.status, round(seconds * 1000), answer.asker
        )

    def _level(self, route: Route, answer: _Answer) -> int:
        if route not in _QUIET:
            return logging.INFO
        asked = route, answer.asker
        if answer.status == 200:
            self._news.is_over(asked)
            return logging.DEBUG
        return logging.INFO if self._news.is_news(asked, answer.status) else logging.DEBUG


def _limit(buckets: Buckets, key: str, count: int = 1) -> None:
    if seconds := buckets.take(key, count):
        raise ApiError(ApiCode.TOO_MANY_REQUESTS, retry_after=seconds)


def secret_of(scope: Scope) -> str | None:
    """The secret that a request shows, if it shows one and has the form of one."""
    values = [value for name, value in scope["headers"] if name == b"authorization"]
    if len(values) != 1:
        return None
    scheme, _, secret = values[0].decode("latin-1").partition(" ")
    return secret if scheme.lower() == "bearer" and is_secret(secret) else None
