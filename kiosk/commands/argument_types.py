"""Types of command-line arguments: files, folders, days."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from kiosk.config import FileTrouble, file_trouble
from kiosk.config.file_access import open_regular
from kiosk.config.windows_paths import has_reserved_name
from kiosk.domain.errors import Code, Unavailable

_LONGEST = 400
"""Maximum path length in bytes for a database of SQLite. See `Home`."""


def given_path(text: str) -> Path:
    """A path as given. Raises ValueError if empty, which Python would take for the current folder."""
    if not text.strip():
        raise ValueError(text)
    return Path(text)


def day(text: str) -> date:
    """A date that is safe to convert to any time zone. Raises ValueError."""
    found = date.fromisoformat(text)
    if found.year < 1970:
        raise ValueError(text)
    return found


def check_name(place: Path) -> None:
    """Raises Unavailable: file-unusable, if SQLite could not open a database with this path, or Windows would name it otherwise."""
    whole = os.fsencode(place.absolute())
    if len(whole) > _LONGEST:
        raise Unavailable(Code.FILE_UNUSABLE, place=str(place), reason=FileTrouble.TOO_LONG.value)
    if has_reserved_name(place):
        raise Unavailable(Code.FILE_UNUSABLE, place=str(place), reason=FileTrouble.RESERVED.value)
    try:
        whole.decode()
    except UnicodeDecodeError as error:
        raise Unavailable(Code.FILE_UNUSABLE, place=str(place), reason=FileTrouble.NO_TEXT.value) from error


@contextmanager
def given(path: Path) -> Iterator[None]:
    """Convert errors with `path` to Unavailable: file-unusable, with place and reason."""
    try:
        yield
    except OSError as error:
        raise Unavailable(Code.FILE_UNUSABLE, place=str(path), reason=file_trouble(error, path).value) from error


def check_readable(path: Path) -> None:
    """Raises Unavailable: file-unusable, if the file cannot be read."""
    with given(path), open_regular(path) as file:
        file.read(1)
