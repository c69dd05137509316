"""Where root may write: only where no other account says what lies there. Anything else it would follow, to any file of the computer."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from kiosk.config.admission import Admitted
from kiosk.config.posix_acl import others_admitted
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.posix_acl import WRITE


def check_as_root(home: Path) -> None:
    """If this is root's process: check that nobody else may change the home, or anything on the way there.

    What is in there is root's then, and files are opened without following links (`open_made`). An account's HOME may have been handed on
    to root (sudo -E, su), or its home named by --home. Raises Unavailable: store-foreign; home-unusable (shared); OSError.
    """
    if sys.platform == "win32" or os.geteuid() != 0:
        return
    for way in dict.fromkeys((home.absolute(), Path(os.path.realpath(home)))):
        for place in (way, *way.parents):
            try:
                about = place.lstat()
            except (FileNotFoundError, NotADirectoryError):  # told by whoever makes it
                continue
            if about.st_uid != 0:
                raise Unavailable(Code.STORE_FOREIGN, place=str(place))
            # In a sticky folder on the way (/tmp) nobody exchanges what is another's: inode(7).
            is_kept = stat.S_ISLNK(about.st_mode) or (place != way and about.st_mode & stat.S_ISVTX)
            if not is_kept and (_is_writable_by_others(about) or others_admitted(place, Admitted(), WRITE)):
                raise Unavailable(Code.HOME_UNUSABLE, place=str(place), reason="shared")


def _is_writable_by_others(about: os.stat_result) -> bool:
    """A group without accounts, as that of /usr/local is on Debian, writes nothing."""
    from kiosk.config.acting_account import member_of

    by_group = about.st_mode & stat.S_IWGRP and about.st_gid != 0 and member_of(about.st_gid) is not None
    return bool(about.st_mode & stat.S_IWOTH or by_group)
