"""Replacing, renaming and deleting files of ours, also while another program has one open for a moment. The one place that does so.

Windows refuses all three while a virus scanner, a backup or an indexer has the file open and shares it not for deletion: a scanner does so
just when a file was written. Microsoft advises to try again (https://support.microsoft.com/kb/316609).
"""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

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


def replace(source: Path, target: Path, patience: float = PATIENCE) -> None:
    """Rename a file, in place of any that is there. Raises HeldByAnother, any other OSError; then both are as they were."""
    _insist(lambda: source.replace(target), (source, target), patience)


def rename(source: Path, target: Path, patience: float = PATIENCE) -> None:
    """Rename a file to a name that is free. Raises as `replace` does; FileExistsError on Windows only."""
    _insist(lambda: source.rename(target), (source, target), patience)


def delete(path: Path, *, missing_ok: bool = False, patience: float = PATIENCE) -> None:
    """Delete a file. Raises HeldByAnother, any other OSError; then it is as it was."""
    _insist(lambda: path.unlink(missing_ok=missing_ok), (path,), patience)


def delete_empty(folder: Path, patience: float = PATIENCE) -> None:
    """Delete a folder in which nothing is. Raises HeldByAnother, any other OSError; then it is as it was."""
    _insist(folder.rmdir, (folder,), patience)


def delete_tree(folder: Path, patience: float = PATIENCE) -> None:
    """Delete a folder with all that is in it, following no link. Raises HeldByAnother, any other OSError; then some of it may be gone."""
    _insist(lambda: shutil.rmtree(folder), (folder,), patience)


def _insist(act: Callable[[], object], files: tuple[Path, ...], patience: float) -> None:
    until = time.monotonic() + patience
    while True:
        try:
            act()
            return
        except PermissionError as error:
            if _windows_error(error) not in (_ACCESS_DENIED, _SHARING_VIOLATION):
                raise
            if time.monotonic() >= until:
                held = next(filter(_is_held, files), None)
                if held is None:
                    raise
                raise HeldByAnother(errno.EACCES, "another program has it open", str(held)) from error
        Event().wait(_PAUSE)


def _is_held(path: Path) -> bool:
    """Renaming a file to its own name does nothing, but needs the same access: a refusal to replace does not say why."""
    try:
        os.rename(path, path)
    except OSError as error:
        return _windows_error(error) == _SHARING_VIOLATION
    return False


def _windows_error(error: OSError) -> int | None:
    code: int | None = getattr(error, "winerror", None)
    return code
