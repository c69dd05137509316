"""Plain SQL on any database of peewee's: SQLite, SQLCipher, PostgreSQL; and how SQLite is told which file to open."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

from peewee import Database


def ask(database: Database, sql: str, values: tuple[bytes | str | int | None, ...] = ()) -> Any:
    """Execute `sql`, whose only question marks are placeholders and which holds no percent sign; return the driver's cursor."""
    return database.execute_sql(sql.replace("?", database.param), values)  # type: ignore[no-untyped-call]


def uri_of(path: Path, mode: str) -> str:
    """The URI under which SQLite opens exactly `path`; `mode` as in https://www.sqlite.org/uri.html.

    Not `Path.as_uri`: it makes an authority of the server of a share (\\\\nas\\kiosk), and SQLite accepts none but "localhost". Separators
    are escaped too, so that nothing at the beginning of a path is taken for one.
    """
    return f"file:{quote_from_bytes(os.fsencode(path.absolute()), safe='')}?mode={mode}"
