"""Beside a running server: that its ledger was not put back, and what outlives a restore."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Event, Thread

import pytest
from peewee import Database

from kiosk.domain.errors import Code, KioskError
from kiosk.ledger.database import ask
from kiosk.registry.backup.keeper import BackupKeeper
from kiosk.registry.remembered_file import RememberedFile
from tests.registry.backup.test_keeper import backups, keeper_of
from tests.registry.conftest import NewMachine
from tests.support.backup.server_machine import SITE_KEY, ServerMachine
from tests.support.ledger.slow_commit import SlowToCommit
from tests.support.registry.rounds import Rounds
from tests.support.wait import LIMIT


@pytest.fixture
def machine(new_machine: NewMachine) -> ServerMachine:
    made = new_machine().found()
    made.enrol("中央1")
    made.link(1)
    return made


def test_what_outlives_a_restore_is_written_down(machine: ServerMachine) -> None:
    keeper = keeper_of(machine)
    keeper.tick()
    remembered = RememberedFile(machine.keys).load()
    assert remembered is not None
    assert (remembered.position, remembered.safe) == (machine.ledger.head().position, 0)
    assert [counter.name for counter in remembered.counters] == ["中央1"]
    machine.enrol("分館1")
    keeper.tick()
    remembered = RememberedFile(machine.keys).load()
    assert remembered is not None
    assert ([counter.name for counter in remembered.counters], remembered.safe) == (["中央1", "分館1"], 1)


class SlowToRead(SlowToCommit):
    """Whose snapshots last until they may end."""

    @contextmanager
    def reading(self) -> Iterator[Database]:
        with self._inner.reading() as database:
            yield database
            self._before_commit()


def test_whoever_writes_it_down_meanwhile_is_not_overwritten(machine: ServerMachine) -> None:
    """`registry revoke` beside a keeper that has read the database, and has not written yet."""
    read, go_on = Event(), Event()

    def pause() -> None:
        read.set()
        assert go_on.wait(LIMIT)

    file = RememberedFile(machine.keys)
    keeper = Thread(target=file.take, args=(SlowToRead(machine.database, pause),))
    command = Thread(target=machine.remember)
    keeper.start()
    assert read.wait(LIMIT)
    machine.enrol("分館1")
    command.start()
    command.join(0.5)
    go_on.set()
    for thread in (keeper, command):
        thread.join(LIMIT)
    remembered = file.load()
    assert remembered is not None
    assert [counter.name for counter in remembered.counters] == ["中央1", "分館1"]


def test_it_ends_the_server_over_a_ledger_that_was_put_back(machine: ServerMachine) -> None:
    machine.remember()
    with machine.database.writing() as database:
        ask(database, "UPDATE head SET cursor = 0")
    ended: list[KioskError] = []
    keeper_of(machine).guard(Event(), ended.append)
    assert [error.code for error in ended] == [Code.REGISTRY_PUT_BACK]
    keeper_of(machine).run(Event())
    assert backups(machine) == []


def test_a_head_that_somebody_else_wrote_is_logged_at_once_and_once(machine: ServerMachine, caplog: pytest.LogCaptureFixture) -> None:
    keeper = keeper_of(machine)
    keeper.check()
    assert not caplog.records
    with machine.database.writing() as database:
        ask(database, "UPDATE head SET safe = cursor")
    machine.link(2)
    for _ in range(2):
        keeper.check()
    assert [record.getMessage() for record in caplog.records] == ["altered behind the program: head"]


class HangingShare(type(Path())):  # type: ignore[misc]
    """A folder on a share that does not answer until it may."""

    asked, may = Event(), Event()

    def is_dir(self) -> bool:
        self.asked.set()
        self.may.wait(60)
        return False


def test_a_share_that_hangs_keeps_nobody_from_seeing_that_the_ledger_was_put_back(machine: ServerMachine, tmp_path: Path) -> None:
    keeper, stopped, ended = keeper_of(machine, folder=HangingShare(tmp_path / "share")), Event(), list[KioskError]()
    hanging = Thread(target=keeper.run, args=(stopped,))
    hanging.start()
    assert HangingShare.asked.wait(LIMIT)
    with machine.database.writing() as database:
        ask(database, "UPDATE head SET cursor = 0")
    keeper.guard(stopped, ended.append)
    stopped.set()
    HangingShare.may.set()
    hanging.join(LIMIT)
    assert [error.code for error in ended] == [Code.REGISTRY_PUT_BACK]
    assert not hanging.is_alive()


def test_a_bug_is_logged_once_and_ends_nothing(machine: ServerMachine, caplog: pytest.LogCaptureFixture) -> None:
    def clock() -> datetime:
        raise KeyError

    BackupKeeper(keeper_of(machine).plan, machine.ledger, SITE_KEY, clock).run(Rounds(5))
    assert len([record for record in caplog.records if record.getMessage().startswith("incident")]) == 1
