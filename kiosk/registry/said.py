"""What this process has said of the running order: a database that does not hold it any more was put back, or lost it in a failover."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock

from peewee import Database

from kiosk.domain.errors import Code, Refused
from kiosk.domain.feed import FeedEntry
from kiosk.domain.wire import Position
from kiosk.ledger.database import ask
from kiosk.registry.head_row import HeadRow, HeadTable
from kiosk.registry.remembered import Mark

_KEPT = 4096
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Said:
    """The latest of it, at one moment."""

    epoch: int
    mark: Mark

    def is_lost_at(self, position: Position, floor: int, stands: str | None) -> bool:
        """Whether a ledger whose head is at `position` lacks it. `stands`: the operation that has its place there."""
        if position.epoch != self.epoch:
            return position.epoch < self.epoch
        return position.cursor < self.mark.cursor or (self.mark.cursor > floor and stands != self.mark.operation)


class SaidOrder:
    """Thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._epoch, self._operations = -1, dict[int, str]()
        self._last = 0

    def add(self, epoch: int, entries: Iterable[FeedEntry]) -> None:
        """Entries of the feed that were committed, before anybody is told of them."""
        with self._lock:
            if epoch < self._epoch:
                return
            if epoch > self._epoch:
                self._epoch, self._last = epoch, 0
                self._operations.clear()
            for entry in entries:
                self._last = max(self._last, entry.cursor)
                self._operations[entry.cursor] = str(entry.operation)
            if len(self._operations) > 2 * _KEPT:
                self._operations = {cursor: self._operations[cursor] for cursor in sorted(self._operations)[-_KEPT:]}

    def said(self) -> Said | None:
        """To be asked for before the database: what was committed since is no loss."""
        with self._lock:
            return None if self._last not in self._operations else Said(self._epoch, Mark(self._last, self._operations[self._last]))

    def marks(self, epoch: int) -> tuple[Mark, ...]:
        """Of an order that runs, the latest last."""
        with self._lock:
            if epoch != self._epoch:
                return ()
            return tuple(Mark(cursor, self._operations[cursor]) for cursor in sorted(self._operations))


def ask_standing_of(database: Database, said: Said | None) -> Callable[[], str | None]:
    """Begin to read which operation has the place of what was said, and return what awaits it."""
    if said is None:
        return lambda: None
    cursor = ask(database, "SELECT operation FROM feed WHERE cursor = ?", (said.mark.cursor,))

    def standing() -> str | None:
        row = cursor.fetchone()
        return None if row is None else str(row[0])

    return standing


def check_said(database: Database, said: Said | None) -> None:
    """Within a transaction. Raises Refused: registry-put-back, if the database lacks it."""
    row, standing = HeadTable().read(database), ask_standing_of(database, said)()
    if said is not None and said.is_lost_at(row.position, row.floor, standing):
        raise Refused(Code.REGISTRY_PUT_BACK, known=said.mark.cursor, found=row.cursor)


def last_common(database: Database, marks: Iterable[Mark], row: HeadRow) -> int:
    """Up to which cursor the order in the database is proven to be that of the marks, within a transaction; the floor, if nothing proves
    more. Marks may be of both orders, where one server has gone on with what another misses.
    """
    found: dict[int, str] = {}
    known = sorted({mark for mark in marks if row.floor < mark.cursor <= row.cursor})
    for first in range(0, len(known), _AT_ONCE):
        some = tuple(mark.cursor for mark in known[first : first + _AT_ONCE])
        places = ", ".join("?" * len(some))
        found |= ask(database, f"SELECT cursor, operation FROM feed WHERE cursor IN ({places})", some).fetchall()  # noqa: S608
    common = row.floor
    for mark in known:
        if found.get(mark.cursor) != mark.operation:
            break
        common = mark.cursor
    return common
