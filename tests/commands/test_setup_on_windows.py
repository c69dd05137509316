"""One counter of a computer with Windows: made, found, moved and given back, by an elevated process of one account.

Whom the lists admit is tested in tests/domain/test_access_list.py; no second account is at hand.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kiosk.__main__ import main
from kiosk.checks.whose import check_whose
from kiosk.commands.output import words
from kiosk.config import default_home
from kiosk.config.home import account_home
from kiosk.config.machine_place import machine_folder, machine_keys_folder
from kiosk.domain.errors import Code, Unavailable
from kiosk.text import say
from tests.support.commands.computer_of_windows import begun, computer, places

__all__ = ["computer"]

if os.name != "nt":
    pytest.skip("%ProgramData%", allow_module_level=True)

import pywintypes
import win32file
import win32security

from kiosk.config import windows_acl


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


def test_what_another_account_has_laid_in_the_way_of_the_lock_is_put_aside(computer: Path) -> None:
    laid = computer / ".library-card-kiosk.setup"
    laid.mkdir()
    (laid / "theirs").touch()
    assert main(["setup", "--machine"]) == 0
    assert [path.name for path in computer.glob(".library-card-kiosk.setup*/*")] == ["theirs"]
    assert not laid.exists()


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
