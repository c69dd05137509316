"""Opens the server's database by its URL: SQLite or PostgreSQL."""

from __future__ import annotations

import logging
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Lock, Thread, current_thread
from typing import Any, TypeVar
from urllib.parse import unquote

import psycopg
from peewee import Database, PostgresqlDatabase, SqliteDatabase
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from kiosk.config.atomic_write import make_file, publish
from kiosk.config.file_access import not_a_file
from kiosk.domain.errors import Code, Unavailable
from kiosk.ledger.database import ask
from kiosk.ledger.disk_errors import disk_translated
from kiosk.ledger.migration_runner import USER_VERSION, VERSION_TABLE, VersionedSchema, migrate, version_of
from kiosk.registry.database_errors import ERRORS, of_postgresql, of_sqlite
from kiosk.registry.migrations import Dialect, steps

# peewee logs every statement with its values (numbers, tokens) at level DEBUG.
logging.getLogger("peewee").disabled = True

T = TypeVar("T")
SQLITE, POSTGRESQL = "sqlite:///", ("postgresql://", "postgres://")
_BUSY_SECONDS = 5
_SETTINGS = (
    f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000}",
    "PRAGMA journal_mode = WAL",
    # In WAL mode NORMAL may lose the last commits on a power failure.
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA temp_store = MEMORY",
)
_SESSION = {"connect_timeout": "5", "tcp_user_timeout": "15000", "application_name": "kiosk"}
_LIMITS = "-c lock_timeout=15s -c idle_in_transaction_session_timeout=60s -c statement_timeout=60s"
"""A server process that hangs must not hold the head's lock for ever, and none waits for ever for it."""


class RegistryDatabase(ABC):
    """A migrated database. One connection for each thread that uses it."""

    database: Database
    place: str
    """The file, or the URL without its password, for messages."""

    @abstractmethod
    def _unavailable(self, error: BaseException) -> Unavailable | None: ...

    @property
    @abstractmethod
    def is_postgresql(self) -> bool: ...

    def read(self, ask: Callable[[Database], T]) -> T:
        """Call `ask` with the database, once more after a lost connection. Raises Unavailable, never the driver's exceptions."""
        try:
            with self.translated():
                return ask(self.database)
        except Unavailable as error:
            if error.params.get("reason") != "connection":
                raise
        with self.translated():
            return ask(self.database)

    @contextmanager
    def reading(self) -> Iterator[Database]:
        """One snapshot for several reads. Raises Unavailable, never the driver's exceptions."""
        with self.translated(), self._snapshot():
            yield self.database

    @contextmanager
    def writing(self) -> Iterator[Database]:
        """One transaction. Raises Unavailable, never the driver's exceptions; RuntimeError for a value or a row that does not fit."""
        with self.translated(), self._transaction():
            yield self.database

    @abstractmethod
    def _snapshot(self) -> Any: ...

    @abstractmethod
    def _transaction(self) -> Any: ...

    @contextmanager
    def translated(self) -> Iterator[None]:
        """For peewee's queries outside a transaction. A lost connection is dropped, so that the next query connects anew."""
        try:
            yield
        except ERRORS as error:
            unavailable = self._unavailable(error)
            if unavailable is None:
                raise RuntimeError(f"the database was asked wrongly: {type(error).__name__}") from error
            if unavailable.code is Code.STORE_UNAVAILABLE:
                with suppress(*ERRORS):
                    self.database.close()
            raise unavailable from error

    @abstractmethod
    def tidy(self) -> None:
        """Give room that erased rows took back to the database, and bring the log into it: it still holds them."""

    @abstractmethod
    def close(self) -> None:
        """Close the connections of this thread and of threads that have ended."""


