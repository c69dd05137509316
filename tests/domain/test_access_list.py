"""Who may use what, by the entries of Windows' access control lists."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.access_list import (
    ADMINISTRATORS,
    CREATOR_OWNER,
    EVERYONE,
    FULL,
    INTERACTIVE,
    MODIFY,
    OWNER_RIGHTS,
    SYSTEM,
    TRUSTED_INSTALLER,
    Access,
    Entry,
    admitted_group,
    is_anothers,
    is_for_its_owner,
    is_for_people,
    may_change,
    may_read,
    may_replace_in,
    of_a_group,
    of_administrators,
    of_one_account,
)

OWN, OTHER, STAFF = "S-1-5-21-1-2-3-1001", "S-1-5-21-1-2-3-1002", "S-1-5-21-1-2-3-1100"
USERS, AUTHENTICATED = "S-1-5-32-545", "S-1-5-11"
READ_AND_EXECUTE, WRITE, READ_CONTROL, WRITE_DAC, DELETE = 0x1200A9, 0x100116, 0x20000, 0x40000, 0x10000
OF_A_PROFILE = (Entry(SYSTEM, FULL), Entry(ADMINISTRATORS, FULL), Entry(OWN, FULL))

accounts = st.sampled_from([SYSTEM, ADMINISTRATORS, CREATOR_OWNER, OWNER_RIGHTS, INTERACTIVE, EVERYONE, USERS, OWN, OTHER, STAFF])
entries = st.builds(Entry, accounts, st.integers(0, 0xFFFFFFFF) | st.sampled_from([FULL, MODIFY, READ_AND_EXECUTE]), st.booleans())
accesses = st.builds(Access, accounts, st.none() | st.lists(entries, max_size=6).map(tuple))


def read_back(sddl: str, owner: str) -> Access:
    """What Windows reads of a list in its own spelling."""
    found = re.findall(r"\(A;(?:OICI)?;0x([0-9a-f]+);;;([S0-9-]+)\)", sddl)
    assert sddl == "D:P" + "".join(re.findall(r"\(.*?\)", sddl))
    assert sddl.count("(") == len(found)
    return Access(owner, tuple(Entry(account, int(rights, 16)) for rights, account in found))


@pytest.mark.parametrize("owner", [OWN, SYSTEM, ADMINISTRATORS, TRUSTED_INSTALLER])
def test_a_profile_of_windows_is_closed(owner: str) -> None:
    access = Access(owner, OF_A_PROFILE)
    assert not may_read(access, OWN) | may_change(access, OWN) | may_replace_in(access, OWN)
    assert not is_anothers(access, OWN)


@pytest.mark.parametrize("account", [EVERYONE, USERS, AUTHENTICATED, INTERACTIVE, OTHER])
@pytest.mark.parametrize(
    ("rights", "reads", "changes", "replaces"),
    [
        (READ_AND_EXECUTE, True, False, False),
        (0x80000000, True, False, False),  # GENERIC_READ
        (WRITE, False, True, False),
        (0x40000000, False, True, False),  # GENERIC_WRITE
        (MODIFY, True, True, True),
        (0x10000000, True, True, True),  # GENERIC_ALL
        (WRITE_DAC, True, True, True),
        (0x80000, True, True, True),  # WRITE_OWNER
        (DELETE, False, True, True),
        (0x40, False, True, True),  # FILE_DELETE_CHILD
        (READ_CONTROL | 0x100000 | 0x20 | 0x80, False, False, False),  # read the list, wait, pass through, read attributes
    ],
)
def test_each_right_counts_for_what_it_allows(account: str, rights: int, *, reads: bool, changes: bool, replaces: bool) -> None:
    access = Access(OWN, (*OF_A_PROFILE, Entry(account, rights)))
    found = (account in may_read(access, OWN), account in may_change(access, OWN), account in may_replace_in(access, OWN))
    assert found == (reads, changes, replaces)


def test_a_list_that_is_not_there_admits_everyone_and_an_empty_one_nobody() -> None:
    assert may_read(Access(OWN, None), OWN) == may_change(Access(OWN, None), OWN) == {EVERYONE}
    assert not may_read(Access(OWN, ()), OWN) | may_change(Access(OWN, ()), OWN)


def test_another_owner_may_change_the_list() -> None:
    access = Access(OTHER, OF_A_PROFILE)
    assert is_anothers(access, OWN)
    assert may_read(access, OWN) == may_change(access, OWN) == {OTHER}
    limited = Access(OTHER, (*OF_A_PROFILE, Entry(OWNER_RIGHTS, READ_CONTROL)))
    assert not may_read(limited, OWN) | may_change(limited, OWN)
    assert is_anothers(limited, OWN)  # who has written it


def test_what_a_folder_gives_to_its_owner_is_its_owners() -> None:
    """As Python makes a folder with mode 0700: https://docs.python.org/3.13/library/os.html#os.mkdir."""
    listed = (Entry(SYSTEM, FULL), Entry(ADMINISTRATORS, FULL), Entry(OWNER_RIGHTS, FULL))
    assert is_for_its_owner(Access(OWN, listed))
    assert not any(is_for_its_owner(Access(OWN, entries)) for entries in (None, (), OF_A_PROFILE, (*listed, Entry(OTHER, FULL))))
    assert not may_read(Access(OWN, listed), OWN)
    assert not is_anothers(Access(OWN, listed), OWN)
    assert may_read(Access(OTHER, listed), OWN) == {OTHER}
    assert is_anothers(Access(OTHER, listed), OWN)
    refused = Access(OTHER, (Entry(OWNER_RIGHTS, FULL, allows=False), *OF_A_PROFILE))
    assert not may_read(refused, OWN)


