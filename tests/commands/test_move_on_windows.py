"""A counter moved to the computer and back on Windows, by an elevated process of one account."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from kiosk.__main__ import main
from kiosk.config import Home, default_home, read_settings
from kiosk.config.home import account_home
from kiosk.config.move_journal import planned_move
from kiosk.domain.access_list import ADMINISTRATORS, OWNER_RIGHTS, SYSTEM
from kiosk.domain.model import LibraryCardNumber
from kiosk.equipment import open_repository
from kiosk.text import say
from tests.support.commands.computer_of_windows import begun, computer, places

__all__ = ["computer"]

if os.name != "nt":
    pytest.skip("%ProgramData%", allow_module_level=True)

import win32file
import win32security

from kiosk.config import windows_acl


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


def test_a_move_whose_copy_is_lost_is_called_off(computer: Path, kept_links: Home, capsys: pytest.CaptureFixture[str]) -> None:
    own, fails = kept_links, [True]

    def fail(event: str, arguments: tuple[object, ...]) -> None:
        if fails and event == "os.rename" and str(arguments[1]) == str(computer / "library-card-kiosk"):
            raise OSError("the disk fails")

    sys.addaudithook(fail)
    assert main(["setup", "--machine", "--from", str(own.folder)]) == 1
    fails.clear()
    assert main(["setup", "--call-off", "--yes"]) == 1
    assert say("command.why.setup-impossible.copy-there") in capsys.readouterr().err
    shutil.rmtree(computer / ".library-card-kiosk.new")
    assert main(["setup", "--call-off", "--yes"]) == 0
    assert (planned_move(), list(computer.iterdir()), default_home()) == (None, [], account_home())
    assert places(own) == (1, "file")


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
