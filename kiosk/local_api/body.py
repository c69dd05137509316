"""Bodies, which no request has: read to their end within limits, so that whoever still sends hears the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from kiosk.local_api.limits import Limits


class Disconnected(Exception):
    """Nobody is there any more."""


def is_there(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether the head of a request announces one."""
    return any(name == b"transfer-encoding" or (name == b"content-length" and value.strip(b"0 ")) for name, value in headers)


async def drain(receive: Callable[[], Any], limits: Limits) -> None:
    """Forget it as it comes. Returns where it is too large or too slow as well."""
    size, more = 0, True
    try:
        async with asyncio.timeout(limits.drained_seconds):
            while more and size <= limits.drained_bytes:
                message = await receive()
                if message["type"] != "http.request":
                    raise Disconnected
                size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    except TimeoutError:
        pass
