"""Which tables a backup holds, in the order in which they are read and written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from peewee import Database, PostgresqlDatabase

from kiosk.ledger.bulk import BYTES, COUNT, TEXT, insert
from kiosk.ledger.database import ask
from kiosk.registry.backup.document import Page, Value

PAGE = 2000
"""Rows in one record."""


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    columns: Mapping[str, str]
    """Names and types; the primary key comes first."""
    key: int = 1
    """Of how many columns the primary key is."""


TABLES = (
    Table(
        "head",
        {
            "one": COUNT,
            "library": TEXT,
            "epoch": COUNT,
            "cursor": COUNT,
            "links": COUNT,
            "total": TEXT,
            "safe": COUNT,
            "floor": COUNT,
            "key_generation": COUNT,
            "stops_until": COUNT,
            "sums": TEXT,
            "trail": TEXT,
            "seal": TEXT,
        },
    ),
    Table("epoch", {"number": COUNT, "cut": COUNT}),
    Table(
        "counter",
        {
            "name": TEXT,
            "secret": BYTES,
            "state": TEXT,
            "enrolled": TEXT,
            "changed": TEXT,
            "sequence": COUNT,
            "key_generation": COUNT,
            "enrolments": COUNT,
        },
    ),
    Table(
        "counter_seen",
        {"name": TEXT, "at": TEXT, "version": TEXT, "epoch": COUNT, "cursor": COUNT, "pending": COUNT, "differs": COUNT},
    ),
    Table("revoked_secret", {"secret": BYTES, "name": TEXT}),
    Table("meta", {"name": TEXT, "value": TEXT}),
    Table("link", {"token": BYTES, "number": TEXT, "since": TEXT, "counter": TEXT, "operation": TEXT, "position": COUNT}),
    Table("stop", {"cursor": COUNT, "part": COUNT, "token": BYTES, "number": TEXT, "counter": TEXT, "sequence": COUNT}, key=2),
    Table(
        "operation",
        {"uuid": TEXT, "content": BYTES, "counter": TEXT, "sequence": COUNT, "at": COUNT, "cursor": COUNT, "code": TEXT},
    ),
    Table("feed", {"cursor": COUNT, "operation": TEXT, "counter": TEXT, "sequence": COUNT, "at": COUNT, "body": TEXT}),
    Table(
        "audit",
        {
            "place": COUNT,
            "at": TEXT,
            "counter": TEXT,
            "operator": TEXT,
            "act": TEXT,
            "result": TEXT,
            "reason": TEXT,
            "checked": TEXT,
            "number": TEXT,
            "operation": TEXT,
            "previous": BYTES,
            "hash": BYTES,
        },
    ),
)
LEFT_OUT = frozenset({"enrolment_code"})
"""Codes are used once: one that was used up since must not work again after a restore."""


def allow_pauses(database: Database) -> None:
    """Let the running transaction wait for a slow disk between its statements: PostgreSQL would end it, and the server's own are short."""
    if isinstance(database, PostgresqlDatabase):
        ask(database, "SET LOCAL idle_in_transaction_session_timeout = '30min'")
        ask(database, "SET LOCAL statement_timeout = '30min'")


def pages_of(database: Database, table: Table) -> Iterator[Page]:
    """All rows of a table, page by page in the order of its key. Within one snapshot none is missing and none comes twice."""
    rows = _page(database, table, None)
    while rows:
        yield Page(table.name, tuple(table.columns), rows)
        rows = _page(database, table, rows[-1][: table.key])


def _page(database: Database, table: Table, after: tuple[Value, ...] | None) -> list[tuple[Value, ...]]:
    columns, key = ", ".join(table.columns), ", ".join([*table.columns][: table.key])
    later = "" if after is None else f"WHERE ({key}) > ({', '.join('?' * table.key)}) "
    query = f"SELECT {columns} FROM {table.name} {later}ORDER BY {key} LIMIT {PAGE}"  # noqa: S608 - our own names
    return [tuple(map(plain, row)) for row in ask(database, query, after or ()).fetchall()]


def empty_all(database: Database) -> None:
    """Delete the rows of every table, those left out of backups included."""
    names = [*(table.name for table in TABLES), *sorted(LEFT_OUT)]
    if isinstance(database, PostgresqlDatabase):
        ask(database, f"TRUNCATE {', '.join(names)}")
    else:
        for name in names:
            ask(database, f"DELETE FROM {name}")  # noqa: S608 - our own names


def write_page(database: Database, page: Page) -> None:
    """Insert the rows of a page. Raises ValueError for a table or columns that this schema does not have."""
    table = _BY_NAME.get(page.table)
    if table is None or page.columns != tuple(table.columns):
        raise ValueError(f"no such table: {page.table}")
    insert(database, table.name, table.columns, page.rows)


_BY_NAME = {table.name: table for table in TABLES}


def columns_of(table: str) -> Mapping[str, str]:
    """Names and types, in the order of the schema."""
    return _BY_NAME[table].columns


def plain(value: Any) -> Value:
    """A value as a backup says it, whatever the driver calls it."""
    return bytes(value) if isinstance(value, memoryview | bytearray) else value
