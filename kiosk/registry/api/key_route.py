"""The site keys that a counter lacks, sealed for it alone."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from kiosk.domain.registry_json import site_keys_json
from kiosk.domain.registry_wire import PATH, SiteKeys
from kiosk.ledger.sealed_keys import seal_keys
from kiosk.registry.api import schemas
from kiosk.registry.api.backend import Backend, encoded
from kiosk.registry.api.errors import ApiCode
from kiosk.registry.api.exchange import asker_of, json_answer, with_status
from kiosk.registry.api.gate import secret_of
from kiosk.registry.api.openapi import documented
from kiosk.registry.api.queries import KeysQuery, read_query


def add_key_route(routes: FastAPI, backend: Backend) -> None:
    ledger = backend.library.ledger

    @routes.get(f"{PATH}/site-keys", **documented(schemas.SiteKeys, ApiCode.KEY_GENERATION_UNKNOWN, asks=KeysQuery))
    async def read_keys(request: Request) -> Response:
        """The keys after a generation. Whoever asks was let in by its secret a moment ago: a counter that was revoked gets none."""
        asker, asked = asker_of(request), read_query(KeysQuery, request)
        secret = secret_of(request.scope) or ""

        def read() -> bytes:
            head = ledger.head()
            if not ledger.chain.knows(asked.after):
                raise with_status(ApiCode.KEY_GENERATION_UNKNOWN, backend, head, asker)
            sealed = seal_keys(ledger.chain.after(asked.after), secret, asker.name)
            return encoded(site_keys_json(SiteKeys(sealed, backend.status(head, asker))))

        return json_answer(await backend.in_turn(asker, read))
