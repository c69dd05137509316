"""Translate errors of SQLite, SQLCipher and the file system into our codes; used by every entry point of the store."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import peewee
from sqlcipher3 import dbapi2 as sqlcipher

from kiosk.config import FileTrouble, file_trouble, is_foreign
from kiosk.domain.errors import Code, Unavailable

# https://sqlite.org/rescode.html: the primary code is the low byte of the extended one.
_BY_RESULT = {
    3: Code.STORE_FOREIGN,  # SQLITE_PERM
    5: Code.STORE_LOCKED,  # SQLITE_BUSY
    6: Code.STORE_LOCKED,  # SQLITE_LOCKED
    8: Code.STORE_READ_ONLY,  # SQLITE_READONLY
    11: Code.STORE_DAMAGED,  # SQLITE_CORRUPT
    13: Code.STORE_FULL,  # SQLITE_FULL
    23: Code.STORE_FOREIGN,  # SQLITE_AUTH
    26: Code.STORE_DAMAGED,  # SQLITE_NOTADB; a wrong key is told apart when the file is opened (cipher.py)
}
# I/O errors whose cause SQLite does not report.
_LOOK_CLOSER = {
    10,  # SQLITE_IOERR: also what a full disk gives when the shared-memory file cannot grow
    14,  # SQLITE_CANTOPEN: also what a read-only disk gives, since WAL needs to write beside the file
}
_OUR_MISTAKES = {1, 19, 20, 21, 25}  # SQLITE_ERROR, SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_MISUSE, SQLITE_RANGE
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
_BY_TROUBLE = {
    FileTrouble.FULL: Code.STORE_FULL,
    FileTrouble.READ_ONLY: Code.STORE_READ_ONLY,
    FileTrouble.FOREIGN: Code.STORE_FOREIGN,
}


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Translate any exception of the database at `path` or its disk into `Unavailable` with `place`.

    Programming errors (bad SQL, a violated constraint) become RuntimeError. No exception of peewee or the driver escapes.
    """
    try:
        yield
    except (peewee.PeeweeException, sqlcipher.Error) as error:
        result = _result(error)
        if _lacks_tables(error):
            raise Unavailable(Code.STORE_DAMAGED, place=str(path)) from error
        if result in _OUR_MISTAKES:
            raise RuntimeError(f"the store was asked wrongly: {error}") from error
        code = _disk_trouble(path) if result in _LOOK_CLOSER else _BY_RESULT.get(result or 0, Code.STORE_UNAVAILABLE)
        raise Unavailable(code, place=str(path)) from error
    except BlockingIOError as error:
        raise Unavailable(Code.STORE_LOCKED, place=str(path)) from error
    except OSError as error:
        # A failed copy names both ends; the destination is the one that is full.
        named = error.filename2 if error.errno in _NO_ROOM and error.filename2 else error.filename
        place = Path(os.fsdecode(named)) if isinstance(named, (str, bytes)) else path
        trouble = file_trouble(error, place)
        if trouble in _BY_TROUBLE:
            raise Unavailable(_BY_TROUBLE[trouble], place=str(place)) from error
        raise Unavailable(Code.STORE_UNAVAILABLE, place=str(place), reason=trouble.value) from error
    except Unavailable as error:
        if not {"first", "file"} & error.params.keys():  # these already contain a place
            error.params.setdefault("place", str(path))
        raise


def _result(error: BaseException) -> int | None:
    """SQLite's primary result code; None if there is none, as for a closed connection."""
    # peewee wraps the driver's exception in one of several attributes.
    cause: Any = error
    while cause is not None:
        result = getattr(cause, "sqlite_errorcode", None)
        if result is not None:
            return int(result) & 0xFF
        cause = getattr(cause, "orig", None) or cause.__cause__ or cause.__context__
    return None


def _lacks_tables(error: BaseException) -> bool:
    """Whether tables are missing: the file was truncated or replaced."""
    return str(error).startswith("no such table")


def _disk_trouble(path: Path) -> Code:
    """Diagnose from the folder why a file cannot be opened, read or written."""
    try:
        if not path.parent.exists():
            return Code.STORE_UNAVAILABLE
        if not os.access(path.parent, os.W_OK | os.X_OK) or (path.exists() and not os.access(path, os.W_OK)):
            return Code.STORE_FOREIGN if is_foreign(path) else Code.STORE_READ_ONLY
        if shutil.disk_usage(path.parent).free < 64 * 1024:
            return Code.STORE_FULL
    except OSError:
        pass
    return Code.STORE_UNAVAILABLE
