"""Restoring: on an empty machine, over a ledger, onto the other database; what is refused, and what begins with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.domain.errors import Code, KioskError
from kiosk.domain.wire import Position
from kiosk.ledger.audit import AuditTrail
from kiosk.ledger.database import ask
from kiosk.registry import presence
from kiosk.registry.database import open_database
from kiosk.registry.models import CounterState, RevokedSecretRow
from kiosk.registry.remembered_file import RememberedFile
from kiosk.registry.site_key import SiteKey, SiteKeyFile
from tests.registry.conftest import NewMachine
from tests.support.backup.server_machine import AUTHORITY, LIBRARY, SITE_KEY, ServerMachine
from tests.support.ledger.safe import keep_safe

NEW = ("head", "epoch", "audit", "meta")
"""What a new epoch changes."""


def refusal(machine: ServerMachine, backup: Path, **how: object) -> KioskError:
    with pytest.raises(KioskError) as caught:
        machine.restore(backup, **how)  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_an_empty_machine_has_all_of_it_from_backup_and_sheet(machine: ServerMachine, new_machine: NewMachine, kind: str) -> None:
    """From either database into either."""
    kept = machine.back_up()
    empty = new_machine(kind)
    restored = empty.restore(kept.path, replaces=False)
    assert restored.before is None
    assert restored.lacking is None
    assert empty.rows(*NEW) == machine.rows(*NEW)
    assert empty.rows()["audit"][:-1] == machine.rows()["audit"]
    assert SiteKeyFile(empty.keys).load() == SiteKey(SITE_KEY, LIBRARY)
    assert (empty.keys / AUTHORITY.name).read_bytes() == AUTHORITY.content
    assert empty.is_whole()
    head, before = empty.ledger.head(), machine.ledger.head()
    assert (head.count, head.digest, head.position.cursor) == (before.count, before.digest, before.position.cursor)
    empty.link(50)
    assert empty.ledger.head().position == Position(head.epochs.current, before.position.cursor + 1)


def test_there_and_back_again(machine: ServerMachine, new_machine: NewMachine) -> None:
    """Onto the other database and from there onto a third machine: nothing is lost in translation."""
    other = new_machine("postgresql" if machine.url.startswith("sqlite") else "sqlite")
    other.restore(machine.back_up().path)
    third = new_machine("sqlite")
    third.now = other.now
    third.restore(other.back_up().path)
    assert third.rows(*NEW) == machine.rows(*NEW)
    assert third.is_whole()


def test_a_new_epoch_begins_and_is_recorded(machine: ServerMachine) -> None:
    kept = machine.back_up()
    machine.link(20, 21)
    restored = machine.restore(kept.path)
    head = machine.ledger.head()
    assert head.position.cursor == kept.manifest.position.cursor
    assert head.epochs.current == int(machine.now.timestamp()) > kept.manifest.position.epoch
    assert head.epochs.cuts == ((kept.manifest.position.epoch, kept.manifest.position.cursor),)
    assert head.epochs == restored.now.epochs
    with machine.database.reading() as database:
        last = AuditTrail(database).page(len(machine.rows()["audit"]) - 1)[-1]
    assert (last.act, last.checked) == ("restore", f"epoch:{head.epochs.current} cursor:{head.position.cursor}")


def test_what_is_lost_is_counted(machine: ServerMachine) -> None:
    kept = machine.back_up()
    machine.link(20, 21, 22)
    newer = machine.back_up()
    machine.link(23)
    kept.path.rename(machine.folder / "on a stick.backup")
    keep_safe(machine.database, machine.site_key, newer.manifest.position)
    restored = machine.restore(machine.folder / "on a stick.backup")
    assert (restored.lacking, restored.forgotten) == (4, 3)


def test_safe_is_what_every_backup_in_the_folder_holds(machine: ServerMachine) -> None:
    kept = machine.back_up()
    machine.link(20, 21)
    machine.back_up()
    machine.restore(kept.path)
    assert machine.ledger.head().safe == machine.ledger.head().position
    kept.path.rename(machine.folder / "away.backup")
    machine.link(30)
    third = machine.back_up()
    machine.restore(third.path)
    # The one that was made before the first restore holds what lies below its cut, and may still be restored.
    assert machine.ledger.head().safe.cursor == kept.manifest.position.cursor


def test_over_a_ledger_only_when_that_is_meant(machine: ServerMachine) -> None:
    kept = machine.back_up()
    machine.link(20)
    before = machine.rows()
    trouble = refusal(machine, kept.path, replaces=False)
    assert (trouble.code, trouble.params["reason"]) == (Code.REGISTRY_OCCUPIED, "ledger")
    assert machine.rows() == before


def test_another_librarys_backup_is_refused(machine: ServerMachine, new_machine: NewMachine) -> None:
    """Though it is sealed with the same key, as after a mistake with the sheets."""
    foreign = new_machine()
    foreign.library = "f" * 32
    foreign.found().link(1)
    before = machine.rows()
    kept = foreign.back_up()
    trouble = refusal(machine, kept.path)
    assert (trouble.code, trouble.params["reason"]) == (Code.REGISTRY_BACKUP_UNUSABLE, "other-library")
    assert machine.rows() == before


def test_another_librarys_backup_is_refused_where_only_the_memory_of_the_ledger_is_left(new_machine: NewMachine) -> None:
    machine, foreign = new_machine().found(), new_machine()
    machine.remember()
    machine.close()
    (machine.folder / "registry.db").unlink()
    foreign.library = "f" * 32
    trouble = refusal(machine, foreign.found().back_up().path)
    assert (trouble.code, trouble.params["reason"]) == (Code.REGISTRY_BACKUP_UNUSABLE, "other-library")


def test_a_wrong_sheet_is_refused_and_changes_nothing(machine: ServerMachine, new_machine: NewMachine) -> None:
    kept = machine.back_up()
    empty = new_machine()
    trouble = refusal(empty, kept.path, site_key=bytes(32))
    assert (trouble.code, trouble.params["reason"]) == (Code.REGISTRY_BACKUP_UNUSABLE, "other-key")
    assert not empty.keys.exists()


def test_where_another_key_lies_nothing_is_restored(machine: ServerMachine, new_machine: NewMachine) -> None:
    kept = machine.back_up()
    other = new_machine()
    SiteKeyFile(other.keys).save(SiteKey(bytes(32), "f" * 32))
    trouble = refusal(other, kept.path)
    assert (trouble.code, trouble.params["reason"]) == (Code.REGISTRY_OCCUPIED, "other-key")


def test_a_counter_to_revoke_has_to_be_known(machine: ServerMachine) -> None:
    kept = machine.back_up()
    before = machine.rows()
    trouble = refusal(machine, kept.path, revoke=("中央9",))
    assert (trouble.code, trouble.params["name"]) == (Code.COUNTER_UNKNOWN, "中央9")
    assert machine.rows() == before
    machine.restore(kept.path, revoke=("分館1",))
    assert (machine.state_of("中央1"), machine.state_of("分館1")) == ("active", "revoked")


def test_a_revocation_since_outlives_the_restore(machine: ServerMachine) -> None:
    kept = machine.back_up()
    machine.set_state("分館1", CounterState.REVOKED)
    machine.restore(kept.path)
    assert machine.state_of("分館1") == "revoked"


@pytest.mark.parametrize("is_written", [True, False], ids=["remembered", "in the database alone"])
def test_it_outlives_the_loss_of_the_database_where_it_was_written_down(new_machine: NewMachine, *, is_written: bool) -> None:
    machine = new_machine().found()
    machine.enrol("分館1")
    kept = machine.back_up()
    machine.set_state("分館1", CounterState.REVOKED)
    if is_written:
        machine.remember()
    machine.close()
    (machine.folder / "registry.db").unlink()
    machine.restore(kept.path)
    assert machine.state_of("分館1") == ("revoked" if is_written else "active")


def test_a_counter_enrolled_since_stays_enrolled_and_one_enrolled_again_keeps_its_new_secret(machine: ServerMachine) -> None:
    kept = machine.back_up()
    machine.later(minutes=1)
    machine.enrol("新館1")
    new = machine.enrol("分館1", b"of its new computer")
    machine.restore(kept.path)
    assert machine.state_of("新館1") == "active"
    assert {row[0]: row[1] for row in machine.rows()["counter"]}["分館1"] == new


def test_a_secret_that_was_replaced_is_not_revived_where_the_clock_was_put_back(machine: ServerMachine) -> None:
    kept = machine.back_up()
    machine.later(days=-1)
    renewed = machine.enrol("中央1", b"a new secret")
    machine.remember()
    machine.later(days=2)
    machine.restore(kept.path)
    assert {row[0]: row[1] for row in machine.rows()["counter"]}["中央1"] == renewed


def test_a_counter_revoked_and_enrolled_again_is_not_shut_out_by_a_backup_from_between(machine: ServerMachine) -> None:
    machine.set_state("分館1", CounterState.REVOKED)
    kept = machine.back_up()
    machine.later(minutes=1)
    machine.enrol("分館1", b"of its new computer")
    machine.restore(kept.path)
    assert machine.state_of("分館1") == "active"


@pytest.mark.parametrize("is_lost", [False, True], ids=["over a ledger", "where the ledger is lost"])
def test_a_computer_whose_name_another_has_since_is_still_told_to_erase_itself(new_machine: NewMachine, *, is_lost: bool) -> None:
    machine = new_machine().found()
    lost = machine.enrol("分館1")
    kept = machine.back_up()
    machine.set_state("分館1", CounterState.REVOKED)
    machine.enrol("分館1", b"of its new computer")
    RevokedSecretRow.insert(secret=lost, name="分館1").execute(machine.database.database)
    machine.remember()
    if is_lost:
        machine.close()
        (machine.folder / "registry.db").unlink()
    machine.restore(kept.path)
    assert machine.rows()["revoked_secret"] == [(lost, "分館1")]
    machine.remember()
    machine.restore(machine.back_up().path)
    assert machine.rows()["revoked_secret"] == [(lost, "分館1")]


def test_codes_that_were_used_up_do_not_come_back(machine: ServerMachine, new_machine: NewMachine) -> None:
    with machine.database.writing() as database:
        ask(database, "INSERT INTO enrolment_code (name, code, until, tries) VALUES ('新館1', ?, '2026-12-31', 0)", (b"hash",))
    kept = machine.back_up()
    machine.restore(kept.path)
    with machine.database.reading() as database:
        assert ask(database, "SELECT count(*) FROM enrolment_code").fetchone()[0] == 0


def test_a_server_that_runs_on_the_database_is_noticed(new_machine: NewMachine) -> None:
    machine = new_machine("postgresql").found()
    machine.link(1)
    kept = machine.back_up()
    with machine.database.translated():
        presence.announce(machine.database.database)
        presence.announce(machine.database.database)
    assert refusal(machine, kept.path).code is Code.REGISTRY_SERVING
    with machine.database.translated():
        presence.withdraw(machine.database.database)
    machine.restore(kept.path)


def test_no_server_begins_while_a_ledger_is_put_back(new_machine: NewMachine) -> None:
    machine = new_machine("postgresql").found()
    starting = open_database(machine.url)
    with machine.database.writing() as transaction:
        presence.refuse_if_served(transaction)
        with pytest.raises(KioskError) as caught:
            starting.read(presence.announce)
        assert caught.value.code is Code.REGISTRY_SERVING
    starting.read(presence.announce)
    starting.close()


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b'{"kiosk-outlives-restore": 1}', b"[" * 5000])
def test_what_is_remembered_and_damaged_is_not_believed_and_stands_in_nobodys_way(machine: ServerMachine, content: bytes) -> None:
    kept = machine.back_up()
    machine.remember()
    path = machine.keys / "outlives-restore.json"
    before = path.read_bytes()
    path.write_bytes(content)
    assert RememberedFile(machine.keys).load() is None
    machine.restore(kept.path)
    path.write_bytes(content)
    machine.remember()
    assert path.read_bytes() != before
    assert RememberedFile(machine.keys).load() is not None


def test_what_is_loaded_is_what_was_checked(machine: ServerMachine) -> None:
    """A file cut off is noticed before anything is changed, one with a page missing in the middle too."""
    kept = machine.back_up()
    machine.link(20)
    before = machine.rows()
    content = kept.path.read_bytes()
    for damaged in (content[:-1], content[: len(content) // 2], content + content, bytes(len(content))):
        kept.path.write_bytes(damaged)
        assert refusal(machine, kept.path).code is Code.REGISTRY_BACKUP_UNUSABLE
    assert machine.rows() == before
