"""The account for which an administrator's process acts: files are read and made as that account would."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.config.admission import admitted_to, group_named, is_group_gone
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """An account of this computer."""

    name: str
    number: int
    group: int
    folder: Path
    """Its own folder (HOME)."""


def account_named(name: str) -> Account | None:
    if sys.platform == "win32":
        return None
    import pwd

    try:
        return _account(pwd.getpwnam(name))
    except KeyError:
        return None


def account_of(path: Path) -> Account | None:
    """Whose folder `path` is; None: this process's.

    Raises Unavailable: setup-impossible (account-unknown; link; shared, for a folder of this process's that another account may change, or
    exchange with all that is above it: what is read there as this account could lead anywhere); OSError.
    """
    if sys.platform == "win32":
        return None
    import pwd

    about = path.lstat()
    number = about.st_uid
    if stat.S_ISLNK(about.st_mode):
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="link", place=str(path))
    if number == os.geteuid():
        from kiosk.config.others_places import others_place

        if (shared := others_place(path)) is not None:
            raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="shared", place=str(shared.place))
        return None
    try:
        return _account(pwd.getpwuid(number))
    except KeyError as error:
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="account-unknown", account=str(number)) from error


@contextmanager
def acting_for(account: Account | None) -> Iterator[None]:
    """Act for an account (root only), whose files then are neither made as root's, nor read with root's rights; None: as root itself.

    Of the whole process: no other thread may act meanwhile.
    """
    if sys.platform == "win32" or os.getuid() != 0:
        yield
        return
    user, group, groups = os.geteuid(), os.getegid(), os.getgroups()
    try:
        os.seteuid(0)
        if account is not None:
            os.initgroups(account.name, account.group)
            os.setegid(account.group)
            os.seteuid(account.number)
        yield
    finally:
        os.seteuid(0)
        os.setgroups(groups)
        os.setegid(group)
        os.seteuid(user)


def act_for_a_member(folder: Path) -> None:
    """If this is root's process, and a group may write in `folder`, act from here on, for good, for an account of that group.

    Its members may let any name in there lead anywhere, at any time, and SQLite opens its files by name: root follows none of them there.
    Raises Unavailable: counter-not-admitted, if the group has no account.
    """
    if sys.platform == "win32":
        return
    account = member_for(folder)
    if account is None:
        return
    os.initgroups(account.name, account.group)
    os.setgid(account.group)
    os.setuid(account.number)
    for variable in [variable for variable in os.environ if variable.startswith("XDG_")]:
        del os.environ[variable]
    os.environ["HOME"] = str(account.folder)


@contextmanager
def acting_as_member(folder: Path) -> Iterator[None]:
    """The same for a while, with the umask of that folder: of the whole process, and only root's. Raises as `act_for_a_member` does."""
    with acting_for(member_for(folder)):
        before = os.umask(admitted_to(folder).umask)
        try:
            yield
        finally:
            os.umask(before)


def member_for(folder: Path) -> Account | None:
    """The account for which root acts in a folder of a group; None: as this process. Raises Unavailable: counter-not-admitted, if the group
    has no account.
    """
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    group = admitted_to(folder).group
    if group is None:
        return None
    account = member_of(group)
    if account is None:
        reason = "group-gone" if is_group_gone(folder) else "group-empty"
        raise Unavailable(Code.COUNTER_NOT_ADMITTED, place=str(folder), reason=reason, group=group_named(folder))
    return account


def has_account(group: int) -> bool:
    """Whether an account is in that group, as far as this computer knows (a directory need not tell), or this process acts for one. Always
    True on Windows.
    """
    if sys.platform == "win32":
        return True
    acts_for_one = os.geteuid() != 0 and group in (os.getegid(), *os.getgroups())
    return acts_for_one or member_of(group) is not None


if sys.platform != "win32":
    import grp
    import pwd

    def member_of(group: int) -> Account | None:
        """An account of the group, not root; None if it has none, or is not there."""
        try:
            named = [account_named(name) for name in grp.getgrgid(group).gr_mem]
        except KeyError:
            named = []
        own = (_account(entry) for entry in pwd.getpwall() if entry.pw_gid == group)
        return next((account for account in (*named, *own) if account is not None and account.number != 0), None)

    def _account(entry: pwd.struct_passwd) -> Account:
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, Path(entry.pw_dir))
