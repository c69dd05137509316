"""`kiosk keep`: the counter is back after a crash, goes with its parent, and is not back once it was closed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path

import pytest

from kiosk import crashes
from kiosk.config import Home
from kiosk.domain.errors import Code, Unavailable
from kiosk.ledger.running_lock import RunningLock
from kiosk.orderly_end import told_by
from kiosk.text import plain_refusal, say
from tests.support import ROOT
from tests.support.wait import LIMIT, SOON, wait_until

FOREIGN = r"C:\windows\system32\hostname.exe" if sys.platform == "win32" else "/bin/false"
"""A program that ends at once, and not as ours."""
KEEP_FOREIGN = f"import sys; sys.executable = {FOREIGN!r}; from kiosk.__main__ import main; sys.exit(main(['keep']))"
CRASHED = say("command.keep.crashed").partition("(")[0]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    place = Home(tmp_path / "home")
    place.prepare()
    keys = (tmp_path / "keys").as_posix()
    place.config.write_text(f'[card]\nrevocation = "none"\n[display]\nsingle = true\n[keys]\nplace = "file"\nfolder = "{keys}"\n', "utf-8")
    return place


@contextmanager
def started(*arguments: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DBUS_SESSION_BUS_ADDRESS": "disabled:",
        "QT_QPA_PLATFORM": "offscreen",
        "DISPLAY": "",
        "PYTHONIOENCODING": "utf-8",
        **more,
    }
    command, pipe = [sys.executable, *arguments], subprocess.PIPE
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stderr=pipe, encoding="utf-8", errors="replace", cwd=ROOT, env=environment
    ) as program:
        try:
            yield program
        finally:
            program.kill()


def kept(home: Home) -> tuple[str, ...]:
    return "-m", "kiosk", "keep", "--home", str(home.folder)


def counter_of(home: Home) -> int | None:
    """The process whose crashes are logged: the counter's, since it has begun."""
    # A counter that was killed leaves its file for the next one to delete.
    found = sorted(home.logs.glob("kiosk-crash-*.log"), key=lambda path: path.name)
    return int(found[-1].stem.rpartition("-")[2]) if found else None


def kill(process: int) -> None:
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/F", "/PID", str(process)], check=True, capture_output=True, timeout=30)
    else:
        os.kill(process, signal.SIGKILL)


def is_free(home: Home) -> bool:
    """Whether no counter runs there."""
    with suppress(Unavailable), RunningLock(home.lock):
        return True
    return False


def runs(home: Home) -> bool:
    """Whether a counter has opened its store there. Without touching the lock, which would look like another counter."""
    return home.store.with_name(f"{home.store.name}-wal").exists() and counter_of(home) is not None


def log_of(home: Home) -> str:
    return (home.logs / "kiosk.log").read_text("utf-8") if (home.logs / "kiosk.log").exists() else ""


@pytest.mark.timeout(120)
def test_a_counter_that_is_killed_is_back_and_a_second_one_is_not_begun_beside_it(home: Home) -> None:
    with started(*kept(home)) as parent:
        wait_until(lambda: runs(home), "the counter", 60)
        first = counter_of(home)
        assert first is not None
        kill(first)
        begun = time.monotonic()
        wait_until(lambda: counter_of(home) not in (None, first), "the next counter", 60)
        took = time.monotonic() - begun
        wait_until(lambda: crashes.noted(home), "the note", 60)
        second = counter_of(home)
        assert took < LIMIT
        (noted,) = crashes.noted(home)
        # Wine's `taskkill` chooses 0, and Microsoft's page names no code: either is one of ours.
        assert noted.why in (("exit 0", "exit 1") if sys.platform == "win32" else ("SIGKILL",))
        assert f"incident {noted.number}" in log_of(home)
        wait_until(lambda: "started again after a crash" in log_of(home), "the counter's readers", 60)
        with started(*kept(home)) as beside:
            _, said = beside.communicate(timeout=60)
            assert beside.returncode == 1
        assert plain_refusal(Code.ALREADY_RUNNING, "staff") in said
        assert parent.poll() is None
        assert counter_of(home) == second
        end(parent, home)
    assert len(crashes.noted(home)) == 1


