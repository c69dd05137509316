"""The library's server as histories need it: `decide` on its own links and stops, one order, stored answers, a backup, restoring it."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from kiosk.domain.decide import Accepted, Change, Declined, Epochs, Opened, OpenLink, Standing, Stop, Stopped, decide
from kiosk.domain.model import LibraryCardNumber, LinkToken
from kiosk.domain.operations import AcceptedAt, RefusedFor
from kiosk.domain.wire import Operation, Position, UnlinkOperation


@dataclass(frozen=True, slots=True)
class Answer:
    """To one operation. Of use only to a counter that knows this epoch, and no later one."""

    epoch: int
    uuid: UUID
    state: AcceptedAt | RefusedFor


@dataclass(frozen=True, slots=True)
class FeedRow:
    """An accepted operation, and what it changed."""

    position: Position
    operation: Operation
    changes: tuple[Change, ...]


@dataclass(slots=True)
class Table:
    """The links that stand and the stops, as the feed writes them: `overlay.Links` in memory."""

    by_token: dict[LinkToken, OpenLink] = field(default_factory=dict)
    by_number: dict[LibraryCardNumber, OpenLink] = field(default_factory=dict)
    positions: dict[UUID, int] = field(default_factory=dict)
    """Of the operations that opened the links: the cursor."""
    all_stops: list[tuple[LinkToken | None, LibraryCardNumber, Stop]] = field(default_factory=list)

    def of_token(self, token: LinkToken) -> OpenLink | None:
        return self.by_token.get(token)

    def of_number(self, number: LibraryCardNumber) -> OpenLink | None:
        return self.by_number.get(number)

    def stops(self, token: LinkToken | None, number: LibraryCardNumber) -> tuple[Stop, ...]:
        return tuple([stop for of, stopped, stop in self.all_stops if stopped == number or (of == token and of is not None)])

    def write(self, row: FeedRow) -> None:
        origin = row.operation.origin
        stop = Stop(row.position.cursor, origin.counter, origin.sequence)
        for change in row.changes:
            if isinstance(change, Opened):
                self.by_token[change.link.token] = self.by_number[change.link.number] = change.link
                self.positions[change.link.operation] = row.position.cursor
            elif isinstance(change, Stopped):
                self.all_stops.append((None, change.number, stop))
            else:
                link = change.link
                del self.by_token[link.token], self.by_number[link.number], self.positions[link.operation]
                self.all_stops.append((link.token, link.number, stop))

    def cut(self, cursor: int) -> None:
        """Close what was opened above: it was lost. What was stopped above stays stopped, until a snapshot says what holds."""
        for uuid in [uuid for uuid, position in self.positions.items() if position > cursor]:
            (link,) = (link for link in self.by_token.values() if link.operation == uuid)
            del self.by_token[link.token], self.by_number[link.number], self.positions[uuid]

    def copy(self) -> Table:
        return Table(self.by_token.copy(), self.by_number.copy(), self.positions.copy(), self.all_stops.copy())


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What stands at a position."""

    position: Position
    table: Table


@dataclass(slots=True)
class _Stored:
    """What a backup holds."""

    table: Table = field(default_factory=Table)
    feed: list[FeedRow] = field(default_factory=list)
    answers: dict[UUID, Answer] = field(default_factory=dict)

    def copy(self) -> _Stored:
        return _Stored(self.table.copy(), self.feed.copy(), self.answers.copy())


class LedgerServer:
    def __init__(self) -> None:
        self.epochs = Epochs()
        self._now = _Stored()
        self._backups = [_Stored()]
        """The last two at most."""

    @property
    def position(self) -> Position:
        return Position(self.epochs.current, len(self._now.feed))

    @property
    def safe(self) -> Position:
        """What every backup holds that may still be put back."""
        return Position(self.epochs.current, len(self._backups[0].feed))

    def take(self, operation: Operation) -> Answer:
        """Decide, or repeat the answer already given."""
        uuid, now = operation.origin.uuid, self._now
        if uuid not in now.answers:
            decision = decide(self._standing(operation), operation)
            now.answers[uuid] = Answer(self.epochs.current, uuid, self._outcome(operation, decision))
        stored = now.answers[uuid]
        if isinstance(stored.state, AcceptedAt):
            return Answer(self.epochs.current, uuid, AcceptedAt(Position(self.epochs.current, stored.state.position.cursor)))
        return Answer(self.epochs.current, uuid, stored.state)

    def _standing(self, operation: Operation) -> Standing:
        table, number = self._now.table, operation.number
        if isinstance(operation, UnlinkOperation):
            return Standing(None, table.of_number(number), table.stops(None, number), self.epochs)
        token = operation.token
        return Standing(table.of_token(token), table.of_number(number), table.stops(token, number), self.epochs)

    def _outcome(self, operation: Operation, decision: Accepted | Declined) -> AcceptedAt | RefusedFor:
        if isinstance(decision, Declined):
            return RefusedFor(decision.code)
        row = FeedRow(Position(self.epochs.current, len(self._now.feed) + 1), operation, decision.changes)
        self._now.feed.append(row)
        self._now.table.write(row)
        return AcceptedAt(row.position)

    def row(self, cursor: int) -> FeedRow | None:
        """The one after `cursor`, in this epoch's terms."""
        if cursor >= len(self._now.feed):
            return None
        row = self._now.feed[cursor]
        return FeedRow(Position(self.epochs.current, cursor + 1), row.operation, row.changes)

    def snapshot(self) -> Snapshot:
        return Snapshot(self.position, self._now.table.copy())

    def back_up(self) -> None:
        self._backups = [*self._backups[-1:], self._now.copy()]

    def restore(self, oldest: bool = False) -> None:
        """Put a backup back: what was accepted or refused since is lost, and a new epoch begins."""
        if oldest:
            del self._backups[1:]
        self._now = self._backups[-1].copy()
        current = self.epochs.current
        self.epochs = Epochs(current + 1, (*self.epochs.cuts, (current, len(self._now.feed))))
