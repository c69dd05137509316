"""The OpenAPI document: what each route takes and answers, errors included."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.routing import BaseRoute

from kiosk.registry.api import schemas
from kiosk.registry.api.access import ALLOWED, Who
from kiosk.registry.api.errors import ApiCode

_REF = "#/components/schemas/{model}"
_EVERYWHERE = (
    ApiCode.UNREADABLE,
    ApiCode.TOO_SLOW,
    ApiCode.TOO_LARGE,
    ApiCode.TOO_MANY_REQUESTS,
    ApiCode.INCIDENT,
    ApiCode.LEDGER_DAMAGED,
    ApiCode.DATABASE_UNAVAILABLE,
)
_OF_COUNTERS = (ApiCode.SECRET_UNKNOWN, ApiCode.COUNTER_REVOKED, ApiCode.COUNTER_RETIRED)
_TAKEN = (schemas.Operations, schemas.Code, schemas.Question)
_SECRET = "counter"  # noqa: S105 - the name of the scheme


def documented(
    answer: type[BaseModel] | None, *codes: ApiCode, takes: type[BaseModel] | None = None, asks: type[BaseModel] | None = None
) -> dict[str, Any]:
    """What a route's decorator is told: the model of its answer, the codes that are its own, the models of its body and of its query."""
    by_status: dict[int, list[str]] = defaultdict(list)
    for code in codes:
        by_status[code.status].append(code.value)
    responses: dict[int | str, dict[str, Any]] = {status: _told(of_status) for status, of_status in by_status.items()}
    if answer is not None:
        responses[200] = {"model": answer}
    more: dict[str, Any] = {}
    if takes is not None:
        more["requestBody"] = {"required": True, "content": {"application/json": {"schema": {"$ref": _REF.format(model=takes.__name__)}}}}
    if asks is not None:
        more["parameters"] = _parameters(asks.model_json_schema())
    return {"responses": responses, "openapi_extra": more or None, "response_model": None}


def _parameters(schema: dict[str, Any]) -> list[dict[str, Any]]:
    required = schema.get("required", ())
    return [{"name": name, "in": "query", "required": name in required, "schema": told} for name, told in schema["properties"].items()]


def openapi_document(routes: Sequence[BaseRoute]) -> dict[str, Any]:
    document = get_openapi(
        title="Library card registry",
        version="1",
        description="The order of all links between My Number Cards and library cards of one library, for its counters.",
        routes=routes,
    )
    _, taken = models_json_schema([(model, "validation") for model in (*_TAKEN, schemas.Error)], ref_template=_REF)
    components = document.setdefault("components", {})
    components["schemas"] = {**components.get("schemas", {}), **taken["$defs"]}
    components["securitySchemes"] = {_SECRET: {"type": "http", "scheme": "bearer", "bearerFormat": "kioskc-…"}}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _complete(operation, ALLOWED.get((method.upper(), path)))
    return document


def _complete(operation: dict[str, Any], who: Who | None) -> None:
    """Add what holds of every route, and who may ask."""
    responses = operation["responses"]
    codes = [*_EVERYWHERE, *(_OF_COUNTERS if who is Who.COUNTER else ())]
    for code in codes:
        known = responses.get(str(code.status))
        if known is None:
            responses[str(code.status)] = _written([code.value])
        elif code.value not in known["description"].split(", "):
            known["description"] += f", {code.value}"
    for status in (code.status for code in codes if code in (ApiCode.TOO_MANY_REQUESTS, ApiCode.DATABASE_UNAVAILABLE)):
        responses[str(status)]["headers"] = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer", "minimum": 1}}}
    operation["security"] = [{_SECRET: []}] if who is Who.COUNTER else []


def _told(codes: Sequence[str]) -> dict[str, Any]:
    return {"model": schemas.Error, "description": ", ".join(codes)}


def _written(codes: Sequence[str]) -> dict[str, Any]:
    return {"description": ", ".join(codes), "content": {"application/json": {"schema": {"$ref": _REF.format(model="Error")}}}}
