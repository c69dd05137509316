"""What an error of SQLite's means for people. SQLCipher has the same result codes."""

from __future__ import annotations

import os
import shutil
import sqlite3
from enum import Enum, auto, unique
from pathlib import Path
from typing import Any

from kiosk.config import is_foreign
from kiosk.domain.errors import Code


@unique
class DatabaseTrouble(Enum):
    LOCKED = auto()
    """Another connection writes, and did not finish in time."""
    FULL = auto()
    READ_ONLY = auto()
    FOREIGN = auto()
    """Owned by another user."""
    DAMAGED = auto()
    """Not a database, or not whole: pages or tables are missing."""
    UNAVAILABLE = auto()
    """None of the others, or not known."""
    ASKED_WRONGLY = auto()
    """A mistake of the program's: wrong SQL, a violated constraint."""


CODES = {
    DatabaseTrouble.LOCKED: Code.STORE_LOCKED,
    DatabaseTrouble.FULL: Code.STORE_FULL,
    DatabaseTrouble.READ_ONLY: Code.STORE_READ_ONLY,
    DatabaseTrouble.FOREIGN: Code.STORE_FOREIGN,
    DatabaseTrouble.DAMAGED: Code.STORE_DAMAGED,
    DatabaseTrouble.UNAVAILABLE: Code.STORE_UNAVAILABLE,
}
"""For people. A wrong question has none: it is a bug."""

# https://sqlite.org/rescode.html
_BY_RESULT = {
    sqlite3.SQLITE_PERM: DatabaseTrouble.FOREIGN,
    sqlite3.SQLITE_BUSY: DatabaseTrouble.LOCKED,
    sqlite3.SQLITE_LOCKED: DatabaseTrouble.LOCKED,
    sqlite3.SQLITE_READONLY: DatabaseTrouble.READ_ONLY,
    sqlite3.SQLITE_CORRUPT: DatabaseTrouble.DAMAGED,
    sqlite3.SQLITE_FULL: DatabaseTrouble.FULL,
    sqlite3.SQLITE_AUTH: DatabaseTrouble.FOREIGN,
    sqlite3.SQLITE_NOTADB: DatabaseTrouble.DAMAGED,
    sqlite3.SQLITE_ERROR: DatabaseTrouble.ASKED_WRONGLY,
    sqlite3.SQLITE_CONSTRAINT: DatabaseTrouble.ASKED_WRONGLY,
    sqlite3.SQLITE_MISMATCH: DatabaseTrouble.ASKED_WRONGLY,
    sqlite3.SQLITE_MISUSE: DatabaseTrouble.ASKED_WRONGLY,
    sqlite3.SQLITE_RANGE: DatabaseTrouble.ASKED_WRONGLY,
}
# I/O errors whose cause SQLite does not report.
_LOOK_CLOSER = {
    sqlite3.SQLITE_IOERR,  # also what a full disk gives when the shared-memory file cannot grow
    sqlite3.SQLITE_CANTOPEN,  # also what a read-only disk gives, since WAL needs to write beside the file
}
_ROOM = 64 * 1024


def result_code(error: BaseException) -> int | None:
    """SQLite's primary result code; None if there is none, as for a closed connection. peewee's exceptions wrap the driver's."""
    cause: Any = error
    while cause is not None:
        result = getattr(cause, "sqlite_errorcode", None)
        if result is not None:
            return int(result) & 0xFF  # the low byte of the extended one
        # peewee puts it into one of several attributes.
        cause = getattr(cause, "orig", None) or cause.__cause__ or cause.__context__
    return None


def trouble_of(error: BaseException, path: Path) -> DatabaseTrouble:
    """What an exception of peewee's or the driver's says of the database at `path`; looks at its folder where SQLite does not say."""
    result = result_code(error)
    # The file was truncated or replaced.
    if str(error).startswith("no such table"):
        return DatabaseTrouble.DAMAGED
    if result in _LOOK_CLOSER:
        return _disk_trouble(path)
    return _BY_RESULT.get(result or 0, DatabaseTrouble.UNAVAILABLE)


def _disk_trouble(path: Path) -> DatabaseTrouble:
    """Diagnose from the folder why a file cannot be opened, read or written."""
    try:
        if not path.parent.exists():
            return DatabaseTrouble.UNAVAILABLE
        if not os.access(path.parent, os.W_OK | os.X_OK) or (path.exists() and not os.access(path, os.W_OK)):
            return DatabaseTrouble.FOREIGN if is_foreign(path) else DatabaseTrouble.READ_ONLY
        if shutil.disk_usage(path.parent).free < _ROOM:
            return DatabaseTrouble.FULL
    except OSError:
        pass
    return DatabaseTrouble.UNAVAILABLE
