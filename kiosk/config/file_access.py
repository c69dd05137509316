"""Classify why a file or folder cannot be used."""

from __future__ import annotations

import errno
import os
import stat
import sys
from enum import StrEnum, unique
from pathlib import Path
from typing import BinaryIO

from kiosk.config.admission import admitted_to, is_admitted
from kiosk.config.file_replacement import HeldByAnother, held_file, open_when_free, windows_number
from kiosk.config.windows_paths import has_reserved_name
from kiosk.domain.errors import Code, Unavailable


@unique
class FileTrouble(StrEnum):
    """Each value has a message `command.why.file.<value>`."""

    DENIED = "denied"
    FOREIGN = "foreign"
    """Denied, and owned by another user."""
    MISSING = "missing"
    LEADS_NOWHERE = "leads-nowhere"
    """Missing, or not creatable, because of a dangling link (to an unmounted disk, for instance) or a link loop."""
    LEADS_ELSEWHERE = "leads-elsewhere"
    """A link, or one of several names of a file, where neither is followed."""
    NOT_A_FOLDER = "not-a-folder"
    """Not a folder, where one is expected."""
    NOT_A_FILE = "not-a-file"
    """Not a regular file, where one is expected: a pipe, a device."""
    FOLDER = "folder"
    """A folder, where a file is expected."""
    OVERSIZED = "oversized"
    """Larger than the limit for this file, so it is not read."""
    TOO_LONG = "too-long"
    """The path, or a component of it, is too long."""
    RESERVED = "reserved"
    """A part of the path is a name, or has a character, that Windows keeps for itself."""
    NO_TEXT = "no-text"
    """The name cannot be decoded in the system's encoding."""
    OPEN_FILES = "open-files"
    """Not a fault of the path: the limit of open files, of the user or the system, is reached."""
    MEMORY = "memory"
    """Not a fault of the path: out of memory."""
    HELD = "held"
    """Another program has the file open (Windows)."""
    FULL = "full"
    READ_ONLY = "read-only"
    TOO_LARGE = "too-large"
    """Exceeds the file size limit of the file system (FAT: 4 GiB)."""
    LIMITED = "limited"
    """Exceeds this user's file size limit (RLIMIT_FSIZE)."""
    FAULTY = "faulty"
    """The device, or the connection to it, failed."""
    OTHER = "other"


_PERHAPS_NOWHERE = (FileTrouble.MISSING, FileTrouble.NOT_A_FOLDER, FileTrouble.LEADS_ELSEWHERE)
SMALL = 1 << 20
"""Default limit in bytes: more than any file that people write for this program."""
_BY_ERRNO = {
    errno.EACCES: FileTrouble.DENIED,
    errno.EPERM: FileTrouble.DENIED,
    errno.ENOENT: FileTrouble.MISSING,
    errno.ELOOP: FileTrouble.LEADS_ELSEWHERE,
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
    errno.EMSGSIZE: FileTrouble.OVERSIZED,  # raised by `read_regular`
    errno.EFBIG: FileTrouble.TOO_LARGE,
    errno.EIO: FileTrouble.FAULTY,
    errno.ENODEV: FileTrouble.FAULTY,
    errno.ENXIO: FileTrouble.FAULTY,
    errno.ENOTCONN: FileTrouble.FAULTY,
    errno.ESTALE: FileTrouble.FAULTY,
}
_BY_WINDOWS_NUMBER = {
    19: FileTrouble.READ_ONLY,  # ERROR_WRITE_PROTECT
    21: FileTrouble.FAULTY,  # ERROR_NOT_READY
    23: FileTrouble.FAULTY,  # ERROR_CRC
    29: FileTrouble.FAULTY,  # ERROR_WRITE_FAULT
    30: FileTrouble.FAULTY,  # ERROR_READ_FAULT
    31: FileTrouble.FAULTY,  # ERROR_GEN_FAILURE
    32: FileTrouble.HELD,  # ERROR_SHARING_VIOLATION
    33: FileTrouble.HELD,  # ERROR_LOCK_VIOLATION
    39: FileTrouble.FULL,  # ERROR_HANDLE_DISK_FULL
    59: FileTrouble.FAULTY,  # ERROR_UNEXP_NET_ERR
    64: FileTrouble.FAULTY,  # ERROR_NETNAME_DELETED
    121: FileTrouble.FAULTY,  # ERROR_SEM_TIMEOUT
    206: FileTrouble.TOO_LONG,  # ERROR_FILENAME_EXCED_RANGE
    1117: FileTrouble.FAULTY,  # ERROR_IO_DEVICE
    1167: FileTrouble.FAULTY,  # ERROR_DEVICE_NOT_CONNECTED
    1295: FileTrouble.FULL,  # ERROR_DISK_QUOTA_EXCEEDED
}
"""https://learn.microsoft.com/en-us/windows/win32/debug/system-error-codes. Python folds these into an `errno` of EACCES,
ENOENT or EINVAL, as C's library does; an error of `open` has nothing else.
"""
_LONGEST_NAME = 255
_MAX_PATH = 260
"""UTF-16 units, the latter with a NUL: https://learn.microsoft.com/en-us/windows/win32/fileio/maximum-file-path-limitation."""


