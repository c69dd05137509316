"""Who besides this user and the administrator could change a file that decides what the counter does. The one rule for all of them."""

from __future__ import annotations

import os
import stat
import sys
from enum import StrEnum, unique
from pathlib import Path


@unique
class Exposure(StrEnum):
    FOREIGN = "foreign"
    """Belongs to another user, who may write what they like at any time."""
    WRITABLE = "writable"
    """Others than its owner may write to it, or put another file in its place."""


def exposure(path: Path) -> Exposure | None:
    """Of a file or folder, and of the folder it lies in; of both ends, where it is a link.

    None where nothing is exposed, where it is not there, and on Windows, where modes say nothing and the folders of the kiosk's user
    are closed by the system. A folder like /tmp exposes what lies in it to its own owner only, who may replace any file there.
    Raises OSError but for what is not there.
    """
    found = exposed_place(path)
    return None if found is None else found[1]


def exposed_place(path: Path) -> tuple[Path, Exposure] | None:
    """The same with what it is that is exposed: `path`, or a folder it lies in."""
    if os.name != "posix":
        return None
    try:
        if exposed := _exposure(path.stat(), folder_of_it=False):
            return path, exposed
        # Where a link lies another can be put, as where the file lies that it leads to.
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
    """Whether a group is this user's alone, as where each user has one of the same name (umask 002). Any other group is others."""
    if sys.platform == "win32":
        return False
    import grp
    import pwd

    try:
        user, about = pwd.getpwuid(os.geteuid()), grp.getgrgid(group)
    except KeyError:
        return False
    return group == user.pw_gid and about.gr_name == user.pw_name and not set(about.gr_mem) - {user.pw_name}
