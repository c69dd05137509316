"""Mass installation on Windows: what `kiosk setup --machine` takes over there, in %ProgramData%."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.__main__ import main
from kiosk.commands.output import words
from kiosk.config import Home, read_settings
from kiosk.config.machine_place import machine_folder, machine_keys_folder
from kiosk.domain.access_list import ADMINISTRATORS, OWNER_RIGHTS, SYSTEM
from kiosk.domain.enrolment_code import EnrolmentCode
from kiosk.domain.enrolment_file import EnrolmentFile
from kiosk.equipment import open_repository
from tests.support.commands.program_data import put_program_data

if os.name != "nt":
    pytest.skip("%ProgramData%", allow_module_level=True)

import win32file
import win32security

CONFIG = '\ufeff[card]\r\nrevocation = "none"\r\n'
"""As Notepad saves it."""


@pytest.fixture
def share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    put_program_data(tmp_path / "all", monkeypatch)
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "own"))
    monkeypatch.delenv("KIOSK_HOME", raising=False)
    place = tmp_path / "共有"
    place.mkdir()
    (place / "kiosk.toml").write_text(CONFIG, "utf-8", newline="")
    # Where nobody answers.
    file = EnrolmentFile("https://127.0.0.1:1", "中央館1番", EnrolmentCode.fresh(b"authority"), datetime.now(UTC) + timedelta(hours=1))
    (place / "PC01.enrolment").write_text(file.formatted(explained="説明"), "utf-8")
    return place


def test_what_lies_beside_the_installer_is_taken_over(share: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = ("--config", str(share / "kiosk.toml"), "--enrolment", str(share / "PC01.enrolment"))
    assert main(["setup", "--machine", *both]) == 1
    home = Home(machine_folder())
    assert home.config.read_bytes() == CONFIG.encode()
    said = capsys.readouterr().err
    assert words("setup.enrolment-kept").partition("{")[0] in said
    copy = machine_keys_folder() / "enrolment.toml"
    before = home.config.stat().st_mtime_ns
    # As the start-up script of a group policy does, until the server is there.
    assert (main(["setup", "--machine"]), copy.exists()) == (1, True)
    assert (main(["setup", "--machine", *both[:2]]), home.config.stat().st_mtime_ns) == (1, before)


def test_of_the_computers_counter_nothing_is_left(share: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["setup", "--machine", "--config", str(share / "kiosk.toml"), "--enrolment", str(share / "PC01.enrolment")])
    with open_repository(Home(machine_folder()), read_settings(Home(machine_folder()).config))[0] as store:
        assert store.count_links() == 0
    copy = machine_keys_folder() / "enrolment.toml"
    copy.unlink()
    (copy / "laid by a member").mkdir(parents=True)
    (copy.parent / ".enrolment.toml.0a1b2c3d").write_text("a draft", "utf-8")
    assert main(["erase", "--yes"]) == 0, capsys.readouterr().err
    assert list(machine_folder().parent.iterdir()) == []
    # What a set-up has left is no erasure that was cut off; the mark of one is, and not taken for the account's own counter.
    machine_folder().with_name(".library-card-kiosk.setup").touch()
    assert main(["erase", "--yes"]) == 0
    assert words("erase.none").partition("{")[0] in capsys.readouterr().out
    machine_keys_folder().mkdir()
    machine_folder().with_name(".library-card-kiosk.erasing").touch()
    assert main(["erase", "--yes"]) == 0
    assert words("erase.finished") in capsys.readouterr().out
    assert list(machine_folder().parent.iterdir()) == []


def test_the_place_is_closed_to_members_before_anything_in_it_is_deleted(share: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python deletes by name on Windows, and a member could lay a junction under it. Wine keeps no groups: the calls are noted."""
    assert main(["setup", "--machine", "--config", str(share / "kiosk.toml")]) == 0
    admitted: dict[int, set[str]] = {}
    really_set = win32security.SetSecurityInfo

    def note(handle: int, kind: int, what: int, *parts: Any) -> None:
        really_set(handle, kind, what, *parts)
        if listed := parts[2]:
            accounts = {win32security.ConvertSidToStringSid(listed.GetAce(place)[2]) for place in range(listed.GetAceCount())}
            admitted[win32file.GetFileInformationByHandle(handle)[-1]] = accounts

    monkeypatch.setattr(win32security, "SetSecurityInfo", note)
    held = Home(machine_folder()).logs / "held.log"
    held.parent.mkdir(exist_ok=True)
    with held.open("w"):  # the first deletion stops there
        places = [place.stat().st_ino & 0xFFFFFFFF for place in (machine_folder(), machine_keys_folder(), held)]
        assert main(["erase", "--yes"]) == 1
    for place in places:
        assert admitted[place] == {SYSTEM, ADMINISTRATORS, OWNER_RIGHTS}
    assert main(["erase", "--yes"]) == 0
    assert list(machine_folder().parent.iterdir()) == []


def test_what_a_member_has_given_a_second_name_does_not_stop_it(share: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["setup", "--machine", "--config", str(share / "kiosk.toml")]) == 0
    home = Home(machine_folder())
    first, second = home.data / "a", home.data / "b"
    first.write_text("of a member", "utf-8")
    os.link(first, second)
    with second.open():
        assert main(["erase", "--yes"]) == 1
    said = capsys.readouterr().err
    assert (words("erase.closed") in said, words("why.file.held") in said, home.config.exists()) == (True, True, True)
    assert main(["setup", "--machine"]) == 0
    assert main(["erase", "--yes"]) == 0
    assert list(machine_folder().parent.iterdir()) == []


def test_a_config_of_a_newer_version_makes_nothing(share: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (share / "kiosk.toml").write_text(f"{CONFIG}\n[hologram]\non = true\n", "utf-8", newline="")
    assert main(["setup", "--machine", "--config", str(share / "kiosk.toml")]) == 2
    assert words("setup.config-newer").partition("{")[0] in capsys.readouterr().err
    assert not machine_folder().exists()
