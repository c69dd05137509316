"""What begins with a new epoch: after restores in a row, without a backup, and over a database that was put back by other means."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.domain.errors import Code, KioskError
from kiosk.ledger.database import ask
from kiosk.registry.backup.document import Page
from kiosk.registry.backup.tables import TABLES, empty_all, write_page
from kiosk.registry.counters import Counters
from kiosk.registry.remembered_file import RememberedFile
from tests.support.backup.server_machine import ServerMachine


def test_two_restores_in_a_row_and_an_older_one_after_a_newer_one(machine: ServerMachine) -> None:
    older = machine.back_up()
    machine.link(20, 21)
    newer = machine.back_up()
    cursor = older.manifest.position.cursor
    first = machine.restore(newer.path).now.epochs
    second = machine.restore(newer.path).now.epochs
    third = machine.restore(older.path).now.epochs
    assert first.current < second.current < third.current
    assert dict(second.cuts)[first.current] == cursor + 2
    assert {dict(third.cuts)[epoch] for epoch in (older.manifest.position.epoch, first.current, second.current)} == {cursor}
    fourth = machine.restore(newer.path).now.epochs
    assert dict(fourth.cuts)[third.current] == cursor, "the third never saw what the newer one holds above that"


def test_a_machine_whose_clock_was_put_back_gives_a_new_number_all_the_same(machine: ServerMachine) -> None:
    kept = machine.back_up()
    first = machine.restore(kept.path).now.epochs
    machine.later(days=-400)
    assert machine.restore(kept.path).now.epochs.current == first.current + 1


def test_a_new_epoch_without_a_backup_goes_as_far_as_the_machine_can_prove(machine: ServerMachine) -> None:
    machine.remember()
    before = machine.ledger.head()
    kept = machine.back_up()
    machine.link(20)
    assert machine.begin_epoch().epochs.cuts == ((before.position.epoch, before.position.cursor),)
    head = machine.ledger.head()
    assert head.position.cursor == before.position.cursor + 1
    assert head.safe.cursor == kept.manifest.position.cursor
    assert head.position.epoch > before.position.epoch
    assert machine.is_whole()
    machine.remember()


@pytest.mark.parametrize("sql", ["DELETE FROM operation", "DELETE FROM link WHERE number = '0000000001'", "UPDATE head SET safe = 7"])
def test_it_takes_what_stands_for_what_holds(machine: ServerMachine, sql: str) -> None:
    with machine.database.writing() as database:
        ask(database, sql)
    found = machine.ledger.verify().findings
    machine.begin_epoch()
    assert machine.is_whole()
    machine.back_up()
    assert machine.rows()["audit"][-1][7].split("altered:")[1].split() == list(found), "the trail keeps that it was so"


@pytest.mark.parametrize("revoked_since", [False, True])
def test_a_revocation_that_was_taken_back_by_other_means_is_noticed(machine: ServerMachine, revoked_since: bool) -> None:
    """The order has not gone on meanwhile."""
    machine.remember()
    rows = machine.rows()
    if revoked_since:
        Counters(machine.ledger, lambda: machine.now).revoke("中央1")
    machine.remember()
    put_back(machine, rows)
    if not revoked_since:
        return machine.remember()
    with pytest.raises(KioskError) as caught:
        machine.remember()
    assert caught.value.code is Code.REGISTRY_PUT_BACK


def test_where_nothing_is_remembered_nothing_of_the_earlier_epoch_is_proven(machine: ServerMachine) -> None:
    before = machine.ledger.head()
    assert machine.begin_epoch().epochs.cuts == ((before.position.epoch, 0),)


def test_a_cut_may_be_given(machine: ServerMachine) -> None:
    before = machine.ledger.head()
    machine.begin_epoch(cut=5)
    assert machine.ledger.head().epochs.effective(before.position) == 5
    assert machine.ledger.head().position.cursor == before.position.cursor
    with pytest.raises(KioskError) as caught:
        machine.begin_epoch(cut=before.position.cursor + 1)
    assert caught.value.code is Code.POSITION_UNKNOWN


def put_back(machine: ServerMachine, rows: dict[str, list[tuple[Any, ...]]]) -> None:
    """Behind the program's back, as a dump of the database's own would be."""
    with machine.database.writing() as database:
        empty_all(database)
        for table in TABLES:
            write_page(database, Page(table.name, tuple(table.columns), rows[table.name]))


@pytest.mark.parametrize("goes_on", [0, 2, 5], ids=["shorter", "as long", "longer"])
def test_a_database_put_back_by_other_means_is_noticed_however_far_it_has_gone_on(machine: ServerMachine, goes_on: int) -> None:
    machine.remember()
    common = machine.ledger.head().position
    rows = machine.rows()
    machine.link(20, 21)
    machine.remember()
    put_back(machine, rows)
    machine.link(*range(30, 30 + goes_on))
    with pytest.raises(KioskError) as caught:
        machine.remember()
    assert (caught.value.code, caught.value.params["known"]) == (Code.REGISTRY_PUT_BACK, common.cursor + 2)
    # Up to where both were one the machine remembers an operation; what came since is another's.
    assert machine.begin_epoch().epochs.cuts == ((common.epoch, common.cursor),)
    machine.remember()


def test_operations_are_remembered_far_back_and_few(machine: ServerMachine) -> None:
    for card in range(100, 400):
        machine.link(card)
        machine.remember()
    remembered = RememberedFile(machine.keys).load()
    assert remembered is not None
    cursors = [mark.cursor for mark in remembered.marks]
    assert cursors == sorted(cursors)
    assert len(cursors) <= 60
    assert cursors[-20:] == list(range(cursors[-1] - 19, cursors[-1] + 1))
    assert cursors[0] < 50
