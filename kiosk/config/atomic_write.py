"""Files that come whole or not at all, for their user alone, and stay when the power fails."""

from __future__ import annotations

import errno
import os
import secrets
from pathlib import Path


def write_new(path: Path, content: bytes) -> None:
    """Never over another. Raises FileExistsError; any other OSError."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    make_file(temporary)
    try:
        temporary.write_bytes(content)
        publish(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def make_file(path: Path) -> None:
    """An empty file only its user can read. Raises FileExistsError."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def sync_file(path: Path) -> None:
    # Windows flushes only what is open for writing.
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable. Windows does so by itself."""
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


def publish(temporary: Path, path: Path) -> None:
    """Give a finished file its name, durably, never over another. Raises FileExistsError."""
    sync_file(temporary)
    if os.name == "posix":
        try:
            os.link(temporary, path)  # rename would replace
            temporary.unlink()
        except OSError as error:
            if error.errno not in _NOT_SUPPORTED:
                raise
            _take_name(temporary, path)
    else:
        temporary.rename(path)
    sync_folder(path.parent)


_NOT_SUPPORTED = {errno.EPERM, errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK}
"""What file systems without hard links (FAT, exFAT, many of networks) or without a sync of folders answer."""


def _take_name(temporary: Path, path: Path) -> None:
    """Without hard links: an empty file holds the name until the finished one takes its place."""
    make_file(path)
    try:
        temporary.replace(path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
