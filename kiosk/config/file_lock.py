"""Advisory locks on open files, released by the operating system when the holder dies."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from kiosk.config.admission import open_made
from kiosk.config.file_replacement import open_when_free

_PAUSE = 0.05

if sys.platform == "win32":
    import msvcrt

    def take_lock(handle: int) -> bool:
        """Try to lock the file until `let_go`, and go to its beginning; False if another process holds the lock."""
        # https://learn.microsoft.com/en-us/cpp/c-runtime-library/reference/locking: what is locked begins at the file pointer.
        os.lseek(handle, 0, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:  # EACCES as the page has it; other implementations, such as Wine's, set another errno or none
            return False
        return True

    def _unlock(handle: int) -> None:
        # The same page: a region "should be unlocked before closing a file". When the system unlocks what was only closed depends on its
        # resources: https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-lockfileex
        os.lseek(handle, 0, os.SEEK_SET)
        with contextlib.suppress(OSError):  # it may not be locked
            msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def take_lock(handle: int) -> bool:
        """Try to lock the file until `let_go`; False if another process holds the lock. Raises OSError."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            return False
        return True

    def _unlock(handle: int) -> None:
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_UN)


def let_go(handle: int) -> None:
    """Unlock a file, if this process has locked it, and close it: another process can lock it at once."""
    _unlock(handle)
    os.close(handle)


@contextlib.contextmanager
def held(path: Path, seconds: float) -> Iterator[None]:
    """Hold the lock of a file, waiting up to `seconds`. Raises TimeoutError, and any other OSError."""
    # Never deleted: a process that had it open would hold a lock on an unlinked file.
    handle = open_when_free(path, lambda: open_made(path, os.O_CREAT | os.O_RDWR))
    try:
        end = time.monotonic() + seconds
        while not take_lock(handle):
            if time.monotonic() > end:
                raise TimeoutError(f"{path} is held by another process")
            threading.Event().wait(_PAUSE)
        yield
    finally:
        let_go(handle)
