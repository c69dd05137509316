"""Atomic writes of private files, durable as far as `sync_folder` can make them."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.config.admission import open_made
from kiosk.config.file_replacement import delete, discard, open_when_free, rename, replace


def write_new(path: Path, content: bytes) -> None:
    """Write a new file atomically. Raises FileExistsError rather than replace one; any other OSError."""
    with draft(path, content) as temporary:
        publish(temporary, path)


def replace_file(path: Path, content: bytes) -> None:
    """Write a private file atomically in place of what is there. Raises OSError and leaves that as it was."""
    with draft(path, content) as temporary:
        # The folder is not synced: after a power cut the old content may be back.
        replace(temporary, path)


@contextmanager
def draft(path: Path, content: bytes, check: Callable[[Path, int], None] = lambda temporary, handle: None) -> Iterator[Path]:
    """A file beside `path` with that content, on the disk, for the caller to give its name; removed at the end if it still has its own.

    `check` is called with its name and handle before anything is written. Raises OSError.
    """
    # In a group's folder others may lay files and links: none knows this name before, O_EXCL follows no link (open(2)), and what is written
    # goes to the file that was made, whatever has its name by then.
    temporary = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    handle = open_made(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    try:
        with open(handle, "wb") as file:
            check(temporary, handle)
            file.write(content)
            file.flush()
            os.fsync(handle)
        yield temporary
    finally:
        discard(temporary)


def make_file(path: Path) -> None:
    """Create an empty file for those who may use the folder. Raises FileExistsError."""
    os.close(open_made(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))


def sync_file(path: Path) -> None:
    # Windows flushes only files open for writing.
    handle = open_when_free(path, lambda: os.open(path, os.O_RDWR))
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Make directory entries durable, where a system can. On Windows the content of a file outlasts a power cut, but not always a name that
    was given just before: what had that name is then back as it was.
    """
    # MoveFileEx waits for the disk only with MOVEFILE_WRITE_THROUGH, which Python does not pass:
    # https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-movefileexw
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        except OSError as error:
            if error.errno not in _NOT_SUPPORTED:
                raise
            os.sync()
        finally:
            os.close(handle)


def forget_pages(path: Path) -> None:
    """Drop the file's pages from the page cache, so that later reads come from the disk (POSIX, advisory)."""
    sync_file(path)
    if sys.platform == "linux":
        handle = os.open(path, os.O_RDONLY)
        try:
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(handle)


def publish(temporary: Path, path: Path) -> None:
    """Rename a finished file into place, as durably as `sync_folder` can, never replacing another. Raises FileExistsError."""
    sync_file(temporary)
    if os.name == "posix":
        try:
            os.link(temporary, path)  # rename would replace
            delete(temporary)
        except OSError as error:
            if error.errno not in _NOT_SUPPORTED:
                raise
            _take_name(temporary, path)
    else:
        rename(temporary, path)
    sync_folder(path.parent)


_NOT_SUPPORTED = {errno.EPERM, errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK}
"""Errors of file systems without hard links (FAT, exFAT, many network file systems) or without fsync on folders."""


def _take_name(temporary: Path, path: Path) -> None:
    """Without hard links: reserve the name with an empty file, then replace it."""
    make_file(path)
    try:
        replace(temporary, path)
    except BaseException:
        discard(path)
        raise
