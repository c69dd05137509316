"""What the lists of a computer's counter with Windows admit, as far as `kiosk setup` and `doctor` tell it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from kiosk.__main__ import main
from kiosk.checks.files import check_files
from kiosk.commands.output import words
from kiosk.config import default_home, read_settings

if os.name != "nt":
    pytest.skip("access control lists of Windows", allow_module_level=True)

import win32file
import win32security

from tests.support.commands.computer_of_windows import begun, computer

__all__ = ["computer"]


def test_without_a_group_all_who_sign_in_read_the_keys_and_that_is_said(
    computer: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["setup", "--machine"]) == 0
    assert words("setup.everyone-reads") in capsys.readouterr().out
    begun(default_home())
    # Wine makes modes of lists, and shows Everyone in each: what the lists made here admit is tested apart.
    monkeypatch.setattr(win32security, "GetNamedSecurityInfo", lambda *asked: described("O:BAD:P(A;OICI;FA;;;SY)"))
    home = default_home()
    assert check_files(home, read_settings(home.config)).outcome == "files.signed-in"


def test_a_second_run_finds_the_lists_it_has_set_and_changes_nothing(
    computer: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With lists kept as they were set, which Wine does not: it makes modes of them, and each run sets them anew."""
    kept: dict[Any, Any] = {}
    asked, set_it = win32security.GetSecurityInfo, win32security.SetSecurityInfo

    def keep(handle: int, kind: int, what: int, owner: Any, group: Any, listed: Any, audit: Any) -> None:
        if listed is not None:
            kept[win32file.GetFileInformationByHandle(handle)[-1]] = listed
        set_it(handle, kind, what, owner, group, listed, audit)

    def tell(handle: int, *kinds: int) -> Any:
        found = asked(handle, *kinds)
        if (listed := kept.get(win32file.GetFileInformationByHandle(handle)[-1])) is not None:
            found.SetSecurityDescriptorDacl(True, listed, False)
        return found

    monkeypatch.setattr(win32security, "SetSecurityInfo", keep)
    monkeypatch.setattr(win32security, "GetSecurityInfo", tell)
    for options in ((), ("--group", "Power Users")):
        assert main(["setup", "--machine", *options]) == 0
        assert words("setup.unchanged", folder="", keys="").splitlines()[0] not in capsys.readouterr().out
        for again in ((), options):
            assert main(["setup", "--machine", *again]) == 0
            assert words("setup.unchanged", folder="", keys="").splitlines()[0] in capsys.readouterr().out


def described(listed: str) -> Any:
    return win32security.ConvertStringSecurityDescriptorToSecurityDescriptor(listed, 1)
