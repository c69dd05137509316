"""One WebSocket: the token first, since browsers let no page add a header to it; then nothing more is heard, only told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from kiosk.domain.json_fields import fields_of, text_in
from kiosk.domain.local_client import LocalClient
from kiosk.incidents import places
from kiosk.local_api.body import Disconnected
from kiosk.local_api.errors import LocalApiError, LocalCode
from kiosk.local_api.hub import Hub
from kiosk.local_api.pipe import Bug

Receive = Callable[[], Any]
Send = Callable[[Any], Any]


async def serve_websocket(
    receive: Receive,
    send: Send,
    token_seconds: float,
    *,
    admit: Callable[[str], LocalClient],
    opened: Callable[[LocalClient], AbstractContextManager[None]],
    hub: Hub,
    tell_bug: Callable[[Bug], None],
) -> None:
    """Accept it and tell the events until one of both ends it. Raises Disconnected."""
    await receive()
    await send({"type": "websocket.accept"})
    try:
        client = admit(await _token(receive, token_seconds))
        with opened(client):
            await _tell(client, receive, send, hub)
    except Disconnected:
        raise
    except Exception as error:
        code = error.code if isinstance(error, LocalApiError) else LocalCode.INCIDENT
        if code is LocalCode.INCIDENT:
            tell_bug(Bug(tuple(places(error))))
        await send({"type": "websocket.close", "code": code.close_code, "reason": code.value})


async def _token(receive: Receive, seconds: float) -> str:
    """From the first message. Raises LocalApiError."""
    try:
        async with asyncio.timeout(seconds):
            text = await _message(receive)
    except TimeoutError:
        raise LocalApiError(LocalCode.TOO_SLOW) from None
    try:
        return text_in(fields_of(json.loads(text)), "token")
    except (ValueError, RecursionError) as error:
        raise LocalApiError(LocalCode.UNREADABLE) from error


async def _tell(client: LocalClient, receive: Receive, send: Send, hub: Hub) -> None:
    """Until it ends. Raises LocalApiError, Disconnected."""
    mark = ""
    heard = asyncio.ensure_future(_message(receive))
    try:
        while True:
            news = asyncio.ensure_future(hub.next_news(client, mark))
            try:
                await asyncio.wait({heard, news}, return_when=asyncio.FIRST_COMPLETED)
                if heard.done():
                    heard.result()
                    raise LocalApiError(LocalCode.UNREADABLE)
                told = news.result()
            finally:
                news.cancel()
            if hub.holds(told):
                await send({"type": "websocket.send", "text": told.body.decode()})
                mark = told.mark
    finally:
        heard.cancel()


async def _message(receive: Receive) -> str:
    """Raises LocalApiError: unreadable, for bytes; Disconnected."""
    message = await receive()
    if message["type"] != "websocket.receive":
        raise Disconnected
    text = message.get("text")
    if not isinstance(text, str):
        raise LocalApiError(LocalCode.UNREADABLE)
    return text
