"""Why a file or a folder cannot be used: what the operating system says, in one word."""

from __future__ import annotations

import errno
import os
import stat
import sys
from enum import StrEnum, unique
from pathlib import Path
from typing import BinaryIO

from kiosk.domain.errors import Code, Unavailable


@unique
class FileTrouble(StrEnum):
    """Each has a sentence `command.why.file.<value>`."""

    DENIED = "denied"
    FOREIGN = "foreign"
    """Denied, and another user's."""
    MISSING = "missing"
    LEADS_NOWHERE = "leads-nowhere"
    """Missing, or not to be made, as it lies behind a link to what is not there (a disk, for instance), or to itself."""
    NOT_A_FOLDER = "not-a-folder"
    """Something else stands where a folder is to be."""
    NOT_A_FILE = "not-a-file"
    """Something else stands where a file is to be: a pipe, a device."""
    FOLDER = "folder"
    """A folder stands there."""
    OVERSIZED = "oversized"
    """Larger than what is to stand there can be: it is not read."""
    TOO_LONG = "too-long"
    """The path, or a name in it."""
    NO_TEXT = "no-text"
    """A name with bytes that are none in the system's encoding."""
    OPEN_FILES = "open-files"
    """No fault of the place: so many files are open that this user, or this computer, may open no other."""
    MEMORY = "memory"
    """No fault of the place either."""
    FULL = "full"
    READ_ONLY = "read-only"
    TOO_LARGE = "too-large"
    """FAT holds files of less than 4 GiB."""
    LIMITED = "limited"
    """This user may write no larger file (RLIMIT_FSIZE)."""
    FAULTY = "faulty"
    """The device, or the way to it, failed."""
    OTHER = "other"


SMALL = 1 << 20
"""Bytes: more than any file that people write for this program."""
_BY_ERRNO = {
    errno.EACCES: FileTrouble.DENIED,
    errno.EPERM: FileTrouble.DENIED,
    errno.ENOENT: FileTrouble.MISSING,
    errno.ELOOP: FileTrouble.MISSING,
    errno.EEXIST: FileTrouble.NOT_A_FOLDER,
    errno.ENOTDIR: FileTrouble.NOT_A_FOLDER,
    errno.EISDIR: FileTrouble.NOT_A_FILE,
    errno.ENAMETOOLONG: FileTrouble.TOO_LONG,
    errno.EMFILE: FileTrouble.OPEN_FILES,
    errno.ENFILE: FileTrouble.OPEN_FILES,
    errno.ENOMEM: FileTrouble.MEMORY,
    errno.ENOSPC: FileTrouble.FULL,
    errno.EDQUOT: FileTrouble.FULL,
    errno.EROFS: FileTrouble.READ_ONLY,
    errno.EMSGSIZE: FileTrouble.OVERSIZED,  # by `read_regular`
    errno.EFBIG: FileTrouble.TOO_LARGE,
    errno.EIO: FileTrouble.FAULTY,
    errno.ENODEV: FileTrouble.FAULTY,
    errno.ENXIO: FileTrouble.FAULTY,
    errno.ENOTCONN: FileTrouble.FAULTY,
    errno.ESTALE: FileTrouble.FAULTY,
}


def read_regular(path: Path, most: int = SMALL) -> bytes:
    """What stands in a file of at most so many bytes.

    Raises OSError, also for what is no file (a pipe would keep the reader waiting for ever, a device may have no end) and for what is
    larger. The one way to read what somebody else may have put there.
    """
    with open_regular(path) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EMSGSIZE, "too large", str(path))
    return content


def open_regular(path: Path) -> BinaryIO:
    """For reading. Raises OSError, also for what is no file."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise not_a_file(path)
    return os.fdopen(handle, "rb")


def not_a_file(path: Path) -> OSError:
    return IsADirectoryError(errno.EISDIR, "not a file", str(path))


def file_trouble(error: OSError, path: Path) -> FileTrouble:
    """Why `path` could not be used. What was denied is looked at again: whether it belongs to somebody else."""
    if isinstance(error, TimeoutError):
        return FileTrouble.FAULTY
    trouble = _BY_ERRNO.get(error.errno or 0, FileTrouble.OTHER)
    if trouble is FileTrouble.DENIED and is_foreign(path):
        return FileTrouble.FOREIGN
    if trouble is FileTrouble.NOT_A_FILE and Path(error.filename or path).is_dir():
        return FileTrouble.FOLDER
    if trouble is FileTrouble.TOO_LARGE and _has_size_limit():
        return FileTrouble.LIMITED
    if trouble in (FileTrouble.MISSING, FileTrouble.NOT_A_FOLDER) and any(map(_leads_nowhere, (path, *path.parents))):
        return FileTrouble.LEADS_NOWHERE
    return trouble


def _leads_nowhere(path: Path) -> bool:
    return os.path.islink(path) and not os.path.exists(path)


_CODES = {
    FileTrouble.FULL: Code.STORE_FULL,
    FileTrouble.READ_ONLY: Code.STORE_READ_ONLY,
    FileTrouble.FOREIGN: Code.STORE_FOREIGN,
}


def unusable(error: OSError, place: Path) -> Unavailable:
    """Of a place in a home, or the home itself."""
    trouble = file_trouble(error, place)
    if trouble in _CODES:
        return Unavailable(_CODES[trouble], place=str(place))
    return Unavailable(Code.HOME_UNUSABLE, place=str(place), reason=trouble.value)


def _has_size_limit() -> bool:
    if sys.platform == "win32":
        return False
    import resource

    return resource.getrlimit(resource.RLIMIT_FSIZE)[0] != resource.RLIM_INFINITY


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
