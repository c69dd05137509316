"""A lock on an open file. The operating system lets it go when its holder dies, however it dies."""

from __future__ import annotations

import sys

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
