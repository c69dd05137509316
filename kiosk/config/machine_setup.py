"""Makes the place of the computer's counter, and puts its permissions right: home and keys, for the members of one group."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from kiosk.config.admission import Admitted
from kiosk.config.atomic_write import sync_folder
from kiosk.config.home import Home
from kiosk.config.machine_place import has_machine_home, machine_folder, machine_keys_folder, staged_folder
from kiosk.domain.errors import Code, Unavailable


def is_administrator() -> bool:
    """Whether this process may make such a place."""
    return os.geteuid() == 0


def group_number(name: str | None) -> int:
    """The number of the group to be admitted: of the name, or as it is. Raises Unavailable: setup-impossible."""
    import grp

    if name is None:
        if not has_machine_home():
            raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="no-group")
        return machine_folder().stat().st_gid
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError as error:
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="group-unknown", group=name) from error


def make_place(group: int) -> bool:
    """Make the place, or put right what is there; whether anything had to be done. Can be repeated after an interruption at any point.

    Raises Unavailable: setup-impossible, as `Home.prepare` does; OSError.
    """
    changed = make_keys_folder(group)
    home = machine_folder()
    if has_machine_home():
        return _close_to(home, group) + changed > 0
    if os.path.lexists(home):
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="place-taken", place=str(home))
    staged = staged_folder()
    make_staged(staged)
    close_staged(staged, group)
    Home(staged).prepare()
    staged.rename(home)
    sync_folder(home.parent)
    return True


def make_keys_folder(group: int) -> int:
    """Make the folder of its keys, or put right what is there; how much had to be done. Raises as `make_place` does."""
    _make_own(machine_keys_folder())
    return _close_to(machine_keys_folder(), group)


def make_staged(folder: Path) -> None:
    """Make the folder in which the home is put together, for the administrator alone. Raises Unavailable as `make_place`; OSError."""
    _make_own(folder)


def close_staged(folder: Path, group: int) -> None:
    """Give it to the group, with all that is in it."""
    _close_to(folder, group)


def _make_own(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError as error:
        about = folder.lstat()
        if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.geteuid():
            raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="place-taken", place=str(folder)) from error


def _close_to(folder: Path, group: int) -> int:
    """Give the folder with all in it to the group, and close it to others; return how many had to be changed.

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
