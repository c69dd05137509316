"""Access control lists of Windows: read, and set for one account or for the group of a machine-wide place. Imported on Windows alone.

What the lists mean is decided in `kiosk.domain.access_list`. No exception of pywin32 leaves this module: they are OSErrors, as Python's own
calls raise them.
"""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import ntsecuritycon
import pywintypes
import win32api
import win32security

from kiosk.config.file_permissions import Exposure
from kiosk.config.machine_place import machines_place
from kiosk.config.windows_object import (
    CHANGE,
    OWN,
    READ,
    LeadsElsewhere,
    Links,
    as_os_errors,
    descriptor,
    make_folder,
    opened_itself,
    set_list,
    set_owner,
)
from kiosk.domain import access_list
from kiosk.domain.access_list import Access, Entry
from kiosk.domain.errors import Code, Unavailable
from kiosk.elevation import is_elevated

if TYPE_CHECKING:
    from _win32typing import PyACL, PySECURITY_DESCRIPTOR

_log = logging.getLogger(__name__)
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


def close(folder: Path, links: Links = Links.LEFT) -> None:
    """Close a folder, with all that is in it, to all but the administrators. Raises OSError."""
    _closed(folder, access_list.of_administrators, access_list.ADMINISTRATORS, links)


def check_group(name: str) -> None:
    """Check that `restrict` takes this group, before anything is made. Raises Unavailable: group-unusable."""
    _group(name)


def restrict_to_owner(folder: Path) -> None:
    """Open a folder, with all that is in it and will be, to the account that runs this besides SYSTEM and Administrators. It becomes the
    owner where this process may say so. Raises OSError.
    """
    account = own_account()
    _set_all(folder, lambda *, is_folder: access_list.of_one_account(account, is_folder=is_folder), account)


def make_own_folder(folder: Path) -> None:
    """Make a folder for the account that runs this, elevated or not. Raises FileExistsError; any other OSError."""
    make_folder(folder, access_list.of_one_account(own_account(), is_folder=True))


def make_administrators_folder(folder: Path) -> None:
    """Make a folder for the administrators alone. Raises FileExistsError; any other OSError."""
    make_folder(folder, access_list.of_administrators(is_folder=True))


def name_own_account(folder: Path) -> None:
    """Let the list of a folder that Python has made for this account name it, as `make_own_folder` does: what an elevated process makes in
    it would be closed to the account. Any other folder is left as it is, and one whose list this account may not read or change.
    """
    with suppress(OSError):
        access = access_of(folder)
        if access_list.is_for_its_owner(access) and not access_list.is_anothers(access, own_account()):
            with opened_itself(folder, CHANGE) as (handle, _):
                set_list(handle, folder, access_list.of_one_account(own_account(), is_folder=True))


def admitted_group(path: Path) -> str | None:
    """The SID of the group that a place made by `restrict` is for; None for any other place. Raises OSError."""
    return access_list.admitted_group(access_of(path))


def groups_in(folder: Path) -> set[str | None]:
    """The same for a folder and all that is in it, but for links. Raises OSError."""
    with opened_itself(folder, READ) as (handle, is_folder):
        with as_os_errors(folder):
            found = {access_list.admitted_group(_access(descriptor(handle, folder)))}
        for inside in [folder / name for name in os.listdir(folder)] if is_folder else ():
            with suppress(LeadsElsewhere):
                found |= groups_in(inside)
        return found


def access_of(path: Path) -> Access:
    """Who owns it, and who its list admits; of a link, for what it leads to. Raises OSError, also for entries of unknown kinds."""
    asked = win32security.OWNER_SECURITY_INFORMATION | win32security.DACL_SECURITY_INFORMATION
    with as_os_errors(path):
        return _access(win32security.GetNamedSecurityInfo(str(path), win32security.SE_FILE_OBJECT, asked))


def is_administrators(path: Path, *, alone: bool = False) -> bool:
    """Whether the administrators made it, and (`alone`) nobody else may change it: never a link, whoever has made what it leads to. As an
    administrator, what this very account owns counts too: whether Windows lets Administrators be the owner is its policy. Raises OSError.
    """
    try:
        with opened_itself(path, READ) as (handle, _), as_os_errors(path):
            access = _access(descriptor(handle, path))
    except LeadsElsewhere:
        return False
    is_own = access.owner == own_account() and is_elevated()
    is_theirs = is_own or access.owner in (access_list.SYSTEM, access_list.ADMINISTRATORS)
    return is_theirs and not (alone and access_list.may_change(access, own_account()))


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
    return access_list.may_read(access_of(path), own_account(), _group_at(path))


def check_private(path: Path) -> None:
    """Require a file that is not another account's, and take it from others that may read it.

    Keys and stores that others may read are not used: as with modes, they are closed first, and refused where that does nothing. Raises
    Unavailable: store-foreign, store-unprotected (a file system without access control, such as exFAT); OSError.
    """
    if access_list.is_anothers(access_of(path), own_account(), _group_at(path)):
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


