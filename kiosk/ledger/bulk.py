"""Many rows in one statement, on any database of peewee's: SQLite, SQLCipher, PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from peewee import Database, PostgresqlDatabase

Value = bytes | str | int | None

COUNT, TEXT, BYTES = "bigint", "text", "bytea"
"""Types of columns, as PostgreSQL calls them. SQLite does not need to know."""
_MOST_VARIABLES = 30_000
"""SQLite takes 32,766 in one statement."""


def insert(database: Database, table: str, columns: Mapping[str, str], rows: Sequence[Sequence[Value]]) -> None:
    """Insert rows into `table`, whose `columns` (names to types) they follow: one statement, or a few on SQLite for thousands of rows."""
    if not rows:
        return
    into = f"INSERT INTO {table} ({', '.join(columns)})"
    if isinstance(database, PostgresqlDatabase):
        # One value for each column whatever the number of rows: the statement stays the same, and is prepared.
        arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
        _execute(database, f"{into} SELECT * FROM unnest({arrays})", [list(column) for column in zip(*rows, strict=True)])  # noqa: S608
        return
    most = _MOST_VARIABLES // len(columns)
    for first in range(0, len(rows), most):
        some = rows[first : first + most]
        values = ", ".join([f"({', '.join('?' * len(columns))})"] * len(some))
        _execute(database, f"{into} VALUES {values}", [value for row in some for value in row])


def among(database: Database, column: str, values: Sequence[Value]) -> tuple[str, list[Any]]:
    """A condition that `column` holds one of `values`, and its parameters."""
    if isinstance(database, PostgresqlDatabase):
        return f"{column} = ANY(%s)", [list(values)]
    return f"{column} IN ({', '.join('?' * len(values))})", list(values)


def select(database: Database, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows of a query that was put together with `among`."""
    return list(_execute(database, sql, values).fetchall())


def _execute(database: Database, sql: str, values: Sequence[Any]) -> Any:
    return database.execute_sql(sql, values)  # type: ignore[no-untyped-call]
