"""One running program for each store. The operating system lets the lock go when its holder dies, however it dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import TracebackType

from kiosk.domain.errors import Code, Unavailable
from kiosk.store.cipher import make_folder
from kiosk.store.trouble import translated

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _taken(handle: int) -> bool:
    try:
        _lock(handle)
    except (BlockingIOError, PermissionError):
        return False
    return True


class RunningLock:
    """Held from when it is made until `release` or the end of the process. Raises Unavailable: already-running."""

    def __init__(self, path: Path) -> None:
        with translated(path):
            make_folder(path.parent)
            # Never deleted: whoever had it open would hold a lock on a file without a name.
            self._handle: int | None = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
            taken = _taken(self._handle)
        if not taken:
            self.release()
            raise Unavailable(Code.ALREADY_RUNNING)

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> RunningLock:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.release()
