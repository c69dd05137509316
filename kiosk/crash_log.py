"""Where the interpreter writes if it crashes: a file of this process alone, which is gone again once the process ends in order.

faulthandler writes functions and lines, never values, and not which process it is in. On Windows it also writes of exceptions that somebody
handles, since it hears of them first (https://learn.microsoft.com/en-us/windows/win32/debug/vectored-exception-handling). The files are for
people: nothing that staff are told, or `doctor` tells, is taken from them.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from kiosk.config.admission import open_made
from kiosk.config.file_replacement import delete

_DAY = 24 * 3600


@contextlib.contextmanager
def crashes_in(folder: Path, name: str, days: int) -> Iterator[None]:
    """Have a crash in this context written to `folder`, unless something else does so already. Crashes are kept for `days`."""
    if faulthandler.is_enabled():
        yield
        return
    _clear(folder, name, days)
    path = folder / f"{name}-crash-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
    try:
        file = open(open_made(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY), "w", encoding="utf-8")
    except OSError:
        yield
        return
    try:
        with file:
            faulthandler.enable(file)
            try:
                yield
            finally:
                faulthandler.disable()
    finally:
        _forget(path)


def _clear(folder: Path, name: str, days: int) -> None:
    """Delete what processes left that were killed, and old crashes; also the one file that all processes shared in earlier versions."""
    with contextlib.suppress(OSError):
        for path in list(folder.glob(f"{name}-crash*.log")):
            is_old = time.time() - path.stat().st_mtime > days * _DAY
            if (is_old or not path.stat().st_size) and not _may_be_open(path):
                _forget(path)


def _may_be_open(path: Path) -> bool:
    if sys.platform == "win32":
        # Such a file is not deleted: https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-deletefilew
        return False
    process = path.stem.rpartition("-")[2]
    if not process.isdecimal():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _forget(path: Path) -> None:
    with contextlib.suppress(OSError):
        delete(path, patience=0)
