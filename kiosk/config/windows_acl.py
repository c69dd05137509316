"""Access control lists of Windows: read, and set for one account or for the group of a machine-wide place. Imported on Windows alone.

What the lists mean is decided in `kiosk.domain.access_list`. No exception of pywin32 leaves this module: they are OSErrors, as Python's own
calls raise them.
"""

from __future__ import annotations

import errno
import logging
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import ntsecuritycon
import pywintypes
import win32api
import win32security

from kiosk.config.file_permissions import Exposure
from kiosk.domain import access_list
from kiosk.domain.access_list import Access, Entry
from kiosk.domain.errors import Code, Unavailable

if TYPE_CHECKING:
    from _win32typing import PyACL

_log = logging.getLogger(__name__)
_PROTECTED = win32security.DACL_SECURITY_INFORMATION | win32security.PROTECTED_DACL_SECURITY_INFORMATION
_SDDL_REVISION = 1
_ALLOWED, _DENIED = ntsecuritycon.ACCESS_ALLOWED_ACE_TYPE, ntsecuritycon.ACCESS_DENIED_ACE_TYPE
_ACCOUNTS = {
    win32security.SidTypeUser,
    win32security.SidTypeGroup,
    win32security.SidTypeAlias,
    win32security.SidTypeWellKnownGroup,
}
"""https://learn.microsoft.com/windows/win32/api/winnt/ne-winnt-sid_name_use"""


def restrict(folder: Path, group: str | None) -> None:
    """Open a folder, with all that is in it and will be, to a group besides SYSTEM and Administrators, and to nobody else.

    `group` is the name of a group or account that exists; None is INTERACTIVE, whoever is logged on at the computer. Administrators become
    the owner where this process may say so. Raises Unavailable: group-unusable (`group`, `reason`: unknown, too-wide,
    administrators); OSError.
    """
    admitted = access_list.INTERACTIVE if group is None else _group(group)
    _set_all(folder, lambda *, is_folder: access_list.of_a_group(admitted, is_folder=is_folder), access_list.ADMINISTRATORS)


def check_group(name: str) -> None:
    """Check that `restrict` takes this group, before anything is made. Raises Unavailable: group-unusable."""
    _group(name)


def restrict_to_owner(folder: Path, account: str | None = None) -> None:
    """Open a folder, with all that is in it and will be, to one account besides SYSTEM and Administrators: to the one that runs this, or to
    the one of that name. It becomes the owner where this process may say so.

    Raises Unavailable: group-unusable (`group`, `reason`: unknown, too-wide,
    administrators); OSError.
    """
    admitted = own_account() if account is None else _group(account)
    _set_all(folder, lambda *, is_folder: access_list.of_one_account(admitted, is_folder=is_folder), admitted)


def admitted_group(path: Path) -> str | None:
    """The SID of the group that a place made by `restrict` is for; None for any other place. Raises OSError."""
    return access_list.admitted_group(access_of(path))


def access_of(path: Path) -> Access:
    """Who owns it, and who its list admits. Raises OSError, also for a list with entries of unknown kinds."""
    with _named(path):
        found = win32security.GetNamedSecurityInfo(
            str(path), win32security.SE_FILE_OBJECT, win32security.OWNER_SECURITY_INFORMATION | win32security.DACL_SECURITY_INFORMATION
        )
        owner = found.GetSecurityDescriptorOwner()
        listed: PyACL | None = found.GetSecurityDescriptorDacl()  # its stubs do not know that there may be none
        entries = None if listed is None else tuple(_entries(listed))
        return Access(win32security.ConvertSidToStringSid(owner), entries)


def is_administrators(path: Path) -> bool:
    """Whether the administrators made it, and no account that may write beside it. Raises OSError.

    As an administrator, what this very account owns counts as well: whether Windows lets Administrators be the owner is its policy.
    """
    owner = access_of(path).owner
    return owner in (access_list.SYSTEM, access_list.ADMINISTRATORS) or (owner == own_account() and runs_as_administrator())


def exposed_place(path: Path) -> tuple[Path, Exposure, frozenset[str]] | None:
    """The file or folder itself, or the one it lies in, that others may change or replace, and who they are: of a link, at both ends.

    None if nothing is exposed, or not there. Raises any other OSError.
    """
    try:
        if found := _exposure(path, access_list.may_change):
            return path, *found
        for folder in dict.fromkeys((path.absolute().parent, path.resolve().parent)):
            if found := _exposure(folder, access_list.may_replace_in):
                return folder, *found
    except FileNotFoundError:
        pass
    return None


def readers(path: Path) -> frozenset[str]:
    """The accounts and groups that may read it and should not. Raises OSError."""
    return access_list.may_read(access_of(path), own_account())


def check_private(path: Path) -> None:
    """Require a file that is not another account's, and take it from others that may read it.

    Keys and stores that others may read are not used: as with modes, they are closed first, and refused where that does nothing. Raises
    Unavailable: store-foreign, store-unprotected (a file system without access control, such as exFAT); OSError.
    """
    if access_list.is_anothers(access_of(path), own_account()):
        raise Unavailable(Code.STORE_FOREIGN, place=str(path))
    if others := readers(path):
        try:
            _close_to_others(path)
            _log.warning("%s could read %s, and cannot any more", named(others), path)
        except OSError as error:  # a file system that refuses lists, or an owner that may not change them
            _log.warning("others can read %s, and it cannot be closed to them: %s", path, error)
        if readers(path):
            raise Unavailable(Code.STORE_UNPROTECTED, place=str(path.parent))


