"""Where the counter of a whole computer lies, which belongs to no account (`kiosk setup --machine`)."""

from __future__ import annotations

import re
import stat
import sys
from pathlib import Path

from kiosk.elevation import is_elevated
from kiosk.system_folders import state_folder

_NAME = "library-card-kiosk"


def machine_folder() -> Path:
    """The home of the computer's counter, whether there is one or not."""
    return state_folder() / _NAME


def machine_keys_folder() -> Path:
    """Its keys and anchor: beside the home, so that a copy of the home holds no key.

    Not below /etc: the anchor is written with each act, and what is there does not change while programs run (FHS 3.0, 3.7).
    """
    return machine_folder().with_name(f"{_NAME}-keys")


def staged_folder(home: Path | None = None) -> Path:
    """Where a home, the computer's if none is given, is put together before it takes its name."""
    home = home or machine_folder()
    return home.with_name(f".{home.name}.new")


def retired_folder(home: Path | None = None) -> Path:
    """Where it is put before it is removed."""
    home = home or machine_folder()
    return home.with_name(f".{home.name}.old")


def home_of_staged(path: Path) -> Path:
    """The home that a path in one of these two is of, by the name that somebody has given it; any other path as it is."""
    for place in (path, *path.parents):
        if (named := re.fullmatch(r"\.(.+)\.(new|old)", place.name)) is not None:
            return place.with_name(named[1])
    return path


def move_file() -> Path:
    """What a move of the computer's counter has set out to do, until it has ended (`kiosk.config.move_journal`)."""
    return machine_folder().with_name(f".{_NAME}.move")


def is_move_begun() -> bool:
    """Whether a move has not ended, or was cut off: any account may ask. What it is to do only administrators can read."""
    try:
        return is_administrators(move_file())
    except OSError:
        return False


def machines_place(path: Path) -> Path | None:
    """The folder of the computer's counter that it lies in, or is; None if it lies elsewhere."""
    path = path.absolute()
    places = (machine_folder(), machine_keys_folder(), staged_folder(), retired_folder())
    return next((place for place in places if path.is_relative_to(place)), None)


def is_machine_home(folder: Path) -> bool:
    """Whether the folder is the home of the computer's counter, and there is one; also if that is not known of what has its name."""
    place = machine_folder()
    try:
        return (folder == place or folder.samefile(place)) and has_machine_home()
    except FileNotFoundError:
        return False
    except OSError:
        return folder == place


def has_machine_home() -> bool:
    """Whether an administrator has made the home of the computer's counter: the folder is there, and belongs to the administrator.

    That is all that an account can see which is not admitted. The folder takes its name when it is whole (`kiosk setup` renames it). An
    answer that cannot be had is not a "no", after which the account would begin a second counter unseen. Raises OSError.
    """
    place = machine_folder()
    try:
        return stat.S_ISDIR(place.lstat().st_mode) and is_administrators(place)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except PermissionError:  # of an ACL that does not admit this account
        if _is_elevated():  # the administrators' own place admits them: this is somebody else's
            raise
        return True


def _is_elevated() -> bool:
    if sys.platform == "win32":
        return is_elevated()
    else:
        return False  # nothing is closed to root


def is_administrators_alone(path: Path) -> bool:
    """Whether, besides, no other account may change it: who may write in the computer's place can move a file of the administrators' out of
    there. Raises OSError.
    """
    if sys.platform == "win32":
        # https://learn.microsoft.com/windows/win32/fileio/file-security-and-access-rights
        from kiosk.config import windows_acl

        return windows_acl.is_administrators(path, alone=True)
    else:
        about = path.lstat()
        return about.st_uid == 0 and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def is_administrators(path: Path) -> bool:
    """Whether it is an administrator's: in %ProgramData% every account may make what has a name of ours. Raises OSError."""
    if sys.platform == "win32":
        # https://learn.microsoft.com/windows/win32/secauthz/owner-of-a-new-object
        from kiosk.config import windows_acl

        return windows_acl.is_administrators(path)
    else:
        return path.lstat().st_uid == 0
