"""Resource limits (memory, open files, file sizes, name lengths) are reported as such, and nothing else is blamed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.config import Home
from kiosk.text import say
from kiosk.ui.qt_diagnosis import cannot_be_loaded
from tests.support.commands.call import Call

pytestmark = pytest.mark.linux("resource limits")
SECONDS = 40


def limited(home: Home, limit: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`kiosk` under one limit of the shell's `ulimit`."""
    program = ["sh", "-c", f'ulimit {limit}; exec "$@"', "-", sys.executable, "-m", "kiosk", "--home", str(home.folder), *arguments]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(program, capture_output=True, text=True, timeout=SECONDS, env=environment, check=False)


@pytest.mark.parametrize("kilobytes", [60_000, 400_000, 1_000_000])
def test_too_little_memory_is_told_as_such(linked: Home, kilobytes: int) -> None:
    said = limited(linked, f"-v {kilobytes}", "run")
    assert said.returncode == 1
    assert "メモリー" in said.stderr
    assert "ulimit -v" in said.stderr
    assert "がありません。Debian" not in said.stderr
    assert "プログラムに問題" not in said.stderr


@pytest.mark.parametrize("files", [8, 12, 32])
def test_too_few_open_files_are_told_as_such(linked: Home, files: int) -> None:
    said = limited(linked, f"-n {files}", "run")
    assert said.returncode == 1
    assert "ulimit -n" in said.stderr
    assert str(Path(__file__).parents[2] / "kiosk") not in said.stderr


def test_a_limit_of_sizes_is_not_blamed_on_the_stick(linked: Home, tmp_path: Path) -> None:
    said = limited(linked, "-f 80", "recovery", "backup", str(tmp_path / "stick"))
    assert said.returncode == 1
    assert say("command.why.file.limited") in said.stderr
    assert "FAT32" not in said.stderr


def test_a_name_that_is_too_long_is_told_as_such(kiosk: Call, tmp_path: Path) -> None:
    far = tmp_path.joinpath(*[f"{number}{'窓' * 60}" for number in range(3)])
    for arguments in (["--home", str(far), "doctor"], ["--home", str(far), "recovery", "sheet"], ["recovery", "backup", str(far)]):
        said = kiosk(*arguments)
        assert said.code == 1
        assert say("command.why.file.too-long") in said.err
    assert not far.exists()
    for arguments in (["trust", "add", "x" * 300], ["recovery", "restore", "--sheet", "x" * 300]):
        assert say("command.why.file.too-long") in kiosk(*arguments).err


def test_a_link_that_leads_to_itself_leads_nowhere(kiosk: Call, home: Home) -> None:
    home.config.unlink()
    home.config.symlink_to(home.config)
    for arguments in (["config", "check"], ["run"], ["doctor"]):
        said = kiosk(*arguments)
        assert said.code != 0
        assert say("command.why.file.leads-nowhere") in said.out + said.err


@pytest.mark.parametrize(
    ("loader", "reason"),
    [
        ("libicudata.so.73: failed to map segment from shared object", "memory"),
        ("libQt6Gui.so.6: cannot allocate memory: Cannot allocate memory", "memory"),
        ("libQt6Gui.so.6: cannot open shared object file: Too many open files", "open-files"),
        ("libEGL.so.1: cannot open shared object file: No such file or directory", "library"),
        ("libEGL.so.1: cannot open shared object file: Permission denied", "broken"),
        ("libEGL.so.1: invalid ELF header", "broken"),
    ],
)
def test_only_a_library_that_is_not_there_is_called_missing(loader: str, reason: str) -> None:
    assert cannot_be_loaded(ImportError(loader)).params["reason"] == reason
