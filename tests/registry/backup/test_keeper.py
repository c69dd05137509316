"""The timetable at work: when backups are made, kept, deleted and tried again, and what counters may forget meanwhile."""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import pytest

from kiosk.domain.errors import Code, KioskError
from kiosk.domain.wire import Position
from kiosk.ledger.database import ask
from kiosk.registry.backup.failure import BackupFailure, load_failure
from kiosk.registry.backup.keeper import BackupKeeper, BackupPlan
from kiosk.registry.backup.timetable import Timetable
from kiosk.registry.ledger import RegistryLedger
from tests.registry.conftest import NewMachine
from tests.support.backup.server_machine import SITE_KEY, ServerMachine
from tests.support.held_file import held_by_another
from tests.support.ledger.slow_commit import SlowToCommit
from tests.support.wait import LIMIT, wait_until


def keeper_of(
    machine: ServerMachine, *, every_hours: int = 24, keep: int = 3, server: str = "here", folder: Path | None = None
) -> BackupKeeper:
    plan = BackupPlan(
        folder=folder or machine.backups,
        keys=machine.keys,
        lock=machine.folder / "backup.lock",
        failure=machine.folder / "backup-failure.json",
        timetable=Timetable(2, every_hours),
        keep=keep,
        server=server,
    )
    return BackupKeeper(plan, machine.ledger, SITE_KEY, lambda: machine.now)


@pytest.fixture
def machine(new_machine: NewMachine) -> ServerMachine:
    made = new_machine().found()
    # Nine in the morning, wherever the tests run.
    made.now = datetime(2026, 12, 1, 9).astimezone(UTC)
    made.enrol("中央1")
    made.link(1)
    return made


def backups(machine: ServerMachine) -> list[str]:
    return sorted(name for name in os.listdir(machine.backups) if name.endswith(".backup")) if machine.backups.exists() else []


def noted(machine: ServerMachine) -> BackupFailure:
    failure = load_failure(machine.folder / "backup-failure.json")
    assert failure is not None
    return failure


def test_one_at_the_first_start_and_then_one_a_night(machine: ServerMachine) -> None:
    keeper = keeper_of(machine)
    counts = []
    for _ in range(30):
        keeper.tick()
        counts.append(len(backups(machine)))
        machine.later(hours=1)
    # Until one in the morning there is the first, from two on the second.
    assert counts == [1] * 17 + [2] * 13


def test_the_oldest_go_once_a_newer_one_is_whole_and_safe_moves_up(machine: ServerMachine) -> None:
    keeper = keeper_of(machine, keep=2)
    safe = []
    for card in range(2, 6):
        keeper.tick()
        safe.append(machine.ledger.head().safe.cursor)
        machine.link(card)
        machine.later(days=1)
    assert len(backups(machine)) == 2
    assert safe == [1, 1, 2, 3], "the lowest of those kept, each of which may be restored"


def test_an_old_one_that_another_program_has_open_goes_with_the_next(machine: ServerMachine) -> None:
    keeper = keeper_of(machine, keep=1)
    first = keeper.back_up().path
    machine.later(days=1)
    with held_by_another(first):
        second = keeper.back_up().path
    assert backups(machine) == [first.name, second.name]
    assert load_failure(machine.folder / "backup-failure.json") is None
    machine.later(days=1)
    third = keeper.back_up().path
    assert backups(machine) == [third.name]


def test_for_one_that_a_wrong_clock_dated_ahead_no_other_is_made_or_given_up(machine: ServerMachine) -> None:
    keeper = keeper_of(machine, keep=2)
    machine.later(days=365)
    keeper.tick()
    (ahead,) = backups(machine)
    machine.later(days=-365)
    for _ in range(12):
        keeper.tick()
        machine.later(hours=6)
    made = backups(machine)
    assert ahead in made
    assert len(made) == 3
    assert keeper.back_up().path.name in backups(machine)


def test_without_any_backup_nothing_is_safe(machine: ServerMachine) -> None:
    keeper = keeper_of(machine, every_hours=0)
    keeper.tick()
    assert backups(machine) == []
    head = machine.ledger.head()
    assert head.safe == Position(head.position.epoch, 0)


def test_a_backup_deleted_or_brought_back_by_hand_counts_at_once(machine: ServerMachine) -> None:
    keeper = keeper_of(machine)
    keeper.tick()
    (first,) = backups(machine)
    machine.link(2)
    machine.later(days=1)
    keeper.tick()
    (machine.backups / first).rename(machine.folder / first)
    keeper.tick()
    assert machine.ledger.head().safe.cursor == 2
    (machine.folder / first).rename(machine.backups / first)
    keeper.tick()
    assert machine.ledger.head().safe.cursor == 1


