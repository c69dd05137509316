"""What every route does with its request and its answer."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from kiosk.domain.registry_json import status_json
from kiosk.registry.answers import Head
from kiosk.registry.api.access import Asker
from kiosk.registry.api.backend import Backend
from kiosk.registry.api.errors import ApiCode, ApiError


def asker_of(request: Request) -> Asker:
    """Who asks, as the gate found out."""
    asker: Asker = request.scope["state"]["asker"]
    return asker


def json_answer(content: bytes) -> Response:
    return Response(content, headers={"cache-control": "no-store"}, media_type="application/json")


def with_status(code: ApiCode, backend: Backend, head: Head, asker: Asker) -> ApiError:
    """An error from which the counter sees where the ledger stands."""
    return ApiError(code, {"status": status_json(backend.status(head, asker))})
