"""What a home was begun for, as a file in it says: of two that begin one home at once, one finds what the other has said."""

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
    """Homes that were begun before there was this file are a counter's."""

    COUNTER = "counter"
    PRACTICE = "practice"
    """Nothing in it is real."""

    @property
    def mark(self) -> bytes:
        return f"library-card-kiosk: {self}\n".encode()


def purpose_of(folder: Path) -> Purpose | None:
    """None: nothing says so, or what has the name of the mark is none of ours. Raises OSError where that cannot be looked at."""
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
    """What the folder is for now: what was said first holds. Raises OSError."""
    if (said := purpose_of(folder)) is not None:
        return said
    with suppress(FileExistsError):
        write_new(folder / MARK, purpose.mark)
    return purpose_of(folder)
