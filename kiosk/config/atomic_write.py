"""Atomic writes of private files, durable as far as `sync_folder` can make them."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

from kiosk.config.admission import open_made
from kiosk.config.file_replacement import delete, discard, open_when_free, rename, replace


def write_new(path: Path, content: bytes) -> None:
    """Write a new file atomically. Raises FileExistsError rather than replace one; any other OSError."""
    temporary = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    make_file(temporary)
    try:
        fill(temporary, content)
        publish(temporary, path)
    finally:
        discard(temporary)


def replace_file(path: Path, content: bytes) -> None:
    """Write a private file atomically in place of what is there. Raises OSError and leaves that as it was."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(open_made(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        replace(temporary, path)
    except OSError:
        discard(temporary)
        raise


def make_file(path: Path) -> None:
    """Create an empty file for those who may use the folder. Raises FileExistsError."""
    os.close(open_made(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))


def fill(path: Path, content: bytes) -> None:
    """Write a file that `make_file` has made. Raises OSError."""
    with open_when_free(path, lambda: path.open("wb")) as file:
        file.write(content)


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
