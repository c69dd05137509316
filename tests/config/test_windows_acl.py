"""Access control lists, read and set through Windows. Wine keeps them as modes of files: it does not show which group a list admits."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Any

import pytest

from kiosk.domain.access_list import ADMINISTRATORS, EVERYONE, INTERACTIVE, SYSTEM, admitted_group, may_change, may_read
from kiosk.domain.errors import Code, Unavailable

if os.name != "nt":
    pytest.skip("access control lists of Windows", allow_module_level=True)

import pywintypes
import win32file
import win32security

from kiosk.checks.files import check_files
from kiosk.config import CardSettings, Home, KeySettings, RevocationSource, Settings, windows_acl
from kiosk.config.file_permissions import Exposure, exposed_place
from kiosk.config.private_files import check_owner, read_private, save_private
from kiosk.config.windows_object import Links

EVERYONE_READS = "D:(A;OICI;FA;;;SY)(A;OICI;FA;;;{own})(A;OICI;FRFX;;;WD)"
EVERYONE_WRITES = "D:(A;OICI;FA;;;SY)(A;OICI;FA;;;{own})(A;OICI;FA;;;WD)"


def described(listed: str) -> Any:
    return win32security.ConvertStringSecurityDescriptorToSecurityDescriptor(listed.format(own=windows_acl.own_account()), 1)


def give(path: Path, listed: str) -> None:
    """A list as another program, or an administrator, leaves it."""
    made = described(listed)
    what = win32security.DACL_SECURITY_INFORMATION | win32security.PROTECTED_DACL_SECURITY_INFORMATION
    win32security.SetNamedSecurityInfo(str(path), win32security.SE_FILE_OBJECT, what, None, None, made.GetSecurityDescriptorDacl(), None)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "①髙﨑の窓口"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "store").write_bytes(b"x")
    for place in (folder, folder / "data", folder / "data" / "store"):
        give(place, EVERYONE_READS)
    return folder


def readers(path: Path) -> frozenset[str]:
    return may_read(windows_acl.access_of(path), windows_acl.own_account())


def test_a_list_is_read_as_it_was_given(tmp_path: Path) -> None:
    own, file = windows_acl.own_account(), tmp_path / "file"
    file.write_bytes(b"")
    for listed, changes in [(EVERYONE_READS, set[str]()), (EVERYONE_WRITES, {EVERYONE})]:
        give(file, listed)
        access = windows_acl.access_of(file)
        assert may_read(access, own) == {EVERYONE}
        assert may_change(access, own) == changes
    named = windows_acl.named(frozenset({EVERYONE, ADMINISTRATORS, "S-1-5-21-9-9-9-9"}))
    assert named == "BUILTIN\\Administrators, Everyone, S-1-5-21-9-9-9-9"


def test_a_profile_is_closed_and_what_python_makes_for_us_alone_too(tmp_path: Path) -> None:
    (tmp_path / "made").mkdir(mode=0o700)
    for place in (tmp_path / "made", Path(os.environ["LOCALAPPDATA"])):
        assert not readers(place)


@pytest.mark.parametrize("group", [None, "INTERACTIVE"])
def test_a_place_of_a_group_is_closed_to_everyone_with_all_that_is_in_it(home: Path, group: str | None) -> None:
    windows_acl.restrict(home, group)
    for place in (home, home / "data", home / "data" / "store"):
        assert EVERYONE not in readers(place)
        assert windows_acl.is_administrators(place)
    assert (home / "data" / "store").read_bytes() == b"x"


def test_a_place_is_given_back_to_one_account(home: Path) -> None:
    windows_acl.restrict(home, None)
    windows_acl.restrict_to_owner(home)
    for place in (home, home / "data", home / "data" / "store"):
        assert not readers(place)
        accounts = {entry.account for entry in windows_acl.access_of(place).entries or ()}
        assert windows_acl.own_account() in accounts
        assert accounts <= {SYSTEM, ADMINISTRATORS, windows_acl.own_account()}
        assert admitted_group(windows_acl.access_of(place)) is None


def test_a_file_with_another_name_elsewhere_is_not_opened(home: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"")
    os.link(elsewhere, home / "data" / "another-name")
    give(elsewhere, EVERYONE_READS)
    windows_acl.restrict(home, None)
    assert readers(elsewhere) == {EVERYONE}


def accounts_of(listed: Any) -> set[str]:
    return {win32security.ConvertSidToStringSid(listed.GetAce(place)[2]) for place in range(listed.GetAceCount())}


def test_a_folder_of_ours_names_the_account_so_that_it_may_read_what_it_makes_elevated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An elevated process makes files of the administrators', and what is for the owner is for them alone then."""
    made: list[set[str]] = []
    really = win32file.CreateDirectoryW

    def make(name: str, attributes: Any) -> None:
        made.append(accounts_of(attributes.SECURITY_DESCRIPTOR.GetSecurityDescriptorDacl()))
        really(name, attributes)

    monkeypatch.setattr(win32file, "CreateDirectoryW", make)
    assert save_private(tmp_path / "keys" / "key", b"secret")
    assert made == [{SYSTEM, ADMINISTRATORS, windows_acl.own_account()}]
    assert not readers(tmp_path / "keys")
    with pytest.raises(FileExistsError):
        windows_acl.make_own_folder(tmp_path / "keys")


