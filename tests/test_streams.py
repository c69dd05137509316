"""Standard streams that are not there, are closed at the other end, or lack characters: every command ends as it would otherwise."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from kiosk.commands.open_store import opened
from kiosk.config import Home, read_settings
from kiosk.domain.model import LibraryCardNumber, Revocation
from kiosk.text import say
from tests.support import ROOT
from tests.support.store.enrolled import CARD_A

LIMIT = 60
NAMES = "①髙﨑彅𠮷"
CLOSED = """
import os, sys
for number in map(int, sys.argv[1].split()):
    os.close(number)
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""
COMMANDS = {
    "--help": 0,
    "config check": 0,
    "audit list": 0,
    "trust list": 0,
    "recovery sheet": 0,
    "doctor --scan": 1,
    "links unlink 2104067853": 2,
}
"""And how each ends where nobody is at a keyboard."""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    place = Home(tmp_path / NAMES)
    place.prepare()
    keys = tmp_path / "keys"
    place.config.write_text(f"[card]\nrevocation = 'none'\n[keys]\nplace = 'file'\nfolder = '{keys}'\n", encoding="utf-8")
    return place


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", **more}


def words(home: Home, command: str) -> list[str]:
    return ["-m", "kiosk", "--home", str(home.folder), *command.split()]


def usual(home: Home, command: str, **how: Any) -> subprocess.CompletedProcess[bytes]:
    options = {"stdin": subprocess.DEVNULL, "capture_output": True, "timeout": LIMIT, "check": False, "env": environment(), **how}
    return subprocess.run([sys.executable, *words(home, command)], **options)


def without_console(home: Home, command: str) -> int:
    """The exit code of the command as an icon starts it: without any standard stream."""
    if sys.platform == "win32":
        python = Path(sys.executable).with_name("pythonw.exe")
        child = subprocess.Popen([python, *words(home, command)], creationflags=subprocess.DETACHED_PROCESS, env=environment())
    else:
        child = subprocess.Popen([sys.executable, "-c", CLOSED, "0 1 2", *words(home, command)], env=environment())
    return child.wait(LIMIT)


