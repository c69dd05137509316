"""One program at a time keeps the store."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.domain.errors import Code, Unavailable
from kiosk.ledger.running_lock import RunningLock
from tests.support.wait import LIMIT


def test_one_program_at_a_time(tmp_path: Path) -> None:
    with RunningLock(tmp_path / "lock"):
        with pytest.raises(Unavailable) as trouble:
            RunningLock(tmp_path / "lock")
        assert trouble.value.code is Code.ALREADY_RUNNING
    RunningLock(tmp_path / "lock").release()


def test_a_killed_program_lets_go(tmp_path: Path) -> None:
    hold = "held = RunningLock(Path(sys.argv[1])); print('held', flush=True); input()"
    code = f"import sys; from pathlib import Path; from kiosk.ledger.running_lock import RunningLock; {hold}"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline().split() == [b"held"]
        with pytest.raises(Unavailable):
            RunningLock(tmp_path / "lock")
        other.kill()
        other.wait(LIMIT)
    RunningLock(tmp_path / "lock").release()


@pytest.mark.linux("file modes")
def test_the_folder_is_made(tmp_path: Path) -> None:
    RunningLock(tmp_path / "data" / "lock").release()
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_it_is_let_go_once(tmp_path: Path) -> None:
    first = RunningLock(tmp_path / "lock")
    first.release()
    with RunningLock(tmp_path / "lock"):
        first.release()
        with pytest.raises(Unavailable):
            RunningLock(tmp_path / "lock")
