"""A crash of the interpreter is written down, by the process that crashed and of no other."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kiosk import log

SECRET = "9A7794E9AGCIEG13221003A"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(log.__file__).parents[1])}
BEGIN = """
import faulthandler, os, subprocess, sys
from pathlib import Path
from kiosk import log
from kiosk.config import LogSettings
log_here = lambda: log.kept_in(Path("."), LogSettings(days=2))
"""
CRASH = f"""{BEGIN}
def work(secret):
    faulthandler._sigsegv()
with log_here():
    work("{SECRET}")
"""
CRASH_OF_ANOTHER = f"""{BEGIN}
with log_here():
    subprocess.run([sys.executable, "-c", {CRASH!r}], stderr=subprocess.DEVNULL)
"""
HANDLED = f"""{BEGIN}
with log_here():
    if sys.platform == "win32":
        import ctypes
        try:
            ctypes.WinDLL("kernel32").RaiseException(0x8001010D, 0, 0, None)
        except OSError:
            print("handled")
    else:  # Only Windows tells of those: the entry stands for it.
        with next(Path(".").glob("*crash*")).open("a") as file:
            file.write("Windows fatal exception: code 0x8001010d")
    print(any(path.stat().st_size for path in Path(".").glob("*crash*")))
"""
KILLED = f"""{BEGIN}
with log_here():
    print("running", flush=True)
    sys.stdin.read()
    os._exit(1)
"""


def run(folder: Path, program: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, timeout=60, env=ENVIRONMENT, check=False)


def crashes(folder: Path) -> list[str]:
    return [path.read_text("utf-8") for path in folder.glob("*crash*")]


def test_a_crash_is_written_with_functions_and_no_values(tmp_path: Path) -> None:
    assert run(tmp_path, CRASH).returncode not in (0, 1)
    (crash,) = crashes(tmp_path)
    assert "in work" in crash
    assert SECRET not in crash


def test_who_ends_in_order_leaves_the_crash_of_another_alone(tmp_path: Path) -> None:
    assert run(tmp_path, CRASH_OF_ANOTHER).returncode == 0
    (crash,) = crashes(tmp_path)
    assert "in work" in crash
    assert "no crash" not in crash


def test_exceptions_that_were_handled_are_no_crash(tmp_path: Path) -> None:
    """Windows tells faulthandler of each one first."""
    done = run(tmp_path, HANDLED)
    assert (done.returncode, done.stdout.split()[-1:]) == (0, [b"True"])
    assert crashes(tmp_path) == []


def test_what_a_killed_process_left_is_removed_but_not_what_a_running_one_has_open(tmp_path: Path) -> None:
    running = subprocess.Popen([sys.executable, "-c", KILLED], cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRONMENT)
    assert running.stdin is not None
    assert running.stdout is not None
    try:
        running.stdout.readline()
        run(tmp_path, BEGIN + "with log_here(): pass")
        assert crashes(tmp_path) == [""]
    finally:
        running.communicate(timeout=60)
    assert crashes(tmp_path) == [""]
    run(tmp_path, BEGIN + "with log_here(): pass")
    assert crashes(tmp_path) == []


@pytest.mark.parametrize(("days", "left"), [(1, 1), (3, 0)])
def test_a_crash_is_kept_as_long_as_the_log(tmp_path: Path, days: int, left: int) -> None:
    run(tmp_path, CRASH)
    (crash,) = tmp_path.glob("*crash*")
    then = time.time() - days * 24 * 3600
    os.utime(crash, (then, then))
    run(tmp_path, BEGIN + "with log_here(): pass")
    assert len(crashes(tmp_path)) == left
