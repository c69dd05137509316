"""Gives a folder with all in it to a group of Linux and closes it to others, or keeps it for root while root works there."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from kiosk.config.admission import Admitted
from kiosk.config.file_replacement import delete
from kiosk.config.posix_acl import forget_lists


def close_to(folder: Path, group: int) -> int:
    """Return how many files and folders had to be changed. For root. Raises OSError.

    Members of the group may put anything into it, at any time: no link is followed, and nothing changed that has another name elsewhere.
    """
    admitted, changed = Admitted(group), 0
    # Each folder after what is in it, the top last: until then nobody comes in where root alone was.
    for _, _, files, handle in os.fwalk(folder, topdown=False, follow_symlinks=False):
        for name in files:
            changed += _settle_file(name, handle, group, admitted.file_mode)
        changed += _settle(handle, 0, group, admitted.folder_mode)
    return changed


def keep_for_root(folder: Path) -> None:
    """Close a folder with all in it to all but root: nobody lays anything there from here on, not even who is in there already. It keeps
    its group, so that `close_to` can give it back. For root.

    Raises OSError with the name of what is neither folder nor file, or has another name elsewhere: root would follow it.
    """
    handle = os.open(folder, _NO_LINK | os.O_DIRECTORY)
    try:
        _keep_folder(handle, str(folder))
    finally:
        os.close(handle)


_NO_LINK = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK


def _keep_folder(folder: int, path: str) -> None:
    # Before it is listed: afterwards nothing is added. The owner first: an owner could set the mode again.
    os.fchown(folder, 0, -1)
    os.fchmod(folder, 0o700)
    for name in sorted(os.listdir(folder)):  # drafts, whose names begin with a dot, first
        inner = os.path.join(path, name)
        if stat.S_IFMT(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode) not in (stat.S_IFDIR, stat.S_IFREG):
            raise OSError(errno.ELOOP, "leads elsewhere", inner)
        handle = os.open(name, _NO_LINK, dir_fd=folder)
        try:
            about = os.fstat(handle)
            if stat.S_ISDIR(about.st_mode):
                _keep_folder(handle, inner)
            elif about.st_nlink > 1 and name.startswith("."):
                delete(Path(inner))  # whoever published it was killed before: the file has its name
            elif about.st_nlink > 1:
                raise OSError(errno.ELOOP, "leads elsewhere", inner)
            else:
                os.fchown(handle, 0, -1)
                os.fchmod(handle, 0o600)
        finally:
            os.close(handle)


def _settle_file(name: str, folder: int, group: int, mode: int) -> int:
    try:
        handle = os.open(name, _NO_LINK, dir_fd=folder)
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
    # Afterwards: the mode of a file with a list says the most that the list allows, not to whom.
    if forget_lists(handle):
        os.fchmod(handle, mode)
        return 1
    return 0 if is_right else 1
