"""Erases what is older than the retention. What a counter needs that slept longer is in the snapshot."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from peewee import Database

from kiosk.ledger.database import ask
from kiosk.registry.answers import Compacted
from kiosk.registry.database import RegistryDatabase
from kiosk.registry.head_row import HeadTable

_CHUNK = 1000
"""Rows per transaction: on SQLite nobody else writes meanwhile."""
_NEXT = "SELECT uuid FROM operation WHERE uuid > ? ORDER BY uuid LIMIT ?"
_OLD = "DELETE FROM operation WHERE uuid > ? AND uuid <= ? AND at < ? AND (cursor IS NULL OR cursor <= ?)"


def compact(database: RegistryDatabase, heads: HeadTable, now: datetime, retention: timedelta) -> Compacted:
    """Raise the floor first, so that nobody is promised what is about to go, then erase by small transactions; interrupted, the next run
    goes on. The memory of operations lasts twice as long: an operation that comes back after its answer was forgotten was made below the
    floor.
    """
    oldest, forgotten = int((now - retention).timestamp()), int((now - 2 * retention).timestamp())
    with database.writing() as opened:
        row = heads.lock(opened)
        floor = max(row.floor, _last_old(opened, oldest))
        if floor > row.floor:
            heads.write(opened, replace(row, floor=floor))
    entries = _erase(database, "feed", floor)
    stops = _erase(database, "stop", floor)
    operations = _forget(database, forgotten, floor)
    database.tidy()
    return Compacted(floor, entries, stops, operations)


def _last_old(database: Database, oldest: int) -> int:
    """The last entry before the first one that is young enough: what follows it is younger, whatever a wrong clock noted."""
    young = ask(database, "SELECT cursor FROM feed WHERE at >= ? ORDER BY cursor LIMIT 1", (oldest,)).fetchone()
    if young is not None:
        return int(young[0]) - 1
    return int(ask(database, "SELECT max(cursor) FROM feed").fetchone()[0] or 0)


def _erase(database: RegistryDatabase, table: str, floor: int) -> int:
    some = f"DELETE FROM {table} WHERE cursor IN (SELECT cursor FROM {table} WHERE cursor <= ? LIMIT {_CHUNK})"  # noqa: S608 - our own names
    erased = 0
    while True:
        with database.writing() as opened:
            count = int(ask(opened, some, (floor,)).rowcount)
        if not count:
            return erased
        erased += count


def _forget(database: RegistryDatabase, before: int, floor: int) -> int:
    """Nothing above the floor, which no wrong clock moved. Page by page along the key: an index on the time would have to be kept up by
    each operation.
    """
    erased, last = 0, ""
    while True:
        with database.writing() as opened:
            page = [uuid for (uuid,) in ask(opened, _NEXT, (last, _CHUNK)).fetchall()]
            if not page:
                return erased
            erased += int(ask(opened, _OLD, (last, page[-1], before, floor)).rowcount)
            last = page[-1]
