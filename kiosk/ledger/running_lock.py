"""Allows one running program per store. The operating system releases the lock when its holder dies."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType

from kiosk.config.admission import open_made
from kiosk.config.file_lock import let_go, take_lock
from kiosk.config.file_replacement import open_when_free
from kiosk.config.private_files import make_folder
from kiosk.domain.errors import Code, Unavailable
from kiosk.ledger.disk_errors import disk_translated


class RunningLock:
    """A lock held until `release` or process exit. Raises Unavailable: already-running."""

    def __init__(self, path: Path) -> None:
        with disk_translated(path):
            make_folder(path.parent)
            # Never deleted: a process that had it open would hold a lock on an unlinked file.
            self._handle: int | None = open_when_free(path, lambda: open_made(path, os.O_CREAT | os.O_RDWR))
            taken = take_lock(self._handle)
        if not taken:
            self.release()
            raise Unavailable(Code.ALREADY_RUNNING)

    def release(self) -> None:
        if self._handle is not None:
            let_go(self._handle)
            self._handle = None

    def __enter__(self) -> RunningLock:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.release()
