"""Opening, replacing, renaming and deleting files of ours, also while another program has one open for a moment. The one place that renames
and deletes.

Windows refuses each of these while a virus scanner, a backup or an indexer has the file open and does not share it for that: a scanner
looks at what has just been written. Microsoft advises to try again (https://support.microsoft.com/kb/316609, which is about opening).
"""

from __future__ import annotations

import errno
import logging
import os
import shutil
import stat
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import TypeVar

T = TypeVar("T")
_log = logging.getLogger(__name__)
PATIENCE = 2.0
"""Seconds in which it is tried again."""
_PAUSE = 0.05
_ACCESS_DENIED, _SHARING_VIOLATION = 5, 32
"""https://learn.microsoft.com/en-us/windows/win32/debug/system-error-codes--0-499-. The former also says that we may not, and that a file
is being deleted."""


class HeldByAnother(PermissionError):
    """Another program has the file `filename` open, and still had it after all attempts."""


def held_file(error: OSError) -> str | None:
    """The file that another program has open, if that is the error."""
    return str(error.filename) if isinstance(error, HeldByAnother) else None


def open_when_free(path: Path, opening: Callable[[], T], patience: float = PATIENCE) -> T:
    """Open a file by the function given. Raises HeldByAnother, any other OSError; a refusal for another reason at once."""
    return _insist(opening, (path,), patience)


def replace(source: Path, target: Path, patience: float = PATIENCE) -> None:
    """Rename a file, in place of any that is there. Raises HeldByAnother, any other OSError; then both are as they were."""
    _insist(lambda: source.replace(target), (source, target), patience, goes=target)


def rename(source: Path, target: Path, patience: float = PATIENCE) -> None:
    """Rename a file to a name that is free. Raises as `replace` does; FileExistsError on Windows only."""
    _insist(lambda: source.rename(target), (source, target), patience)


def delete(path: Path, *, missing_ok: bool = False, patience: float = PATIENCE) -> None:
    """Delete a file. Raises HeldByAnother, any other OSError; then it is as it was."""
    _insist(lambda: path.unlink(missing_ok=missing_ok), (path,), patience, goes=path)


def delete_empty(folder: Path, patience: float = PATIENCE) -> None:
    """Delete a folder in which nothing is. Raises HeldByAnother, any other OSError; then it is as it was."""
    _insist(folder.rmdir, (folder,), patience)


def delete_tree(folder: Path, patience: float = PATIENCE) -> None:
    """Delete a folder with all that is in it, following no link. Raises HeldByAnother, any other OSError; then some of it may be gone."""
    _insist(lambda: shutil.rmtree(folder), (folder,), patience)


def discard(path: Path) -> None:
    """Delete a draft that nobody needs, if it is there. One that cannot be deleted stays, and the log names it: whoever discards it has
    something else to tell, an error or a result.
    """
    try:
        delete(path, missing_ok=True)
    except OSError as error:
        _log.warning("%s could not be deleted (errno %s)", path, error.errno)


def _insist(act: Callable[[], T], files: tuple[Path, ...], patience: float, goes: Path | None = None) -> T:
    """`goes`: the file that is gone afterwards."""
    until = time.monotonic() + patience
    while True:
        try:
            return act()
        except PermissionError as error:
            if not _may_pass(error, files, goes):
                raise
            if time.monotonic() >= until:
                held = next(filter(_is_held, files), None)
                if held is None:
                    raise
                raise HeldByAnother(errno.EACCES, "another program has it open", str(held)) from error
        Event().wait(_PAUSE)


def _may_pass(error: PermissionError, files: tuple[Path, ...], goes: Path | None) -> bool:
    """Whether waiting can help."""
    code = windows_number(error)
    if code == _ACCESS_DENIED:
        return goes is None or not _never_goes(goes)
    # Opening says EACCES and no code, also of what we may not read: https://learn.microsoft.com/cpp/c-runtime-library/reference/open-wopen
    return code == _SHARING_VIOLATION or (code is None and any(map(_is_held, files)))


def _never_goes(path: Path) -> bool:
    """Whether it is a folder, or read-only: "access denied" says so too, and for ever."""
    try:
        mode = os.lstat(path).st_mode
    except OSError:
        return False
    return stat.S_ISDIR(mode) or not mode & stat.S_IWUSR


def _is_held(path: Path) -> bool:
    """Renaming a file to its own name does nothing, but needs the access that a holder does not share: a refusal to replace or to open does
    not say why.
    """
    try:
        os.rename(path, path)
    except OSError as error:
        return windows_number(error) == _SHARING_VIOLATION
    return False


def windows_number(error: OSError) -> int | None:
    """Windows' own number of an error, if one of its functions told it."""
    code: int | None = getattr(error, "winerror", None)
    return code
