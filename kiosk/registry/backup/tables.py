"""Which tables a backup holds, in the order in which they are read and written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from peewee import Database

from kiosk.ledger.database import ask
from kiosk.registry.backup.document import Page, Value

PAGE = 2000
"""Rows in one record."""


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    columns: tuple[str, ...]
    key: int = 1
    """How many columns, from the first, are the primary key."""


TABLES = (
    Table(
        "head",
        ("only", "library", "epoch", "cursor", "links", "total", "safe", "floor", "key_generation", "stops_until"),
    ),
    Table("epoch", ("number", "cut")),
    Table("counter", ("name", "secret", "state", "enrolled", "changed", "sequence", "key_generation")),
    Table("counter_seen", ("name", "at", "version", "epoch", "cursor", "pending", "differs")),
    Table("meta", ("name", "value")),
    Table("link", ("token", "number", "since", "counter", "operation", "position")),
    Table("stop", ("cursor", "part", "token", "number", "counter", "sequence"), key=2),
    Table("operation", ("uuid", "content", "counter", "sequence", "at", "cursor", "code")),
    Table("feed", ("cursor", "operation", "counter", "sequence", "at", "body")),
    Table(
        "audit",
        ("place", "at", "counter", "operator", "act", "result", "reason", "checked", "number", "operation", "previous", "hash"),
    ),
)
LEFT_OUT = frozenset({"enrolment_code"})
"""Codes are used once: one that was used up since must not work again after a restore."""


def pages_of(database: Database, table: Table) -> Iterator[Page]:
    """All rows of a table, page by page in the order of its key. Within one snapshot none is missing and none comes twice."""
    rows = _page(database, table, None)
    while rows:
        yield Page(table.name, table.columns, rows)
        rows = _page(database, table, rows[-1][: table.key])


def _page(database: Database, table: Table, after: tuple[Value, ...] | None) -> list[tuple[Value, ...]]:
    columns, key = ", ".join(table.columns), ", ".join(table.columns[: table.key])
    later = "" if after is None else f"WHERE ({key}) > ({', '.join('?' * table.key)}) "
    query = f"SELECT {columns} FROM {table.name} {later}ORDER BY {key} LIMIT {PAGE}"  # noqa: S608 - our own names
    return [tuple(map(_plain, row)) for row in ask(database, query, after or ()).fetchall()]


def _plain(value: Any) -> Value:
    """A value as a backup says it, whatever the driver calls it."""
    return bytes(value) if isinstance(value, memoryview | bytearray) else value
