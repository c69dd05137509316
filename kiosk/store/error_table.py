"""Translate errors of the database and of the file system into the store's codes; used by every entry point of the store but its lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import peewee
from sqlcipher3 import dbapi2 as sqlcipher

from kiosk.domain.errors import Unavailable
from kiosk.ledger.disk_errors import disk_translated
from kiosk.ledger.sqlite_errors import CODES, DatabaseTrouble, trouble_of


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Translate any exception of the database at `path` or its disk into `Unavailable` with `place`.

    A wrong key is told apart when the file is opened (cipher.py). Programming errors (bad SQL, a violated constraint) become
    RuntimeError. No exception of peewee or the driver escapes.
    """
    try:
        with disk_translated(path):
            yield
    except (peewee.PeeweeException, sqlcipher.Error) as error:
        trouble = trouble_of(error, path)
        if trouble is DatabaseTrouble.ASKED_WRONGLY:
            raise RuntimeError(f"the store was asked wrongly: {error}") from error
        raise Unavailable(CODES[trouble], place=str(path)) from error