@pytest.mark.parametrize(("listed", "renewed"), [("{of_python}", True), ("{of_python}(A;;FA;;;WD)", False)])
def test_a_folder_that_python_has_made_for_its_owner_names_the_account_before_anything_is_saved(
    tmp_path: Path, listed: str, monkeypatch: pytest.MonkeyPatch, *, renewed: bool
) -> None:
    """Wine keeps no OWNER RIGHTS: a stand-in at the call tells the list of CPython (posixmodule.c, os.mkdir with mode 0700)."""
    keys = tmp_path / "keys"
    keys.mkdir()
    told = described("O:{own}" + listed.format(of_python="D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;OW)"))
    asked, really, given = win32security.GetNamedSecurityInfo, win32security.SetSecurityInfo, list[set[str]]()
    monkeypatch.setattr(win32security, "GetNamedSecurityInfo", lambda name, *kinds: told if name == str(keys) else asked(name, *kinds))

    def note(handle: int, kind: int, what: int, *parts: Any) -> None:
        given.append(accounts_of(parts[2]))
        really(handle, kind, what, *parts)

    monkeypatch.setattr(win32security, "SetSecurityInfo", note)
    assert save_private(keys / "key", b"secret")
    assert given == ([{SYSTEM, ADMINISTRATORS, windows_acl.own_account()}] if renewed else [])


