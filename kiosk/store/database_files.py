"""The folder of a store and the files that make it up: database, -wal and -shm.

SQLite applies a leftover -wal or -journal to any database placed beside it, so none may remain.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from kiosk.config.atomic_write import sync_folder
from kiosk.config.file_replacement import rename

SET_ASIDE = ".set-aside-"
_BESIDE = ("-wal", "-shm", "-journal")


def leftovers(path: Path) -> list[Path]:
    """The files that SQLite would take for a part of any database at `path`."""
    return [left for ending in _BESIDE if (left := path.with_name(path.name + ending)).exists()]


def set_aside(files: list[Path], now: datetime) -> list[Path]:
    """Rename each file to a name that no program of ours uses. Returns the new paths. Raises OSError."""
    moved = []
    for left in files:
        target = left.with_name(f"{left.name}{SET_ASIDE}{now:%Y%m%d-%H%M%S}")
        count = 1
        while target.exists():
            count += 1
            target = target.with_name(f"{left.name}{SET_ASIDE}{now:%Y%m%d-%H%M%S}-{count}")
        rename(left, target)
        try:
            os.utime(target, (now.timestamp(), now.timestamp()))
        except PermissionError:  # made by another account of the group: only its owner may choose the time (utimensat(2))
            os.utime(target)
        sync_folder(target.parent)
        moved.append(target)
    return moved
