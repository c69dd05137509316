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
        columnwise = [array_text(column) for column in zip(*rows, strict=True)]
        execute(database, f"{into} SELECT * FROM unnest({arrays})", columnwise)  # noqa: S608 - our own names
        return
    most = _MOST_VARIABLES // len(columns)
    for first in range(0, len(rows), most):
        some = rows[first : first + most]
        values = ", ".join([f"({', '.join('?' * len(columns))})"] * len(some))
        execute(database, f"{into} VALUES {values}", [value for row in some for value in row])


def among(database: Database, column: str, kind: str, values: Sequence[Value]) -> tuple[str, list[Any]]:
    """A condition that `column`, of this type, holds one of `values`, and its parameters."""
    if isinstance(database, PostgresqlDatabase):
        return f"{column} = ANY(%s::{kind}[])", [array_text(values)]
    return f"{column} IN ({', '.join('?' * len(values))})", list(values)


def execute(database: Database, sql: str, values: Sequence[Any]) -> Any:
    """The driver's cursor for a statement in the database's own words, such as one put together with `among`."""
    return database.execute_sql(sql, values)  # type: ignore[no-untyped-call]


def array_text(values: Sequence[Value]) -> str:
    """An array as PostgreSQL reads it. psycopg's own encoding, which looks at each value by itself, takes several times as long."""
    kinds = set(map(type, values))
    if kinds == {str}:
        # No text of PostgreSQL's holds a NUL: one in `values` is left to psycopg, which refuses it.
        joined = "\x00".join(values)  # type: ignore[arg-type]
        if joined.count("\x00") == len(values) - 1:
            return '{"' + _escaped(joined).replace("\x00", '","') + '"}'
    elif kinds == {int}:
        return "{" + ",".join(map(str, values)) + "}"
    elif kinds == {bytes}:
        return '{"\\\\x' + '","\\\\x'.join(map(bytes.hex, values)) + '"}'  # type: ignore[arg-type]
    return "{" + ",".join(map(_element, values)) + "}"


def _element(value: Value) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    return f'"\\\\x{value.hex()}"' if isinstance(value, bytes) else f'"{_escaped(value)}"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