@pytest.fixture
def junctions(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Folders that are junctions, as the call tells it: Wine 8 makes none (`mklink /J`: error 50).

    https://learn.microsoft.com/windows/win32/fileio/determining-whether-a-directory-is-a-volume-mount-point: the attribute says so.
    """
    laid: list[Path] = []
    opened: dict[int, Path] = {}
    really_open, really_ask = win32file.CreateFile, win32file.GetFileInformationByHandle

    def open_(name: str, *asked: Any) -> Any:
        assert asked[4] & win32file.FILE_FLAG_OPEN_REPARSE_POINT  # without it Windows opens what a junction leads to
        handle = really_open(name, *asked)
        opened[int(handle)] = Path(name)
        return handle

    def ask(handle: int) -> tuple[Any, ...]:
        attributes, *others = really_ask(handle)
        return (attributes | (stat.FILE_ATTRIBUTE_REPARSE_POINT if opened[handle] in laid else 0), *others)

    monkeypatch.setattr(win32file, "CreateFile", open_)
    monkeypatch.setattr(win32file, "GetFileInformationByHandle", ask)
    return laid


def test_a_junction_in_a_place_is_left_alone_with_all_behind_it(home: Path, junctions: list[Path]) -> None:
    junctions.append(home / "data")
    windows_acl.restrict(home, None)
    assert EVERYONE not in readers(home)
    assert readers(home / "data") == readers(home / "data" / "store") == {EVERYONE}
    with pytest.raises(OSError, match="a link"):
        windows_acl.close(home, Links.REFUSED)


def test_a_junction_of_our_name_is_no_place_of_ours(home: Path, junctions: list[Path]) -> None:
    """Whoever owns what it leads to: users may make one in %ProgramData%, and an administrator would open what lies behind it."""
    assert windows_acl.is_administrators(home)
    junctions.append(home)
    assert not windows_acl.is_administrators(home)
    with pytest.raises(OSError, match="a link") as refused:
        windows_acl.restrict(home, None)
    assert refused.value.filename == str(home)
    with pytest.raises(OSError, match="a link"):
        windows_acl.restrict_to_owner(home)
    assert readers(home) == readers(home / "data") == {EVERYONE}


def test_all_is_closed_before_anything_is_opened_and_opened_from_below(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is admitted may write there at once, and lay a link where something is still to be opened."""
    said: list[tuple[bool, bool]] = []
    really = win32security.SetSecurityInfo

    def note(handle: int, kind: int, what: int, *parts: Any) -> None:
        really(handle, kind, what, *parts)
        if listed := parts[2]:
            is_folder = win32file.GetFileInformationByHandle(handle)[0] & stat.FILE_ATTRIBUTE_DIRECTORY != 0
            said.append((INTERACTIVE in accounts_of(listed), is_folder))

    monkeypatch.setattr(win32security, "SetSecurityInfo", note)
    windows_acl.restrict(home, None)
    assert said == [(False, True), (False, True), (False, False), (True, False), (True, True), (True, True)]


@pytest.mark.parametrize(
    ("group", "reason"),
    [("no-such-group-①", "unknown"), ("Everyone", "too-wide"), ("Users", "too-wide"), ("Administrators", "administrators")],
)
def test_a_group_nobody_knows_or_everybody_is_in_is_refused(home: Path, group: str, reason: str) -> None:
    with pytest.raises(Unavailable) as refused:
        windows_acl.restrict(home, group)
    assert (refused.value.code, refused.value.params) == (Code.GROUP_UNUSABLE, {"group": group, "reason": reason})
    assert readers(home) == {EVERYONE}


def test_windows_errors_are_errors_of_files(tmp_path: Path) -> None:
    for ask in (windows_acl.access_of, lambda path: windows_acl.restrict(path, None)):
        with pytest.raises(FileNotFoundError) as missing:
            ask(tmp_path / "none")
        assert missing.value.filename == str(tmp_path / "none")


def test_windows_takes_the_lists_as_they_are_spelt() -> None:
    from kiosk.domain import access_list

    for spelt in (
        access_list.of_a_group(INTERACTIVE, is_folder=True),
        access_list.of_one_account(INTERACTIVE, is_folder=False),
        access_list.of_administrators(is_folder=True),
    ):
        listed = described(spelt).GetSecurityDescriptorDacl()
        entries = [listed.GetAce(place) for place in range(listed.GetAceCount())]
        said = [(f"{rights:#x}", win32security.ConvertSidToStringSid(account)) for _, rights, account in entries]
        assert said == re.findall(r"(0x[0-9a-f]+);;;([S0-9-]+)", spelt)


def test_a_key_that_everyone_may_read_is_closed_before_it_is_used(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    key = tmp_path / "key"
    assert save_private(key, b"secret")
    assert not readers(key)
    give(key, EVERYONE_READS)
    assert read_private(key) == b"secret"
    assert not readers(key)
    assert "Everyone" in caplog.text
    caplog.clear()
    check_owner(key)
    assert not caplog.text


def test_a_disk_that_keeps_no_lists_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """exFAT: https://learn.microsoft.com/windows/win32/fileio/filesystem-functionality-comparison (no access control lists)."""
    key = tmp_path / "key"
    key.write_bytes(b"secret")
    give(key, EVERYONE_READS)
    monkeypatch.setattr(win32security, "SetSecurityInfo", lambda *_: None)
    with pytest.raises(Unavailable) as refused:
        read_private(key)
    assert refused.value.code is Code.STORE_UNPROTECTED


def test_what_everyone_may_change_or_replace_is_exposed(home: Path) -> None:
    store = home / "data" / "store"
    assert exposed_place(store) is None
    give(store, EVERYONE_WRITES)
    assert exposed_place(store) == (store, Exposure.WRITABLE)
    give(store, EVERYONE_READS)
    give(home / "data", EVERYONE_WRITES)
    assert exposed_place(store) == (home / "data", Exposure.WRITABLE)
    assert exposed_place(home / "none" / "file") is None


def test_doctor_names_what_others_may_read_and_who_they_are(tmp_path: Path) -> None:
    home, settings = (
        Home(tmp_path / "home"),
        Settings(CardSettings(RevocationSource.NONE), keys=KeySettings(place="machine", folder="../keys")),
    )
    home.prepare()
    assert check_files(home, settings).outcome == "files.closed"
    give(home.config, EVERYONE_READS)
    give(home.trust, EVERYONE_WRITES)
    found = check_files(home, settings)
    assert (found.outcome, found.params) == ("files.open", {"files": f"{home.config} (Everyone)\n{home.trust} (Everyone)"})


def test_doctor_says_when_windows_does_not_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, settings = Home(tmp_path / "home"), Settings(CardSettings(RevocationSource.NONE))
    home.prepare()

    def refuse(*_: object) -> None:
        raise pywintypes.error(5, "GetNamedSecurityInfo", "")

    monkeypatch.setattr(win32security, "GetNamedSecurityInfo", refuse)
    found = check_files(home, settings)
    assert (found.outcome, str(found.params["error"])[-3:]) == ("files.unknown", ": 5")
