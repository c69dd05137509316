"""Plain SQL on any database of peewee's: SQLite, SQLCipher, PostgreSQL."""

from __future__ import annotations

from typing import Any

from peewee import Database


def ask(database: Database, sql: str, values: tuple[bytes | str | int | None, ...] = ()) -> Any:
    """Execute `sql`, whose only question marks are placeholders and which holds no percent sign; return the driver's cursor."""
    return database.execute_sql(sql.replace("?", database.param), values)  # type: ignore[no-untyped-call]
