"""What a machine knows of the ledger beside the database: it outlives a restore, which takes the database back.

A counter that was revoked since the backup stays revoked, one that was enrolled since stays enrolled, and epochs that the backup does not
know are cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from peewee import Database

from kiosk.domain.decide import Epochs
from kiosk.domain.wire import Position
from kiosk.ledger.audit import FIRST, AuditHead, AuditTrail
from kiosk.ledger.bulk import BYTES, COUNT, TEXT, insert
from kiosk.ledger.database import ask
from kiosk.ledger.notes import notes_after, parsed
from kiosk.registry.head_row import HeadRow, HeadTable
from kiosk.registry.models import CounterState
from kiosk.registry.notes import MOVED_IN

_COUNTER = {
    **{"name": TEXT, "secret": BYTES, "state": TEXT, "enrolled": TEXT, "changed": TEXT},
    **{"sequence": COUNT, "key_generation": COUNT, "enrolments": COUNT},
}
_STRICTNESS = (CounterState.ACTIVE, CounterState.RETIRING, CounterState.RETIRED, CounterState.REVOKED)


@dataclass(frozen=True, slots=True)
class KnownCounter:
    """A row of the table `counter`."""

    name: str
    secret: bytes | None
    state: CounterState
    enrolled: str
    changed: str
    sequence: int
    key_generation: int
    enrolments: int
    """How often its name was enrolled."""

    def merged(self, other: KnownCounter) -> KnownCounter:
        """What holds of one counter that two sources tell of. Of one enrolment the stricter state: nobody is let in again by a restore. Of
        two the later one, which replaced the earlier secret. Clocks decide only where each source has enrolled it without the other.
        """
        sequence = max(self.sequence, other.sequence)
        if self.enrolments != other.enrolments:
            holds = max((self, other), key=lambda counter: counter.enrolments)
        elif self.secret == other.secret or self.enrolled == other.enrolled:
            holds = max((self, other), key=lambda counter: (_STRICTNESS.index(counter.state), counter.changed))
        else:
            holds = max((self, other), key=lambda counter: counter.enrolled)
        return replace(holds, sequence=sequence)


class Mark(NamedTuple):
    """That an operation was accepted at a cursor."""

    cursor: int
    operation: str


class MovedList(NamedTuple):
    """A list of links that was taken in: one entry of the order, of whose links counters hold no operation."""

    epoch: int
    """Which began with it."""
    cursor: int
    links: int


@dataclass(frozen=True, slots=True)
class Ahead:
    """That a counter knew a position which the ledger does not have: the whole machine was put back, or another has taken its place."""

    position: Position
    counter: str
    common: int
    """Up to where what the counter knows stands here as well, at least. Nobody knows when the machine was put back: what it accepted since
    may stand where something else stood.
    """


@dataclass(frozen=True, slots=True)
class Remembered:
    library: str
    position: Position
    """The head, as last seen."""
    epochs: Epochs
    safe: int
    """The cursor up to which counters may have forgotten what they sent."""
    counters: tuple[KnownCounter, ...]
    marks: tuple[Mark, ...] = ()
    """Some operations of the running order, the latest last: a database that has them at their places is of the same order."""
    trail: AuditHead = FIRST
    """Where the audit trail ended: it holds what was done beside the order, such as revoking a counter."""
    revoked: frozenset[tuple[bytes, str]] = frozenset()
    """Secrets of revoked computers whose names others have since, with those names."""
    ahead: Ahead | None = None
    """What a counter knew of an order that goes further than this one; until a new epoch begins."""
    lists: tuple[MovedList, ...] = ()

    def is_ahead_of(self, position: Position) -> bool:
        return (self.position.epoch, self.position.cursor) > (position.epoch, position.cursor)


def remembered_of(database: Database) -> Remembered | None:
    """What a database says of itself, within a transaction; None if no ledger was begun in it."""
    table = HeadTable()
    if (library := table.find_library(database)) is None:
        return None
    head = table.read(database)
    operation = _operation_at(database, head.cursor)
    marks = () if operation is None else (Mark(head.cursor, operation),)
    position, counters = Position(head.epoch, head.cursor), tuple(_counters(database))
    return Remembered(library, position, head.epochs, head.safe, counters, marks, head.trail, _revoked(database), lists=_lists(database))


def was_put_back(database: Database, kept: Remembered) -> bool:
    """Whether the database was put back to an earlier state, or lost something, without a new epoch; within a transaction. Also where it
    has gone on since, and stands further ahead than what is remembered.
    """
    head = HeadTable().read(database)
    if kept.is_ahead_of(Position(head.epoch, head.cursor)):
        return True
    if kept.epochs.current != head.epoch:
        return False
    if AuditTrail(database).hash_at(kept.trail.rows) != kept.trail.digest:
        return True
    if not kept.marks:
        return False
    last = kept.marks[-1]
    return last.cursor > head.floor and _operation_at(database, last.cursor) != last.operation


def common_with(database: Database, kept: Remembered | None) -> int:
    """Up to which cursor the order in the database is proven to be the remembered one: 0 if nothing proves it."""
    marks = () if kept is None else kept.marks
    proven = max((mark.cursor for mark in marks if _operation_at(database, mark.cursor) == mark.operation), default=0)
    return proven if kept is None or kept.ahead is None else min(proven, kept.ahead.common)


def common_at_least(epochs: Epochs, floor: int) -> int:
    """Up to which cursor every order of the running epoch is the same: what the epoch began with. Also what is older than the retention,
    since a link that was made below the floor could not be sent again.
    """
    return max([floor, *(cut for _, cut in epochs.cuts)])


def common_at_most(database: Database, before: Remembered | None, row: HeadRow) -> int:
    """Up to which cursor a ledger that was put back may hold what a machine knew before: less than its head where counters knew of
    another order. A backup of that one is told by an operation that stands elsewhere.
    """
    if before is None or before.ahead is None:
        return row.cursor
    common, marks = min(row.cursor, before.ahead.common), [mark for mark in before.marks if row.floor < mark.cursor <= row.cursor]
    proven = [mark.cursor for mark in marks if _operation_at(database, mark.cursor) == mark.operation]
    return common if len(proven) == len(marks) else max([common, *proven])


def latest_of(one: Remembered | None, other: Remembered | None) -> Remembered | None:
    """What is known of one library from two sources: the head of the one further ahead, the counters of both."""
    if one is None or other is None:
        return one or other
    later, earlier = (one, other) if one.is_ahead_of(other.position) else (other, one)
    counters, revoked = merged(later.counters, earlier.counters), later.revoked | earlier.revoked
    marks = (*earlier.marks, *later.marks) if earlier.epochs.current == later.epochs.current else later.marks
    return replace(later, counters=counters, marks=marks, revoked=revoked, ahead=later.ahead or earlier.ahead)


def lost_lists(before: Remembered | None, now: Remembered) -> tuple[MovedList, ...]:
    """The lists whose links are gone with what was known before."""
    return () if before is None else tuple(one for one in before.lists if one not in now.lists)


def latest_epoch(known: Remembered | None) -> int:
    """The highest number of an epoch that was ever used, as far as is known; 0 if nothing is."""
    if known is None:
        return 0
    return max(known.epochs.current, 0 if known.ahead is None else known.ahead.position.epoch)


def merged(some: Iterable[KnownCounter], others: Iterable[KnownCounter]) -> tuple[KnownCounter, ...]:
    found = {counter.name: counter for counter in some}
    for counter in others:
        found[counter.name] = counter.merged(found[counter.name]) if counter.name in found else counter
    return tuple(found[name] for name in sorted(found))


def write_counters(database: Database, counters: Sequence[KnownCounter]) -> None:
    """Replace the rows of all counters."""
    ask(database, "DELETE FROM counter")
    rows = [
        (one.name, one.secret, one.state.value, one.enrolled, one.changed, one.sequence, one.key_generation, one.enrolments)
        for one in counters
    ]
    insert(database, "counter", _COUNTER, rows)


def write_revoked(database: Database, revoked: Iterable[tuple[bytes, str]]) -> None:
    """Add those that are missing."""
    insert(database, "revoked_secret", {"secret": BYTES, "name": TEXT}, sorted(set(revoked) - _revoked(database)))


def _revoked(database: Database) -> frozenset[tuple[bytes, str]]:
    return frozenset((bytes(secret), name) for secret, name in ask(database, "SELECT secret, name FROM revoked_secret").fetchall())


def _lists(database: Database) -> tuple[MovedList, ...]:
    found = notes_after(database, MOVED_IN)
    return tuple(sorted(parsed(f"{epoch} {noted}", _read_list) for epoch, noted in found.items()))


def _read_list(text: str) -> MovedList:
    epoch, cursor, links = map(int, text.split())
    return MovedList(epoch, cursor, links)


def _operation_at(database: Database, cursor: int) -> str | None:
    row = ask(database, "SELECT operation FROM feed WHERE cursor = ?", (cursor,)).fetchone()
    return None if row is None else str(row[0])


def _counters(database: Database) -> list[KnownCounter]:
    rows = ask(database, f"SELECT {', '.join(_COUNTER)} FROM counter ORDER BY name").fetchall()  # noqa: S608 - our own names
    return [
        KnownCounter(name, None if secret is None else bytes(secret), CounterState(state), enrolled, changed, *counts)
        for name, secret, state, enrolled, changed, *counts in rows
    ]
