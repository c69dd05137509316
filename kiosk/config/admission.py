"""Who may use what lies in a folder: one account, or the members of a group. Everything asks here that sets or checks modes.

A home is one account's, unless an administrator has made it a group's (`kiosk setup --machine`): its folders are 2770, files in them 0660.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from contextlib import suppress
from pathlib import Path

from kiosk.config.machine_place import is_machine_home, machines_place
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.lazy_dataclass import dataclass

_GROUPS = stat.S_ISGID | stat.S_IRWXU | stat.S_IRWXG


@dataclass(frozen=True, slots=True)
class Admitted:
    """The account that asks; with a `group` (its number) each member of that group instead."""

    group: int | None = None

    @property
    def folder_mode(self) -> int:
        return 0o700 if self.group is None else _GROUPS

    @property
    def file_mode(self) -> int:
        return 0o600 if self.group is None else 0o660

    @property
    def others(self) -> int:
        """The bits of a mode that let somebody else in."""
        return 0o077 if self.group is None else 0o007

    @property
    def umask(self) -> int:
        return self.others

    def is_theirs(self, about: os.stat_result, account: int) -> bool:
        """Whether a file belongs to `account`, which asks, or to the group: who of its members has made it does not matter."""
        return about.st_uid == account if self.group is None else about.st_gid == self.group

    def has_member(self, account: int, groups: frozenset[int]) -> bool:
        """Whether an account with these groups is among them. The administrator (root) always is."""
        return self.group is None or account == 0 or self.group in groups


ACCOUNT = Admitted()
_BY_ACL = Admitted(0)
"""On Windows a folder hands its ACL on to what is made in it, unless that is made with mode 0700, which Python takes for an ACL of its own:
https://docs.python.org/3.13/library/os.html#os.mkdir. No group has a number there.
"""


def is_groups(about: os.stat_result) -> bool:
    """Whether a folder is closed to all but a group that may write in it."""
    return stat.S_ISDIR(about.st_mode) and stat.S_IMODE(about.st_mode) == _GROUPS


def admitted_to(folder: Path) -> Admitted:
    """Who may use what lies in `folder`.

    A group if the folder says so, and the administrator made it, or the folder that it lies in says so in turn: what one account opens to a
    group by itself remains its own.
    """
    if os.name != "posix":
        return ACCOUNT if machines_place(folder) is None else _BY_ACL
    for place in (folder, *folder.absolute().parents):
        try:
            about = place.stat()
        except OSError:
            return ACCOUNT
        if not is_groups(about):
            return ACCOUNT
        if about.st_uid == 0:
            return Admitted(about.st_gid)
    return ACCOUNT


def is_admitted(admitted: Admitted) -> bool:
    """Whether the account of this process is among them. Always True on Windows."""
    return os.name != "posix" or admitted.has_member(os.geteuid(), frozenset((os.getegid(), *os.getgroups())))


def check_admitted(folder: Path) -> None:
    """Check that this account may use the home of the computer's counter. Raises Unavailable: counter-not-admitted."""
    try:
        os.scandir(folder).close()
    except PermissionError as error:
        group, reason = "", "by-acl"
        with suppress(OSError):
            group = group_named(folder)
            reason = "group-gone" if is_group_gone(folder) else "of-group" if group else "by-acl"
        raise Unavailable(Code.COUNTER_NOT_ADMITTED, place=str(folder), reason=reason, group=group) from error
    except OSError:  # reported by whoever opens it
        pass


def group_named(folder: Path) -> str:
    """The name of the group whose folder it is; its number if it has none; empty if it is no group's. Raises OSError."""
    if sys.platform == "win32":
        # https://learn.microsoft.com/windows/win32/secauthz/how-dacls-control-access-to-an-object
        from kiosk.config.noted_group import noted_group
        from kiosk.config.windows_acl import admitted_group, named

        if (noted := noted_group()) is not None and is_machine_home(folder):
            return noted
        try:
            group = admitted_group(folder)
        except PermissionError:
            return ""
        return "" if group is None else named(frozenset({group}))
    import grp

    number = folder.stat().st_gid
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def is_group_gone(folder: Path) -> bool:
    """Whether the group whose folder it is was deleted (Linux): nobody can become its member any more. Raises OSError."""
    name = group_named(folder)
    return name != "" and name == str(folder.stat().st_gid)


def open_made(path: Path, flags: int) -> int:
    """Open a file, making it if `flags` say so, for all who may use its folder, whatever the umask. Raises OSError.

    In a group's folder each member may lay what it likes: no link is followed there, nothing opened that has another name elsewhere, and no
    flag may empty a file before that is known. Root does so nowhere: what it keeps for itself meanwhile may have been such a folder.
    """
    admitted = admitted_to(path.parent)
    if os.name != "posix" or (admitted.group is None and os.geteuid() != 0):
        return os.open(path, flags, admitted.file_mode)
    handle = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK, admitted.file_mode)
    try:
        _admit(handle, path, admitted.file_mode)
    except OSError:
        os.close(handle)
        raise
    return handle


def _admit(handle: int, path: Path, mode: int) -> None:
    """Give a file of ours the mode that the umask may have narrowed."""
    about = os.fstat(handle)
    if not stat.S_ISREG(about.st_mode) or about.st_nlink > 1:
        raise OSError(errno.ELOOP, "leads elsewhere", str(path))
    if about.st_uid == os.geteuid() and stat.S_IMODE(about.st_mode) & mode != mode:
        os.fchmod(handle, stat.S_IMODE(about.st_mode) | mode)


def make_one_folder(folder: Path) -> None:
    """Make a folder, unless there is one, for all who may use the one that it lies in. Raises OSError."""
    admitted = admitted_to(folder.parent)
    try:
        if sys.platform == "win32" and admitted is ACCOUNT:
            # https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-createdirectoryw
            from kiosk.config.windows_acl import make_own_folder

            make_own_folder(folder)
        else:
            folder.mkdir(mode=stat.S_IMODE(admitted.folder_mode) & 0o777)
    except FileExistsError:
        if not folder.is_dir():
            raise
    else:
        if os.name == "posix" and admitted.group is not None:
            folder.chmod(admitted.folder_mode)