def read_regular(path: Path, most: int = SMALL) -> bytes:
    """Read a regular file of at most `most` bytes; the one way to read files that others may have placed.

    Raises OSError, also for anything but a regular file (a pipe would block for ever, a device may be endless) and for larger files.
    """
    with open_regular(path) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EMSGSIZE, "too large", str(path))
    return content


def open_regular(path: Path) -> BinaryIO:
    """Open a regular file for reading. Raises OSError, also for anything else."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = open_when_free(path, lambda: os.open(path, flags))
    except PermissionError as error:
        # Windows opens no folder in this way: https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-createfilew (Directories)
        if path.is_dir():
            raise not_a_file(path) from error
        raise
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise not_a_file(path)
    return os.fdopen(handle, "rb")


def not_a_file(path: Path) -> OSError:
    return IsADirectoryError(errno.EISDIR, "not a file", str(path))


def file_trouble(error: OSError, path: Path) -> FileTrouble:
    """Classify an error about `path`. Checks the owner if access was denied."""
    if isinstance(error, TimeoutError):
        return FileTrouble.FAULTY
    if isinstance(error, HeldByAnother):
        return FileTrouble.HELD
    trouble = _BY_WINDOWS_NUMBER.get(windows_number(error) or 0) or _BY_ERRNO.get(error.errno or 0, FileTrouble.OTHER)
    if trouble in (FileTrouble.MISSING, FileTrouble.OTHER) and _is_too_long_for_windows(path):
        return FileTrouble.TOO_LONG
    if trouble in (FileTrouble.MISSING, FileTrouble.NOT_A_FOLDER, FileTrouble.OTHER) and has_reserved_name(path):
        return FileTrouble.RESERVED
    if trouble is FileTrouble.DENIED and is_foreign(path):
        return FileTrouble.FOREIGN
    if trouble is FileTrouble.NOT_A_FILE and Path(error.filename or path).is_dir():
        return FileTrouble.FOLDER
    if trouble is FileTrouble.TOO_LARGE and _has_size_limit():
        return FileTrouble.LIMITED
    if trouble in _PERHAPS_NOWHERE and any(map(_leads_nowhere, (path, *path.parents))):
        return FileTrouble.LEADS_NOWHERE
    if trouble is FileTrouble.MISSING and any(place.is_file() for place in path.parents):
        return FileTrouble.NOT_A_FOLDER  # which POSIX says by ENOTDIR, and Windows does not
    return trouble


def _is_too_long_for_windows(path: Path) -> bool:
    """Windows says of such a path that a part of it is not there, or that its name is invalid, or 206, by the function asked."""
    if sys.platform == "win32":
        whole = path.absolute()
        # An administrator may have lifted the latter limit: then what is there can be as long.
        return any(_units(name) > _LONGEST_NAME for name in whole.parts) or (
            _is_long(whole) and not any(_is_long(place) and place.exists() for place in whole.parents)
        )
    return False


def _is_long(path: Path) -> bool:
    return _units(str(path)) >= _MAX_PATH


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _leads_nowhere(path: Path) -> bool:
    return os.path.islink(path) and not os.path.exists(path)


_CODES = {
    FileTrouble.FULL: Code.STORE_FULL,
    FileTrouble.READ_ONLY: Code.STORE_READ_ONLY,
    FileTrouble.FOREIGN: Code.STORE_FOREIGN,
}


def unusable(error: OSError, place: Path) -> Unavailable:
    """The exception for an unusable home, or a path inside one."""
    trouble = file_trouble(error, place)
    if trouble in _CODES:
        return Unavailable(_CODES[trouble], place=str(place))
    return Unavailable(Code.HOME_UNUSABLE, place=held_file(error) or str(place), reason=trouble.value)


def _has_size_limit() -> bool:
    if sys.platform == "win32":
        return False
    import resource

    return resource.getrlimit(resource.RLIMIT_FSIZE)[0] != resource.RLIM_INFINITY


def is_foreign(path: Path) -> bool:
    """Whether `path`, or its closest accessible parent, belongs to another user, or a group without this one. Always False on Windows."""
    if os.name != "posix":
        return False
    for place in (path, *path.absolute().parents):
        try:
            about = place.stat()
        except OSError:
            continue
        admitted = admitted_to(place if stat.S_ISDIR(about.st_mode) else place.parent)
        return not (admitted.is_theirs(about, os.geteuid()) and is_admitted(admitted))
    return False
