"""A store on a disk that is full, or may not be written to, or belongs to another user."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import SUPPORT

pytestmark = pytest.mark.linux("mount")

# What only root can set up is tried in a child in name and mount spaces of its own (unshare), which an ordinary user may make, too.
DISK = SUPPORT / "store" / "on_small_disk.py"


def on_a_small_disk(what: str, tmp_path: Path) -> list[str]:
    command = ["unshare", "--map-root-user", "--mount", sys.executable, str(DISK), what, str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False, env={**os.environ, "PYTHONPATH": os.getcwd()})
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.split()


def test_a_full_disk_loses_nothing_and_the_store_works_again_when_there_is_room(tmp_path: Path) -> None:
    said = on_a_small_disk("full", tmp_path)
    assert said[:5] == ["refused:store-full", "intact:True", "pairs:True", "audit:None", "reopened:store-full"]
    assert (said[5], said[7:]) == ("again:True", ["doubt:None", "troubles:0", "examined:None", "later:None"])
    assert int(said[6].partition(":")[2]) > 5


def test_no_store_is_begun_on_a_full_disk(tmp_path: Path) -> None:
    assert on_a_small_disk("full-at-first", tmp_path) == ["first:store-full", "left:", "then:True"]


def test_a_read_only_disk(tmp_path: Path) -> None:
    assert on_a_small_disk("read-only", tmp_path) == ["open:store-read-only", "save:store-read-only", "first:store-read-only", "back:True"]


def test_the_store_of_another_user(tmp_path: Path) -> None:
    assert on_a_small_disk("foreign", tmp_path) == ["open:store-foreign", "keys:store-foreign", "untouched:True"]


def test_a_restore_onto_a_full_disk_names_that_disk_and_can_be_done_again(tmp_path: Path) -> None:
    said = on_a_small_disk("restored", tmp_path)
    assert said == ["code:store-full", "named:True", "start:store-missing", "begun:False", "again:True", "doubt:store-restored"]


def test_what_was_confirmed_while_no_anchor_can_be_laid_is_not_asked_again_at_each_act(tmp_path: Path) -> None:
    said = on_a_small_disk("overruled", tmp_path)
    assert said[:4] == ["found:store-behind", "doubt:None", "examined:None", "troubles:anchor-unwritten"]
    assert said[4:] == ["later:None", "is_examined:None"]
