"""What stands, read from the database: stops, a snapshot page by page, single links."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from kiosk.domain.registry_json import found_json, snapshot_json, stops_json
from kiosk.domain.registry_wire import PATH, FoundLinks, SnapshotPage, StopsPage
from kiosk.domain.wire import Position
from kiosk.registry.api import schemas
from kiosk.registry.api.backend import Backend, encoded
from kiosk.registry.api.errors import ApiCode
from kiosk.registry.api.exchange import asker_of, json_answer, with_status
from kiosk.registry.api.openapi import documented
from kiosk.registry.api.queries import SnapshotQuery, StopsQuery, read_query
from kiosk.registry.api.reading import read_question


def add_link_routes(routes: FastAPI, backend: Backend) -> None:
    ledger = backend.library.ledger

    @routes.get(f"{PATH}/stops", **documented(schemas.Stops, ApiCode.ORDER_PARTED, asks=StopsQuery))
    async def read_stops(request: Request) -> Response:
        """What was stopped after a position of any epoch: fetched before anything else."""
        asker, asked = asker_of(request), read_query(StopsQuery, request)

        def read() -> bytes:
            known = Position(asked.epoch, asked.cursor)
            page = ledger.stops(known, asked.after)
            backend.compare(asker, known, page.head)
            if asked.operation is not None and not ledger.has_followed(known, asked.operation):
                backend.library.hear_ahead(asker.name, known)
                raise with_status(ApiCode.ORDER_PARTED, backend, page.head, asker)
            return encoded(stops_json(StopsPage(page.stops, page.next, backend.status(page.head, asker))))

        return json_answer(await backend.in_turn(asker, read))

    @routes.get(f"{PATH}/snapshot", **documented(schemas.Snapshot, asks=SnapshotQuery))
    async def read_snapshot(request: Request) -> Response:
        """All links, page by page in the order of their tokens. The feed from the head of the first page on leads to what stands."""
        asker, asked = asker_of(request), read_query(SnapshotQuery, request)

        def read() -> bytes:
            page = ledger.snapshot(bytes.fromhex(asked.after), asked.limit)
            return encoded(snapshot_json(SnapshotPage(page.links, page.done, backend.status(page.head, asker))))

        return json_answer(await backend.in_turn(asker, read))

    @routes.post(f"{PATH}/links/find", **documented(schemas.Found, takes=schemas.Question))
    async def find_links(request: Request) -> Response:
        """The links of some tokens and of a number."""
        asker, question = asker_of(request), read_question(await request.body())

        def read() -> bytes:
            found = ledger.find_links(question.tokens, question.number)
            return encoded(found_json(FoundLinks(found.links, backend.status(found.head, asker))))

        return json_answer(await backend.in_turn(asker, read))
