"""The encrypted file itself: how it is named, keyed, opened and recognised. Nothing here knows what is in it."""

from __future__ import annotations

import errno
import hashlib
import hmac
import logging
import os
import stat
import sys
from contextlib import suppress
from pathlib import Path
from threading import Lock, Thread, current_thread
from typing import Any

from peewee import PeeweeException, SqliteDatabase
from sqlcipher3 import dbapi2 as sqlcipher

from kiosk.config.files import not_a_file, open_regular
from kiosk.config.writing import sync_file, sync_folder
from kiosk.domain.errors import Code, Unavailable

# At level DEBUG it writes every statement with its values: numbers and tokens.
logging.getLogger("peewee").disabled = True

BUSY_SECONDS = 5
MAGIC = b"KIOSKDB1"

# Order matters: the key has to come before the first access to the file, its format right after it, the time to wait for others before
# anything that may have to wait. `synchronous` FULL: in WAL mode, NORMAL may lose the last commits when the power fails.
# The log is brought into the file by the store's keeper alone (witness.py).
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
)


def open_file(path: Path, key: bytes, *, settings: bool = True, salt: bytes = b"", reading: bool = False) -> Any:
    """A connection to the existing file at `path` with a raw key, so that no passphrase is stretched for 100 ms at every opening.

    Raises the driver's exceptions, and Unavailable: store-key-wrong or store-damaged when the first page cannot be read. Without
    `settings` nothing is changed that the file would remember. `reading`: nothing can be written through it.
    """
    if path.exists() and not path.is_file():
        raise not_a_file(path)  # to open a pipe would be to wait for ever
    place = f"{path.absolute().as_uri()}?mode={'ro' if reading else 'rw'}"
    connection = sqlcipher.connect(place, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA cipher_log_level = NONE")  # it would write to stderr
        connection.execute(f"PRAGMA key = \"x'{key.hex()}{salt.hex()}'\"")
        connection.execute("PRAGMA cipher_compatibility = 4")
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlcipher.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF == 26:  # SQLITE_NOTADB
                raise Unavailable(unreadable(path, key)) from error
            raise
        for statement in _SETTINGS if settings and not reading else _SETTINGS[:1]:
            connection.execute(statement)
    except BaseException:
        connection.close()
        raise
    return connection


def salt_for(key: bytes) -> bytes:
    """The first 16 bytes of a file of ours, the only ones not encrypted: a mark and a check of the key.

    SQLCipher keeps its salt there. With a random raw key the salt protects nothing, so it can serve to tell a wrong key from a
    damaged file, which otherwise look the same: a first page whose authentication code does not fit.
    """
    return MAGIC + hmac.new(key, b"kiosk-store-1", hashlib.sha256).digest()[:8]


def unreadable(path: Path, key: bytes) -> Code:
    """Why the first page cannot be read with this key."""
    with open_regular(path) as file:
        head = file.read(16)
    if len(head) == 16 and head.startswith(MAGIC) and not hmac.compare_digest(head, salt_for(key)):
        return Code.STORE_KEY_WRONG
    return Code.STORE_DAMAGED


def same_store(path: Path, key: bytes) -> bool:
    """Whether the file at `path` says that it was made with this key. Raises OSError."""
    with open_regular(path) as file:
        return hmac.compare_digest(file.read(16), salt_for(key))


def check_owner(path: Path) -> None:
    """Refuse what is no file, and the file of another user (even to root, whose -wal file would lock the owner out); close ours to others.

    Raises Unavailable: store-foreign, store-unprotected (the file system, FAT for instance, closes nothing); OSError.
    """
    about = path.stat()
    if not stat.S_ISREG(about.st_mode):
        raise not_a_file(path)
    if os.name == "posix":
        if about.st_uid != os.geteuid():
            raise Unavailable(Code.STORE_FOREIGN, place=str(path))
        if stat.S_IMODE(about.st_mode) & 0o077:
            try:
                path.chmod(0o600)
            except OSError as error:
                if error.errno == errno.EROFS:
                    raise
            # Some file systems refuse it, some only seem to do it.
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                raise Unavailable(Code.STORE_UNPROTECTED, place=str(path.parent))


def make_folder(folder: Path) -> None:
    """A folder only its user can enter; the folders above it as the system makes them."""
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        sync_folder(folder.parent)


def forget_pages(path: Path) -> None:
    """Let what is read of a file from now on come from its disk, as far as the system does so (POSIX, advisory)."""
    sync_file(path)
    if sys.platform == "linux":
        handle = os.open(path, os.O_RDONLY)
        try:
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(handle)


class CipherDatabase(SqliteDatabase):
    """peewee on an encrypted file: one long-lived connection for each thread that asks; see `close_all`."""

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

    def ask(self, sql: str, values: tuple[bytes | str | int, ...] = ()) -> Any:
        """A cursor over the answer to plain SQL."""
        return self.execute_sql(sql, values)  # type: ignore[no-untyped-call]

    def rollback(self) -> None:
        """SQLite has rolled back by itself when the disk was full; to do it again would hide that behind an error of ours."""
        if self.connection().in_transaction:  # type: ignore[no-untyped-call]
            super().rollback()

    def bring_in(self) -> None:
        """Bring the log into the database file, as far as nobody reads what came before. What cannot be written there stays in the log."""
        with suppress(PeeweeException, sqlcipher.Error):
            self.ask("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def interrupt(self) -> None:
        """Whatever is being asked, on any thread, ends with an error."""
        with self._guard:
            for _, connection in self._opened:
                connection.interrupt()

    def close_all(self) -> None:
        """Close the connections of this thread and of those that have ended.

        Another that is still at work was left behind: what it asks is interrupted, and its connection ends with it.
        """
        self.close()
        with self._guard:
            for thread, connection in self._opened:
                if thread is current_thread() or not thread.is_alive():
                    connection.close()
                else:
                    connection.interrupt()
            self._opened.clear()
