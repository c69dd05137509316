"""A lock on an open file. The operating system lets it go when its holder dies, however it dies."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

_PAUSE = 0.05

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def take_lock(handle: int) -> bool:
    """Whether this file is locked by us now, until it is closed; False when somebody else holds it. Raises OSError."""
    try:
        _lock(handle)
    except (BlockingIOError, PermissionError):
        return False
    return True


@contextlib.contextmanager
def held(path: Path, seconds: float) -> Iterator[None]:
    """The lock of this file, waited for so long. Raises TimeoutError, and any other OSError."""
    # Never deleted: whoever had it open would hold a lock on a file without a name.
    handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        end = time.monotonic() + seconds
        while not take_lock(handle):
            if time.monotonic() > end:
                raise TimeoutError(f"{path} is held by another process")
            threading.Event().wait(_PAUSE)
        yield
    finally:
        os.close(handle)
