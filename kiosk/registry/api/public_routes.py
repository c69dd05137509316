"""What anybody may ask: whether the server is well, which authority vouches for it, what it takes; and to be enrolled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kiosk.domain.counter_secret import secret_hash
from kiosk.domain.errors import Code, Refused
from kiosk.domain.registry_json import enrolment_json
from kiosk.domain.registry_wire import PATH, Enrolment
from kiosk.registry.api import schemas
from kiosk.registry.api.backend import Backend, encoded
from kiosk.registry.api.errors import ApiCode, ApiError
from kiosk.registry.api.openapi import documented
from kiosk.registry.api.reading import read_enrolment

PEM = "application/x-pem-file"


def add_public_routes(routes: FastAPI, backend: Backend, openapi: Callable[[], dict[str, Any]]) -> None:
    library = backend.library

    @routes.get(f"{PATH}/health", **documented(schemas.Health))
    async def health() -> Response:
        """Whether the server reaches its database."""
        await backend.tail.read()
        return JSONResponse({"healthy": True})

    @routes.get(f"{PATH}/authority", responses={200: {"content": {PEM: {"schema": {"type": "string"}}}}}, response_class=Response)
    async def authority() -> Response:
        """The certificate that a counter compares with its code before it says anything."""
        return Response(library.authority, media_type=PEM)

    @routes.get(f"{PATH}/openapi.json", include_in_schema=False)
    async def document() -> Response:
        return JSONResponse(openapi())

    @routes.post(f"{PATH}/enrol", **documented(schemas.Enrolment, ApiCode.ENROLMENT_CODE_REFUSED, takes=schemas.Code))
    async def enrol(request: Request) -> Response:
        """Enrol a counter by a one-time code. Repeated with the same secret it is answered in the same way."""
        asked = read_enrolment(await request.body())
        try:
            enrolled = await backend.off_loop(lambda: library.enrolment.enrol(asked.code, asked.secret))
        except Refused as refused:
            if refused.code is not Code.ENROLMENT_CODE_REFUSED:
                raise
            raise ApiError(ApiCode.ENROLMENT_CODE_REFUSED, {"reason": refused.params.get("reason")}) from None
        head = await backend.tail.read()
        # Enrolled anew it goes on where the hardware before it ended.
        asker = await backend.asker(secret_hash(asked.secret))
        status = head.told(library.clock(), 0 if asker is None else asker.sequence)
        told = Enrolment(enrolled.counter, enrolled.site_key, enrolled.key_generation, status)
        return Response(encoded(enrolment_json(told)), headers={"cache-control": "no-store"}, media_type="application/json")
