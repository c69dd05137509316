"""Translate errors of the database and of the file system into the store's codes; used by every entry point of the store but its lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import peewee
from sqlcipher3 import dbapi2 as sqlcipher

from kiosk.domain.errors import Code, Unavailable
from kiosk.ledger.disk_errors import disk_translated
from kiosk.ledger.sqlite_errors import DatabaseTrouble, trouble_of

_CODES = {
    DatabaseTrouble.LOCKED: Code.STORE_LOCKED,
    DatabaseTrouble.FULL: Code.STORE_FULL,
    DatabaseTrouble.READ_ONLY: Code.STORE_READ_ONLY,
    DatabaseTrouble.FOREIGN: Code.STORE_FOREIGN,
    DatabaseTrouble.DAMAGED: Code.STORE_DAMAGED,  # a wrong key is told apart when the file is opened (cipher.py)
    DatabaseTrouble.UNAVAILABLE: Code.STORE_UNAVAILABLE,
}


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Translate any exception of the database at `path` or its disk into `Unavailable` with `place`.

    Programming errors (bad SQL, a violated constraint) become RuntimeError. No exception of peewee or the driver escapes.
    """
    try:
        with disk_translated(path):
            yield
    except (peewee.PeeweeException, sqlcipher.Error) as error:
        trouble = trouble_of(error, path)
        if trouble is DatabaseTrouble.ASKED_WRONGLY:
            raise RuntimeError(f"the store was asked wrongly: {error}") from error
        raise Unavailable(_CODES[trouble], place=str(path)) from error