def end(parent: subprocess.Popen[str], home: Home) -> None:
    """In order where one can ask for it; the counter goes with its parent in any case."""
    if sys.platform == "win32":
        parent.kill()
    else:
        parent.terminate()
        assert parent.wait(LIMIT) == 0
        assert "the counter has ended" in log_of(home)
        assert not home.store.with_name(f"{home.store.name}-wal").exists()
    wait_until(lambda: is_free(home), "the end of the counter")


@pytest.mark.linux("SIGKILL")
def test_a_counter_goes_with_its_parent_even_one_that_hangs(home: Home) -> None:
    with started(*kept(home)) as parent:
        wait_until(lambda: runs(home), "the counter", 60)
        child = counter_of(home)
        assert child is not None
        os.kill(child, signal.SIGSTOP)
        parent.kill()
        wait_until(lambda: is_free(home), "the end of the counter")


@pytest.mark.linux("SIGTERM")
def test_a_counter_that_staff_have_closed_is_not_back(home: Home) -> None:
    with started(*kept(home)) as parent:
        wait_until(lambda: runs(home), "the counter", 60)
        child = counter_of(home)
        assert child is not None
        os.kill(child, signal.SIGTERM)
        assert parent.wait(LIMIT) == 0
    assert crashes.noted(home) == []


def test_what_crashes_at_its_start_is_begun_six_times_and_then_people_are_told() -> None:
    at = []
    with started("-c", KEEP_FOREIGN) as parent:
        assert parent.stderr is not None
        begun = time.monotonic()
        said = []
        for line in parent.stderr:
            at.append(time.monotonic())
            said.append(line.strip())
        assert parent.wait(LIMIT) == 1
        took = time.monotonic() - begun
    heard = [line for line in said if CRASHED in line]
    assert len(heard) == 6
    assert max(later - earlier for earlier, later in pairwise(at)) < SOON
    assert took < 60
    found, following = said[-2:]
    (number,) = re.findall(r"番号 ([0-9A-F-]+)", heard[-1])
    assert "6回" in found
    assert number in found
    assert following == say("command.keep.gave-up-next")


@pytest.mark.linux("SIGTERM")
def test_it_ends_while_it_pauses() -> None:
    patient = f"import kiosk.domain.keeping; kiosk.domain.keeping.PAUSES = (0, 0, {2 * LIMIT}); {KEEP_FOREIGN}"
    with started("-c", patient) as parent:
        assert parent.stderr is not None
        for _ in range(3):
            parent.stderr.readline()
        parent.terminate()
        assert parent.wait(LIMIT) == 1


def test_it_stays_small() -> None:
    """It is there all day, and the counter waits for it."""
    ask = "import sys, kiosk.__main__, kiosk.keeper; print(*sys.modules, file=sys.stderr)"
    with started("-c", ask) as program:
        loaded = program.communicate(timeout=60)[1].split()
    assert "kiosk.domain.keeping" in loaded
    assert {"PySide6", "argparse", "kiosk.config", "kiosk.commands", "kiosk.text"}.isdisjoint(loaded)


@pytest.mark.parametrize(("arguments", "code"), [(["run", "--help"], 0), (["run", "--nothing"], 2), (["--home", "", "run"], 2)])
def test_a_child_says_that_it_has_ended_in_order(arguments: list[str], code: int) -> None:
    with started("-m", "kiosk.kept", *arguments) as child:
        child.communicate(timeout=60)
    assert told_by(child.returncode) == code


@pytest.mark.linux("a message box waits for somebody")
def test_a_child_that_qt_ends_has_ended_in_order_once_people_were_told(home: Home) -> None:
    with started("-m", "kiosk.kept", "--home", str(home.folder), "run", QT_QPA_PLATFORM="nothing") as child:
        child.communicate(timeout=60)
    assert told_by(child.returncode) == 1


@pytest.mark.parametrize("code", [None, -9, -15, 0, 1, 2, 3, 15, 63, 67, 130, 255, 0xC0000005])
def test_nobody_else_says_so(code: int | None) -> None:
    assert told_by(code) is None
