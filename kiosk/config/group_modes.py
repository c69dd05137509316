"""Gives a folder with all in it to a group of Linux, and closes it to others."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from kiosk.config.admission import Admitted


def close_to(folder: Path, group: int) -> int:
    """Return how many files and folders had to be changed. For root. Raises OSError.

    Members of the group may put anything into it, at any time: no link is followed, and nothing changed that has another name elsewhere.
    """
    admitted, changed = Admitted(group), 0
    for _, _, files, handle in os.fwalk(folder, follow_symlinks=False):
        changed += _settle(handle, 0, group, admitted.folder_mode)
        for name in files:
            changed += _settle_file(name, handle, group, admitted.file_mode)
    return changed


def _settle_file(name: str, folder: int, group: int, mode: int) -> int:
    try:
        handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOENT, errno.ENXIO):  # a link, one that has gone, a socket
            return 0
        raise
    try:
        about = os.fstat(handle)
        return _settle(handle, -1, group, mode) if stat.S_ISREG(about.st_mode) and about.st_nlink == 1 else 0
    finally:
        os.close(handle)


def _settle(handle: int, owner: int, group: int, mode: int) -> int:
    about = os.fstat(handle)
    is_right = about.st_gid == group and owner in (-1, about.st_uid) and stat.S_IMODE(about.st_mode) == mode
    if not is_right:
        os.fchown(handle, owner, group)
        os.fchmod(handle, mode)
    return 0 if is_right else 1
