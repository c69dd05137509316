"""Who may use a file or folder of Windows: decided from its owner and the entries of its access control list.

https://learn.microsoft.com/windows/win32/secauthz/how-dacls-control-access-to-an-object. Accounts are named by their security identifier
(SID): names are translated, and differ from one Windows to the next.
"""

from __future__ import annotations

from kiosk.domain.lazy_dataclass import dataclass

# https://learn.microsoft.com/windows-server/identity/ad-ds/manage/understand-security-identifiers
EVERYONE = "S-1-1-0"
CREATOR_OWNER = "S-1-3-0"
OWNER_RIGHTS = "S-1-3-4"
INTERACTIVE = "S-1-5-4"
SYSTEM = "S-1-5-18"
ADMINISTRATORS = "S-1-5-32-544"
TRUSTED_INSTALLER = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"
"""Owns the folders of Windows itself."""
_OF_THE_MACHINE = frozenset({SYSTEM, ADMINISTRATORS, TRUSTED_INSTALLER, CREATOR_OWNER, OWNER_RIGHTS})
_OF_ALL_IN_A_DOMAIN = frozenset({"501", "513", "514", "515", "516"})
"""Guest, Domain Users, Domain Guests, Domain Computers, Domain Controllers: last in the SID of a domain (S-1-5-21-…)."""
_BUILT_IN_OF_ALL = frozenset({"S-1-5-32-545", "S-1-5-32-546", "S-1-5-32-554", "S-1-5-32-568"})
"""Users, Guests, Pre-Windows 2000 Compatible Access (all users), IIS_IUSRS (services)."""

# https://learn.microsoft.com/windows/win32/fileio/file-access-rights-constants
_WRITE_DAC = 0x00040000
_TAKE_OVER = 0x10000000 | 0x00080000 | _WRITE_DAC
"""GENERIC_ALL, WRITE_OWNER, WRITE_DAC: whoever has one of them can give itself the rest."""
_READ_CONTROL = 0x00020000
_READ = _TAKE_OVER | 0x80000000 | 0x0001
"""GENERIC_READ, FILE_READ_DATA."""
_REPLACE = _TAKE_OVER | 0x00010000 | 0x0040
"""DELETE and FILE_DELETE_CHILD: what lies in a folder is replaced by removing it, or by moving the folder away. To add to it
(FILE_ADD_FILE, which %ProgramData% grants to all users) is not enough.
"""
_CHANGE = _REPLACE | 0x40000000 | 0x0002 | 0x0004
"""GENERIC_WRITE, FILE_WRITE_DATA, FILE_APPEND_DATA, or in a folder FILE_ADD_FILE, FILE_ADD_SUBDIRECTORY."""
FULL = 0x1F01FF
"""FILE_ALL_ACCESS."""
MODIFY = 0x1301BF
"""All but the rights to change who is admitted and to delete what others keep from being deleted."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry that applies to the file or folder itself, not only to what is made inside."""

    account: str
    rights: int
    allows: bool = True


@dataclass(frozen=True, slots=True)
class Access:
    """`entries` in their order; None, a list that is not there, admits everyone."""

    owner: str
    entries: tuple[Entry, ...] | None


def is_for_people(group: str) -> bool:
    """Whether it may be a group of those who work at a counter: one that somebody has made, or INTERACTIVE.

    Of those that Windows knows by itself nearly all hold every account (Everyone, Authenticated Users), every one of a kind (Local account,
    NETWORK) or no people (NETWORK SERVICE).
    """
    if group == INTERACTIVE or group.startswith("S-1-12-1-"):  # Microsoft Entra ID
        return True
    if group.startswith("S-1-5-21-"):
        return group.rpartition("-")[2] not in _OF_ALL_IN_A_DOMAIN
    return group.startswith("S-1-5-32-") and group not in _BUILT_IN_OF_ALL


def admitted_group(access: Access) -> str | None:
    """The one account or group, beside the machine's administrators, that a list made by `of_a_group` admits; None for any other list."""
    if access.entries is None or any(not entry.allows for entry in access.entries):
        return None
    granted = {entry.account: entry.rights for entry in access.entries}
    groups = set(granted) - {SYSTEM, ADMINISTRATORS, OWNER_RIGHTS}
    expected = {SYSTEM: FULL, ADMINISTRATORS: FULL, OWNER_RIGHTS: _READ_CONTROL} | dict.fromkeys(groups, MODIFY)
    is_whole = len(groups) == 1 and len(granted) == len(access.entries) and granted == expected
    return groups.pop() if is_whole and all(map(is_for_people, groups)) else None


