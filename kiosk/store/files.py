"""A store is several files: database, -wal and -shm. SQLite applies a -wal or a -journal to any database that comes to lie beside it, so
none may be left over.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from kiosk.domain.errors import Code, Unavailable
from kiosk.store.cipher import sync_folder

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


class Witness:
    """Which files were opened: a database that was deleted or replaced goes on working for whoever has it open, and keeps nothing."""

    def __init__(self, path: Path) -> None:
        """To be made while a connection that has read is open: until it is closed, nobody rightly replaces its files."""
        self._paths = (path, path.with_name(f"{path.name}-wal"))
        self._seen = self._look()
        self._longest = self._length()

    def check(self) -> None:
        """Raises Unavailable: store-replaced. A -wal that has become shorter was cut: SQLite begins it anew without cutting it."""
        # Asked by several threads: what was seen before comes first.
        longest = self._longest
        length = self._length()
        if self._look() != self._seen or length < longest:
            raise Unavailable(Code.STORE_REPLACED)
        self._longest = max(length, longest)

    def _length(self) -> int:
        with suppress(FileNotFoundError):
            return self._paths[1].stat().st_size
        return 0

    def _look(self) -> list[tuple[int, int]]:
        found = []
        for path in self._paths:
            with suppress(FileNotFoundError):
                about = path.stat()
                found.append((about.st_dev, about.st_ino))
        return found
