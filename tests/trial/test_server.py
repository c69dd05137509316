"""What an administrator lives through: a restored backup, two servers over one database, a full disk."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT
from tests.support.postgres.cluster import PostgresCluster
from tests.support.registry.library import Library

pytestmark = [pytest.mark.trial, pytest.mark.timeout(240)]


def test_a_backup_restored_behind_the_counters_backs(postgres: PostgresCluster, tmp_path: Path) -> None:
    """What the backup does not hold, the counters send again: stops first, so that no card comes back to life."""
    acts = 300
    with Library(tmp_path, postgres.create_database(), counters=6) as library:
        for time in range(3):
            library.work(acts)
            library.settle()
            library.server.administer("backup", str(tmp_path / f"backups{time}"))
            library.work(acts)
            library.settle()
            (backup,) = (tmp_path / f"backups{time}").iterdir()
            library.server.stop()
            library.server.administer("restore", str(backup), "--replace")
            library.work(acts // 2)
            library.server.start()
            library.work(acts // 2)
        library.settle(150)
        library.check(was_restored=True)


def test_two_servers_over_one_database(postgres: PostgresCluster, tmp_path: Path) -> None:
    """Each half of the counters has its own server, and hears of the other half; one server dies, and its half goes over to the other."""
    acts = 1500
    with Library(tmp_path, postgres.create_database(), counters=10, servers=2) as library:
        library.work(acts)
        library.settle()
        library.servers[1].stop()
        library.work(acts // 4)
        library.relays[1].target = library.server.port
        library.work(acts // 4)
        library.settle()
        library.check()


def test_two_servers_behind_one_address(postgres: PostgresCluster, tmp_path: Path) -> None:
    """Each connection goes to whichever comes next: a counter sends to one and hears from the other. Both end in turn, and begin again."""
    with Library(tmp_path, postgres.create_database(), counters=6, servers=2, is_balanced=True) as library:
        for server in library.servers:
            library.work(60)
            server.stop()
            library.work(30)
            server.start(waits=False)
            library.work(30)
        library.settle()
        library.check()
        assert library.server.tables().cuts == ()


def test_a_full_disk_on_the_server(tmp_path: Path) -> None:
    """The counters keep what the server cannot take, and deliver it once there is room again."""
    program = [sys.executable, "-m", "tests.support.registry.library_on_full_disk", str(tmp_path), "400"]
    command = ["unshare", "--map-root-user", "--mount", *program]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False, cwd=ROOT)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    seen = json.loads(ran.stdout.splitlines()[-1])
    assert seen["waiting"] > 0
    assert seen["refused"] == 503
