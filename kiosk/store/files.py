"""A store is several files: database, -wal and -shm. SQLite applies a -wal or a -journal to any database that comes to lie beside it, so
none may be left over.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from kiosk.config.writing import sync_folder

SET_ASIDE = ".set-aside-"
_BESIDE = ("-wal", "-shm", "-journal")


def leftovers(path: Path) -> list[Path]:
    """What lies beside the name `path` and would be taken for a part of any database that came there."""
    return [left for ending in _BESIDE if (left := path.with_name(path.name + ending)).exists()]


def set_aside(files: list[Path], now: datetime) -> list[Path]:
    """Give each of `files` a name under which no program of ours looks for it. Returns the new names. Raises OSError."""
    moved = []
    for left in files:
        target = left.with_name(f"{left.name}{SET_ASIDE}{now:%Y%m%d-%H%M%S}")
        count = 1
        while target.exists():
            count += 1
            target = target.with_name(f"{left.name}{SET_ASIDE}{now:%Y%m%d-%H%M%S}-{count}")
        left.rename(target)
        os.utime(target, (now.timestamp(), now.timestamp()))
        sync_folder(target.parent)
        moved.append(target)
    return moved
