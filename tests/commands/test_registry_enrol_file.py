"""kiosk registry enrol NAME --file FILE: a code for a computer at which nobody sits."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.commands.output import words
from kiosk.config.registry_home import RegistryHome
from kiosk.domain.enrolment_file import EnrolmentFile
from tests.support.commands.call import Call


def test_the_code_is_in_the_file_and_nowhere_else(registry: Call, begun: RegistryHome, tmp_path: Path) -> None:
    path = tmp_path / "PC01.enrolment"
    said = registry("enrol", "desk-1", "--file", str(path), "--hours", "24")
    assert said.code == 0, said.err
    file = EnrolmentFile.parse(path.read_text("utf-8"))
    assert (file.name, file.address) == ("desk-1", "https://127.0.0.1:8443")
    assert timedelta(hours=23) < file.until - datetime.now(UTC) <= timedelta(hours=24)
    assert str(path) in said.out
    assert not any(group in said.out + said.err for group in file.code.formatted().split("-")[:-1])
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_is_there_is_left_and_the_code_of_before_serves_on(registry: Call, begun: RegistryHome, tmp_path: Path) -> None:
    path = tmp_path / "PC01.enrolment"
    path.write_text("somebody's", "utf-8")
    said = registry("enrol", "desk-1", "--file", str(path))
    assert (said.code, said.err.strip()) == (1, words("registry.enrol.file-there", file=str(path)))
    assert path.read_text("utf-8") == "somebody's"
    assert "desk-1" not in registry("counters").out


def test_no_code_is_made_for_a_file_that_cannot_be_written(registry: Call, begun: RegistryHome, tmp_path: Path) -> None:
    said = registry("enrol", "desk-1", "--file", str(tmp_path / "nowhere" / "PC01.enrolment"))
    assert said.code == 1
    assert words("registry.enrol.file-place", place=str(begun.folder / "PC01.enrolment")) in said.err
    assert "desk-1" not in registry("counters").out


@pytest.mark.parametrize("hours", ["0", "169", "x", "-1"])
def test_a_code_that_would_serve_for_ever_is_refused(registry: Call, begun: RegistryHome, tmp_path: Path, hours: str) -> None:
    assert registry("enrol", "desk-1", "--file", str(tmp_path / "a"), f"--hours={hours}").code == 2


def test_a_code_on_the_screen_serves_fifteen_minutes(registry: Call, begun: RegistryHome) -> None:
    said = registry("enrol", "desk-1", "--hours", "24")
    assert (said.code, said.err.strip()) == (2, words("registry.enrol.hours-of-file"))
