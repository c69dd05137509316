"""The server's database as a file of SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from peewee import SqliteDatabase

from kiosk.config.file_access import not_a_file
from kiosk.domain.errors import Code, Unavailable
from kiosk.ledger.database import ask, uri_of
from kiosk.registry.database_errors import of_sqlite
from kiosk.registry.engine import Connections, RegistryDatabase

_BUSY_SECONDS = 5
SETTINGS = (
    f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000}",
    "PRAGMA journal_mode = WAL",
    # In WAL mode NORMAL may lose the last commits on a power failure.
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA temp_store = MEMORY",
)


class SqliteRegistry(RegistryDatabase):
    is_postgresql = False

    def __init__(self, path: Path) -> None:
        self.database = self._own = _Sqlite(path)
        self.place = str(path)

    def _unavailable(self, error: BaseException) -> Unavailable | None:
        return of_sqlite(error, self._own.path)

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Raises Unavailable: ledger-exchanged, also after a commit: it went into a file that nobody opens any more."""
        with super().translated():
            yield
        self._own.check_place()

    def _snapshot(self) -> Any:
        return self.database.atomic("DEFERRED")

    def _transaction(self) -> Any:
        return self.database.atomic("IMMEDIATE")

    def tidy(self) -> None:
        with self.translated():
            ask(self.database, "PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        self.database.close()
        self._own.close_all()


class _Sqlite(SqliteDatabase):
    server_version = sqlite3.sqlite_version_info

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path, self.connections = path, Connections()
        self._file: tuple[int, int] | None = None
        """Device and inode of the file that was opened first: what was read from it holds for no other."""

    def _connect(self) -> Any:
        connection = self.connections.add(open_file(self.path))
        self._file = self._file or self._found()
        return connection

    def close_all(self) -> None:
        """Close the connection of every thread. What is opened next may be another file."""
        self.connections.close()
        self._file = None

    def check_place(self) -> None:
        if self._file is not None and self._found() != self._file:
            raise Unavailable(Code.LEDGER_EXCHANGED, place=str(self.path))

    def _found(self) -> tuple[int, int] | None:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        except OSError as error:  # a share that is away for a moment
            raise Unavailable(Code.STORE_UNAVAILABLE, place=str(self.path)) from error
        return found.st_dev, found.st_ino

    def rollback(self) -> None:
        """Roll back unless SQLite has already done so (disk full): a second rollback would mask the original error."""
        if self.connection().in_transaction:  # type: ignore[no-untyped-call]
            super().rollback()


def open_file(path: Path, settings: tuple[str, ...] = SETTINGS) -> sqlite3.Connection:
    if path.exists() and not path.is_file():
        raise not_a_file(path)
    connection = sqlite3.connect(uri_of(path, "rw"), uri=True, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        for statement in settings:
            connection.execute(statement)
    except BaseException:
        connection.close()
        raise
    return connection
