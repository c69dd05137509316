"""tools/part ends what runs for too long, says where everything stood, and how long it took; tools/again runs what failed once more."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT
from tests.support.wait import wait_for_end, wait_until

pytestmark = pytest.mark.linux("bash")

OUTSIDE = {name: value for name, value in os.environ.items() if name not in {"FAILED_ONCE", "PART", "PART_TIMES", "PARTS_END"}}
"""As if these tests were not themselves a part of a run for CI."""
WAITS_FOR_EVER = """
import faulthandler, os, pathlib, signal, subprocess, sys
faulthandler.enable()
here = pathlib.Path(sys.argv[1])
def in_child():
    (here / str(os.getpid())).touch()
    signal.pause()
def in_parent():
    # What two write to the same place at once cannot be read.
    subprocess.run([sys.executable, here / "waits.py", here, "child"], stderr=(here / "stacks").open("w"))
in_child() if len(sys.argv) > 2 else in_parent()
"""


def begin(name: str, limit: int, *command: str, **environment: str) -> subprocess.Popen[str]:
    to_be_read = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
        [ROOT / "tools" / "part", name, str(limit), *command], env=OUTSIDE | environment, stdin=subprocess.DEVNULL, **to_be_read
    )


def end(begun: subprocess.Popen[str]) -> tuple[int, str, str]:
    with begun:
        try:
            out, error = begun.communicate(timeout=60)
        finally:
            begun.kill()
    return begun.returncode, out, error


@pytest.fixture
def waits_for_ever(tmp_path: Path) -> tuple[str, ...]:
    """A command whose child waits, too, and then says which process it is."""
    (tmp_path / "waits.py").write_text(WAITS_FOR_EVER, "utf-8")
    return sys.executable, str(tmp_path / "waits.py"), str(tmp_path)


def child(folder: Path) -> int:
    def named() -> list[int]:
        return [int(path.name) for path in folder.iterdir() if path.name.isdigit()]

    wait_until(named, "the child", 40)
    return named()[0]


def test_what_ends_in_time_is_left_alone_and_its_time_is_kept(tmp_path: Path) -> None:
    times = tmp_path / "times"
    for code, name in ((0, "one"), (3, "another")):
        assert end(begin(name, 50, "bash", "-c", f"echo heard; exit {code}", PART_TIMES=str(times))) == (code, "heard\n", "")
    assert re.fullmatch(r"one\t\d+\nanother \(failed\)\t\d+\n", times.read_text("utf-8"))


def test_what_takes_too_long_ends_with_the_stacks_of_all_its_processes(waits_for_ever: tuple[str, ...], tmp_path: Path) -> None:
    begun = begin("slow", 5, *waits_for_ever)
    process = child(tmp_path)
    code, _, error = end(begun)
    assert code == 124
    wait_for_end(process)
    assert " in in_child\n" in (tmp_path / "stacks").read_text("utf-8")
    assert " in in_parent\n" in error
    assert error.endswith("slow: ended after its limit of 5 s.\n")


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_whoever_stops_it_stops_what_it_has_started(waits_for_ever: tuple[str, ...], tmp_path: Path, sign: signal.Signals) -> None:
    begun = begin("stopped", 50, *waits_for_ever)
    process = child(tmp_path)
    begun.send_signal(sign)
    assert end(begun)[0] == 128 + sign
    wait_for_end(process)


def test_no_part_lasts_longer_than_the_whole() -> None:
    code, out, error = end(begin("late", 50, "echo", "begun", PARTS_END="1"))
    assert (code, out, error) == (124, "", "late: no time is left for it.\n")


FAILS_ONCE = """
import pathlib, pytest
@pytest.mark.parametrize("name", {names})
def test_it(name):
    here = pathlib.Path(__file__).with_name(name)
    was_here = here.exists()
    here.touch()
    assert was_here and "never" not in name
def test_that_passes():
    assert not pathlib.Path(__file__).with_name("passed").touch()
"""


@pytest.mark.parametrize(
    ("names", "code", "told"),
    [
        (["a", "b", "c"], 0, ["a", "b", "c"]),
        (["a", "never"], 1, []),
        (["a", "b", "c", "d"], 1, []),
    ],
)
def test_ci_runs_what_failed_once_more_and_says_so(names: list[str], code: int, told: list[str], tmp_path: Path) -> None:
    (tmp_path / "test_busy.py").write_text(FAILS_ONCE.replace("{names}", repr(names)), "utf-8")
    failed_once = tmp_path / "failed_once"
    failed_once.touch()
    assert run_tests(tmp_path, FAILED_ONCE=str(failed_once)) == code
    assert sorted(failed_once.read_text("utf-8").splitlines()) == [f"test_busy.py::test_it[{name}]" for name in told]


def test_for_who_works_here_what_failed_has_failed(tmp_path: Path) -> None:
    (tmp_path / "test_busy.py").write_text(FAILS_ONCE.replace("{names}", "['a']"), "utf-8")
    assert run_tests(tmp_path) == 1


def run_tests(folder: Path, **environment: str) -> int:
    plain = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [str(ROOT / "tools" / "again"), sys.executable, "-m", "pytest", "-q", "-p", "xdist", "-n", "1"]
    return subprocess.run(
        command, cwd=folder, env=OUTSIDE | plain | environment, stdin=subprocess.DEVNULL, timeout=100, check=False
    ).returncode