@pytest.mark.parametrize("is_folder", [True, False])
@pytest.mark.parametrize("group", [INTERACTIVE, STAFF])
@pytest.mark.parametrize("owner", [ADMINISTRATORS, OWN, OTHER])
def test_the_list_of_a_group_admits_it_and_nobody_else_in_a_place_of_the_groups(group: str, owner: str, *, is_folder: bool) -> None:
    access = read_back(of_a_group(group, is_folder=is_folder), owner)
    assert admitted_group(access) == group
    for ask in (may_read, may_change, may_replace_in):
        assert not ask(access, OWN, group)
    assert not is_anothers(access, OWN, group)


@pytest.mark.parametrize("place", [None, STAFF])
@pytest.mark.parametrize("owner", [OWN, OTHER])
def test_anybody_can_spell_the_list_of_a_group(owner: str, place: str | None) -> None:
    """An account, or a group that it is in, as the "group": elsewhere, or in the place of another group."""
    spelt = read_back(of_a_group(OTHER, is_folder=True), owner)
    for ask in (may_read, may_change, may_replace_in):
        assert ask(spelt, OWN, place) == {OTHER}
    assert is_anothers(spelt, OWN, place) == (owner == OTHER)


@pytest.mark.parametrize("extra", [Entry(OTHER, READ_AND_EXECUTE), Entry(OTHER, MODIFY), Entry(EVERYONE, MODIFY), Entry(STAFF, MODIFY)])
def test_a_list_that_admits_anybody_else_as_well_is_no_groups(extra: Entry) -> None:
    made = read_back(of_a_group(STAFF, is_folder=True), ADMINISTRATORS)
    assert made.entries is not None
    access = Access(ADMINISTRATORS, (*made.entries, extra))
    assert admitted_group(access) is None
    assert may_read(access, OWN, STAFF) == {STAFF, extra.account}


