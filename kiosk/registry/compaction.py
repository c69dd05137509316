"""Erases what is older than the retention. What a counter needs that slept longer is in the snapshot."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from peewee import Database

from kiosk.ledger.bulk import Value
from kiosk.ledger.database import ask
from kiosk.ledger.notes import parsed, read_note, write_note
from kiosk.registry.answers import Compacted
from kiosk.registry.backup.tables import columns_of, plain
from kiosk.registry.database import RegistryDatabase
from kiosk.registry.head_row import HeadTable
from kiosk.registry.notes import STOPS_SINCE
from kiosk.registry.row_sums import RowHash

_CHUNK = 1000
"""Rows per transaction: on SQLite nobody else writes meanwhile."""
_NEXT = "SELECT uuid FROM operation WHERE uuid > ? ORDER BY uuid LIMIT ?"
_OLD = "uuid > ? AND uuid <= ? AND at < ? AND (cursor IS NULL OR cursor <= ?)"


def compact(database: RegistryDatabase, heads: HeadTable, hashes: RowHash, now: datetime, retention: timedelta) -> Compacted:
    """Raise the floor first, so that nobody is promised what is about to go, then erase by small transactions; interrupted, the next run
    goes on. The memory of operations lasts twice as long: an operation that comes back after its answer was forgotten was made below the
    floor.
    """
    oldest, forgotten = int((now - retention).timestamp()), int((now - 2 * retention).timestamp())
    with database.writing() as opened:
        row = heads.lock(opened)
        floor = max(row.floor, _last_old(opened, oldest))
        if floor:
            _note_since(opened, oldest)
        if floor > row.floor:
            heads.write(opened, replace(row, floor=floor))
    eraser = _Eraser(database, heads, hashes)
    entries = eraser.erase("feed", floor)
    stops = eraser.erase("stop", floor)
    operations = eraser.forget(forgotten, floor)
    database.tidy()
    return Compacted(floor, entries, stops, operations)


def _note_since(database: Database, oldest: int) -> None:
    noted = read_note(database, STOPS_SINCE)
    # A clock that was ahead has erased what was younger.
    if noted is None or parsed(noted, int) < oldest:
        write_note(database, STOPS_SINCE, str(oldest))


def _last_old(database: Database, oldest: int) -> int:
    """The last entry before the first one that is young enough: what follows it is younger, whatever a wrong clock noted."""
    young = ask(database, "SELECT cursor FROM feed WHERE at >= ? ORDER BY cursor LIMIT 1", (oldest,)).fetchone()
    if young is not None:
        return int(young[0]) - 1
    return int(ask(database, "SELECT max(cursor) FROM feed").fetchone()[0] or 0)


@dataclass(frozen=True, slots=True)
class _Eraser:
    database: RegistryDatabase
    heads: HeadTable
    hashes: RowHash

    def erase(self, table: str, floor: int) -> int:
        some, erased = f"cursor IN (SELECT cursor FROM {table} WHERE cursor <= ? LIMIT {_CHUNK})", 0  # noqa: S608 - our own names
        while True:
            with self.database.writing() as opened:
                count = self._delete(opened, table, some, (floor,))
            if not count:
                return erased
            erased += count

    def forget(self, before: int, floor: int) -> int:
        """Nothing above the floor, which no wrong clock moved. Page by page along the key: an index on the time would have to be kept up
        by each operation.
        """
        erased, last = 0, ""
        while True:
            with self.database.writing() as opened:
                page = [uuid for (uuid,) in ask(opened, _NEXT, (last, _CHUNK)).fetchall()]
                if not page:
                    return erased
                erased += self._delete(opened, "operation", _OLD, (last, page[-1], before, floor))
                last = page[-1]

    def _delete(self, opened: Database, table: str, which: str, values: tuple[Value, ...]) -> int:
        """Under the head's lock, since its sums are those of the rows that are left."""
        row = self.heads.lock(opened)
        query = f"DELETE FROM {table} WHERE {which} RETURNING {', '.join(columns_of(table))}"  # noqa: S608 - our own names
        deleted = [tuple(map(plain, one)) for one in ask(opened, query, values).fetchall()]
        if deleted:
            self.heads.write(opened, replace(row, sums=row.sums.and_then(table, removed=self.hashes.of(table, deleted))))
        return len(deleted)
