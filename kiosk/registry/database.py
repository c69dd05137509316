"""Opens the server's database by its URL: SQLite or PostgreSQL."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from threading import current_thread
from typing import Any
from urllib.parse import unquote

from kiosk.config.atomic_write import make_file, publish
from kiosk.config.file_replacement import delete, discard
from kiosk.domain.errors import Code, Unavailable
from kiosk.ledger.disk_errors import disk_translated
from kiosk.ledger.migration_runner import USER_VERSION, VERSION_TABLE, VersionedSchema, migrate, version_of
from kiosk.registry.engine import RegistryDatabase
from kiosk.registry.migrations import Dialect, steps
from kiosk.registry.postgresql_engine import PostgresqlRegistry, check_encoding, connect, without_password
from kiosk.registry.sqlite_engine import SETTINGS, SqliteRegistry, open_file

__all__ = ["RegistryDatabase", "open_database", "open_sqlite", "without_password"]
SQLITE, POSTGRESQL = "sqlite:///", ("postgresql://", "postgres://")


def open_database(url: str, *, create: bool = True) -> RegistryDatabase:
    """Open `sqlite:///PATH` (absolute: four slashes) or `postgresql://USER:PASSWORD@HOST:PORT/NAME`, and bring it to this program's schema.

    `create` makes the tables, and the file of SQLite, that are missing. Raises Unavailable: store-newer (`version`, `known`),
    store-missing, store-damaged (not a database of ours), store-foreign, store-read-only, store-full, store-locked, store-unavailable, or
    database-unreachable (no connection to PostgreSQL, no permission, another encoding: `reason`; `said`: its words); ValueError for
    another URL.
    """
    if url.startswith(SQLITE):
        return open_sqlite(Path(unquote(url.removeprefix(SQLITE))), create=create)
    if not url.startswith(POSTGRESQL):
        raise ValueError("neither sqlite:/// nor postgresql://")
    opened = PostgresqlRegistry(url)
    with opened.translated(), closing(connect(url)) as connection:
        check_encoding(connection, opened.place)
        _prepare(connection, Dialect.POSTGRESQL, VERSION_TABLE, create)
    return opened


def open_sqlite(path: Path, *, create: bool = True) -> RegistryDatabase:
    """`open_database` for a file."""
    opened = SqliteRegistry(path)
    with disk_translated(path), opened.translated():
        if not path.exists():
            if not create:
                raise Unavailable(Code.STORE_MISSING, file=str(path))
            _create(path)
        # Without settings: an empty file that somebody put there would become a database by them.
        with closing(open_file(path, SETTINGS[:1])) as connection:
            _prepare(connection, Dialect.SQLITE, USER_VERSION, create=False)
    return opened


def _prepare(connection: Any, dialect: Dialect, schema: VersionedSchema, create: bool) -> None:
    wanted = steps(dialect)
    version = schema.version(connection) if create else version_of(connection, len(wanted), schema)
    if version != len(wanted):
        migrate(connection, wanted, schema)


def _create(path: Path) -> None:
    """A file that is renamed into place once it is whole: an empty one of that name is damaged, not new."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}.new-{current_thread().ident}")
    delete(temporary, missing_ok=True)
    make_file(temporary)
    try:
        with closing(sqlite3.connect(temporary, isolation_level=None)) as connection:
            migrate(connection, steps(Dialect.SQLITE))
        with suppress(FileExistsError):  # another process was faster
            publish(temporary, path)
    finally:
        discard(temporary)
