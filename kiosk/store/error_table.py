"""Translate errors of the database and of the file system into the store's codes; used by every entry point of the store."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import peewee
from sqlcipher3 import dbapi2 as sqlcipher

from kiosk.config import FileTrouble, file_trouble
from kiosk.domain.errors import Code, Unavailable
from kiosk.ledger.sqlite_errors import DatabaseTrouble, trouble_of

_CODES = {
    DatabaseTrouble.LOCKED: Code.STORE_LOCKED,
    DatabaseTrouble.FULL: Code.STORE_FULL,
    DatabaseTrouble.READ_ONLY: Code.STORE_READ_ONLY,
    DatabaseTrouble.FOREIGN: Code.STORE_FOREIGN,
    DatabaseTrouble.DAMAGED: Code.STORE_DAMAGED,  # a wrong key is told apart when the file is opened (cipher.py)
    DatabaseTrouble.UNAVAILABLE: Code.STORE_UNAVAILABLE,
}
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
_BY_FILE_TROUBLE = {
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
        trouble = trouble_of(error, path)
        if trouble is DatabaseTrouble.ASKED_WRONGLY:
            raise RuntimeError(f"the store was asked wrongly: {error}") from error
        raise Unavailable(_CODES[trouble], place=str(path)) from error
    except BlockingIOError as error:
        raise Unavailable(Code.STORE_LOCKED, place=str(path)) from error
    except OSError as error:
        # A failed copy names both ends; the destination is the one that is full.
        named = error.filename2 if error.errno in _NO_ROOM and error.filename2 else error.filename
        place = Path(os.fsdecode(named)) if isinstance(named, (str, bytes)) else path
        why = file_trouble(error, place)
        if why in _BY_FILE_TROUBLE:
            raise Unavailable(_BY_FILE_TROUBLE[why], place=str(place)) from error
        raise Unavailable(Code.STORE_UNAVAILABLE, place=str(place), reason=why.value) from error
    except Unavailable as error:
        if not {"first", "file"} & error.params.keys():  # these already contain a place
            error.params.setdefault("place", str(path))
        raise