def named(accounts: frozenset[str]) -> str:
    """The accounts as Windows names them, for people to read."""
    return ", ".join(sorted(map(_name, accounts)))


@cache
def own_account() -> str:
    """The SID of the account that runs this process."""
    token = win32security.OpenProcessToken(win32api.GetCurrentProcess(), win32security.TOKEN_QUERY)
    return win32security.ConvertSidToStringSid(win32security.GetTokenInformation(token, win32security.TokenUser)[0])


def _exposure(path: Path, asked: Callable[[Access, str], frozenset[str]]) -> tuple[Exposure, frozenset[str]] | None:
    access, account = access_of(path), own_account()
    if access_list.is_anothers(access, account):
        return Exposure.FOREIGN, frozenset({access.owner})
    others = asked(access, account)
    return (Exposure.WRITABLE, others) if others else None


def _close_to_others(path: Path) -> None:
    """Give a file the list it should have where it is: of the group that its folder is for, otherwise of this account. Raises OSError."""
    group = admitted_group(path.parent)
    _set(
        path,
        access_list.of_one_account(own_account(), is_folder=False) if group is None else access_list.of_a_group(group, is_folder=False),
    )


def _group(name: str) -> str:
    """Translate the name of an account or group. Raises Unavailable: group-unusable."""
    try:
        found, _, kind = win32security.LookupAccountName(None, name)
    except pywintypes.error as error:
        raise Unavailable(Code.GROUP_UNUSABLE, group=name, reason="unknown") from error
    if kind not in _ACCOUNTS:
        raise Unavailable(Code.GROUP_UNUSABLE, group=name, reason="unknown")
    account = win32security.ConvertSidToStringSid(found)
    if account in access_list.TOO_WIDE:
        raise Unavailable(Code.GROUP_UNUSABLE, group=name, reason="too-wide")
    if account in (access_list.SYSTEM, access_list.ADMINISTRATORS):  # admitted in any case
        raise Unavailable(Code.GROUP_UNUSABLE, group=name, reason="administrators")
    return account


def _name(account: str) -> str:
    try:
        name, domain, _ = win32security.LookupAccountSid(None, win32security.ConvertStringSidToSid(account))
    except pywintypes.error:  # an account that was deleted, or of a domain that does not answer
        return account
    return f"{domain}\\{name}" if domain else name


def _set_all(folder: Path, listed: Callable[..., str], owner: str) -> None:
    # Closed to all but administrators meanwhile: who may write here could otherwise lay a link under our hands.
    _set(folder, access_list.of_administrators(is_folder=True) if runs_as_administrator() else listed(is_folder=True))
    for place in (*_inside(folder), folder):
        _own(place, owner)
        _set(place, listed(is_folder=place.is_dir()))


def _inside(folder: Path) -> Iterator[Path]:
    """All that is in a folder. Links are left alone, and whatever else leads out of it: an administrator would open what they point at."""
    for entry in os.scandir(folder):
        attributes: int = getattr(entry.stat(follow_symlinks=False), "st_file_attributes")  # noqa: B009 - Windows has them
        # The entry's own count of names is 0: https://docs.python.org/3/library/os.html#os.DirEntry.stat
        if attributes & stat.FILE_ATTRIBUTE_REPARSE_POINT or (entry.is_file() and Path(entry).stat().st_nlink > 1):
            continue
        yield Path(entry)
        if entry.is_dir():
            yield from _inside(Path(entry))


def runs_as_administrator() -> bool:
    """Whether this process has the administrators' rights (is elevated)."""
    administrators = win32security.ConvertStringSidToSid(access_list.ADMINISTRATORS)
    return bool(win32security.CheckTokenMembership(None, administrators))  # type: ignore[arg-type]


def _own(path: Path, owner: str) -> None:
    try:
        win32security.SetNamedSecurityInfo(
            str(path),
            win32security.SE_FILE_OBJECT,
            win32security.OWNER_SECURITY_INFORMATION,
            win32security.ConvertStringSidToSid(owner),
            None,
            None,
            None,
        )
    except pywintypes.error:  # without the right to: the list says who is admitted
        pass


def _set(path: Path, listed: str) -> None:
    with _named(path):
        described = win32security.ConvertStringSecurityDescriptorToSecurityDescriptor(listed, _SDDL_REVISION)
        win32security.SetNamedSecurityInfo(
            str(path), win32security.SE_FILE_OBJECT, _PROTECTED, None, None, described.GetSecurityDescriptorDacl(), None
        )


def _entries(listed: PyACL) -> Iterator[Entry]:
    for (kind, flags), rights, account in map(listed.GetAce, range(listed.GetAceCount())):
        if kind not in (_ALLOWED, _DENIED):
            raise OSError(errno.ENOTSUP, f"an entry of kind {kind}")
        if not flags & ntsecuritycon.INHERIT_ONLY_ACE:
            yield Entry(win32security.ConvertSidToStringSid(account), rights & 0xFFFFFFFF, allows=kind == _ALLOWED)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """pywin32's exceptions as Python would have raised them: a FileNotFoundError, a PermissionError."""
    try:
        yield
    except pywintypes.error as error:
        raise OSError(None, error.strerror, str(path), error.winerror) from error
    except NotImplementedError as error:  # pywin32 does not know this kind of entry
        raise OSError(errno.ENOTSUP, str(error), str(path)) from error
