"""A counter as histories drive it, and the one in memory: the domain's functions, and what a store would keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from kiosk.domain.decide import Declined, Epochs, OpenLink, decide
from kiosk.domain.errors import Code
from kiosk.domain.feed import PlacedLink, PlacedStop, Snapshot
from kiosk.domain.model import LibraryCardNumber, LinkToken, ReplaceReason, Revocation, UnlinkReason
from kiosk.domain.operations import AcceptedAt, OwnOperation, RefusedFor, after_cuts, answered, is_gone, is_unapplied
from kiosk.domain.overlay import Overlay, projected, standing_of
from kiosk.domain.wire import LARGEST, LinkOperation, Operation, Origin, Position, ReplaceOperation, UnlinkOperation, decode, encode
from tests.support.ledger.server import Answer, FeedPage, Table

MADE = datetime(2026, 11, 23, 3, tzinfo=UTC)


class LedgerCounter(Protocol):
    """One counter of two, over one store that survives `restart`."""

    name: str

    def link(self, uuid: UUID, token: LinkToken, number: LibraryCardNumber) -> Code | None:
        """An act of staff. Returns why it was not done; None if it was, or stands already."""

    def replace(self, uuid: UUID, token: LinkToken, number: LibraryCardNumber, shown: frozenset[UUID]) -> Code | None:
        """`shown`: the operations that opened the links staff were shown."""

    def unlink(self, uuid: UUID, number: LibraryCardNumber) -> Code | None: ...

    def hear_answer(self, answer: Answer) -> None:
        """Perhaps again, perhaps of another epoch."""

    def hear_page(self, page: FeedPage) -> None:
        """Perhaps again, perhaps not the next, perhaps of another epoch."""

    def hear_epoch(self, epochs: Epochs) -> None:
        """The epoch that runs at the server. The links stay."""

    def hear_stops(self, stops: Sequence[PlacedStop], epoch: int) -> None:
        """Ahead of the feed."""

    def hear_snapshot(self, snapshot: Snapshot, safe: Position) -> None:
        """Perhaps one that was on its way for long. The only way to the links of a new epoch."""

    def refusal_seen(self, uuid: UUID) -> None: ...

    def restart(self) -> None:
        """The program ends and starts again."""

    def kept(self) -> Sequence[OwnOperation]:
        """The operations of its own that are not gone, in the order of their sequence."""

    def of_token(self, token: LinkToken) -> OpenLink | None:
        """What a tap finds."""

    def of_number(self, number: LibraryCardNumber) -> OpenLink | None: ...

    def links(self) -> Mapping[LinkToken, PlacedLink]:
        """What the feed has written."""


class CounterInMemory:
    """The domain's functions over dictionaries. The overlay is all that a restart loses."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._epochs = Epochs()
        self._table = Table()
        self._own: dict[UUID, OwnOperation] = {}
        self._at, self._sequence = Position(), 0
        self._overlay = Overlay()

    @property
    def _reached(self) -> Position:
        return Position(self._epochs.current, self._epochs.effective(self._at))

    def link(self, uuid: UUID, token: LinkToken, number: LibraryCardNumber) -> Code | None:
        return self._act(LinkOperation(self._origin(uuid), token, number, Revocation.GOOD, False))

    def replace(self, uuid: UUID, token: LinkToken, number: LibraryCardNumber, shown: frozenset[UUID]) -> Code | None:
        return self._act(ReplaceOperation(self._origin(uuid), token, number, Revocation.GOOD, False, ReplaceReason.RENEWED, shown))

    def unlink(self, uuid: UUID, number: LibraryCardNumber) -> Code | None:
        shown = self._overlay.of_number(self._table, number)
        return self._act(UnlinkOperation(self._origin(uuid), number, UnlinkReason.LOST, None if shown is None else shown.token))

    def _origin(self, uuid: UUID) -> Origin:
        return Origin(uuid, self.name, self._sequence + 1, self._at, 0, MADE)

    def _act(self, operation: Operation) -> Code | None:
        decision = decide(standing_of(operation, self._table, self._overlay, self._epochs), operation)
        if isinstance(decision, Declined):
            return decision.code
        if decision.changes:
            self._sequence += 1
            self._own[operation.origin.uuid] = OwnOperation(operation)
            self._overlay.take(decision)
        return None

    def hear_answer(self, answer: Answer) -> None:
        if answer.epoch == self._epochs.current:
            self._answer(answer.uuid, answer.state)
            self._look_again()

    def _answer(self, uuid: UUID, answer: AcceptedAt | RefusedFor) -> None:
        if uuid in self._own:
            own = self._own[uuid]
            self._own[uuid] = OwnOperation(own.operation, answered(own.state, answer))
            token = own.operation.token
            placed = None if token is None else self._table.by_token.get(token)
            if isinstance(answer, RefusedFor) and placed is not None and placed.link.operation == uuid:
                del self._table.by_token[placed.link.token], self._table.by_number[placed.link.number]

    def hear_page(self, page: FeedPage) -> None:
        if not page.safe.epoch == self._at.epoch == self._epochs.current:
            return
        if page.entries and page.entries[0].cursor != self._at.cursor + 1:
            return
        for entry in page.entries:
            self._table.write(entry)
            self._at = Position(self._at.epoch, entry.cursor)
            self._answer(entry.operation, AcceptedAt(self._reached))
        self._forget(page.safe)
        self._look_again()

    def hear_epoch(self, epochs: Epochs) -> None:
        before = self._epochs
        if epochs.current <= before.current:
            return
        self._own = {uuid: OwnOperation(own.operation, after_cuts(own.state, epochs)) for uuid, own in self._own.items()}
        self._epochs = epochs
        lasting = epochs.effective(Position(before.current, LARGEST))
        self._table.stopped = [placed for placed in self._table.stopped if placed.stop.cursor <= lasting]
        self._look_again()

    def hear_stops(self, stops: Sequence[PlacedStop], epoch: int) -> None:
        if epoch == self._epochs.current:
            self._table.stopped += [placed for placed in stops if placed.stop.cursor > self._reached.cursor]
            self._look_again()

    def hear_snapshot(self, snapshot: Snapshot, safe: Position) -> None:
        self.hear_epoch(snapshot.epochs)
        if snapshot.epochs.current != self._epochs.current or snapshot.cursor < self._reached.cursor:
            return
        ahead = [placed for placed in self._table.stopped if placed.stop.cursor > snapshot.cursor]
        self._at = Position(snapshot.epochs.current, snapshot.cursor)
        by_number = {placed.link.number: placed for placed in snapshot.links}
        self._table = Table({placed.link.token: placed for placed in snapshot.links}, by_number, [*snapshot.stops, *ahead])
        self._forget(safe)
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

    def links(self) -> Mapping[LinkToken, PlacedLink]:
        return self._table.by_token

    def _forget(self, safe: Position) -> None:
        self._own = {uuid: own for uuid, own in self._own.items() if not is_gone(own.state, self._reached, safe)}

    def _look_again(self) -> None:
        unapplied = [own.operation for own in self._own.values() if is_unapplied(own.state, self._reached)]
        ahead = [placed for placed in self._table.stopped if placed.stop.cursor > self._reached.cursor]
        self._overlay = projected(unapplied, self._table, self._epochs, ahead)
