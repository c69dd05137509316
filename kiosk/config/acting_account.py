"""The account for which an administrator's process acts for a while: files are read and made as that account would."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


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
    """The account that `path` belongs to; None if it has no name, or is this process's. Raises OSError."""
    if sys.platform == "win32":
        return None
    import pwd

    number = path.stat().st_uid
    try:
        return None if number == os.geteuid() else _account(pwd.getpwuid(number))
    except KeyError:
        return None


@contextmanager
def acting_for(account: Account | None) -> Iterator[None]:
    """Act for an account (root only), whose files then are neither made as root's, nor read with root's rights; None: as root itself.

    Of the whole process: no other thread may act meanwhile.
    """
    if sys.platform == "win32" or os.getuid() != 0:
        yield
        return
    user, group, groups = os.geteuid(), os.getegid(), os.getgroups()
    os.seteuid(0)
    if account is not None:
        os.initgroups(account.name, account.group)
        os.setegid(account.group)
        os.seteuid(account.number)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setgroups(groups)
        os.setegid(group)
        os.seteuid(user)


if sys.platform != "win32":
    import pwd

    def _account(entry: pwd.struct_passwd) -> Account:
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, Path(entry.pw_dir))
