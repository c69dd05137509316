"""A counter hands in its operations; and leaves, once it has handed in all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from kiosk.domain.errors import Refused
from kiosk.domain.registry_json import answers_json, status_json
from kiosk.domain.registry_wire import PATH, Answers
from kiosk.domain.wire import LinkOperation, Operation
from kiosk.log_news import LogNews
from kiosk.registry.answers import Batch, CounterShutOut
from kiosk.registry.api import schemas
from kiosk.registry.api.access import Asker, admitted
from kiosk.registry.api.backend import Backend, encoded
from kiosk.registry.api.errors import OPERATION_CODES, RETRY_SECONDS, ApiCode, ApiError
from kiosk.registry.api.exchange import asker_of, json_answer, with_status
from kiosk.registry.api.limits import Limits
from kiosk.registry.api.openapi import documented
from kiosk.registry.api.reading import read_operations
from kiosk.token_buckets import Buckets

_log = logging.getLogger(__name__)
_OVER_AFTER = 600.0
"""Seconds without a refusal after which the next one is another event."""


def add_operation_routes(routes: FastAPI, backend: Backend, limits: Limits) -> None:
    stops, news = Buckets(limits.stops), LogNews(_OVER_AFTER)

    @routes.post(f"{PATH}/operations", **documented(schemas.Answers, *OPERATION_CODES, takes=schemas.Operations))
    async def apply_operations(request: Request) -> Response:
        """Apply operations: all are read before any is decided, and each is answered. A repeat gets the same answer."""
        asker, body = asker_of(request), await request.body()
        async with backend.turn(asker):
            try:
                return await _apply(body, asker)
            except (ApiError, CounterShutOut) as error:
                # The gate may have remembered who it is from a moment ago.
                admitted(await backend.asker(asker.secret))
                if isinstance(error, CounterShutOut):
                    raise ApiError(ApiCode.DATABASE_UNAVAILABLE, retry_after=RETRY_SECONDS) from None  # taken back meanwhile
                raise

    async def _apply(body: bytes, asker: Asker) -> Response:
        # A few milliseconds: to another thread and back it would take as long, and that thread would hold the interpreter's lock.
        operations = read_operations(body, asker.name, asker.sequence)
        if not operations:
            known = admitted(await backend.asker(asker.secret))
            return json_answer(encoded(answers_json(Answers({}, backend.status(await backend.tail.read(), known)))))
        await _limit_stops(asker, operations)
        applied = await asyncio.wrap_future(backend.writer.submit(Batch(operations, asker.secret)))
        status = backend.status(applied.head, backend.heard(asker, applied))
        return json_answer(encoded(answers_json(Answers(applied.answers, status))))

    async def _limit_stops(asker: Asker, operations: Iterable[Operation]) -> None:
        seconds = stops.take(asker.name, sum(not isinstance(operation, LinkOperation) for operation in operations))
        # What a new epoch waits for, a minute at most, is not sent away.
        if seconds and not (await backend.tail.read()).awaits_stops:
            if news.is_news(asker.name):
                _log.warning("counter %s stops more cards than a counter does", asker.name)
            raise ApiError(ApiCode.TOO_MANY_REQUESTS, retry_after=seconds)

    @routes.post(f"{PATH}/leave", **documented(schemas.Left, ApiCode.NOT_RETIRING))
    async def leave(request: Request) -> Response:
        """A counter that is to retire has delivered everything. Its secret is worth nothing afterwards."""
        asker = asker_of(request)
        head = await backend.tail.read()
        if not asker.retiring:
            raise with_status(ApiCode.NOT_RETIRING, backend, head, asker)
        try:
            await backend.off_loop(lambda: backend.library.counters.leave(asker.name))
        except Refused:
            # It asked twice at once, or was revoked in between, as its next request will be told.
            raise ApiError(ApiCode.COUNTER_RETIRED, {"counter": asker.name}) from None
        return json_answer(encoded({"status": status_json(backend.status(head, asker))}))
