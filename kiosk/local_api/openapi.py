"""The OpenAPI document of the interface: what is asked and answered, errors included. `docs/local-api.md` holds it; it is not served."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from kiosk.config import LocalApiSettings
from kiosk.domain.local_client import TOKEN
from kiosk.local_api.errors import LocalCode
from kiosk.local_api.limits import DEFAULT
from kiosk.local_api.routes import MARK, PATH, PREFLIGHT_SECONDS

_TEXT = {"type": "string"}
_MARK = {
    "type": "string",
    "pattern": f"^{MARK}$",
    "description": "Of this event alone. To be shown as `after` with the next request.",
}
_ERROR = {"$ref": "#/components/schemas/Error"}
_ORIGIN = {"description": "The page's own, if it is one of a client.", "schema": _TEXT}
_OF_PREFLIGHT = (
    LocalCode.ORIGIN_NOT_ALLOWED,
    LocalCode.UNREADABLE,
    LocalCode.WRONG_METHOD,
    LocalCode.TOO_LARGE,
    LocalCode.HOST_NOT_ALLOWED,
    LocalCode.TOO_MANY_REQUESTS,
    LocalCode.INCIDENT,
)


def openapi_document() -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Library card counter: the number of the patron being served",
            "version": "1",
            "description": "For programs on the counter's own computer. Nothing but these two events can be asked for.",
        },
        "servers": [{"url": f"http://127.0.0.1:{LocalApiSettings().port}"}],
        "paths": {PATH: {"get": _get(), "options": _options()}},
        "components": {
            "schemas": {"CardVerified": _card_verified(), "PatronLeft": _patron_left(), "Error": _error(), "Token": _token()},
            "securitySchemes": {"client": {"type": "http", "scheme": "bearer", "bearerFormat": "kioskv-…"}},
        },
    }


def document_text() -> str:
    """As it stands in docs/local-api.md."""
    return json.dumps(openapi_document(), ensure_ascii=False, indent=2)


def _get() -> dict[str, Any]:
    events = {"oneOf": [{"$ref": "#/components/schemas/CardVerified"}, {"$ref": "#/components/schemas/PatronLeft"}]}
    codes = [code for code in LocalCode if code is not LocalCode.UNKNOWN_ROUTE]
    return {
        "operationId": "next_event",
        "summary": "Wait for the next event.",
        "description": (
            "Without `after` it is answered as soon as a patron is served, with `after` as soon as anything has changed since. "
            "With `Upgrade: websocket` the same path opens a WebSocket: the first message is a Token, and every event is a message."
        ),
        "security": [{"client": []}],
        "parameters": [
            {"name": "after", "in": "query", "required": False, "schema": {"type": "string", "pattern": f"^{MARK}$"}},
        ],
        "responses": {
            "200": {"description": "The event.", "headers": _headers(), "content": {"application/json": {"schema": events}}},
            "204": {"description": f"None within {DEFAULT.wait_seconds:g} seconds: ask again.", "headers": _headers()},
            **_refusals(codes),
        },
    }


def _options() -> dict[str, Any]:
    headers = {
        "Access-Control-Allow-Methods": {"schema": {"const": "GET"}},
        "Access-Control-Allow-Headers": {"schema": {"const": "Authorization"}},
        "Access-Control-Max-Age": {"schema": {"const": str(PREFLIGHT_SECONDS)}},
        "Access-Control-Allow-Private-Network": {"description": "`true`, if that was asked.", "schema": _TEXT},
    }
    return {
        "operationId": "preflight",
        "summary": "Asked by browsers before the first request of a page (CORS, Private Network Access).",
        "parameters": [{"name": "Origin", "in": "header", "required": False, "schema": _TEXT}],
        "responses": {"204": {"description": "The page may ask.", "headers": _headers() | headers}, **_refusals(_OF_PREFLIGHT)},
    }


def _refusals(codes: Sequence[LocalCode]) -> dict[str, Any]:
    by_status: dict[int, list[str]] = defaultdict(list)
    for code in codes:
        by_status[code.status].append(code.value)
    told = {
        str(status): {"description": ", ".join(names), "headers": _headers(), "content": {"application/json": {"schema": _ERROR}}}
        for status, names in sorted(by_status.items())
    }
    retry = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer", "minimum": 1}}}
    for code in (LocalCode.TOO_MANY_REQUESTS, LocalCode.NOT_RECORDED):
        if code in codes:
            told[str(code.status)]["headers"] = _headers() | retry
    return told


def _headers() -> dict[str, Any]:
    return {"Access-Control-Allow-Origin": _ORIGIN, "Cache-Control": {"schema": {"const": "no-store"}}}


def _card_verified() -> dict[str, Any]:
    number = {"type": "string", "pattern": "^[0-9A-Z]{1,64}$", "description": "図書館利用カードの番号"}
    said = "A My Number Card was verified, and its holder is being served."
    return _object(said, event={"const": "card-verified"}, mark=_MARK, number=number)


def _patron_left() -> dict[str, Any]:
    said = "Nobody is served, or a patron who has shown the library card itself."
    return _object(said, event={"const": "patron-left"}, mark=_MARK)


def _error() -> dict[str, Any]:
    said = "A WebSocket is closed with 4000 + status, and this code as the reason."
    return _object(said, error={"enum": [code.value for code in LocalCode]})


def _token() -> dict[str, Any]:
    return _object("The first message on a WebSocket, and the only one.", token={"type": "string", "pattern": f"^{TOKEN}$"})


def _object(description: str, **properties: object) -> dict[str, Any]:
    told = {"type": "object", "description": description, "properties": properties}
    return {**told, "required": list(properties), "additionalProperties": False}
