"""Two million links: how much memory a backup and a restore hold, on either database."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.registry.conftest import NewMachine
from tests.support import ROOT

LINKS = 2_000_000
MOST_MB = 150


def child(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.support.backup.large_backup", *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=1500, check=False, cwd=ROOT)
    assert ran.returncode == 0, ran.stderr
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


@pytest.mark.trial
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_memory_does_not_grow_with_the_ledger(
    new_machine: NewMachine, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    machine = new_machine(kind).found()
    machine.fill(range(LINKS))
    made = child("backup", str(tmp_path / "backups"), machine.url)
    other = new_machine("postgresql" if kind == "sqlite" else "sqlite")
    restored = child("restore", str(other.folder), other.url, made["file"])
    with capsys.disabled():
        print(f" backup {made}, restore {restored}", end="")  # noqa: T201 - for whoever runs the trial
    assert made["mb"] < MOST_MB
    assert restored["mb"] < MOST_MB
    assert other.ledger.head().count == LINKS
    assert other.ledger.head().digest == machine.ledger.head().digest
