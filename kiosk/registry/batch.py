"""Decides on a list of operations at once, purely: what stands concerning them goes in, answers and changed rows come out.

One database query for all operations of a transaction instead of several for each; what one of them changes, the next one finds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from kiosk.domain.decide import Accepted, Decision, Declined, Epochs, Opened, Standing, Stop, Stopped, decide
from kiosk.domain.errors import Code
from kiosk.domain.feed import FeedEntry, PlacedLink, PlacedStop
from kiosk.domain.model import LibraryCardNumber, LinkToken
from kiosk.domain.operations import AcceptedAt, RefusedFor
from kiosk.domain.registry_wire import Answer, Deferred
from kiosk.domain.wire import Operation, Position, UnlinkOperation


@dataclass(frozen=True, slots=True)
class Frame:
    """What holds for all operations of one transaction."""

    cursor: int
    """Of the head before it."""
    epochs: Epochs
    floor: int
    key_generation: int
    is_deferring: bool = False
    """In a new epoch, until all counters have sent their stops: links made in an earlier one are not decided yet."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """The memory of an operation: a row in the transaction of its effect."""

    uuid: UUID
    content: bytes
    """A keyed hash: other content under the same UUID is recognised, and nothing of it kept."""
    counter: str
    sequence: int
    cursor: int | None
    code: Code | None
    """Why it was refused; None if it was accepted, at `cursor`."""


@dataclass(frozen=True, slots=True)
class Prefetched:
    """What stands concerning the tokens, numbers and UUIDs of all operations."""

    links: Sequence[PlacedLink] = ()
    stops: Sequence[PlacedStop] = ()
    """Above the floor."""
    remembered: Mapping[UUID, Remembered] = field(default_factory=dict)
    taken: Collection[tuple[str, int]] = frozenset()
    """The counters and sequences, of the operations to decide on, that a remembered one has."""
    doubled: Collection[str] = frozenset()
    """Of their counters, those under whose name two computers have worked."""


@dataclass(slots=True)
class Decided:
    """The answers in order, and what changes."""

    answers: list[Answer] = field(default_factory=list)
    entries: list[FeedEntry] = field(default_factory=list)
    closed: list[PlacedLink] = field(default_factory=list)
    """Rows that are no more; they go before `opened` come."""
    opened: list[PlacedLink] = field(default_factory=list)
    stops: list[PlacedStop] = field(default_factory=list)
    remembered: list[Remembered] = field(default_factory=list)
    doubled: set[str] = field(default_factory=set)
    """Counters under whose name two computers work, as these operations show."""
    acts: list[tuple[Operation, Accepted]] = field(default_factory=list)
    """For the audit trail: operations that changed something."""


def decided(frame: Frame, prefetched: Prefetched, operations: Iterable[tuple[Operation, bytes]]) -> Decided:
    """Decide on operations in order, each with the keyed hash of its content."""
    course = _Course(frame, prefetched)
    for operation, content in operations:
        course.result.answers.append(course.take(operation, content))
    return course.ended()


class _Course:
    """The state between one operation and the next."""

    def __init__(self, frame: Frame, prefetched: Prefetched) -> None:
        self.frame, self.result = frame, Decided()
        self._before = {placed.link.token: placed for placed in prefetched.links}
        self._by_token = dict(self._before)
        self._by_number = {placed.link.number: placed for placed in prefetched.links}
        self._remembered = dict(prefetched.remembered)
        self._taken, self._doubled = set(prefetched.taken), set(prefetched.doubled)
        self._stops_of: dict[LinkToken | LibraryCardNumber, list[Stop]] = {}
        for placed in prefetched.stops:
            self._keep(placed)

    def take(self, operation: Operation, content: bytes) -> Answer:
        known = self._remembered.get(operation.origin.uuid)
        if known is not None:
            return self._again(known) if known.content == content else RefusedFor(Code.OPERATION_REUSED)
        origin = operation.origin
        if is_double := (origin.counter, origin.sequence) in self._taken:
            self._doubled.add(origin.counter)
            self.result.doubled.add(origin.counter)
        if is_double and not isinstance(operation, UnlinkOperation):
            decision: Decision = Declined(Code.COUNTER_DOUBLED)
        elif origin.known.epoch > self.frame.epochs.current and not isinstance(operation, UnlinkOperation):
            # What was stopped there is not known here. A server that was put back must not refuse for good what the next epoch can decide.
            return Deferred()
        elif self.frame.is_deferring and self._waits_for_stops(operation):
            return Deferred()
        else:
            # An unlinking counts, whoever makes it.
            decision = decide(self._standing(operation), self._as_known(operation))
        told = self._accept(operation, decision) if isinstance(decision, Accepted) else None
        code = decision.code if isinstance(decision, Declined) else None
        memory = Remembered(origin.uuid, content, origin.counter, origin.sequence, told, code)
        self._remembered[origin.uuid] = memory
        self._taken.add((origin.counter, origin.sequence))
        self.result.remembered.append(memory)
        return self._again(memory)

    def ended(self) -> Decided:
        """Only what is different in the end: a link opened and closed by the same transaction is no row."""
        now, before = self._by_token, self._before
        self.result.closed = [placed for token, placed in before.items() if now.get(token) != placed]
        self.result.opened = [placed for token, placed in now.items() if before.get(token) != placed]
        return self.result

    def _again(self, known: Remembered) -> Answer:
        if known.code is not None:
            return RefusedFor(known.code)
        return AcceptedAt(Position(self.frame.epochs.current, known.cursor or 0))

    def _waits_for_stops(self, operation: Operation) -> bool:
        return not isinstance(operation, UnlinkOperation) and operation.origin.known.epoch < self.frame.epochs.current

    def _as_known(self, operation: Operation) -> Operation:
        """A counter cannot have known more than there is: it would pass stops that are still to come."""
        known = operation.origin.known
        if known.epoch != self.frame.epochs.current or known.cursor <= self.frame.cursor:
            return operation
        return replace(operation, origin=replace(operation.origin, known=Position(known.epoch, self.frame.cursor)))

    def _standing(self, operation: Operation) -> Standing:
        token, number, frame = operation.token, operation.number, self.frame
        by_token = None if token is None else self._by_token.get(token)
        by_number = self._by_number.get(number)
        stops = (*self._stops_of.get(number, ()), *(self._stops_of.get(token, ()) if token is not None else ()))
        if operation.origin.counter in self._doubled:
            # What bears its name may be the other computer's, of which this one knew nothing.
            stops = tuple(replace(stop, counter="") for stop in stops)
        return Standing(
            by_token=None if by_token is None else by_token.link,
            by_number=None if by_number is None else by_number.link,
            stops=stops,
            epochs=frame.epochs,
            floor=frame.floor,
            key_generation=frame.key_generation,
        )

    def _accept(self, operation: Operation, accepted: Accepted) -> int:
        cursor, origin = self.frame.cursor + len(self.result.entries) + 1, operation.origin
        self.result.entries.append(FeedEntry(cursor, origin.uuid, origin.counter, origin.sequence, accepted.changes))
        if accepted.changes:
            self.result.acts.append((operation, accepted))
        for change in accepted.changes:
            if isinstance(change, Opened):
                placed = PlacedLink(change.link, cursor)
                self._by_token[change.link.token] = self._by_number[change.link.number] = placed
                continue
            if not isinstance(change, Stopped):
                del self._by_token[change.token], self._by_number[change.number]
            stopped = PlacedStop(Stop(cursor, origin.counter, origin.sequence), change.token, change.number)
            self.result.stops.append(stopped)
            self._keep(stopped)
        return cursor

    def _keep(self, placed: PlacedStop) -> None:
        self._stops_of.setdefault(placed.number, []).append(placed.stop)
        if placed.token is not None:
            self._stops_of.setdefault(placed.token, []).append(placed.stop)
