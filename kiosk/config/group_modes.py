"""Gives a folder with all in it to a group of Linux and closes it to others, or keeps it for root while root works there."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path

from kiosk.config.admission import Admitted
from kiosk.config.file_replacement import delete, discard, replace
from kiosk.config.posix_acl import forget_lists


def close_to(folder: Path, group: int, *, replaces: bool = False) -> int:
    """Return how many files and folders had to be changed. For root. Raises OSError.

    Members of the group may put anything into it, at any time: no link is followed, and nothing changed that has another name elsewhere.
    With `replaces`, a copy takes the name of such a file, so that nobody outside has what is written from now on; what the group could not
    read before is no file of a counter, and stays.
    """
    admitted, before, changed = Admitted(group), folder.lstat().st_gid, 0
    # Each folder after what is in it, the top last: until then nobody comes in where root alone was.
    for _, _, files, handle in os.fwalk(folder, topdown=False, follow_symlinks=False):
        for name in files:
            if replaces:
                changed += _replace_linked(name, handle, frozenset({group, before}))
            changed += _settle_file(name, handle, group, admitted.file_mode)
        changed += _settle(handle, 0, group, admitted.folder_mode)
    return changed


def files_named_elsewhere(*folders: Path) -> list[Path]:
    """The files in there that have another name, here or elsewhere. For root. Raises OSError."""
    found = []
    for folder in folders:
        for path, _, files, handle in os.fwalk(folder, follow_symlinks=False):
            for name in files:
                with suppress(FileNotFoundError):
                    about = os.stat(name, dir_fd=handle, follow_symlinks=False)
                    if stat.S_ISREG(about.st_mode) and about.st_nlink > 1:
                        found.append(Path(path, name))
    return found


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
_NOTHING_TO_SETTLE = frozenset({errno.ELOOP, errno.ENOENT, errno.ENXIO})
"""A link, a file that has gone, a socket."""


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


def _replace_linked(name: str, folder: int, groups: frozenset[int]) -> int:
    """Let a copy take the name of a file that has another one elsewhere, if one of the groups could read it already."""
    try:
        handle = os.open(name, _NO_LINK, dir_fd=folder)
    except OSError as error:
        if error.errno in _NOTHING_TO_SETTLE:
            return 0
        raise
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(handle)
        is_groups = about.st_gid in groups and about.st_mode & stat.S_IRGRP
        if not stat.S_ISREG(about.st_mode) or about.st_nlink == 1 or not is_groups:
            return 0
        # By the open folder, whatever has its name by now: proc(5), /proc/pid/fd.
        place = Path(f"/proc/self/fd/{folder}", name)
        if name.startswith("."):
            delete(place)  # whoever published it was killed before: the file has its name
            return 1
        draft = place.with_name(f".{name}.{os.urandom(4).hex()}")
        try:
            with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as copy:
                shutil.copyfileobj(file, copy)
                copy.flush()
                os.fsync(copy.fileno())
                os.utime(copy.fileno(), ns=(about.st_atime_ns, about.st_mtime_ns))
            replace(draft, place)
            os.fsync(folder)
        except BaseException:
            discard(draft)
            raise
        return 1


def _settle_file(name: str, folder: int, group: int, mode: int) -> int:
    try:
        handle = os.open(name, _NO_LINK, dir_fd=folder)
    except OSError as error:
        if error.errno in _NOTHING_TO_SETTLE:
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
