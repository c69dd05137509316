"""Lets one `kiosk setup` work at a time, or one `kiosk erase` of the computer's counter: a second one would finish, or call off, the move
that the first is carrying out.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kiosk.config.admission import open_made
from kiosk.config.file_lock import let_go, take_lock
from kiosk.config.file_replacement import delete, open_when_free, rename
from kiosk.config.machine_place import is_administrators, machine_folder
from kiosk.domain.errors import Code, Unavailable


@contextmanager
def alone() -> Iterator[None]:
    """Raises Unavailable: setup-impossible (twice); OSError."""
    path = lock_file()
    if _is_anothers(path):
        rename(path, path.with_name(f"{path.name}.{secrets.token_hex(4)}"))
    handle = _locked(path)
    try:
        yield
    finally:
        is_deleted = _delete(path)
        let_go(handle)
        if not is_deleted:  # Windows deletes no file that is open: neither ours before, nor that of the next one now
            _delete(path)


def forget_lock() -> None:
    """Remove what a set-up that was killed has left. Raises as `alone` does."""
    if os.path.lexists(lock_file()):
        with alone():
            pass


def lock_file() -> Path:
    return machine_folder().with_name(f".{machine_folder().name}.setup")


def _is_anothers(path: Path) -> bool:
    """In %ProgramData% every account may make what has a name of ours. That is put aside as it is: one that stayed would keep us out for
    ever, and what is in it is no business of an elevated process.
    """
    try:
        return not (stat.S_ISREG(path.lstat().st_mode) and is_administrators(path))
    except FileNotFoundError:
        return False
    except PermissionError:  # closed to administrators, who would not do that
        return True


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