def test_a_failure_is_noted_tried_again_later_and_forgotten_with_the_next_success(
    machine: ServerMachine, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = keeper_of(machine)
    note = machine.folder / "backup-failure.json"
    machine.backups.write_text("a file where the disk should be")
    tried = []
    caplog.set_level(logging.INFO)
    for _ in range(64):
        keeper.tick()
        tried.append(noted(machine).count)
        machine.later(minutes=1)
    failure = noted(machine)
    assert (failure.code, failure.reason, failure.place) == (Code.BACKUP_FAILED, "not-a-folder", str(machine.backups))
    assert [tried.index(count) for count in sorted(set(tried))] == [0, 1, 3, 7, 15, 31, 63], "minutes, longer apart each time"
    machine.backups.unlink()
    machine.later(hours=1)
    keeper.tick()
    told = [record.getMessage() for record in caplog.records if record.name == "kiosk.registry.backup.keeper"]
    assert told == ["no backup: backup-failed not-a-folder", "backups are made again"]
    assert load_failure(note) is None
    assert len(backups(machine)) == 1


def test_old_ones_stay_while_newer_ones_fail(machine: ServerMachine) -> None:
    keeper = keeper_of(machine, keep=1)
    keeper.tick()
    with machine.database.writing() as database:
        ask(database, "DELETE FROM link")
    for _ in range(3):
        machine.later(days=1)
        keeper.tick()
    assert len(backups(machine)) == 1
    failure = noted(machine)
    assert (failure.count, failure.reason) == (3, "altered")


def test_two_at_once_are_one(machine: ServerMachine) -> None:
    from kiosk.config.file_lock import held

    with held(machine.folder / "backup.lock", 0), pytest.raises(KioskError) as caught:
        keeper_of(machine).back_up()
    assert (caught.value.code, caught.value.params["reason"]) == (Code.BACKUP_FAILED, "under-way")


def test_one_elsewhere_is_not_counted_and_deletes_nothing(machine: ServerMachine, tmp_path: Path) -> None:
    keeper = keeper_of(machine, keep=1)
    keeper.tick()
    before = backups(machine)
    machine.link(2)
    kept = keeper.back_up(tmp_path / "stick")
    assert kept.manifest.position.cursor == 2
    assert backups(machine) == before
    assert machine.ledger.head().safe.cursor == 1


def test_of_two_servers_over_one_database_the_older_backup_counts(machine: ServerMachine, tmp_path: Path) -> None:
    here, there = keeper_of(machine, keep=1), keeper_of(machine, server="there", folder=tmp_path / "there", keep=1)
    idle = keeper_of(machine, server="idle", folder=tmp_path / "idle", every_hours=0)
    safe = []
    for card in range(2, 5):
        (here if card % 2 else there).back_up()
        machine.link(card)
        for keeper in (here, there, idle, here):
            keeper.keep_safe()
        safe.append(machine.ledger.head().safe.cursor)
        machine.later(seconds=1)
    assert safe == [1, 1, 2], "a server without backups holds nothing up, and does not say that nothing is safe"
    # One that was given up does not hold back for ever what counters may forget.
    machine.later(days=8)
    here.back_up()
    assert machine.ledger.head().safe.cursor == 4
    there.keep_safe()
    assert machine.ledger.head().safe.cursor == 3


@pytest.mark.parametrize("trouble", ["gone", "unreadable"])
def test_a_folder_that_cannot_be_read_for_a_while_still_counts(machine: ServerMachine, tmp_path: Path, trouble: str) -> None:
    share, away = tmp_path / "there", tmp_path / "away"
    here, there = keeper_of(machine, keep=1), keeper_of(machine, server="there", folder=share)
    there.back_up()
    machine.link(2)
    here.back_up()
    share.rename(away)
    if trouble == "unreadable":
        share.symlink_to(share)
    safe = []
    for _ in range(10):
        machine.later(days=1)
        here.keep_safe()
        there.keep_safe()
        safe.append(machine.ledger.head().safe.cursor)
    assert safe == [1] * 10, "its backup may still be put back, and its server is there"
    share.unlink(missing_ok=True)
    share.mkdir()
    there.keep_safe()
    assert machine.ledger.head().safe.cursor == 2


def test_another_librarys_backups_in_the_folder_are_left_alone(machine: ServerMachine, new_machine: NewMachine) -> None:
    foreign = new_machine()
    foreign.library = "f" * 32
    foreign.found()
    foreign.backups = machine.backups
    theirs = foreign.back_up().path
    keeper = keeper_of(machine, keep=1)
    for _ in range(3):
        keeper.tick()
        machine.later(days=1)
    assert len(backups(machine)) == 2
    assert theirs.exists()
    assert keeper.found().unusable == (theirs,)


def test_the_thread_works_and_ends(machine: ServerMachine) -> None:
    stopped = Event()
    thread = Thread(target=keeper_of(machine).run, args=(stopped,))
    thread.start()
    wait_until(lambda: len(backups(machine)) == 1, "a backup")
    stopped.set()
    thread.join(LIMIT)
    assert not thread.is_alive()


def test_where_nothing_is_new_nothing_is_locked(machine: ServerMachine) -> None:
    commits: list[None] = []
    database = SlowToCommit(machine.database, lambda: commits.append(None))
    plan = keeper_of(machine).plan
    keeper = BackupKeeper(plan, RegistryLedger(database, SITE_KEY, clock=lambda: machine.now), SITE_KEY, lambda: machine.now)
    keeper.tick()
    assert len(commits) == 1
    keeper.tick()
    assert len(commits) == 1
    machine.later(hours=2)
    keeper.tick()
    assert len(commits) == 2, "to say that this server is still there"


def test_a_note_that_nobody_of_ours_wrote_makes_nothing_safe(machine: ServerMachine) -> None:
    keeper = keeper_of(machine)
    keeper.tick()
    assert machine.ledger.head().safe.cursor == 1
    with machine.database.writing() as database:
        ask(database, "INSERT INTO meta (name, value) VALUES ('backups.safe.other', 'nonsense')")
    machine.now = datetime.now(UTC)
    keeper.keep_safe()
    assert machine.ledger.head().safe.cursor == 0
