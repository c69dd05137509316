"""Reads the bodies of requests. Everything here raises ApiError for what it does not take, and quotes nothing of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from kiosk.domain.counter_secret import is_secret
from kiosk.domain.errors import Code, Refused
from kiosk.domain.json_fields import Json, fields_of, list_in, number_of, text_in, token_of
from kiosk.domain.model import LibraryCardNumber, LinkToken
from kiosk.domain.registry_json import read_operation
from kiosk.domain.registry_wire import MOST_OPERATIONS
from kiosk.domain.wire import MOST_SKIPPED, Operation, is_of_a_clock
from kiosk.registry.api.errors import ApiCode, ApiError
from kiosk.registry.api.schemas import MOST_TOKENS
from kiosk.registry.counter_names import LONGEST_NAME

T = TypeVar("T")
_LONGEST_TEXT = 200
_MOST_BRACKETS = MOST_OPERATIONS * (_LONGEST_TEXT + LONGEST_NAME + 2) + 2
"""In a batch of which every text consists of them. Each may be a list, and a body full of lists is read for a quarter of a second."""


@dataclass(frozen=True, slots=True)
class EnrolmentRequest:
    code: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Question:
    tokens: tuple[LinkToken, ...]
    number: LibraryCardNumber | None


def read_operations(body: bytes, counter: str, seen: int = 0) -> tuple[Operation, ...]:
    """All operations of a batch, each under a UUID of its own and made by the counter that sends it: what is not refuses the batch.

    `seen`: the highest sequence of this counter so far.
    """
    if body.count(b"[") + body.count(b"{") > _MOST_BRACKETS:
        raise ApiError(ApiCode.UNREADABLE)
    values = _read(body, lambda fields: list_in(fields, "operations"))
    if len(values) > MOST_OPERATIONS:
        raise ApiError(ApiCode.TOO_LARGE)
    operations = tuple(_operation(value, index, counter, seen) for index, value in enumerate(values))
    uuids: set[UUID] = set()
    for index, operation in enumerate(operations):
        # Two under one UUID would have one answer between them.
        if operation.origin.uuid in uuids:
            raise ApiError(ApiCode.OPERATION_UNREADABLE, {"index": index})
        uuids.add(operation.origin.uuid)
    return operations


def read_enrolment(body: bytes) -> EnrolmentRequest:
    def read(fields: Json) -> EnrolmentRequest:
        asked = EnrolmentRequest(text_in(fields, "code"), text_in(fields, "secret"))
        if not (is_secret(asked.secret) and asked.code.isascii()):
            raise ValueError("not a secret and a code")
        return asked

    return _read(body, read)


def read_question(body: bytes) -> Question:
    def read(fields: Json) -> Question:
        tokens = list_in(fields, "tokens")
        if len(tokens) > MOST_TOKENS or "number" not in fields:
            raise ValueError("too many tokens, or half a question")
        number = fields["number"]
        return Question(tuple(map(token_of, tokens)), None if number is None else number_of(number))

    return _read(body, read)


def _can_be_stored(text: str) -> bool:
    """PostgreSQL takes no NUL, and one operation that a database does not take would hold up the queue of its counter."""
    return len(text) <= _LONGEST_TEXT and "\x00" not in text


def _read(body: bytes, read: Callable[[Json], T]) -> T:
    try:
        return read(fields_of(json.loads(body)))
    # RecursionError: brackets by the thousand.
    except (ValueError, RecursionError):
        raise ApiError(ApiCode.UNREADABLE) from None


def _operation(value: object, index: int, counter: str, seen: int) -> Operation:
    try:
        operation = read_operation(value)
    except Refused as refused:
        if refused.code is Code.OPERATION_NEWER:
            raise ApiError(ApiCode.OPERATION_NEWER, {"index": index, **refused.params}) from None
        raise ApiError(ApiCode.OPERATION_UNREADABLE, {"index": index}) from None
    origin = operation.origin
    # Twice: a counter that was told too much goes on from there.
    can_follow = origin.sequence <= seen + 2 * MOST_SKIPPED
    if not (_can_be_stored(origin.operator or "") and is_of_a_clock(origin.made) and can_follow):
        raise ApiError(ApiCode.OPERATION_UNREADABLE, {"index": index})
    if origin.counter != counter:
        raise ApiError(ApiCode.OPERATION_OF_ANOTHER, {"index": index})
    return operation
