"""Translate errors of the file system into the store's codes. Knows no database, so that a start may be refused before one is loaded."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.config import FileTrouble, file_trouble
from kiosk.domain.errors import Code, Unavailable

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
_BY_FILE_TROUBLE = {
    FileTrouble.FULL: Code.STORE_FULL,
    FileTrouble.READ_ONLY: Code.STORE_READ_ONLY,
    FileTrouble.FOREIGN: Code.STORE_FOREIGN,
}


@contextmanager
def disk_translated(path: Path) -> Iterator[None]:
    """Translate any OSError on the file at `path`, or on another that the error names, into `Unavailable` with `place`."""
    try:
        yield
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
