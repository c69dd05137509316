"""Calls in a child process: what is returned, and that nothing is left of one that does not end."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk import child_process
from kiosk.domain.errors import Code, Refused
from kiosk.incidents import BrokeApart, record_incident
from tests.support import child_process_functions
from tests.support.wait import LIMIT, SOON, wait_for_end

ROOT = Path(__file__).parents[1]
SECRET = "D0123456789"


class Note:
    """A pipe of which a process is told the name, to write down itself and whom it has started."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "note"
        os.mkfifo(self.path)
        self._end = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)

    def processes(self) -> tuple[int, int]:
        assert select.select([self._end], [], [], LIMIT)[0], "nothing was written"
        child, helper = os.read(self._end, 100).split()
        return int(child), int(helper)

    def is_written(self) -> bool:
        return bool(select.select([self._end], [], [], 0)[0])

    def close(self) -> None:
        os.close(self._end)


@pytest.fixture
def note(tmp_path: Path) -> Iterator[Note]:
    note = Note(tmp_path)
    yield note
    note.close()


def is_zombie_of_ours(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return state[0] == "Z" and int(state[1]) == os.getpid()


def test_the_answer_comes_home_and_nobody_else_can_read_what_was_asked() -> None:
    told = child_process.call(child_process_functions.looked_at, {"secret": SECRET}, 10)
    assert (told["secret"], told["seen"]) == (SECRET, False)


def test_nothing_in_the_current_folder_runs_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be anybody's: what was downloaded lies there, or a stick was opened."""
    (tmp_path / "json.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\nfrom kiosk_has_no_such_module import *\n")
    monkeypatch.chdir(tmp_path)
    assert child_process.call(child_process_functions.echo, {"said": SECRET}, 10) == SECRET
    assert not (tmp_path / "ran").exists()


def test_what_nobody_wants_any_more_is_killed(note: Note) -> None:
    asked: list[tuple[int, int]] = []

    def is_wanted() -> bool:
        if note.is_written():
            asked.append(note.processes())
        return not asked

    with pytest.raises(child_process.CalledOff):
        child_process.call(child_process_functions.keep_lock, {"note": str(note.path)}, 60, is_wanted=is_wanted)
    for process in asked[0]:
        wait_for_end(process, LIMIT)


def test_an_answer_that_is_wanted_comes_home() -> None:
    assert child_process.call(child_process_functions.echo, {"said": SECRET}, 10, is_wanted=lambda: True) == SECRET


def test_an_error_we_can_name_comes_home_as_it_is() -> None:
    with pytest.raises(Refused) as caught:
        child_process.call(child_process_functions.refuse, {"tries": 3}, 10)
    assert (caught.value.code, caught.value.params) == (Code.HANDOVER_CHANGED, {"typed": 3})


def test_a_bug_comes_home_as_a_bug_and_is_written_down_by_its_place_alone(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(BrokeApart) as caught:
        child_process.call(child_process_functions.break_down, {"secret": SECRET}, 10)
    assert f"incident {record_incident(caught.value)}\n" in caplog.text
    assert "ValueError" in caplog.text
    assert "child_process_functions.py:" in caplog.text
    assert SECRET not in caplog.text


def test_a_process_that_ends_without_an_answer_has_died() -> None:
    with pytest.raises(child_process.Died):
        child_process.call(child_process_functions.vanish, {}, 10)


def test_without_a_process_nothing_has_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(child_process.NotBegun):
        child_process.call(child_process_functions.vanish, {}, 10)


def test_one_that_only_sleeps_is_ended_in_time() -> None:
    began = time.monotonic()
    with pytest.raises(child_process.Overdue):
        child_process.exchange(["timeit", "-n1", "-r1", "-s", "import time", "time.sleep(60)"], b"", 3)
    assert time.monotonic() - began < 20


def test_what_keeps_the_interpreters_lock_is_ended_in_time_with_all_it_started(note: Note) -> None:
    began = time.monotonic()
    # It has to have begun by then.
    for limit in (1.5, 6, 12):
        began = time.monotonic()
        with pytest.raises(child_process.Overdue):
            child_process.call(child_process_functions.keep_lock, {"note": str(note.path)}, limit)
        assert time.monotonic() - began < limit + SOON
        if note.is_written():
            break
    child, helper = note.processes()
    wait_for_end(child, LIMIT)
    wait_for_end(helper, LIMIT)
    assert not is_zombie_of_ours(child)


def test_it_ends_by_itself_when_its_caller_was_killed(note: Note) -> None:
    command = [sys.executable, "-m", "tests.support.child_process_functions", str(note.path), "2"]
    with subprocess.Popen(command, cwd=ROOT) as caller:
        try:
            child, helper = note.processes()
        finally:
            caller.kill()
    try:
        wait_for_end(child, LIMIT)
    finally:
        os.kill(helper, 9)
