"""Makes the place of the computer's counter, and puts its permissions right: home and keys, for the members of one group."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from pathlib import Path

from kiosk.config.atomic_write import sync_folder
from kiosk.config.file_replacement import delete_tree, rename
from kiosk.config.home import Home
from kiosk.config.machine_place import has_machine_home, is_administrators, machine_folder, machine_keys_folder, staged_folder
from kiosk.config.machine_removal import remove_keys_folder
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.unix_groups import why_unusable
from kiosk.elevation import is_elevated

Group = int | str
"""The group that is admitted: its number; on Windows its name, empty for whoever is logged on at the computer (INTERACTIVE)."""


def is_administrator() -> bool:
    """Whether this process may make such a place."""
    return is_elevated()


def group_to_admit(name: str | None) -> Group:
    """The group of that name; without one, the group as it is. Raises Unavailable: setup-impossible, group-unusable."""
    if name is not None and not name.strip():  # %GROUP% or $GROUP of a script, without a value
        raise Unavailable(Code.GROUP_UNUSABLE, group=name, reason="empty")
    if name is None and has_machine_home():
        return present_group()
    if sys.platform == "win32":
        from kiosk.config.windows_acl import check_group

        if name:
            check_group(name)
        return name or ""
    else:
        import grp

        if name is None:
            raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="no-group")
        try:
            number = grp.getgrnam(name).gr_gid
        except KeyError as error:
            raise Unavailable(Code.GROUP_UNUSABLE, group=name, reason="unknown") from error
        if reason := why_unusable(name, number):
            raise Unavailable(Code.GROUP_UNUSABLE, group=name, reason=reason)
        return number


def present_group() -> Group:
    """The group that the place is for. Raises Unavailable: setup-impossible, if nobody knows, or it is not there any more; OSError."""
    if sys.platform == "win32":
        from kiosk.config.noted_group import noted_group

        if (noted := noted_group()) is not None:
            return noted
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="group-lost")
    else:
        import grp

        number = machine_folder().stat().st_gid
        try:
            grp.getgrgid(number)
        except KeyError as error:
            raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="group-gone", group=str(number)) from error
        return number


def make_place(group: Group, *, replaces: bool = False) -> bool:
    """Make the place, or put right what is there; whether anything had to be done. Can be repeated after an interruption at any point.

    `replaces`: also files that have another name elsewhere; nobody has one of them open (`group_modes.close_to`). Raises Unavailable:
    setup-impossible, group-unusable; as `Home.prepare` does; OSError. Of a place that was not there, nothing is left then.
    """
    home, keys = machine_folder(), machine_keys_folder()
    if has_machine_home():
        _make_own(keys)
        changed = _close_to(keys, group, replaces=replaces)
        return _close_to(home, group, replaces=replaces) or changed
    if os.path.lexists(home):
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="place-taken", place=str(home))
    _make_own(keys)
    try:
        _close_to(keys, group)
        _make_home(staged_folder(), group)
    except BaseException:
        remove_keys_folder()
        raise
    return True


def _make_home(staged: Path, group: Group) -> None:
    _make_own(staged)
    try:
        delete_tree(staged)  # of one that was killed, when the group may have been in there
        _make_own(staged)
        Home(staged).prepare()
        _close_to(staged, group)
        rename(staged, machine_folder())
    except BaseException:
        with suppress(OSError):
            delete_tree(staged)
        raise
    sync_folder(staged.parent)


def make_staged(folder: Path) -> None:
    """Make the folder in which the home is put together, for the administrator alone. Raises as `make_place` does."""
    _make_own(folder)


def _make_own(folder: Path) -> None:
    try:
        if sys.platform == "win32":
            # https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-createdirectoryw
            from kiosk.config.windows_acl import make_administrators_folder

            make_administrators_folder(folder)
        else:
            folder.mkdir(mode=0o700)
    except FileExistsError as error:
        if not stat.S_ISDIR(folder.lstat().st_mode) or not is_administrators(folder):
            raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="place-taken", place=str(folder)) from error


def _close_to(folder: Path, group: Group, *, replaces: bool = False) -> bool:
    """Give the folder with all in it to the group, and close it to others; whether anything had to be changed."""
    if sys.platform == "win32":
        # https://learn.microsoft.com/windows/win32/secauthz/how-dacls-control-access-to-an-object
        from kiosk.config.noted_group import note_group, noted_group
        from kiosk.config.windows_acl import groups_in, restrict

        admitted = groups_in(folder)
        if len(admitted) == 1 and None not in admitted and noted_group() == group:
            return False
        restrict(folder, str(group) or None)
        note_group(str(group))
        return True
    else:
        from kiosk.config.group_modes import close_to

        return close_to(folder, int(group), replaces=replaces) > 0
