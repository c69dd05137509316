"""Files and folders that were named on the command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.config import file_trouble
from kiosk.config.files import open_regular
from kiosk.domain.errors import Code, Unavailable


@contextmanager
def given(path: Path) -> Iterator[None]:
    """Turn what goes wrong with `path` into Unavailable: file-unusable, with its place and reason."""
    try:
        yield
    except OSError as error:
        raise Unavailable(Code.FILE_UNUSABLE, place=str(path), reason=file_trouble(error, path).value) from error


def check_readable(path: Path) -> None:
    """Raises Unavailable: file-unusable."""
    with given(path), open_regular(path) as file:
        file.read(1)