DOMAIN = "S-1-5-21-1-2-3"
# https://learn.microsoft.com/windows-server/identity/ad-ds/manage/understand-security-identifiers
NOT_OF_PEOPLE = {
    "Everyone": EVERYONE,
    "LOCAL": "S-1-2-0",
    "CONSOLE LOGON": "S-1-2-1",
    "CREATOR GROUP": "S-1-3-1",
    "DIALUP": "S-1-5-1",
    "NETWORK": "S-1-5-2",
    "BATCH": "S-1-5-3",
    "SERVICE": "S-1-5-6",
    "ANONYMOUS LOGON": "S-1-5-7",
    "Authenticated Users": AUTHENTICATED,
    "REMOTE INTERACTIVE LOGON": "S-1-5-14",
    "This Organization": "S-1-5-15",
    "LOCAL SERVICE": "S-1-5-19",
    "NETWORK SERVICE": "S-1-5-20",
    "Local account": "S-1-5-113",
    "ALL APPLICATION PACKAGES": "S-1-15-2-1",
    "a service": "S-1-5-80-1-2-3-4-5",
    "Users": USERS,
    "Guests": "S-1-5-32-546",
    "Pre-Windows 2000 Compatible Access": "S-1-5-32-554",
    "Guest": f"{DOMAIN}-501",
    "Domain Users": f"{DOMAIN}-513",
    "Domain Guests": f"{DOMAIN}-514",
    "Domain Computers": f"{DOMAIN}-515",
}


@pytest.mark.parametrize("group", [INTERACTIVE, STAFF, OWN, "S-1-5-32-547", "S-1-5-32-555", "S-1-12-1-1-2-3-4"])
def test_a_group_that_somebody_has_made_may_be_the_staffs(group: str) -> None:
    """Also Power Users and Remote Desktop Users, in which nobody is until somebody says so."""
    assert is_for_people(group)


@pytest.mark.parametrize("group", NOT_OF_PEOPLE.values(), ids=NOT_OF_PEOPLE.keys())
def test_all_who_use_a_computer_are_no_group(group: str) -> None:
    assert not is_for_people(group)
    access = read_back(of_a_group(group, is_folder=True), ADMINISTRATORS)
    assert admitted_group(access) is None
    assert may_read(access, OWN, group) == {group}


def test_a_list_of_another_kind_is_no_groups() -> None:
    assert admitted_group(Access(OWN, None)) is None
    assert admitted_group(Access(OWN, OF_A_PROFILE)) is None
    assert admitted_group(Access(OWN, (Entry(OTHER, FULL, allows=False), *OF_A_PROFILE))) is None


def test_the_other_lists_admit_nobody_else() -> None:
    assert read_back(of_one_account(OWN, is_folder=True), OWN) == Access(OWN, OF_A_PROFILE)
    closed = read_back(of_administrators(is_folder=True), OTHER)
    assert closed == Access(OTHER, (*OF_A_PROFILE[:2], Entry(OWNER_RIGHTS, READ_CONTROL)))
    assert not may_read(closed, OWN) | may_change(closed, OWN) | may_replace_in(closed, OWN)


def test_what_is_denied_first_is_not_granted() -> None:
    denied, granted = Entry(OTHER, FULL, allows=False), Entry(OTHER, FULL)
    assert not may_read(Access(OWN, (denied, granted)), OWN)
    assert may_read(Access(OWN, (granted, denied)), OWN) == {OTHER}
    assert not may_read(Access(OWN, (Entry(EVERYONE, FULL, allows=False), granted)), OWN)


@given(accesses)
def test_those_who_may_replace_may_change(access: Access) -> None:
    assert may_replace_in(access, OWN) <= may_change(access, OWN)


@given(accesses)
def test_administrators_and_the_account_itself_are_never_named(access: Access) -> None:
    assert not (may_read(access, OWN) | may_change(access, OWN)) & {SYSTEM, ADMINISTRATORS, OWN}


@given(accesses, entries, st.integers(0, 6))
def test_who_is_denied_more_is_not_admitted_the_more(access: Access, entry: Entry, place: int) -> None:
    """Unless it speaks of the owner: then that has other rights."""
    if access.entries is None or OWNER_RIGHTS == entry.account:
        return
    before, after = access.entries[:place], access.entries[place:]
    denied = Access(access.owner, (*before, Entry(entry.account, entry.rights, allows=False), *after))
    assert may_read(denied, OWN) <= may_read(access, OWN)
    granted = Access(access.owner, (*access.entries, Entry(entry.account, entry.rights)))
    assert may_read(granted, OWN) >= may_read(access, OWN)
