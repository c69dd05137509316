"""Where another account decides what lies there: on Linux, by the modes and the access control lists of a folder and of all above it."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from kiosk.config.acting_account import member_of
from kiosk.config.admission import Admitted
from kiosk.config.posix_acl import others_admitted
from kiosk.domain.posix_acl import WRITE


@dataclass(frozen=True, slots=True)
class OthersPlace:
    place: Path
    is_foreign: bool
    """Whether it belongs to another account; else it is open to one."""


def others_place(path: Path) -> OthersPlace | None:
    """The first of `path` and what it lies in, by both its names, that an account besides root and this process's may change. What is not
    there is passed over. Raises OSError.
    """
    for way in dict.fromkeys((path.absolute(), Path(os.path.realpath(path)))):
        for place in (way, *way.parents):
            try:
                about = place.lstat()
            except (FileNotFoundError, NotADirectoryError):  # told by whoever makes it
                continue
            if about.st_uid not in (0, os.geteuid()):
                return OthersPlace(place, is_foreign=True)
            # Where a link leads is looked at by the other name. In a sticky folder on the way (/tmp) nobody exchanges what is not
            # theirs: inode(7).
            is_kept = stat.S_ISLNK(about.st_mode) or (place != way and about.st_mode & stat.S_ISVTX)
            if not is_kept and (_is_writable_by_others(about) or others_admitted(place, Admitted(), WRITE)):
                return OthersPlace(place, is_foreign=False)
    return None


def _is_writable_by_others(about: os.stat_result) -> bool:
    """A group without accounts, as that of /usr/local is on Debian, writes nothing."""
    by_group = about.st_mode & stat.S_IWGRP and about.st_gid != 0 and member_of(about.st_gid) is not None
    return bool(about.st_mode & stat.S_IWOTH or by_group)
