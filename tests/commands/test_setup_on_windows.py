"""One counter of a computer with Windows: made, found, moved and given back, by an elevated process of one account.

Whom the lists admit is tested in tests/domain/test_access_list.py; no second account is at hand.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kiosk.__main__ import main
from kiosk.checks.whose import check_whose
from kiosk.commands.output import words
from kiosk.config import Home, default_home, read_settings
from kiosk.config.home import account_home
from kiosk.config.machine_place import machine_folder, machine_keys_folder
from kiosk.config.move_journal import planned_move
from kiosk.domain.access_list import ADMINISTRATORS, OWNER_RIGHTS, SYSTEM
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.model import LibraryCardNumber
from kiosk.equipment import key_place_of, open_repository
from kiosk.text import say
from tests.support.commands.program_data import put_program_data

if os.name != "nt":
    pytest.skip("%ProgramData%", allow_module_level=True)

import pywintypes
import win32file
import win32security

from kiosk.config import windows_acl


@pytest.fixture
def computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Its data of all users lie in the test's own folder, like those of the account."""
    put_program_data(tmp_path / "all", monkeypatch)
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "own"))
    monkeypatch.delenv("KIOSK_HOME", raising=False)
    return tmp_path / "all"


def begun(home: Home) -> Home:
    home.prepare()
    home.config.write_text('[card]\nrevocation = "none"\n[keys]\nplace = "file"\n', encoding="utf-8")
    return home


def places(home: Home) -> tuple[int, str]:
    """How many links there are, and where the keys are."""
    settings = read_settings(home.config)
    repository, _ = open_repository(home, settings)
    with repository:
        return repository.count_links(), key_place_of(home, settings).store.describe().kind


