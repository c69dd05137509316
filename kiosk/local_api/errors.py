"""Every answer that is no success: a code, never a value from the request or a place in the program."""

from __future__ import annotations

import json
import math
from enum import Enum, unique
from typing import Self


@unique
class LocalCode(Enum):
    """The codes, with their HTTP status. A WebSocket is closed with 4000 more than that, and the code as the reason."""

    status: int
    _value_: str

    def __new__(cls, code: str, status: int = 500) -> Self:
        member = object.__new__(cls)
        member._value_, member.status = code, status
        return member

    UNREADABLE = "unreadable", 400
    """No HTTP, a query or a body that the route does not take, or a message where none is expected."""
    TOKEN_UNKNOWN = "token-unknown", 401
    """None, or none of a client; perhaps of one that was revoked."""
    ORIGIN_NOT_ALLOWED = "origin-not-allowed", 403
    """The page is not of an origin of this client; or it is no page, and the client is one."""
    UNKNOWN_ROUTE = "unknown-route", 404
    WRONG_METHOD = "wrong-method", 405
    TOO_SLOW = "too-slow", 408
    """The rest of the request, or the token, did not come in time."""
    TOO_LARGE = "too-large", 413
    """There is a body. No request has one."""
    HOST_NOT_ALLOWED = "host-not-allowed", 421
    """Not asked as 127.0.0.1 or localhost: some other name was made to lead here (DNS rebinding)."""
    TOO_MANY_REQUESTS = "too-many-requests", 429
    INCIDENT = "incident", 500
    NOT_RECORDED = "not-recorded", 503
    """The counter could not record that it hands out a number, so it does not."""

    @property
    def close_code(self) -> int:
        return 4000 + self.status


class LocalApiError(Exception):
    def __init__(self, code: LocalCode, retry_after: float = 0.0) -> None:
        super().__init__(code.value)
        self.code, self.retry_after = code, math.ceil(retry_after)

    @property
    def body(self) -> bytes:
        return json.dumps({"error": self.code.value}).encode()
