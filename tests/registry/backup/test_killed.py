"""kill -9 in the middle: of a backup, of a restore on an empty machine, and over a ledger. Neither leaves a half."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from kiosk.registry.backup.reading import verify
from tests.registry.conftest import NewMachine
from tests.support import ROOT
from tests.support.backup.server_machine import SITE_KEY

POINTS = {"backup": 50, "empty": 90, "replace": 60, "import": 30, "adopt": 30, "rotate": 100}
"""At least so many there are."""


every_third_or_all = pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.trial)], ids=["a third", "all"])


def killed(what: str, every: int, folder: Path) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "tests.support.backup.killed_at_every_point", what, str(folder), str(every)]
    ran = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=110, check=False, cwd=ROOT)
    assert ran.returncode == 0, ran.stderr
    seen: list[dict[str, Any]] = json.loads(ran.stdout)
    assert len(seen) > POINTS[what] // every
    assert [after["killed"] for after in seen] == [True] * (len(seen) - 1) + [False]
    return seen


@every_third_or_all
@pytest.mark.timeout(120)
def test_a_backup_is_there_whole_or_not_at_all(every: int, tmp_path: Path) -> None:
    seen = killed("backup", every, tmp_path)
    assert {tuple(after["whole"]) for after in seen} == {(), (8,)}
    assert all(after["left"] == [] for after in seen), "the next one deletes what was left"
    assert {after["state"] for after in seen} == {"old"}


@every_third_or_all
@pytest.mark.timeout(120)
def test_on_an_empty_machine_a_restore_is_done_or_is_repeated_and_no_other_ledger_begins(every: int, tmp_path: Path) -> None:
    seen = killed("empty", every, tmp_path)
    assert {after["state"] for after in seen} == {"home-unusable registry-not-begun", "ledger-missing", "restored"}
    # With the key alone no server starts, and none begins a new ledger in place of the one that is to come.
    assert {after["state"] for after in seen if after["key"]} == {"ledger-missing", "restored"}
    assert all((after["again"], after["cursor"], after["whole"]) == (0, 6, True) for after in seen)


@every_third_or_all
@pytest.mark.timeout(120)
def test_over_a_ledger_it_is_the_old_one_or_the_restored_one(every: int, tmp_path: Path) -> None:
    seen = killed("replace", every, tmp_path)
    assert {after["state"] for after in seen} == {"old", "restored"}
    assert all((after["again"], after["cursor"], after["whole"]) == (0, 6, True) for after in seen)


@pytest.mark.trial
@pytest.mark.timeout(120)
@pytest.mark.parametrize("what", ["import", "adopt"])
def test_a_list_or_a_counter_is_taken_in_whole_or_not_at_all(what: str, tmp_path: Path) -> None:
    seen = killed(what, 6, tmp_path)
    assert {after["state"] for after in seen} == {"old", "taken in"}
    assert all((after["again"], after["links"], after["whole"]) == (0, 36, True) for after in seen)


@pytest.mark.trial
@pytest.mark.timeout(120)
def test_a_ledger_is_under_the_one_key_or_the_other(tmp_path: Path) -> None:
    seen = killed("rotate", 9, tmp_path)
    assert {after["state"] for after in seen} == {"old", "rotated"}
    assert all((after["again"], after["links"], after["whole"]) == (0, 6, True) for after in seen)
    assert {(after["state"], after["keys"]) for after in seen} == {("old", 2), ("rotated", 3)}, "none is lost, and none is put in between"


RESTORING = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from kiosk.registry.backup.restoring import Machine, restore
from kiosk.registry.database import open_database
folder, url, backup, key = Path(sys.argv[1]), *sys.argv[2:]
print("begins", flush=True)
machine = Machine(folder / "keys", folder / "backups", lambda: open_database(url))
restore(machine, Path(backup), bytes.fromhex(key), datetime.now(UTC), replaces=True)
"""


def test_on_postgresql_it_is_the_old_one_or_the_restored_one_too(new_machine: NewMachine) -> None:
    machine = new_machine("postgresql").found()
    machine.fill(range(12_000))
    kept = machine.back_up()
    machine.link(20_001, 20_002)
    started = time.monotonic()
    machine.restore(kept.path)
    lasted = time.monotonic() - started
    machine.link(20_001, 20_002)
    for part in (0.1, 0.3, 0.5, 0.7, 0.9):
        arguments = [str(machine.folder), machine.url, str(kept.path), SITE_KEY.hex()]
        with subprocess.Popen([sys.executable, "-c", RESTORING, *arguments], stdout=subprocess.PIPE, cwd=ROOT) as child:
            assert child.stdout is not None
            child.stdout.readline()
            with suppress(subprocess.TimeoutExpired):
                child.wait(part * lasted)
            child.kill()
        head = machine.ledger.head()
        assert machine.is_whole()
        assert (head.position.cursor, head.count) in {(2, 12_002), (0, 12_000)}
        if head.position.cursor == 0:
            machine.link(20_001, 20_002)
    assert verify(kept.path, SITE_KEY).manifest == kept.manifest