def _exposure(path: Path, asked: Callable[[Access, str, str | None], frozenset[str]]) -> tuple[Exposure, frozenset[str]] | None:
    access, account, group = access_of(path), own_account(), _group_at(path)
    if access_list.is_anothers(access, account, group):
        return Exposure.FOREIGN, frozenset({access.owner})
    others = asked(access, account, group)
    return (Exposure.WRITABLE, others) if others else None


def _group_at(path: Path) -> str | None:
    """The group that the administrators have admitted to the place it lies in: as the list of that place's top says, which is theirs."""
    place = machines_place(path)
    try:
        return None if place is None or not is_administrators(place) else admitted_group(place)
    except FileNotFoundError:
        return None


def _close_to_others(path: Path) -> None:
    """Give a file the list it should have where it is: of the group that the place is for, otherwise of this account. Raises OSError."""
    group = _group_at(path)
    listed = access_list.of_one_account(own_account(), is_folder=False) if group is None else access_list.of_a_group(group, is_folder=False)
    itself = path.resolve() if group is None else path  # in a group's place, its members say where a link leads
    with opened_itself(itself, CHANGE) as (handle, _):
        set_list(handle, itself, listed)


def _group(name: str) -> str:
    """Translate the name of an account or group. Raises Unavailable: group-unusable."""
    try:
        found, _, kind = win32security.LookupAccountName(None, name)
    except pywintypes.error as error:
        raise Unavailable(Code.GROUP_UNUSABLE, group=name, reason="unknown") from error
    if kind not in _ACCOUNTS:
        raise Unavailable(Code.GROUP_UNUSABLE, group=name, reason="unknown")
    account = win32security.ConvertSidToStringSid(found)
    if account in (access_list.SYSTEM, access_list.ADMINISTRATORS):  # admitted in any case
        raise Unavailable(Code.GROUP_UNUSABLE, group=name, reason="administrators")
    if not access_list.is_for_people(account):
        raise Unavailable(Code.GROUP_UNUSABLE, group=name, reason="too-wide")
    return account


def _name(account: str) -> str:
    try:
        name, domain, _ = win32security.LookupAccountSid(None, win32security.ConvertStringSidToSid(account))
    except pywintypes.error:  # an account that was deleted, or of a domain that does not answer
        return account
    return f"{domain}\\{name}" if domain else name


def _set_all(folder: Path, listed: Callable[..., str], owner: str) -> None:
    """First all is closed to all but administrators, from above; then opened, from below, so that nobody who is admitted again may write
    where something is still to be opened: https://learn.microsoft.com/windows/security/threat-protection/security-policy-settings/bypass-traverse-checking
    """
    if is_elevated():
        found = _closed(folder, access_list.of_administrators, access_list.ADMINISTRATORS)
    else:
        found = _closed(folder, listed, owner)
    for place in reversed(found):
        with opened_itself(place, CHANGE) as (handle, is_folder):
            _own(place, owner)
            set_list(handle, place, listed(is_folder=is_folder))


def _closed(place: Path, listed: Callable[..., str], owner: str, links: Links = Links.LEFT) -> list[Path]:
    """Close it, and all that is in it but links and whatever else leads out of it; all of that, each folder before what is in it."""
    with opened_itself(place, CHANGE, pinned=True) as (handle, is_folder):
        _own(place, owner)
        set_list(handle, place, listed(is_folder=is_folder))
        found = [place]
        for inside in [place / name for name in os.listdir(place)] if is_folder else ():
            try:
                found += _closed(inside, listed, owner, links)
            except LeadsElsewhere as met:
                links.meet(inside, met)
        return found


def _own(path: Path, owner: str) -> None:
    try:
        with opened_itself(path, OWN) as (handle, _):
            set_owner(handle, path, owner)
    except LeadsElsewhere:
        raise
    except OSError:  # without the right to: the list says who is admitted
        pass


def _access(found: PySECURITY_DESCRIPTOR) -> Access:
    listed: PyACL | None = found.GetSecurityDescriptorDacl()  # its stubs do not know that there may be none
    entries = None if listed is None else tuple(_entries(listed))
    return Access(win32security.ConvertSidToStringSid(found.GetSecurityDescriptorOwner()), entries)


def _entries(listed: PyACL) -> Iterator[Entry]:
    for (kind, flags), rights, account in map(listed.GetAce, range(listed.GetAceCount())):
        if kind not in (_ALLOWED, _DENIED):
            raise OSError(errno.ENOTSUP, f"an entry of kind {kind}")
        if not flags & ntsecuritycon.INHERIT_ONLY_ACE:
            yield Entry(win32security.ConvertSidToStringSid(account), rights & 0xFFFFFFFF, allows=kind == _ALLOWED)
