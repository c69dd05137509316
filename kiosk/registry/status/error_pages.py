"""What the gate and the routes refuse, in words for whoever sits at a browser: counters are told the same in JSON."""

from __future__ import annotations

from starlette.responses import Response

from kiosk.registry.api.errors import ApiCode, ApiError, error_response
from kiosk.registry.status.pages import notice_page
from kiosk.registry.status.paths import PAGES
from kiosk.text import say

_HEADERS = ("allow", "connection", "retry-after")


def response_at(path: str, error: ApiError) -> Response:
    """The answer to a request for `path` that ends in `error`."""
    plain = error_response(error)
    if path not in PAGES:
        return plain
    page = notice_page(say("status.error.title"), _words(error), status=error.code.status)
    for name in _HEADERS:
        if name in plain.headers:
            page.headers[name] = plain.headers[name]
    return page


def _words(error: ApiError) -> str:
    match error.code:
        case ApiCode.DATABASE_UNAVAILABLE | ApiCode.LEDGER_DAMAGED:
            return say("status.error.database")
        case ApiCode.TOO_MANY_REQUESTS:
            return say("status.error.many")
        case ApiCode.INCIDENT:
            return say("status.error.incident", incident=str(error.params["incident"]))
        case _:
            return say("status.error.request")
