"""The purpose of a home, recorded in a marker file. Of two processes that begin a home at once, the second finds the first one's mark."""

from __future__ import annotations

import stat
from contextlib import suppress
from enum import StrEnum, unique
from pathlib import Path

from kiosk.config.atomic_write import write_new
from kiosk.config.file_access import open_regular

MARK = "library-card-kiosk.home"


@unique
class Purpose(StrEnum):
    """Homes without a marker file (of earlier versions) are a counter's."""

    COUNTER = "counter"
    PRACTICE = "practice"
    """Nothing in it is real."""
    REGISTRY = "registry"
    """Of the library's server."""

    @property
    def mark(self) -> bytes:
        return f"library-card-kiosk: {self}\n".encode()


def purpose_of(folder: Path) -> Purpose | None:
    """Read the marker; None if there is none, or it is not one of ours. Raises OSError if unreadable."""
    path = folder / MARK
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return None
        with open_regular(path) as file:
            said = file.read(len(max(Purpose, key=len).mark) + 1)
    except FileNotFoundError:
        return None
    return next((purpose for purpose in Purpose if purpose.mark == said), None)


def begin_for(purpose: Purpose, folder: Path) -> Purpose | None:
    """Mark the folder unless it is marked; return its purpose. Raises OSError."""
    if (said := purpose_of(folder)) is not None:
        return said
    with suppress(FileExistsError):
        write_new(folder / MARK, purpose.mark)
    return purpose_of(folder)