def is_for_its_owner(access: Access) -> bool:
    """Whether a folder has the list that Python gives it for mode 0700: for whoever owns what is made in it, besides the administrators.

    What an elevated process makes there is the administrators', and closed to the account that started it.
    """
    return access.entries is not None and set(access.entries) == {
        Entry(account, FULL) for account in (SYSTEM, ADMINISTRATORS, OWNER_RIGHTS)
    }


def of_a_group(group: str, *, is_folder: bool) -> str:
    """The list, in Windows' spelling (SDDL), that admits the machine's administrators and, to work in it, a group.

    With OWNER RIGHTS, since the owner of a file may otherwise change its list, and everybody owns the files they make.
    """
    return _spelt(((SYSTEM, FULL), (ADMINISTRATORS, FULL), (group, MODIFY), (OWNER_RIGHTS, _READ_CONTROL)), is_folder=is_folder)


def of_one_account(account: str, *, is_folder: bool) -> str:
    """The list that admits the machine's administrators and one account."""
    return _spelt(((SYSTEM, FULL), (ADMINISTRATORS, FULL), (account, FULL)), is_folder=is_folder)


def of_administrators(*, is_folder: bool) -> str:
    """The list that admits the machine's administrators alone: whoever owns it may not change the list either."""
    return _spelt(((SYSTEM, FULL), (ADMINISTRATORS, FULL), (OWNER_RIGHTS, _READ_CONTROL)), is_folder=is_folder)


def may_read(access: Access, account: str, group: str | None = None) -> frozenset[str]:
    """Who may read it, beside the machine's administrators and `account`.

    `group`: whom the administrators have admitted to the place that it lies in. That a list has the shape of `of_a_group` says nothing:
    anybody can spell one, with their own account as the group.
    """
    return _others(access, _READ, account, group)


def may_change(access: Access, account: str, group: str | None = None) -> frozenset[str]:
    return _others(access, _CHANGE, account, group)


def may_replace_in(folder: Access, account: str, group: str | None = None) -> frozenset[str]:
    """Who may replace what lies in the folder, whatever is said about that itself."""
    return _others(folder, _REPLACE, account, group)


def is_anothers(access: Access, account: str, group: str | None = None) -> bool:
    """Whether another account owns it, and so has written it, whatever it may do now. A member of `group` may own what is the group's."""
    return access.owner not in _OF_THE_MACHINE | {account} and not _is_groups(access, group)


def _is_groups(access: Access, group: str | None) -> bool:
    return group is not None and admitted_group(access) == group


def _others(access: Access, rights: int, account: str, group: str | None) -> frozenset[str]:
    if access.entries is None:
        return frozenset({EVERYONE})
    granted: dict[str, int] = {}
    denied: dict[str, int] = {}
    for entry in (*access.entries, *_of_owner(access)):
        if entry.allows:
            kept = entry.rights & ~denied.get(entry.account, 0) & ~denied.get(EVERYONE, 0)
            granted[entry.account] = granted.get(entry.account, 0) | kept
        else:
            denied[entry.account] = denied.get(entry.account, 0) | entry.rights
    admitted = frozenset(name for name, has in granted.items() if has & rights)
    return admitted - _OF_THE_MACHINE - {account} - ({group} if _is_groups(access, group) else set())


def _of_owner(access: Access) -> list[Entry]:
    """What the owner has for being that: the right to change the list, unless OWNER RIGHTS in it say what.

    https://learn.microsoft.com/previous-versions/windows/it-pro/windows-vista/cc749445(v=ws.10)
    """
    said = [Entry(access.owner, entry.rights) for entry in access.entries or () if entry.account == OWNER_RIGHTS and entry.allows]
    is_said = any(entry.account == OWNER_RIGHTS for entry in access.entries or ())
    return said if is_said else [Entry(access.owner, _READ_CONTROL | _WRITE_DAC)]


def _spelt(entries: tuple[tuple[str, int], ...], *, is_folder: bool) -> str:
    """https://learn.microsoft.com/windows/win32/secauthz/ace-strings; P: nothing is inherited from above."""
    flags = "OICI" if is_folder else ""
    return "D:P" + "".join(f"(A;{flags};{rights:#x};;;{account})" for account, rights in entries)
