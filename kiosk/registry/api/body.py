"""Takes the body of a request whole, before anything looks at it: so large at most, and in so much time."""

from __future__ import annotations

import asyncio

from starlette.types import Message, Receive, Scope

from kiosk.registry.api.errors import ApiCode, ApiError

_TAKEN_TO_THE_END = 16
"""Times the limit: a body up to that is taken to its end, so that whoever still sends hears why it was refused."""


class Disconnected(Exception):
    """Nobody is there any more."""


async def whole_body(scope: Scope, receive: Receive, most: int, seconds: float) -> bytes:
    """Raises ApiError: too-large, too-slow; Disconnected, after half a body."""
    parts, size, more = [], 0, True
    try:
        async with asyncio.timeout(seconds):
            while more:
                message = await receive()
                if message["type"] != "http.request":
                    raise Disconnected
                part, more = message.get("body", b""), message.get("more_body", False)
                size += len(part)
                if size > most * _TAKEN_TO_THE_END:
                    raise ApiError(ApiCode.TOO_LARGE, ends_connection=True)
                if size <= most:
                    parts.append(part)
    except TimeoutError:
        raise ApiError(ApiCode.TOO_SLOW, ends_connection=True) from None
    if size > most:
        raise ApiError(ApiCode.TOO_LARGE)
    return b"".join(parts)


def replayed(body: bytes, receive: Receive) -> Receive:
    """What the routes receive: the body at once, then what the connection says."""
    told = False

    async def once() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once


def announced(scope: Scope, most: int) -> int:
    """How large the body will be, as its head says; `most` where that does not say it.

    Raises ApiError: unreadable; too-large, to be waited for.
    """
    headers = dict(scope["headers"])
    if {b"content-length", b"transfer-encoding"} <= headers.keys():
        # Where it ends is a matter of opinion (RFC 9112, 6.1): a proxy in front may take the rest for another request.
        raise ApiError(ApiCode.UNREADABLE, ends_connection=True)
    length = headers.get(b"content-length", b"")
    if not length.isdigit():
        return most if b"transfer-encoding" in headers else 0
    if int(length) > most * _TAKEN_TO_THE_END:
        raise ApiError(ApiCode.TOO_LARGE, ends_connection=True)
    return int(length)
