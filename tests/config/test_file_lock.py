"""Locks on open files, whatever a system says of one that is taken."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.config.file_lock import held, let_go, take_lock

_HOLDER = """
import sys
from pathlib import Path
from kiosk.config.file_lock import held
with held(Path(sys.argv[1]), 0):
    print(flush=True)
    sys.stdin.read()
"""


def test_what_another_process_holds_is_held_until_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with subprocess.Popen([sys.executable, "-c", _HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline()
        with pytest.raises(TimeoutError), held(path, 0.1):
            pass
        holder.kill()
        holder.wait()
        with held(path, 5):
            pass


def test_what_is_let_go_can_be_locked_at_once(tmp_path: Path) -> None:
    """Closing alone does not unlock it: on Windows not at once, and nowhere while another handle is open."""
    path = tmp_path / "lock"
    first = os.open(path, os.O_CREAT | os.O_RDWR)
    assert take_lock(first)
    os.write(first, b"note")
    beside = os.dup(first)
    try:
        let_go(first)
        with held(path, 0):
            pass
    finally:
        os.close(beside)


def test_having_read_on_makes_no_other_lock_of_it(tmp_path: Path) -> None:
    """Windows locks bytes, from where the file is read next."""
    path = tmp_path / "lock"
    path.write_bytes(b"\nnote")
    first, second = os.open(path, os.O_RDWR), os.open(path, os.O_RDWR)
    try:
        assert take_lock(first)
        assert not take_lock(second)
        os.lseek(second, 1, os.SEEK_SET)
        assert os.read(second, 100) == b"note"
        assert not take_lock(second)
    finally:
        os.close(first)
        os.close(second)
    third = os.open(path, os.O_RDWR)
    try:
        assert take_lock(third)
    finally:
        os.close(third)
