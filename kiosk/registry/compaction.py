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


def compact(database: RegistryDatabase, heads: HeadTable, now: datetime, retention: timedelta) -> Compacted:
    """Raise the floor first, so that nobody is promised what is about to go, then erase by small transactions; interrupted, the next run
    goes on. The memory of operations lasts twice as long: an operation that comes back after its answer was forgotten was made below the
    floor.
    """
    oldest, forgotten = int((now - retention).timestamp()), int((now - 2 * retention).timestamp())
    with database.writing() as opened:
        row = heads.lock(opened)
        old = ask(opened, "SELECT max(cursor) FROM feed WHERE at < ?", (oldest,)).fetchone()[0]
        floor = max(row.floor, old or 0)
        if floor > row.floor:
            heads.write(opened, replace(row, floor=floor))
    entries = _erase(database, "feed", "cursor", "cursor <= ?", floor)
    stops = _erase(database, "stop", "cursor", "cursor <= ?", floor)
    operations = _erase(database, "operation", "uuid", "at < ?", forgotten)
    database.tidy()
    return Compacted(floor, entries, stops, operations)


def _erase(database: RegistryDatabase, table: str, key: str, over: str, value: int) -> int:
    some = f"DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} WHERE {over} LIMIT {_CHUNK})"  # noqa: S608 - our own names
    erased = 0
    while count := _in_one_transaction(database, some, value):
        erased += count
    return erased


def _in_one_transaction(database: RegistryDatabase, sql: str, value: int) -> int:
    with database.writing() as opened:
        return _count(opened, sql, value)


def _count(opened: Database, sql: str, value: int) -> int:
    return int(ask(opened, sql, (value,)).rowcount)
