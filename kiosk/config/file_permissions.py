"""The one rule for who may write files on which the counter's decisions depend: this user, or the group that the administrator has made the
home for, and the administrator.
"""

from __future__ import annotations

import os
import stat
import sys
from enum import StrEnum, unique
from pathlib import Path

from kiosk.config.admission import admitted_to
from kiosk.config.posix_acl import others_admitted
from kiosk.domain.posix_acl import WRITE


@unique
class Exposure(StrEnum):
    FOREIGN = "foreign"
    """Owned by another user, who can change it at any time."""
    WRITABLE = "writable"
    """Writable, or replaceable, by users other than its owner."""


def exposure(path: Path) -> Exposure | None:
    """Check a file or folder and its parent folder; for a symbolic link, both ends.

    None if nothing is exposed, or it does not exist. A sticky folder such as /tmp exposes its content only to its owner, who can replace
    any file in it. Raises OSError, except for what does not exist.
    """
    found = exposed_place(path)
    return None if found is None else found[1]


def exposed_place(path: Path) -> tuple[Path, Exposure] | None:
    """Like `exposure`, but also return which path is exposed: `path` or a parent folder."""
    if sys.platform == "win32":
        # https://learn.microsoft.com/windows/win32/fileio/file-security-and-access-rights
        from kiosk.config import windows_acl

        found = windows_acl.exposed_place(path)
        return None if found is None else found[:2]
    try:
        about = path.stat()
        folder = path if stat.S_ISDIR(about.st_mode) else path.parent
        if exposed := _exposure(about, folder) or _exposure_by_list(path, folder):
            return path, exposed
        # A link can be replaced in its own folder, and its target in the target's folder.
        for folder in dict.fromkeys((path.absolute().parent, path.resolve().parent)):
            if exposed := _exposure(folder.stat(), folder, folder_of_it=True) or _exposure_by_list(folder, folder):
                return folder, exposed
    except FileNotFoundError:
        pass
    return None


def _exposure(about: os.stat_result, folder: Path, *, folder_of_it: bool = False) -> Exposure | None:
    admitted = admitted_to(folder)
    own = about.st_uid == 0 or admitted.is_theirs(about, os.geteuid())
    if own and folder_of_it and about.st_mode & stat.S_ISVTX:
        return None
    if not own:
        return Exposure.FOREIGN
    by_group = about.st_mode & stat.S_IWGRP and about.st_gid not in (0, admitted.group) and not _is_own_group(about.st_gid)
    return Exposure.WRITABLE if about.st_mode & stat.S_IWOTH or by_group else None


def _exposure_by_list(path: Path, folder: Path) -> Exposure | None:
    return Exposure.WRITABLE if others_admitted(path, admitted_to(folder), WRITE) else None


def _is_own_group(group: int) -> bool:
    """Whether the group is private to this user (user private groups, umask 002)."""
    if sys.platform == "win32":
        return False
    import grp
    import pwd

    try:
        user, about = pwd.getpwuid(os.geteuid()), grp.getgrgid(group)
    except KeyError:
        return False
    return group == user.pw_gid and about.gr_name == user.pw_name and not set(about.gr_mem) - {user.pw_name}
