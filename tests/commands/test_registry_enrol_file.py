"""kiosk registry enrol NAME --file FILE: a code for a computer at which nobody sits."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.commands.output import words
from kiosk.commands.registry.opened import opened
from kiosk.config.registry_home import RegistryHome
from kiosk.domain.counter_secret import fresh_secret
from kiosk.domain.enrolment_file import EnrolmentFile
from kiosk.text import say
from tests.support import ROOT
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


@pytest.mark.linux("mounts a full disk")
def test_on_a_full_disk_the_code_of_before_serves_on(registry: Call, begun: RegistryHome, tmp_path: Path) -> None:
    before, small = tmp_path / "PC01.enrolment", tmp_path / "small"
    assert registry("enrol", "desk-1", "--file", str(before)).code == 0
    small.mkdir()
    full = f'mount -t tmpfs -o size=4k none {small} && head -c 9999 /dev/zero >{small}/all 2>/dev/null; exec "$@"'
    enrol = (
        sys.executable,
        "-m",
        "kiosk",
        "registry",
        "enrol",
        "desk-1",
        "--home",
        str(begun.folder),
        "--file",
        str(small / "PC01.enrolment"),
    )
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c", full, "sh", *enrol]
    ran = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, say("command.why.file.full") in ran.stderr) == (1, True), ran.stderr
    with opened(begun) as server:
        assert server.enrolment.enrol(EnrolmentFile.parse(before.read_text("utf-8")).code.secret, fresh_secret()).counter == "desk-1"


def test_a_file_whose_code_is_refused_does_not_stay(registry: Call, begun: RegistryHome, tmp_path: Path) -> None:
    said = registry("enrol", "desk-1", "--again", "--file", str(tmp_path / "PC01.enrolment"))
    assert (said.code, list(tmp_path.glob("*.enrolment"))) == (1, [])


@pytest.mark.parametrize("hours", ["0", "169", "x", "-1"])
def test_a_code_that_would_serve_for_ever_is_refused(registry: Call, begun: RegistryHome, tmp_path: Path, hours: str) -> None:
    assert registry("enrol", "desk-1", "--file", str(tmp_path / "a"), f"--hours={hours}").code == 2


def test_a_code_on_the_screen_serves_fifteen_minutes(registry: Call, begun: RegistryHome) -> None:
    said = registry("enrol", "desk-1", "--hours", "24")
    assert (said.code, said.err.strip()) == (2, words("registry.enrol.hours-of-file"))


def test_one_file_for_many(registry: Call, begun: RegistryHome, tmp_path: Path) -> None:
    path = tmp_path / "kiosk.enrolment"
    said = registry("enrol", "desk", "--many", "3", "--hours", "24", "--file", str(path))
    assert said.code == 0, said.err
    file = EnrolmentFile.parse(path.read_text("utf-8"))
    assert (file.name, file.uses) == ("desk", 3)
    assert "desk-…" in registry("counters").out
    with opened(begun) as server:
        assert [server.enrolment.enrol(file.code.secret, fresh_secret()).counter for _ in range(2)] == ["desk-1", "desk-2"]
    assert registry("enrol", "desk", "--withdraw").out.strip() == words("registry.enrol.withdrawn", name="desk", count=1)
    again = registry("enrol", "desk", "--withdraw")
    assert (again.code, again.err.strip()) == (1, words("registry.enrol.nothing-withdrawn", name="desk"))
    assert "desk-…" not in registry("counters").out


@pytest.mark.parametrize("ends", [("revoke", "desk-1", "--yes"), ("retire", "desk-1")])
def test_whoever_shuts_out_one_of_many_is_told_that_their_file_is_void(
    registry: Call, begun: RegistryHome, tmp_path: Path, ends: tuple[str, ...]
) -> None:
    path = tmp_path / "kiosk.enrolment"
    assert registry("enrol", "desk", "--many", "3", "--file", str(path)).code == 0
    with opened(begun) as server:
        assert server.enrolment.enrol(EnrolmentFile.parse(path.read_text("utf-8")).code.secret, fresh_secret()).counter == "desk-1"
    said = registry(*ends)
    assert (said.code, words("registry.ending.code-withdrawn", name="desk", count=2) in said.out) == (0, True)
    assert "desk-…" not in registry("counters").out


def test_a_name_that_a_file_for_many_gives_away_has_no_code_of_its_own(registry: Call, begun: RegistryHome, tmp_path: Path) -> None:
    """Or their file would serve on, when staff were told that it does not."""
    assert registry("enrol", "desk", "--many", "3", "--file", str(tmp_path / "kiosk.enrolment")).code == 0
    for options in (["--withdraw"], [], ["--file", str(tmp_path / "one.enrolment")]):
        said = registry("enrol", "desk-2", *options)
        assert (said.code, said.out, said.err.strip()) == (1, "", words("registry.enrol.of-many", name="desk-2", of="desk"))
    with opened(begun) as server:
        assert [code.uses for code in server.enrolment.open_codes()] == [3]
        assert server.enrolment.withdraw("desk-2") == 0
    assert not (tmp_path / "one.enrolment").exists()


@pytest.mark.parametrize("options", [["--again"], ["--file", "x"], ["--file", "x", "--many", "3"], ["--hours", "3"]])
def test_withdrawing_makes_nothing(registry: Call, begun: RegistryHome, options: list[str]) -> None:
    said = registry("enrol", "desk", "--withdraw", *options)
    assert (said.code, said.err.strip()) == (2, words("registry.enrol.withdraw-alone"))


@pytest.mark.parametrize(
    "options",
    [("--many", "3"), ("--many", "3", "--again", "--file", "x"), ("--many", "1", "--file", "x"), ("--many", "501", "--file", "x")],
)
def test_one_code_for_many_stands_in_a_file_and_is_for_new_ones(registry: Call, begun: RegistryHome, options: tuple[str, ...]) -> None:
    assert registry("enrol", "desk", *options).code == 2
    assert not Path("x").exists()
