"""Every answer that is no success, as `{"error": code, …}`: a code and what is needed to act on it, never a value from the request, a text
of the database or a place in the program.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, unique
from typing import Self

from starlette.responses import Response

RETRY_SECONDS = 5
"""After which to ask again when the database is in trouble."""


@unique
class ApiCode(Enum):
    """The codes of the protocol itself, with their HTTP status. Operations and codes for enrolling bring those of `domain.errors`."""

    status: int
    _value_: str

    def __new__(cls, code: str, status: int = 500) -> Self:
        member = object.__new__(cls)
        member._value_, member.status = code, status
        return member

    UNREADABLE = "unreadable", 400
    """The query or the body is not what the route takes."""
    SECRET_UNKNOWN = "secret-unknown", 401
    """None, or none of an enrolled counter. Says nothing about the counter: it keeps all it has."""
    COUNTER_REVOKED = "counter-revoked", 403
    """With `counter`, who erases what it has."""
    COUNTER_RETIRED = "counter-retired", 403
    """With `counter`, who has delivered everything and left."""
    ENROLMENT_CODE_REFUSED = "enrolment-code-refused", 403
    """With `reason`: unknown, expired, used, closed."""
    UNKNOWN_ROUTE = "unknown-route", 404
    WRONG_METHOD = "wrong-method", 405
    TOO_SLOW = "too-slow", 408
    EPOCH_CHANGED = "epoch-changed", 409
    """With `status`."""
    SNAPSHOT_NEEDED = "snapshot-needed", 409
    """With `status`."""
    ORDER_PARTED = "order-parted", 409
    """With `status`. At the position that the counter has reached stands another operation than the one it heard there."""
    KEY_GENERATION_UNKNOWN = "key-generation-unknown", 409
    """With `status`. The library has no such key: the server was put back to before a rotation, and has another one since."""
    NOT_RETIRING = "not-retiring", 409
    """With `status`."""
    TOO_LARGE = "too-large", 413
    OPERATION_UNREADABLE = "operation-unreadable", 422
    """With `index`, as all of an operation. Nothing of the batch was applied."""
    OPERATION_NEWER = "operation-newer", 422
    """With `version` and `known`."""
    OPERATION_OF_ANOTHER = "operation-of-another-counter", 422
    TOO_MANY_REQUESTS = "too-many-requests", 429
    INCIDENT = "incident", 500
    """A bug of the server, with its `incident` number."""
    LEDGER_DAMAGED = "ledger-damaged", 500
    """A row that was needed cannot be read. Which operation of a batch needs it is not told: the others are taken without it."""
    DATABASE_UNAVAILABLE = "database-unavailable", 503


OPERATION_CODES = ApiCode.OPERATION_UNREADABLE, ApiCode.OPERATION_NEWER, ApiCode.OPERATION_OF_ANOTHER


@dataclass(eq=False)
class ApiError(Exception):
    """Ends a request."""

    code: ApiCode
    params: Mapping[str, object] = field(default_factory=dict)
    retry_after: float | None = None
    """Seconds."""
    allow: str | None = None
    """The methods that the route has."""
    ends_connection: bool = False
    """The rest of the request is not waited for."""


def error_response(error: ApiError) -> Response:
    headers = {"cache-control": "no-store"}
    if error.retry_after is not None:
        headers["retry-after"] = str(max(1, math.ceil(error.retry_after)))
    if error.allow is not None:
        headers["allow"] = error.allow
    if error.code is ApiCode.SECRET_UNKNOWN:
        headers["www-authenticate"] = "Bearer"
    if error.ends_connection:
        headers["connection"] = "close"
    content = json.dumps({"error": error.code.value, **error.params}, ensure_ascii=False).encode()
    return Response(content, error.code.status, headers, "application/json")
