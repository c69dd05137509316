"""What is new: at once if there is something, else when there is, else after the wait."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from kiosk.domain.registry_json import entry_json, status_json
from kiosk.domain.registry_wire import LONGEST_WAIT, PATH
from kiosk.domain.wire import Position
from kiosk.registry.answers import Contact, Head, NoFeed
from kiosk.registry.api import schemas
from kiosk.registry.api.access import Asker
from kiosk.registry.api.backend import Backend, encoded
from kiosk.registry.api.errors import RETRY_SECONDS, ApiCode, ApiError
from kiosk.registry.api.exchange import asker_of, json_answer, with_status
from kiosk.registry.api.openapi import documented
from kiosk.registry.api.queries import FeedQuery, read_query

_BEFORE_ROUTERS_DROP_IT = 0.5
"""Seconds: so much less than the longest wait, so that the answer is there within it."""


def add_feed_route(routes: FastAPI, backend: Backend) -> None:
    ledger, tail = backend.library.ledger, backend.tail

    @routes.get(f"{PATH}/feed", **documented(schemas.Feed, ApiCode.EPOCH_CHANGED, ApiCode.SNAPSHOT_NEEDED, asks=FeedQuery))
    async def read_feed(request: Request) -> Response:
        """The entries after a position. If there are none, wait for news for so many seconds."""
        asker, asked = asker_of(request), read_query(FeedQuery, request)
        known = Position(asked.epoch, asked.cursor)
        backend.contacts.note(asker.name, Contact(known, asked.pending, asked.version, asked.differs))
        # Whoever knows more than is known here was told by another server.
        if not asked.wait or tail.is_failing or _is_beyond(known, tail.head):
            head = await tail.read()
            if _is_beyond(known, head):
                await backend.off_loop(lambda: backend.compare(asker, known, head))
        _follow(backend, known, asker)
        if asked.wait:
            await tail.wait_beyond(known, min(asked.wait, LONGEST_WAIT - _BEFORE_ROUTERS_DROP_IT), asker.name)
            if tail.is_shut_out(asker.name):
                raise ApiError(ApiCode.COUNTER_REVOKED, {"counter": asker.name})
            if tail.is_failing:
                raise ApiError(ApiCode.DATABASE_UNAVAILABLE, retry_after=RETRY_SECONDS)
            _follow(backend, known, asker)
        head, entries = tail.head, tail.entries_after(known.cursor)
        if entries is None:
            page = await backend.in_turn(asker, lambda: ledger.feed(known))
            if isinstance(page, NoFeed):
                raise with_status(ApiCode(page.why.value), backend, page.head, asker)
            head, entries = page.head, await backend.off_loop(lambda: b",".join(encoded(entry_json(entry)) for entry in page.entries))
        return json_answer(b'{"entries":[' + entries + b'],"status":' + encoded(status_json(backend.status(head, asker))) + b"}")


def _is_beyond(known: Position, head: Head) -> bool:
    return known.epoch != head.position.epoch or known.cursor > head.position.cursor


def _follow(backend: Backend, known: Position, asker: Asker) -> None:
    """Whether the feed leads on from a position. Raises ApiError if not."""
    head = backend.tail.head
    if known.epoch != head.position.epoch:
        raise with_status(ApiCode.EPOCH_CHANGED, backend, head, asker)
    if not head.floor <= known.cursor <= head.position.cursor:
        raise with_status(ApiCode.SNAPSHOT_NEEDED, backend, head, asker)
