"""Why a file or a folder cannot be used: what the operating system says, in one word."""

from __future__ import annotations

import errno
import os
import stat
from enum import StrEnum, unique
from pathlib import Path


@unique
class FileTrouble(StrEnum):
    """Each has a sentence `command.why.file.<value>`."""

    DENIED = "denied"
    FOREIGN = "foreign"
    """Denied, and another user's."""
    MISSING = "missing"
    NOT_A_FOLDER = "not-a-folder"
    """Something else stands where a folder is to be."""
    NOT_A_FILE = "not-a-file"
    FULL = "full"
    READ_ONLY = "read-only"
    TOO_LARGE = "too-large"
    """FAT holds files of less than 4 GiB."""
    FAULTY = "faulty"
    """The device, or the way to it, failed."""
    OTHER = "other"


_BY_ERRNO = {
    errno.EACCES: FileTrouble.DENIED,
    errno.EPERM: FileTrouble.DENIED,
    errno.ENOENT: FileTrouble.MISSING,
    errno.EEXIST: FileTrouble.NOT_A_FOLDER,
    errno.ENOTDIR: FileTrouble.NOT_A_FOLDER,
    errno.EISDIR: FileTrouble.NOT_A_FILE,
    errno.ENOSPC: FileTrouble.FULL,
    errno.EDQUOT: FileTrouble.FULL,
    errno.EROFS: FileTrouble.READ_ONLY,
    errno.EFBIG: FileTrouble.TOO_LARGE,
    errno.EIO: FileTrouble.FAULTY,
    errno.ENODEV: FileTrouble.FAULTY,
    errno.ENXIO: FileTrouble.FAULTY,
    errno.ENOTCONN: FileTrouble.FAULTY,
    errno.ESTALE: FileTrouble.FAULTY,
}


def read_regular(path: Path) -> bytes:
    """What stands in a file. Raises OSError, also for what is no file: a pipe would keep the reader waiting for ever."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise IsADirectoryError(errno.EISDIR, "not a file", str(path))
        return file.read()


def file_trouble(error: OSError, path: Path) -> FileTrouble:
    """Why `path` could not be used. What was denied is looked at again: whether it belongs to somebody else."""
    trouble = _BY_ERRNO.get(error.errno or 0, FileTrouble.OTHER)
    if trouble is FileTrouble.DENIED and is_foreign(path):
        return FileTrouble.FOREIGN
    if trouble is FileTrouble.NOT_A_FOLDER and any(place.is_symlink() and not place.exists() for place in (path, *path.parents)):
        return FileTrouble.MISSING  # it leads to a disk that is not there
    return trouble


def is_foreign(path: Path) -> bool:
    """Whether `path`, or what is above it where nobody may look at it, belongs to another user. Windows does not tell."""
    if os.name != "posix":
        return False
    for place in (path, *path.absolute().parents):
        try:
            return place.stat().st_uid != os.geteuid()
        except OSError:
            continue
    return False
