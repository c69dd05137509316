"""Calls in a process of their own: what comes home, and that nothing is left of one that does not end."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kiosk import apart
from kiosk.domain.errors import Code, Refused
from tests import apart_calls

ROOT = Path(__file__).parents[1]
SECRET = "D0123456789"


def gone(process: int) -> bool:
    """Neither running nor a zombie that waits for us."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return True
    return state[0] == "Z" and int(state[1]) != os.getpid()


def wait_gone(processes: list[int], limit: float) -> None:
    end = time.monotonic() + limit
    while not all(map(gone, processes)):
        assert time.monotonic() < end, "still there"
        time.sleep(0.02)


def noted(note: Path, limit: float = 10) -> list[int]:
    end = time.monotonic() + limit
    while not note.exists() or len(note.read_text().split()) < 2:
        assert time.monotonic() < end, "nothing was written"
        time.sleep(0.02)
    return [int(word) for word in note.read_text().split()]


def test_the_answer_comes_home_and_nobody_else_can_read_what_was_asked() -> None:
    told = apart.call(apart_calls.looked_at, {"secret": SECRET}, 10)
    assert (told["secret"], told["seen"]) == (SECRET, False)


def test_nothing_in_the_current_folder_runs_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be anybody's: what was downloaded lies there, or a stick was opened."""
    (tmp_path / "json.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\nfrom kiosk_has_no_such_module import *\n")
    monkeypatch.chdir(tmp_path)
    assert apart.call(apart_calls.echo, {"said": SECRET}, 10) == SECRET
    assert not (tmp_path / "ran").exists()


def test_an_error_we_can_name_comes_home_as_it_is() -> None:
    with pytest.raises(Refused) as caught:
        apart.call(apart_calls.refuse, {"tries": 3}, 10)
    assert (caught.value.code, caught.value.params) == (Code.HANDOVER_CHANGED, {"typed": 3})


def test_a_bug_is_logged_by_its_place_alone(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR), pytest.raises(apart.Died):
        apart.call(apart_calls.break_down, {"secret": SECRET}, 10)
    assert "ValueError" in caplog.text
    assert "apart_calls.py:" in caplog.text
    assert SECRET not in caplog.text


def test_a_process_that_ends_without_an_answer_has_died() -> None:
    with pytest.raises(apart.Died):
        apart.call(apart_calls.vanish, {}, 10)


def test_without_a_process_nothing_has_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(apart.NotBegun):
        apart.call(apart_calls.vanish, {}, 10)


def test_what_keeps_the_interpreters_lock_is_ended_in_time_with_all_it_started(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(apart.Overdue):
        apart.call(apart_calls.keep_lock, {"note": str(tmp_path / "note")}, 1.5)
    assert time.monotonic() - began < 3
    wait_gone(noted(tmp_path / "note"), 2)


def test_it_ends_by_itself_when_its_caller_was_killed(tmp_path: Path) -> None:
    note = tmp_path / "note"
    caller = subprocess.Popen([sys.executable, "-m", "tests.apart_calls", str(note), "2"], cwd=ROOT)
    child, helper = noted(note)
    caller.kill()
    caller.wait(5)
    try:
        wait_gone([child], 8)
    finally:
        os.kill(helper, 9)
