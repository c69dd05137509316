"""kill -9 in the middle of a rotation on PostgreSQL; on SQLite it is tried at every point (tests/registry/backup/test_killed.py)."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import suppress

import pytest

from kiosk.domain.errors import Unavailable
from kiosk.registry.ledger import RegistryLedger
from kiosk.registry.site_key import SiteKey, SiteKeyFile
from tests.registry.conftest import NewMachine
from tests.support import ROOT
from tests.support.backup.server_machine import ServerMachine

ROTATING = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from kiosk.registry.database import open_database
from kiosk.registry.rotation.rotating import prepare, rotate
from kiosk.registry.site_key import SiteKeyFile
file, now = SiteKeyFile(Path(sys.argv[1]) / "keys"), datetime.now(UTC)
print("begins", flush=True)
rotate(open_database(sys.argv[2]), file, prepare(file, file.load(), now), None, now)
"""


def is_under(machine: ServerMachine, keys: SiteKey) -> bool:
    """Whether this is the ledger's key, and all rows are under it."""
    with suppress(Unavailable):
        return not RegistryLedger(machine.database, keys.key, clock=lambda: machine.now, keys=keys).verify().findings
    return False


@pytest.mark.trial
def test_on_postgresql_it_is_under_the_one_key_or_the_other_too(new_machine: NewMachine) -> None:
    machine = new_machine("postgresql").found()
    machine.fill(range(12_000))
    file, started = SiteKeyFile(machine.keys), time.monotonic()
    machine.rotate()
    lasted = time.monotonic() - started
    for part in (0.1, 0.3, 0.5, 0.7, 0.9, 30):
        command = [sys.executable, "-c", ROTATING, str(machine.folder), machine.url]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as child:
            assert child.stdout is not None
            child.stdout.readline()
            with suppress(subprocess.TimeoutExpired):
                child.wait(part * lasted)
            child.kill()
        keys = file.load()
        assert keys is not None
        (settled,) = [one for one in ([keys] if keys.next is None else [keys, keys.rotated()]) if is_under(machine, one)]
        machine.site_key = file.save(settled).key
        assert machine.ledger.head().count == 12_000
    assert (last := file.load()) is not None
    assert len(last.earlier) >= 2
