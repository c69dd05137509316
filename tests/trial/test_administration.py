"""A year in a library, as an administrator lives through it: counters come and go, and the server moves to an empty machine."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from kiosk.ledger.recovery_sheet import sheet
from tests.support.postgres.cluster import PostgresCluster
from tests.support.registry.counter_process import HeadlessCounter
from tests.support.registry.library import Library
from tests.support.registry.server_process import RegistryProcess


def states(server: RegistryProcess) -> dict[str, str]:
    return {counter["name"]: counter["state"] for counter in json.loads(server.administer("counters", "--json"))["counters"]}


def wait_until_heard(library: Library, counter: HeadlessCounter, event: str) -> None:
    heard = counter.process.heard
    told = f"{counter.name} to hear {event}; {library.server.end_of_log()}"
    counter.process.wait_for(lambda: any((one.counter, one.event) == (counter.name, event) for one in heard), told)


@pytest.mark.trial
@pytest.mark.timeout(240)
def test_a_year(postgres: PostgresCluster, tmp_path: Path) -> None:
    with Library(tmp_path, postgres.create_database(), counters=5) as library:
        library.work(60)
        library.settle()
        lost, leaving = library.counters.pop(), library.counters.pop()

        library.server.administer("revoke", lost.name, "--yes")
        wait_until_heard(library, lost, "CounterRevoked")

        library.relay.cut()
        library.work(10, at=leaving)
        library.server.administer("retire", leaving.name)
        library.work(10)
        library.relay.mend()
        wait_until_heard(library, leaving, "CounterRetiring")
        leaving.do("await_answers", seconds=30)
        library.work(20)
        library.settle()
        leaving.note_all()
        assert states(library.server) == {
            **{counter.name: "active" for counter in library.counters},
            lost.name: "revoked",
            leaving.name: "retired",
        }

        library.server.administer("backup", str(tmp_path / "backups"))
        (backup,) = (tmp_path / "backups").iterdir()
        library.work(20)
        library.settle()
        paper = tmp_path / "sheet.txt"
        paper.write_text(sheet(library.counters[0].enrolled.site_key, date(2026, 12, 1)), "utf-8")
        library.server.stop()
        with RegistryProcess(tmp_path / "new", postgres.create_database(), starts=False) as new:
            new.administer("restore", str(backup), "--sheet", str(paper))
            library.work(10)
            new.start()
            library.relay.target = new.port
            library.servers[0] = new
            library.work(10)
            library.settle(150)
            library.check(was_restored=True)
            assert states(new)[lost.name] == "revoked"
