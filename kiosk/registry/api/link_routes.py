"""What stands, read from the database: stops, a snapshot page by page, single links."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from kiosk.domain.registry_json import found_json, snapshot_json, stops_json
from kiosk.domain.registry_wire import MOST_LINKS, PATH, FoundLinks, SnapshotPage, StopsPage
from kiosk.domain.wire import Position
from kiosk.registry.api import schemas
from kiosk.registry.api.backend import Backend, encoded
from kiosk.registry.api.exchange import asker_of, json_answer
from kiosk.registry.api.openapi import documented
from kiosk.registry.api.parameters import Count
from kiosk.registry.api.reading import read_question

Token = Annotated[str, Query(pattern="^([0-9a-f]{64})?$", description="The last token of the page before.")]
PageSize = Annotated[int, Query(ge=1, le=MOST_LINKS)]


def link_routes(backend: Backend) -> APIRouter:
    router, ledger = APIRouter(prefix=PATH), backend.library.ledger

    @router.get("/stops", **documented(schemas.Stops))
    async def read_stops(request: Request, epoch: Count, cursor: Count, after: Count = 0) -> Response:
        """What was stopped after a position of any epoch: fetched before anything else."""
        asker = asker_of(request)

        def read() -> bytes:
            page = ledger.stops(Position(epoch, cursor), after)
            return encoded(stops_json(StopsPage(page.stops, page.next, backend.status(page.head, asker))))

        return json_answer(await backend.off_loop(read))

    @router.get("/snapshot", **documented(schemas.Snapshot))
    async def read_snapshot(request: Request, after: Token = "", limit: PageSize = MOST_LINKS) -> Response:
        """All links, page by page in the order of their tokens. The feed from the head of the first page on leads to what stands."""
        asker = asker_of(request)

        def read() -> bytes:
            page = ledger.snapshot(bytes.fromhex(after), limit)
            return encoded(snapshot_json(SnapshotPage(page.links, page.done, backend.status(page.head, asker))))

        return json_answer(await backend.off_loop(read))

    @router.post("/links/find", **documented(schemas.Found, takes=schemas.Question))
    async def find_links(request: Request) -> Response:
        """The links of some tokens and of a number."""
        asker, question = asker_of(request), read_question(await request.body())

        def read() -> bytes:
            found = ledger.find_links(question.tokens, question.number)
            return encoded(found_json(FoundLinks(found.links, backend.status(found.head, asker))))

        return json_answer(await backend.off_loop(read))

    return router
