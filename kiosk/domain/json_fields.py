"""Typed access to the fields of parsed JSON. Every function raises ValueError for what is missing or of another type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from kiosk.domain.model import LibraryCardNumber, LinkToken
from kiosk.domain.wire import LARGEST, is_number, is_of_a_clock

Json = Mapping[str, object]
_DIGEST = re.compile("[0-9a-f]{64}")


def fields_of(value: object) -> Json:
    if not isinstance(value, dict):
        raise ValueError("no object")
    return value


def list_in(fields: Json, name: str) -> list[object]:
    value = fields.get(name)
    if not isinstance(value, list):
        raise ValueError(f"{name} is no list")
    return value


def text_in(fields: Json, name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise ValueError(f"{name} is no text")
    return value


def count_in(fields: Json, name: str) -> int:
    return counted(fields.get(name))


def counted(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST:
        raise ValueError("no count")
    return value


def pair_of(value: object) -> tuple[int, int]:
    """Two counts."""
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError("no pair")
    return counted(value[0]), counted(value[1])


def truth_in(fields: Json, name: str) -> bool:
    value = fields.get(name)
    if not isinstance(value, bool):
        raise ValueError(f"{name} is no truth value")
    return value


def digest_in(fields: Json, name: str) -> str:
    text = text_in(fields, name)
    if not _DIGEST.fullmatch(text):
        raise ValueError(f"{name} has not 32 bytes")
    return text


def token_of(value: object) -> LinkToken:
    if not (isinstance(value, str) and _DIGEST.fullmatch(value)):
        raise ValueError("a token has 32 bytes")
    return LinkToken(bytes.fromhex(value))


def token_or_none(value: object) -> LinkToken | None:
    return None if value is None else token_of(value)


def number_of(value: object) -> LibraryCardNumber:
    if not (isinstance(value, str) and is_number(value)):
        raise ValueError("no library card number")
    return LibraryCardNumber(value)


def time_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def time_in(fields: Json, name: str) -> datetime:
    return time_of(text_in(fields, name))


def time_of(text: str) -> datetime:
    """In UTC."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or not is_of_a_clock(moment):
        raise ValueError("no zone, or no time of a clock")
    return moment.astimezone(UTC)