class _Connections:
    """The connections of all threads: those of a thread that has ended would stay open until they are collected."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._opened: list[tuple[Thread, Any]] = []

    def add(self, connection: Any) -> Any:
        with self._guard:
            self._opened.append((current_thread(), connection))
        return connection

    def close(self) -> None:
        with self._guard:
            over = [one for one in self._opened if one[0] is current_thread() or not one[0].is_alive()]
            self._opened = [one for one in self._opened if one not in over]
        for _, connection in over:
            with suppress(*ERRORS):
                connection.close()


class _Sqlite(SqliteDatabase):
    server_version = sqlite3.sqlite_version_info

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path, self.connections = path, _Connections()

    def _connect(self) -> Any:
        return self.connections.add(_open_file(self.path))

    def rollback(self) -> None:
        """Roll back unless SQLite has already done so (disk full): a second rollback would mask the original error."""
        if self.connection().in_transaction:  # type: ignore[no-untyped-call]
            super().rollback()


class _Postgresql(PostgresqlDatabase):
    def __init__(self, url: str) -> None:
        super().__init__(url, prefer_psycopg3=True)
        self.url, self.connections = url, _Connections()

    def _connect(self) -> Any:
        return self.connections.add(_connect(self.url))


class SqliteRegistry(RegistryDatabase):
    is_postgresql = False

    def __init__(self, path: Path) -> None:
        self.database = self._own = _Sqlite(path)
        self.place = str(path)

    def _unavailable(self, error: BaseException) -> Unavailable | None:
        return of_sqlite(error, self._own.path)

    def _snapshot(self) -> Any:
        return self.database.atomic("DEFERRED")

    def _transaction(self) -> Any:
        return self.database.atomic("IMMEDIATE")

    def tidy(self) -> None:
        with self.translated():
            ask(self.database, "PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        self.database.close()
        self._own.connections.close()


class PostgresqlRegistry(RegistryDatabase):
    is_postgresql = True

    def __init__(self, url: str) -> None:
        self.database = self._own = _Postgresql(url)
        self.place = without_password(url)

    def _unavailable(self, error: BaseException) -> Unavailable | None:
        return of_postgresql(error, self.place)

    def _snapshot(self) -> Any:
        return self.database.atomic("REPEATABLE READ")

    def _transaction(self) -> Any:
        return self.database.atomic()

    def tidy(self) -> None:
        with self.translated():
            ask(self.database, "VACUUM link, feed, stop, operation")

    def close(self) -> None:
        self.database.close()
        self._own.connections.close()


def open_database(url: str, *, create: bool = True) -> RegistryDatabase:
    """Open `sqlite:///PATH` (absolute: four slashes) or `postgresql://USER:PASSWORD@HOST:PORT/NAME`, and bring it to this program's schema.

    `create` makes the tables, and the file of SQLite, that are missing. Raises Unavailable: store-newer (`version`, `known`),
    store-missing, store-damaged (not a database of ours), store-foreign, store-read-only, store-full, store-locked, store-unavailable (no
    connection; `reason`); ValueError for another URL.
    """
    if url.startswith(SQLITE):
        return open_sqlite(Path(unquote(url.removeprefix(SQLITE))), create=create)
    if not url.startswith(POSTGRESQL):
        raise ValueError("neither sqlite:/// nor postgresql://")
    opened = PostgresqlRegistry(url)
    with opened.translated(), closing(_connect(url)) as connection:
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
        with closing(_open_file(path)) as connection:
            _prepare(connection, Dialect.SQLITE, USER_VERSION, create=False)
    return opened


def without_password(url: str) -> str:
    """A URL of PostgreSQL's for messages. Raises ValueError for one that libpq does not understand."""
    try:
        told = conninfo_to_dict(url)
    except psycopg.Error as error:
        raise ValueError("no URL of PostgreSQL's") from error
    user = f"{told['user']}@" if "user" in told else ""
    port = f":{told['port']}" if "port" in told else ""
    return f"postgresql://{user}{told.get('host', '')}{port}/{told.get('dbname', '')}"


def _prepare(connection: Any, dialect: Dialect, schema: VersionedSchema, create: bool) -> None:
    wanted = steps(dialect)
    version = schema.version(connection) if create else version_of(connection, len(wanted), schema)
    if version != len(wanted):
        migrate(connection, wanted, schema)


def _create(path: Path) -> None:
    """A file that is renamed into place once it is whole: an empty one of that name is damaged, not new."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}.new-{current_thread().ident}")
    temporary.unlink(missing_ok=True)
    make_file(temporary)
    try:
        with closing(sqlite3.connect(temporary, isolation_level=None)) as connection:
            migrate(connection, steps(Dialect.SQLITE))
        with suppress(FileExistsError):  # another process was faster
            publish(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _open_file(path: Path) -> sqlite3.Connection:
    if path.exists() and not path.is_file():
        raise not_a_file(path)
    place = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(place, uri=True, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        for statement in _SETTINGS:
            connection.execute(statement)
    except BaseException:
        connection.close()
        raise
    return connection


def _connect(url: str) -> psycopg.Connection[Any]:
    told = conninfo_to_dict(url)
    ours = {key: value for key, value in _SESSION.items() if key not in told}
    options = " ".join(part for part in (str(told.get("options") or ""), _LIMITS) if part)
    return psycopg.connect(make_conninfo(url, **ours, options=options), autocommit=True)
