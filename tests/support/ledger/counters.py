"""A counter as histories drive it, and the one in memory: the domain's functions, and what a store would keep."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from kiosk.domain.decide import Declined, Epochs, OpenLink, decide
from kiosk.domain.errors import Code
from kiosk.domain.model import LibraryCardNumber, LinkToken, ReplaceReason, Revocation, UnlinkReason
from kiosk.domain.operations import AcceptedAt, OwnOperation, RefusedFor, after_cuts, answered, in_epoch, is_gone, is_unapplied
from kiosk.domain.overlay import Overlay, projected, standing_of
from kiosk.domain.wire import LinkOperation, Operation, Origin, Position, ReplaceOperation, UnlinkOperation, decode, encode
from tests.support.ledger.server import Answer, FeedRow, Snapshot, Table

MADE = datetime(2026, 11, 23, 3, tzinfo=UTC)


class LedgerCounter(Protocol):
    """One counter of two, over one store that survives `restart`."""

    name: str

    def link(self, uuid: UUID, token: LinkToken, number: LibraryCardNumber) -> Operation | Code:
        """An act of staff: the operation that was recorded, or why there is none."""

    def replace(self, uuid: UUID, token: LinkToken, number: LibraryCardNumber, shown: frozenset[UUID]) -> Operation | Code:
        """`shown`: the operations that opened the links staff were shown."""

    def unlink(self, uuid: UUID, number: LibraryCardNumber) -> Operation | Code: ...

    def hear_epochs(self, epochs: Epochs) -> None:
        """The register has begun a new epoch. Until a snapshot has come, rows of the feed are of no use."""

    def hear_answer(self, answer: Answer) -> None:
        """Perhaps again, perhaps of an epoch that is over."""

    def hear_row(self, row: FeedRow) -> None:
        """Perhaps again, perhaps not the next, perhaps of an epoch that is over."""

    def hear_snapshot(self, snapshot: Snapshot) -> None: ...

    def hear_safe(self, safe: Position) -> None: ...

    def refusal_seen(self, uuid: UUID) -> None: ...

    def restart(self) -> None:
        """The program ends and starts again."""

    def kept(self) -> Sequence[OwnOperation]:
        """The operations of its own that are not gone, in the order of their sequence."""

    def of_token(self, token: LinkToken) -> OpenLink | None:
        """What a tap finds."""

    def of_number(self, number: LibraryCardNumber) -> OpenLink | None: ...

    def table(self) -> Table:
        """What the feed has written."""


class CounterInMemory:
    """The domain's functions over dictionaries. What a store would keep is in `_epochs`, `_table`, `_own`, `_reached`, `_safe`,
    `_sequence` and `_needs_snapshot`; the overlay is all that a restart loses.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._epochs = Epochs()
        self._table = Table()
        self._own: dict[UUID, OwnOperation] = {}
        self._reached = self._safe = Position()
        self._sequence = 0
        self._needs_snapshot = False
        self._overlay = Overlay()

    def link(self, uuid: UUID, token: LinkToken, number: LibraryCardNumber) -> Operation | Code:
        return self._act(LinkOperation(self._origin(uuid), token, number, Revocation.GOOD, False))

    def replace(self, uuid: UUID, token: LinkToken, number: LibraryCardNumber, shown: frozenset[UUID]) -> Operation | Code:
        return self._act(ReplaceOperation(self._origin(uuid), token, number, Revocation.GOOD, False, ReplaceReason.RENEWED, shown))

    def unlink(self, uuid: UUID, number: LibraryCardNumber) -> Operation | Code:
        return self._act(UnlinkOperation(self._origin(uuid), number, UnlinkReason.LOST))

    def _origin(self, uuid: UUID) -> Origin:
        return Origin(uuid, self.name, self._sequence + 1, self._reached, 1, MADE)

    def _act(self, operation: Operation) -> Operation | Code:
        decision = decide(standing_of(operation, self._table, self._overlay, self._epochs), operation)
        if isinstance(decision, Declined):
            return decision.code
        self._sequence += 1
        self._own[operation.origin.uuid] = OwnOperation(operation)
        self._overlay.take(decision)
        return operation

    def hear_epochs(self, epochs: Epochs) -> None:
        if epochs.current == self._epochs.current:
            return
        self._epochs = epochs
        self._reached, self._safe = in_epoch(epochs, self._reached), in_epoch(epochs, self._safe)
        self._own = {uuid: OwnOperation(own.operation, after_cuts(own.state, epochs)) for uuid, own in self._own.items()}
        self._table.cut(self._reached.cursor)
        self._needs_snapshot = True
        self._look_again()

    def hear_answer(self, answer: Answer) -> None:
        if answer.epoch == self._epochs.current:
            self._answer(answer.uuid, answer.state)
            self._look_again()

    def _answer(self, uuid: UUID, answer: AcceptedAt | RefusedFor) -> None:
        if uuid in self._own:
            own = self._own[uuid]
            self._own[uuid] = OwnOperation(own.operation, answered(own.state, answer))

    def hear_row(self, row: FeedRow) -> None:
        if self._needs_snapshot or row.position != Position(self._reached.epoch, self._reached.cursor + 1):
            return
        self._table.write(row)
        self._reached = row.position
        self._answer(row.operation.origin.uuid, AcceptedAt(row.position))
        self._look_again()

    def hear_snapshot(self, snapshot: Snapshot) -> None:
        position = snapshot.position
        if position.epoch != self._epochs.current or (position.cursor < self._reached.cursor and not self._needs_snapshot):
            return
        self._table, self._reached, self._needs_snapshot = snapshot.table.copy(), position, False
        self._look_again()

    def hear_safe(self, safe: Position) -> None:
        if safe.epoch == self._epochs.current and safe.cursor > self._safe.cursor:
            self._safe = safe
            self._look_again()

    def refusal_seen(self, uuid: UUID) -> None:
        del self._own[uuid]

    def restart(self) -> None:
        self._own = {uuid: OwnOperation(decode(encode(own.operation)), own.state) for uuid, own in self._own.items()}
        self._look_again()

    def kept(self) -> Sequence[OwnOperation]:
        return list(self._own.values())

    def of_token(self, token: LinkToken) -> OpenLink | None:
        return self._overlay.of_token(self._table, token)

    def of_number(self, number: LibraryCardNumber) -> OpenLink | None:
        return self._overlay.of_number(self._table, number)

    def table(self) -> Table:
        return self._table

    def _look_again(self) -> None:
        """Forget what is gone, and see the rest anew."""
        self._own = {uuid: own for uuid, own in self._own.items() if not is_gone(own.state, self._reached, self._safe)}
        self._overlay = projected(_unapplied(self._own.values(), self._reached), self._table, self._epochs)


def _unapplied(own: Iterable[OwnOperation], reached: Position) -> list[Operation]:
    return [one.operation for one in own if is_unapplied(one.state, reached)]
