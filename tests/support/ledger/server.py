"""The library's server as histories need it: `decide` on its own links and stops, one order, stored answers, backups, restoring them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from kiosk.domain.decide import Accepted, Declined, Epochs, Opened, OpenLink, Standing, Stop, Stopped, decide
from kiosk.domain.feed import FeedEntry, PlacedLink, PlacedStop, Snapshot
from kiosk.domain.model import LibraryCardNumber, LinkToken
from kiosk.domain.operations import AcceptedAt, RefusedFor
from kiosk.domain.wire import Operation, Position


@dataclass(frozen=True, slots=True)
class Answer:
    """To one operation. Of use only to a counter in this epoch."""

    epoch: int
    uuid: UUID
    state: AcceptedAt | RefusedFor


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Some entries of the feed, none perhaps, and what a backup holds."""

    entries: tuple[FeedEntry, ...]
    safe: Position


@dataclass(slots=True)
class Table:
    """The links that stand and the stops, as the feed writes them: `overlay.Links` in memory."""

    by_token: dict[LinkToken, PlacedLink] = field(default_factory=dict)
    by_number: dict[LibraryCardNumber, PlacedLink] = field(default_factory=dict)
    stopped: list[PlacedStop] = field(default_factory=list)

    def of_token(self, token: LinkToken) -> OpenLink | None:
        return self.by_token[token].link if token in self.by_token else None

    def of_number(self, number: LibraryCardNumber) -> OpenLink | None:
        return self.by_number[number].link if number in self.by_number else None

    def stops(self, token: LinkToken | None, number: LibraryCardNumber) -> tuple[Stop, ...]:
        return tuple([placed.stop for placed in self.stopped if placed.number == number or (token and placed.token == token)])

    def write(self, entry: FeedEntry) -> None:
        stop = Stop(entry.cursor, entry.counter, entry.sequence)
        for change in entry.changes:
            if isinstance(change, Opened):
                placed = PlacedLink(change.link, entry.cursor)
                self.by_token[change.link.token] = self.by_number[change.link.number] = placed
            elif isinstance(change, Stopped):
                self.stopped.append(PlacedStop(stop, change.token, change.number))
            else:
                del self.by_token[change.token], self.by_number[change.number]
                self.stopped.append(PlacedStop(stop, change.token, change.number))

    def copy(self) -> Table:
        return Table(self.by_token.copy(), self.by_number.copy(), self.stopped.copy())


@dataclass(slots=True)
class _Stored:
    """What a backup holds."""

    table: Table = field(default_factory=Table)
    feed: list[FeedEntry] = field(default_factory=list)
    answers: dict[UUID, AcceptedAt | RefusedFor] = field(default_factory=dict)

    def copy(self) -> _Stored:
        return _Stored(self.table.copy(), self.feed.copy(), self.answers.copy())


class LedgerServer(Protocol):
    """The server as histories drive it."""

    @property
    def epochs(self) -> Epochs: ...

    @property
    def position(self) -> Position: ...

    @property
    def safe(self) -> Position:
        """What every backup holds that may still be put back."""

    @property
    def links(self) -> Mapping[LinkToken, PlacedLink]: ...

    def take(self, operation: Operation) -> Answer:
        """Decide, or repeat the answer already given."""

    def page(self, cursor: int, count: int) -> FeedPage:
        """At most so many entries after a cursor of this epoch."""

    def stops_above(self, cursor: int) -> Sequence[PlacedStop]:
        """In the order of their cursors."""

    def snapshot(self) -> Snapshot: ...

    def back_up(self) -> None:
        """The last two backups are kept."""

    def restore(self, oldest: bool = False) -> None:
        """Put a backup back: what was accepted or refused since is lost, and a new epoch begins."""


class ServerInMemory:
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
        return Position(self.epochs.current, len(self._backups[0].feed))

    @property
    def links(self) -> dict[LinkToken, PlacedLink]:
        return self._now.table.by_token

    def take(self, operation: Operation) -> Answer:
        uuid, answers = operation.origin.uuid, self._now.answers
        if uuid not in answers:
            answers[uuid] = self._outcome(operation, decide(self._standing(operation), operation))
        state = answers[uuid]
        if isinstance(state, AcceptedAt):
            state = AcceptedAt(Position(self.epochs.current, state.position.cursor))
        return Answer(self.epochs.current, uuid, state)

    def _standing(self, operation: Operation) -> Standing:
        table, number, token = self._now.table, operation.number, operation.token
        by_token = None if token is None else table.of_token(token)
        return Standing(by_token, table.of_number(number), table.stops(token, number), self.epochs)

    def _outcome(self, operation: Operation, decision: Accepted | Declined) -> AcceptedAt | RefusedFor:
        if isinstance(decision, Declined):
            return RefusedFor(decision.code)
        cursor, origin = len(self._now.feed) + 1, operation.origin
        entry = FeedEntry(cursor, origin.uuid, origin.counter, origin.sequence, decision.changes)
        self._now.feed.append(entry)
        self._now.table.write(entry)
        return AcceptedAt(Position(self.epochs.current, cursor))

    def has_parted(self, query: Mapping[str, str]) -> bool:
        """Whether another operation stands where a counter that asks for stops has heard this one."""
        cursor, heard = int(query["cursor"]), query.get("operation")
        if heard is None or int(query["epoch"]) != self.epochs.current or not 0 < cursor <= self.position.cursor:
            return False
        return any(str(entry.operation) != heard for entry in self.page(cursor - 1, 1).entries)

    def page(self, cursor: int, count: int) -> FeedPage:
        return FeedPage(tuple(self._now.feed[cursor : cursor + count]), self.safe)

    def stops_above(self, cursor: int) -> list[PlacedStop]:
        return [placed for placed in self._now.table.stopped if placed.stop.cursor > cursor]

    def snapshot(self) -> Snapshot:
        table = self._now.table
        return Snapshot(self.epochs, self.position.cursor, tuple(table.by_token.values()), tuple(table.stopped))

    def back_up(self) -> None:
        self._backups = [*self._backups[-1:], self._now.copy()]

    def roll_back(self) -> None:
        """The last backup is put back without a new epoch, as a virtual machine is put back."""
        self._now = self._backups[-1].copy()

    def restore(self, oldest: bool = False) -> None:
        if oldest:
            del self._backups[1:]
        self._now = self._backups[-1].copy()
        current = self.epochs.current
        self.epochs = Epochs(current + 1, (*self.epochs.cuts, (current, len(self._now.feed))))
