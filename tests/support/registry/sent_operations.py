"""Operations as a counter sends them, with cards and numbers that nobody else has."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from kiosk.domain.model import LibraryCardNumber, LinkToken, ReplaceReason, Revocation, UnlinkReason
from kiosk.domain.wire import LinkOperation, Operation, Origin, Position, ReplaceOperation, UnlinkOperation, encode

Sent = dict[str, Any]
MADE = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)


def fresh_token() -> LinkToken:
    return LinkToken(secrets.token_bytes(32))


def fresh_number() -> LibraryCardNumber:
    return LibraryCardNumber(f"21{secrets.randbelow(10**12):012}")


@dataclass
class Maker:
    """Makes operations of one counter, which knows the ledger up to `known`."""

    counter: str
    known: tuple[int, int] = (0, 0)
    _sequence: count[int] = field(default_factory=lambda: count(1))

    def origin(self) -> Origin:
        return Origin(uuid4(), self.counter, next(self._sequence), Position(*self.known), 0, MADE, "係A")

    def link(self, token: LinkToken | None = None, number: LibraryCardNumber | None = None) -> Sent:
        return sent(LinkOperation(self.origin(), token or fresh_token(), number or fresh_number(), Revocation.GOOD, False))

    def replace(self, token: LinkToken, number: LibraryCardNumber, replaces: Iterable[str]) -> Sent:
        replaced = frozenset(map(UUID, replaces))
        return sent(ReplaceOperation(self.origin(), token, number, Revocation.GOOD, False, ReplaceReason.REISSUED, replaced))

    def unlink(self, number: LibraryCardNumber, token: LinkToken | None = None) -> Sent:
        return sent(UnlinkOperation(self.origin(), number, UnlinkReason.LOST, token))


def sent(operation: Operation) -> Sent:
    read: Sent = json.loads(encode(operation))
    return read


def batch(*operations: object) -> dict[str, object]:
    return {"operations": list(operations)}
