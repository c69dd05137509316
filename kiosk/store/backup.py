"""Verified copies of the encrypted file, under the same key."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlcipher

from kiosk.config import FileTrouble, file_trouble
from kiosk.config.atomic_write import forget_pages, make_file, publish
from kiosk.config.file_replacement import delete, discard, held_file
from kiosk.config.private_files import make_folder
from kiosk.domain.errors import Code, Unavailable
from kiosk.ledger.sqlite_errors import result_code
from kiosk.store.cipher import open_file

_ROOM = 64 * 1024


def back_up(path: Path, key: bytes, folder: Path, name: str) -> Path:
    """Copy the store at `path`, which may be in use, to `folder/name.db` (mode 0600), verify the copy and return its path.

    Raises Unavailable: backup-failed when the copy fails verification, store-damaged when the store does; the driver's exceptions; OSError.
    """
    make_folder(folder)
    target = _free(folder, name)
    temporary = target.with_name(f".{target.name}.new")
    delete(temporary, missing_ok=True)
    make_file(temporary)
    try:
        try:
            with closing(open_file(path, key, settings=False)) as connection:
                # Keeps key and salt, and reads a consistent snapshot.
                connection.execute("VACUUM INTO ?", (str(temporary),))
            _check_copy(temporary, key)
        except (Unavailable, sqlcipher.DatabaseError):
            _check_source(path, key)
            raise
        publish(temporary, target)
    finally:
        discard(temporary)  # may be on a stick that was pulled out
    return target


def _check_copy(copy: Path, key: bytes) -> None:
    """Verify the copy; a failure is due to the medium or to the source (see `_check_source`)."""
    forget_pages(copy)
    try:
        check_whole(copy, key)
    except (Unavailable, sqlcipher.DatabaseError) as error:
        raise Unavailable(Code.BACKUP_FAILED, place=str(copy.parent), reason="not-as-written") from error


def _check_source(path: Path, key: bytes) -> None:
    """Verify the store itself: if it is damaged, a bad copy is no evidence against the medium."""
    try:
        check_whole(path, key)
    except sqlcipher.DatabaseError as error:
        if result_code(error) == sqlite3.SQLITE_CORRUPT:
            raise Unavailable(Code.STORE_DAMAGED, place=str(path)) from error


@contextmanager
def onto(folder: Path) -> Iterator[None]:
    """Translate errors while writing a backup to `folder` into Unavailable: backup-failed, with place and reason.

    Errors of the store itself (damaged, in use, wrong key) pass through.
    """
    try:
        yield
    except OSError as error:
        reason = file_trouble(error, folder).value
        raise Unavailable(Code.BACKUP_FAILED, place=held_file(error) or str(folder), reason=reason) from error
    except sqlcipher.Error as error:
        if result_code(error) not in _BY_THE_DISK:
            raise
        raise Unavailable(Code.BACKUP_FAILED, place=str(folder), reason=_what_ails(folder).value) from error


# SQLite does not say of which file.
_BY_THE_DISK = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN}


def _what_ails(folder: Path) -> FileTrouble:
    """Diagnose why a file in `folder` could not be written, by writing another."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(_ROOM))
            file.flush()
            os.fsync(file.fileno())
        if shutil.disk_usage(folder).free < _ROOM:
            return FileTrouble.FULL
    except OSError as error:
        return file_trouble(error, folder)
    return FileTrouble.FAULTY


def check_whole(path: Path, key: bytes) -> None:
    """Verify every page: authentication codes first, then structure. Raises Unavailable: store-damaged, store-key-wrong."""
    with closing(open_file(path, key, settings=False)) as connection:
        forged = connection.execute("PRAGMA cipher_integrity_check").fetchall()
        if forged or connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            raise Unavailable(Code.STORE_DAMAGED)


def _free(folder: Path, name: str) -> Path:
    """A free file name: `name`, with a number appended if there is already a backup of that second."""
    target = folder / f"{name}.db"
    count = 1
    while any(folder.glob(f"{target.stem}.*")):
        count += 1
        target = folder / f"{name}-{count}.db"
    return target