def test_it_is_made_once_and_found(computer: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert default_home() == account_home()
    assert main(["setup", "--machine"]) == 0
    assert default_home().folder == machine_folder() == computer / "library-card-kiosk"
    config = default_home().config.read_bytes()
    assert main(["setup", "--machine"]) == 0
    assert default_home().config.read_bytes() == config
    begun(default_home())
    assert places(default_home()) == (0, "machine")
    assert [path.suffix for path in machine_keys_folder().glob("*.machine")] == [".machine"]
    assert capsys.readouterr().err == ""


def test_a_group_that_is_not_there_makes_nothing(computer: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["setup", "--machine", "--group", "no such group"]) == 1
    assert say("command.why.group-unusable.unknown-windows") in capsys.readouterr().err
    assert list(computer.iterdir()) == []
    assert default_home() == account_home()


@pytest.mark.parametrize("squatted", [machine_folder, machine_keys_folder])
@pytest.mark.parametrize("what", ["a junction", "another account's"])
def test_a_folder_of_our_name_that_is_not_the_administrators_is_refused_as_it_is(
    computer: Path, squatted: Callable[[], Path], what: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In %ProgramData% every account may make folders, and junctions to folders of the administrators'."""
    assert computer == squatted().parent
    squatted().mkdir()
    kept = windows_acl.access_of(squatted())
    told, asked = win32file.GetFileInformationByHandle, win32security.GetSecurityInfo
    identity = squatted().stat().st_ino & 0xFFFFFFFF

    def is_squatted(handle: int) -> bool:
        return bool(told(handle)[-1] == identity)

    def tell(handle: int) -> tuple[Any, ...]:
        attributes, *others = told(handle)
        return (attributes | (stat.FILE_ATTRIBUTE_REPARSE_POINT if is_squatted(handle) else 0), *others)

    def owner(handle: int, *kinds: int) -> Any:
        anothers = "O:S-1-5-21-9-9-9-1009D:P(A;OICI;FA;;;SY)"
        return (
            win32security.ConvertStringSecurityDescriptorToSecurityDescriptor(anothers, 1) if is_squatted(handle) else asked(handle, *kinds)
        )

    # Stand-ins at the call: Wine 8 makes no junctions, and has no second account.
    if what == "a junction":
        monkeypatch.setattr(win32file, "GetFileInformationByHandle", tell)
    else:
        monkeypatch.setattr(win32security, "GetSecurityInfo", owner)
    assert default_home() == account_home()
    assert main(["setup", "--machine"]) == 1
    assert str(squatted()) in capsys.readouterr().err
    assert windows_acl.access_of(squatted()) == kept
    assert list(squatted().iterdir()) == []
    assert default_home() == account_home()


@pytest.mark.parametrize("is_elevated", [True, False])
def test_a_folder_that_does_not_tell_whose_it_is_stops_an_account_and_is_no_place_for_administrators(
    computer: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, is_elevated: bool
) -> None:
    """An administrators' place that does not admit the account looks so; to administrators, what another has closed to them does."""

    def refuse(*_: object) -> None:
        raise pywintypes.error(5, "GetSecurityInfo", "")

    machine_folder().mkdir()
    monkeypatch.setattr(win32security, "GetSecurityInfo", refuse)
    monkeypatch.setattr(win32security, "CheckTokenMembership", lambda *_: is_elevated)
    if is_elevated:
        with pytest.raises(Unavailable) as refused:
            default_home()
        assert (refused.value.code, refused.value.params["place"]) == (Code.HOME_UNUSABLE, str(machine_folder()))
        assert main(["setup", "--machine"]) == 1
        assert str(machine_folder()) in capsys.readouterr().err
    else:
        assert default_home().folder == machine_folder()
    assert list(machine_folder().iterdir()) == []


def test_who_may_use_it_is_said(computer: Path, capsys: pytest.CaptureFixture[str]) -> None:
    everyone, group = words("setup.of-everyone"), words("setup.of-group", group="Power Users")
    for options, sentence in (
        ([], words("setup.admitted", now=everyone)),
        (["--group", "Power Users", "--dry-run"], words("setup.would-admit", now=group, before=everyone)),
        (["--group", "Power Users"], words("setup.admitted-anew", now=group, before=everyone)),
        ([], words("setup.admitted", now=group)),
    ):
        assert main(["setup", "--machine", *options]) == 0
        said = capsys.readouterr().out.splitlines()
        assert sentence in said
        assert (words("setup.everyone-reads") in said) is (sentence == words("setup.admitted", now=everyone))


def test_doctor_says_who_may_use_it(computer: Path) -> None:
    for options, outcome, group in (([], "home.machine-everyone", ""), (["--group", "Power Users"], "home.machine", "Power Users")):
        assert main(["setup", "--machine", *options]) == 0
        found = check_whose(default_home())
        assert (found.outcome, found.params["group"]) == (outcome, group)


@pytest.mark.parametrize("name", ["", " "])
def test_a_group_without_a_name_makes_nothing(name: str, computer: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A start-up script with a variable that is not set."""
    assert main(["setup", "--machine", "--group", name]) == 1
    assert say("command.why.group-unusable.empty") in capsys.readouterr().err
    assert list(computer.iterdir()) == []


def test_an_unused_place_is_taken_back(computer: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["setup", "--machine"]) == 0
    assert main(["setup", "--account"]) == 0
    assert say("command.setup.removed") in capsys.readouterr().out
    assert list(computer.iterdir()) == []
    assert default_home() == account_home()


def test_there_and_back(computer: Path, kept_links: Home) -> None:
    own = kept_links
    assert main(["setup", "--machine", "--from", str(own.folder)]) == 0
    assert not own.folder.exists()
    assert places(default_home()) == (1, "machine")
    assert main(["setup", "--machine", "--from", str(own.folder)]) == 1
    assert main(["setup", "--account"]) == 0
    assert list(computer.iterdir()) == []
    assert default_home() == account_home() == own
    assert places(own) == (1, "file")
    assert main(["setup", "--account"]) == 0


def test_a_disk_that_keeps_no_lists_is_refused_before_anything_is_changed(
    computer: Path, kept_links: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """exFAT: https://learn.microsoft.com/windows/win32/fileio/filesystem-functionality-comparison (no access control lists)."""
    assert main(["setup", "--machine", "--from", str(kept_links.folder)]) == 0
    disk = tmp_path / "disk"
    disk.mkdir()
    asked = win32security.GetNamedSecurityInfo
    open_to_all = win32security.ConvertStringSecurityDescriptorToSecurityDescriptor(f"O:{windows_acl.own_account()}D:(A;;FA;;;WD)", 1)

    def tell(path: str, *others: Any) -> Any:
        return open_to_all if Path(path).is_relative_to(disk) else asked(path, *others)

    monkeypatch.setattr(win32security, "GetNamedSecurityInfo", tell)
    capsys.readouterr()
    for dry in ([], ["--dry-run"]):
        assert main(["setup", "--account", "--to", str(disk / "below" / "counter"), *dry]) == 1
        said = capsys.readouterr().err
        assert say("command.why.setup-impossible.unprotected") in said
        assert say("command.setup.nothing-changed") in said
    assert (list(disk.iterdir()), planned_move(), computer.exists()) == ([], None, True)
    assert places(default_home()) == (1, "machine")


def test_the_computers_home_is_closed_to_the_group_before_it_is_removed(
    computer: Path, kept_links: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python removes by name on Windows, and a member could lay a junction under it. Wine keeps no groups: the calls are noted."""
    assert main(["setup", "--machine", "--from", str(kept_links.folder)]) == 0
    admitted: dict[int, set[str]] = {}
    really_set, really_remove, removed = win32security.SetSecurityInfo, shutil.rmtree, dict[str, set[str]]()

    def note(handle: int, kind: int, what: int, *parts: Any) -> None:
        really_set(handle, kind, what, *parts)
        if listed := parts[2]:
            accounts = {win32security.ConvertSidToStringSid(listed.GetAce(place)[2]) for place in range(listed.GetAceCount())}
            admitted[win32file.GetFileInformationByHandle(handle)[-1]] = accounts

    def remove(folder: Path) -> None:
        for path in (folder, *folder.rglob("*")):
            if folder.parent == computer:
                removed[path.name] = admitted[path.stat().st_ino & 0xFFFFFFFF]
        really_remove(folder)

    monkeypatch.setattr(win32security, "SetSecurityInfo", note)
    monkeypatch.setattr(shutil, "rmtree", remove)
    assert main(["setup", "--account"]) == 0
    assert {"data", "kiosk.db", "trust"} <= set(removed)
    assert set().union(*removed.values()) == {SYSTEM, ADMINISTRATORS, OWNER_RIGHTS}


def test_what_others_call_like_a_draft_of_the_plan_does_not_keep_it(computer: Path, kept_links: Home) -> None:
    foreign = computer / "..library-card-kiosk.move.1234"
    foreign.mkdir()
    assert main(["setup", "--machine", "--from", str(kept_links.folder)]) == 0
    assert planned_move() is None
    assert foreign.is_dir()


@pytest.fixture
def kept_links(computer: Path) -> Home:
    """A counter of the account's own, with a link."""
    from uuid import UUID

    from kiosk.domain.model import LinkToken, Revocation

    home = begun(account_home())
    repository, _ = open_repository(home, read_settings(home.config))
    with repository:
        repository.save_link(UUID(int=1), LinkToken(bytes(32)), LibraryCardNumber("0000001001"), revocation=Revocation.GOOD)
    return home
