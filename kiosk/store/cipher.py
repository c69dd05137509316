"""The encrypted file: opening, keying and identifying it. Independent of its tables."""

from __future__ import annotations

import hashlib
import hmac
import logging
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock, Thread, current_thread
from typing import Any

from peewee import PeeweeException, SqliteDatabase
from sqlcipher3 import dbapi2 as sqlcipher

from kiosk.config.file_access import not_a_file, open_regular
from kiosk.domain.errors import Code, Unavailable
from kiosk.ledger.database import ask, uri_of
from kiosk.ledger.sqlite_errors import result_code

# peewee logs every statement with its values (numbers, tokens) at level DEBUG.
logging.getLogger("peewee").disabled = True

BUSY_SECONDS = 5
MAGIC = b"KIOSKDB1"

# Order matters: the key precedes the first access, its format follows directly (`open_file`), and the busy timeout precedes anything that
# may have to wait. `synchronous` is FULL because in WAL mode NORMAL may lose the last commits on a power failure. Only the store's keeper
# runs checkpoints (foreign_changes.py).
_SETTINGS = (
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA wal_autocheckpoint = 0",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA cell_size_check = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA temp_store = MEMORY",
    # KiB: the upper pages of millions of links, and all of the overlay. A page read again is decrypted again.
    "PRAGMA cache_size = -16000",
)


def open_file(path: Path, key: bytes, *, settings: bool = True, salt: bytes = b"", reading: bool = False) -> Any:
    """Open the existing file at `path` with a raw key, which avoids 100 ms of key derivation per connection.

    Raises the driver's exceptions, and Unavailable: store-key-wrong or store-damaged when the first page cannot be read. Without `settings`
    no persistent pragma is applied. `reading` opens read-only.
    """
    if path.exists() and not path.is_file():
        raise not_a_file(path)  # opening a pipe would block for ever
    place = uri_of(path, "ro" if reading else "rw")
    connection = sqlcipher.connect(place, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA cipher_log_level = NONE")  # SQLCipher would log to stderr
        connection.execute(f"PRAGMA key = \"x'{key.hex()}{salt.hex()}'\"")
        connection.execute("PRAGMA cipher_compatibility = 4")
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlcipher.DatabaseError as error:
            if result_code(error) == sqlite3.SQLITE_NOTADB:
                raise Unavailable(unreadable(path, key)) from error
            raise
        for statement in _SETTINGS if settings and not reading else _SETTINGS[:1]:
            connection.execute(statement)
    except BaseException:
        connection.close()
        raise
    return connection


def salt_for(key: bytes) -> bytes:
    """The first 16 bytes of the file, the only ones in clear: a magic number and a key check.

    SQLCipher stores its salt there. With a random raw key the salt protects nothing, so it can be used to tell a wrong key from a damaged
    file; otherwise both appear as a first page that fails authentication.
    """
    return MAGIC + hmac.new(key, b"kiosk-store-1", hashlib.sha256).digest()[:8]


def unreadable(path: Path, key: bytes) -> Code:
    """Diagnose why the first page cannot be read with `key`."""
    with open_regular(path) as file:
        head = file.read(16)
    if len(head) == 16 and head.startswith(MAGIC) and not hmac.compare_digest(head, salt_for(key)):
        return Code.STORE_KEY_WRONG
    return Code.STORE_DAMAGED


def same_store(path: Path, key: bytes) -> bool:
    """Whether the header of the file at `path` belongs to `key`. Raises OSError."""
    with open_regular(path) as file:
        return hmac.compare_digest(file.read(16), salt_for(key))


class CipherDatabase(SqliteDatabase):
    """peewee on an encrypted file, with one long-lived connection per thread; see `close_all`."""

    server_version = sqlcipher.sqlite_version_info

    def __init__(self, path: Path, key: bytes, *, reading: bool = False) -> None:
        super().__init__(str(path))
        self._path = path
        self._key = key
        self._reading = reading
        self._guard = Lock()
        self._opened: list[tuple[Thread, Any]] = []

    def _connect(self) -> Any:
        connection = open_file(self._path, self._key, reading=self._reading)
        with self._guard:
            self._opened.append((current_thread(), connection))
        return connection

    def ask(self, sql: str, values: tuple[bytes | str | int | None, ...] = ()) -> Any:
        """`ledger.database.ask` on this database."""
        return ask(self, sql, values)

    def ask_many(self, sql: str, rows: Iterable[tuple[bytes | str | int | None, ...]]) -> None:
        """Execute `sql` once for each row."""
        self.cursor().executemany(sql, rows)  # type: ignore[no-untyped-call]

    @contextmanager
    def unsynced(self) -> Iterator[None]:
        """Commit transactions of this thread without waiting for the disk: a power failure may undo the last of them, in their order, up to
        the next that waits. Not within a transaction.
        """
        self.ask("PRAGMA synchronous = NORMAL")
        try:
            yield
        finally:
            self.ask("PRAGMA synchronous = FULL")

    def rollback(self) -> None:
        """Roll back unless SQLite has already done so (disk full): a second rollback would mask the original error."""
        if self.connection().in_transaction:  # type: ignore[no-untyped-call]
            super().rollback()

    def bring_in(self) -> None:
        """Run a passive WAL checkpoint. What cannot be copied into the database file stays in the WAL."""
        with suppress(PeeweeException, sqlcipher.Error):
            self.ask("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def interrupt(self) -> None:
        """Abort the running queries of all threads."""
        with self._guard:
            for _, connection in self._opened:
                connection.interrupt()

    def close_all(self) -> None:
        """Close the connections of this thread and of threads that have ended.

        Queries of threads still running are interrupted; their connections are closed with the thread.
        """
        self.close()
        with self._guard:
            for thread, connection in self._opened:
                if thread is current_thread() or not thread.is_alive():
                    connection.close()
                else:
                    connection.interrupt()
            self._opened.clear()
