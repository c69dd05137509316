"""Mass installation on Windows: what `kiosk setup --machine` takes over there, in %ProgramData%."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.__main__ import main
from kiosk.commands.output import words
from kiosk.config import Home, read_settings
from kiosk.config.machine_place import machine_folder, machine_keys_folder
from kiosk.domain.enrolment_code import EnrolmentCode
from kiosk.domain.enrolment_file import EnrolmentFile
from kiosk.equipment import open_repository
from tests.support.commands.program_data import put_program_data

if os.name != "nt":
    pytest.skip("%ProgramData%", allow_module_level=True)

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
    # What is left beside a home that has gone is finished, and not taken for the account's own.
    machine_keys_folder().mkdir()
    assert main(["erase", "--yes"]) == 0
    assert words("erase.finished") in capsys.readouterr().out
    assert list(machine_folder().parent.iterdir()) == []


def test_a_config_of_a_newer_version_makes_nothing(share: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (share / "kiosk.toml").write_text(f"{CONFIG}\n[hologram]\non = true\n", "utf-8", newline="")
    assert main(["setup", "--machine", "--config", str(share / "kiosk.toml")]) == 2
    assert words("setup.config-newer").partition("{")[0] in capsys.readouterr().err
    assert not machine_folder().exists()
