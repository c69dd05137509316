"""Full and read-only disks under backups and restores."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from kiosk.domain.errors import Code
from kiosk.text import plain, say
from tests.support import ROOT


def tried(what: str, folder: Path) -> Any:
    program = [sys.executable, "-m", "tests.support.backup.on_small_disk", what, str(folder)]
    command = ["unshare", "--map-root-user", "--mount", *program]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=55, check=False, cwd=ROOT)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def cause(code: Code) -> str:
    return plain(say(f"refusal.{code}.staff"))


def test_a_full_disk_for_backups_is_told_and_left_clean(tmp_path: Path) -> None:
    seen = tried("backup", tmp_path)
    code, told = seen["full"]
    assert code == 1
    assert cause(Code.BACKUP_FAILED) in told
    assert say("command.why.file.full") in told
    assert (seen["left"], seen["then"], seen["count"], seen["whole"]) == ([], 0, 1, True)


def test_a_full_disk_under_a_restore_changes_nothing(tmp_path: Path) -> None:
    seen = tried("restore", tmp_path)
    for code, told in (seen["full"], seen["over"]):
        assert code == 1
        assert cause(Code.STORE_FULL) in told
    assert (seen["again"], seen["whole"], seen["still"]) == (0, True, True)


def test_a_read_only_disk_takes_no_backup_and_gives_one(tmp_path: Path) -> None:
    seen = tried("read-only", tmp_path)
    code, told = seen["refused"]
    assert code == 1
    assert cause(Code.BACKUP_FAILED) in told
    assert say("command.why.file.read-only") in told
    assert (seen["verified"], seen["restored"], seen["whole"]) == (0, 0, True)
