"""The one rule for who may write files on which the counter's decisions depend: this user and the administrator."""

from __future__ import annotations

import os
import stat
import sys
from enum import StrEnum, unique
from pathlib import Path


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
        if exposed := _exposure(path.stat(), folder_of_it=False):
            return path, exposed
        # A link can be replaced in its own folder, and its target in the target's folder.
        for folder in dict.fromkeys((path.absolute().parent, path.resolve().parent)):
            if exposed := _exposure(folder.stat(), folder_of_it=True):
                return folder, exposed
    except FileNotFoundError:
        pass
    return None


def _exposure(about: os.stat_result, *, folder_of_it: bool) -> Exposure | None:
    own = about.st_uid in (0, os.geteuid())
    if own and folder_of_it and about.st_mode & stat.S_ISVTX:
        return None
    if not own:
        return Exposure.FOREIGN
    writable = about.st_mode & stat.S_IWOTH or (about.st_mode & stat.S_IWGRP and about.st_gid != 0 and not _is_own_group(about.st_gid))
    return Exposure.WRITABLE if writable else None


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
