"""Lets one `kiosk setup` work at a time, or one `kiosk erase` of the computer's counter: a second one would finish, or call off, the move
that the first is carrying out.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kiosk.config.admission import open_made
from kiosk.config.file_lock import let_go, take_lock
from kiosk.config.file_replacement import delete, open_when_free
from kiosk.config.machine_place import machine_folder
from kiosk.domain.errors import Code, Unavailable


@contextmanager
def alone() -> Iterator[None]:
    """Raises Unavailable: setup-impossible (twice); OSError."""
    path = lock_file()
    handle = _locked(path)
    try:
        yield
    finally:
        is_deleted = _delete(path)
        let_go(handle)
        if not is_deleted:  # Windows deletes no file that is open: neither ours before, nor that of the next one now
            _delete(path)


def lock_file() -> Path:
    return machine_folder().with_name(f".{machine_folder().name}.setup")


def _locked(path: Path) -> int:
    while True:
        handle = open_when_free(path, lambda: open_made(path, os.O_CREAT | os.O_RDWR))
        if not take_lock(handle):
            let_go(handle)
            raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="twice")
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(handle), path.stat()):
                return handle
        let_go(handle)  # whoever had it before has just deleted it


def _delete(path: Path) -> bool:
    with suppress(OSError):
        delete(path, missing_ok=True, patience=0)
        return True
    return False