def unread(home: Home, command: str, buffered: str) -> tuple[int, str]:
    """Exit code and standard error of a command whose output nobody reads."""
    child = subprocess.Popen(
        [sys.executable, *words(home, command)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(PYTHONUNBUFFERED=buffered),
    )
    assert child.stdout is not None
    assert child.stderr is not None
    child.stdout.close()
    with child.stderr:
        err = child.stderr.read()
    child.wait(LIMIT)
    return child.returncode, err.decode(errors="replace")


def incidents(home: Home) -> list[str]:
    file = home.logs / "commands.log"
    return re.findall("incident .*", file.read_text("utf-8")) if file.exists() else []


@pytest.mark.parametrize(("command", "expected"), COMMANDS.items())
def test_without_a_console_a_command_ends_as_with_one(home: Home, command: str, expected: int) -> None:
    assert without_console(home, command) == expected
    assert incidents(home) == []


@pytest.mark.skipif(sys.platform == "win32", reason="there a missing stream has no number")
@pytest.mark.parametrize("closed", ["0", "1", "2", "0 1 2"])
def test_no_file_gets_the_number_of_a_missing_stream(tmp_path: Path, closed: str) -> None:
    told = tmp_path / "told"
    code = f"from kiosk import streams; streams.prepare(); file = open({str(told)!r}, 'w'); file.write(str(file.fileno()))"
    subprocess.run([sys.executable, "-c", CLOSED, closed, "-c", code], env=environment(), timeout=LIMIT, check=True)
    assert int(told.read_text()) > 2


def test_a_missing_standard_input_is_nobody_at_a_terminal(tmp_path: Path) -> None:
    told = tmp_path / "told"
    code = (
        "import sys; sys.stdin = None; from kiosk import streams; streams.prepare();"
        f"open({str(told)!r}, 'w').write(repr((sys.stdin.isatty(), sys.stdin.readline())))"
    )
    subprocess.run([sys.executable, "-c", code], env=environment(), timeout=LIMIT, check=True)
    assert told.read_text() == "(False, '')"


def test_a_second_command_of_the_same_process_finds_streams_that_were_used() -> None:
    once = "streams.prepare(); print(sys.stdin.readline())"
    code = f"import sys; from kiosk import streams; {once}; {once}"
    ran = subprocess.run([sys.executable, "-c", code], input=b"1\n2\n", env=environment(), capture_output=True, timeout=LIMIT, check=True)
    assert ran.stdout.split() == [b"1", b"2"]


@pytest.mark.parametrize("buffered", ["", "1"], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("command", ["--help", "config show-default", "audit list"])
def test_whoever_has_read_enough_ends_it_quietly(home: Home, command: str, buffered: str) -> None:
    assert unread(home, command, buffered) == (1, "")
    assert incidents(home) == []


@pytest.mark.parametrize("buffered", ["", "1"], ids=["buffered", "unbuffered"])
def test_what_is_done_stands_though_nobody_reads_of_it(home: Home, tmp_path: Path, buffered: str) -> None:
    """A script that heard of a failure would do it once more."""
    number = LibraryCardNumber("2104067853")
    repository, _ = opened(home, read_settings(home.config))
    with repository:
        repository.save_link(uuid4(), CARD_A, number, revocation=Revocation.GOOD)
    assert unread(home, "links unlink 2104067853 --reason lost", buffered) == (0, "")
    repository, _ = opened(home, read_settings(home.config))
    with repository:
        assert repository.find_by_number(number) is None
    assert unread(home, f"recovery backup {tmp_path / 'backup'}", buffered) == (0, "")
    assert len(list((tmp_path / "backup").glob("*.db"))) == 1
    assert incidents(home) == []


@pytest.mark.linux("/dev/full")
@pytest.mark.parametrize("command", ["--help", "config show-default"])
def test_a_disk_that_is_full_behind_the_output_is_said(home: Home, command: str) -> None:
    with open("/dev/full", "w") as full:
        child = subprocess.Popen([sys.executable, *words(home, command)], stdout=full, stderr=subprocess.PIPE, env=environment())
    _, err = child.communicate(timeout=LIMIT)
    assert child.returncode == 1
    assert say("command.why.file.full") in err.decode()


def test_problems_that_nobody_reads_end_it_quietly_too(home: Home) -> None:
    home.config.write_text("", encoding="utf-8")
    child = subprocess.Popen(
        [sys.executable, *words(home, "stats")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    assert child.stderr is not None
    child.stderr.close()
    assert child.wait(LIMIT) == 1
    assert incidents(home) == []


@pytest.mark.parametrize(("encoding", "shown"), [("cp932", "①髙﨑彅?"), ("cp65001", NAMES), ("cp437", "?????"), ("ascii", "?????")])
def test_what_a_code_page_lacks_becomes_a_question_mark(home: Home, encoding: str, shown: str) -> None:
    said = usual(home, "config check", env=environment(PYTHONIOENCODING=encoding))
    assert (said.returncode, said.stderr) == (0, b"")
    assert f"{os.sep}{shown}{os.sep}config.toml" in said.stdout.decode(encoding)


@pytest.mark.parametrize(
    ("command", "encoding"),
    [
        ("--help", "cp932"),
        ("--help", "cp65001"),
        ("--help", "cp437"),
        ("trust --help", "cp932"),
        ("config show-default", "ascii"),
        ("config show-default", "cp932"),
        ("no-such-command", "ascii"),
    ],
)
def test_every_help_and_complaint_goes_through_every_code_page(home: Home, command: str, encoding: str) -> None:
    said = usual(home, command, env=environment(PYTHONIOENCODING=encoding))
    assert said.returncode == (2 if command == "no-such-command" else 0)
    told = (said.stdout + said.stderr).decode(encoding)
    assert len(told) > 100
    assert "Error" not in told


def test_what_is_typed_in_another_code_page_is_no_bug(home: Home) -> None:
    said = usual(home, "doctor --scan", stdin=None, input=b"\x81\xff\xfe\n", env=environment(PYTHONIOENCODING="utf-8"))
    assert b"Error" not in said.stderr
    assert said.returncode == 1
    assert incidents(home) == []


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_a_file_of_json_loses_no_character(home: Home, encoding: str) -> None:
    said = usual(home, "doctor --json", env=environment(PYTHONIOENCODING=encoding)).stdout.decode(encoding)
    assert NAMES in str(json.loads(said))
    assert (NAMES in said) is (encoding == "utf-8")


@pytest.mark.parametrize("page", ["cp20932", "cp51932", "cp10001"])
def test_a_code_page_that_python_lacks_is_passed_over(page: str) -> None:
    """What a console of Windows may be set to; elsewhere nobody asks for it."""
    code = f"import os, sys; os.device_encoding = lambda number: {page!r}; from kiosk.__main__ import main; sys.exit(main(['--help']))"
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, timeout=LIMIT, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout


def test_streams_that_cannot_be_made_whole_are_told_like_any_failure() -> None:
    code = "import os, sys; sys.stdin = None; os.devnull = '/no/such/device'; from kiosk.__main__ import main; sys.exit(main(['--help']))"
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, timeout=LIMIT, check=False)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert b"FileNotFoundError" in done.stderr
