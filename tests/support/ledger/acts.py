"""Operations as one counter makes them, one after the other."""

from __future__ import annotations

from itertools import count
from uuid import UUID, uuid4

from kiosk.domain.model import LibraryCardNumber, LinkToken, ReplaceReason, Revocation, UnlinkReason
from kiosk.domain.wire import LinkOperation, Origin, Position, ReplaceOperation, UnlinkOperation
from tests.support.ledger.counters import MADE


def card(number: int) -> LinkToken:
    return LinkToken(number.to_bytes(32, "big"))


def patron(number: int) -> LibraryCardNumber:
    return LibraryCardNumber(f"{number:010}")


class CounterActs:
    def __init__(self, name: str, known: Position) -> None:
        self.name, self.known = name, known
        """Up to where the counter knows the ledger; a test moves it."""
        self._sequences = count(1)

    def link(self, one: int, number: int, uuid: UUID | None = None) -> LinkOperation:
        return LinkOperation(self._origin(uuid), card(one), patron(number), Revocation.GOOD, False)

    def replace(self, one: int, number: int, *shown: LinkOperation | ReplaceOperation) -> ReplaceOperation:
        replaces = frozenset(operation.origin.uuid for operation in shown)
        return ReplaceOperation(self._origin(), card(one), patron(number), Revocation.GOOD, False, ReplaceReason.RENEWED, replaces)

    def unlink(self, number: int, one: int | None = None) -> UnlinkOperation:
        return UnlinkOperation(self._origin(), patron(number), UnlinkReason.LOST, None if one is None else card(one))

    def _origin(self, uuid: UUID | None = None) -> Origin:
        return Origin(uuid or uuid4(), self.name, next(self._sequences), self.known, 0, MADE)
