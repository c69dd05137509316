"""Making backups: what they hold, while the server works, and what is left when one fails."""

from __future__ import annotations

import os
import stat
import threading
import tracemalloc
from pathlib import Path

import pytest

from kiosk.domain.errors import Code, KioskError, Refused
from kiosk.ledger.database import ask
from kiosk.registry.backup.reading import manifest_of, records_of, verify
from kiosk.registry.backup.tables import LEFT_OUT, TABLES
from kiosk.registry.migrations import VERSION
from tests.registry.conftest import NewMachine
from tests.support.backup.server_machine import AUTHORITY, LIBRARY, SITE_KEY, ServerMachine, number, token


def test_a_backup_says_what_it_is_of(machine: ServerMachine) -> None:
    kept = machine.back_up()
    head = machine.ledger.head()
    manifest = manifest_of(kept.path, SITE_KEY)
    assert manifest == kept.manifest
    assert (manifest.library, manifest.schema, manifest.position) == (LIBRARY, VERSION, head.position)
    assert (manifest.links, manifest.digest, manifest.made) == (head.count, head.digest, machine.now)
    contents = verify(kept.path, SITE_KEY)
    assert contents.counters == (("中央1", "active"), ("分館1", "active"))
    assert contents.files == (AUTHORITY,)
    assert contents.rows == sum(map(len, machine.rows().values()))


def test_it_is_private_and_has_its_name_only_when_it_is_whole(machine: ServerMachine) -> None:
    kept = machine.back_up()
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    assert os.listdir(machine.backups) == [kept.path.name]
    again = machine.back_up().path
    assert again != kept.path


def test_two_of_one_second_have_two_names(machine: ServerMachine) -> None:
    first = machine.back_up()
    machine.later(seconds=-1)
    assert machine.back_up().path.name == f"{first.path.stem}-2.backup"


def test_nothing_personal_and_no_key_lies_in_it_in_clear(machine: ServerMachine) -> None:
    content = machine.back_up().path.read_bytes()
    for text in (SITE_KEY, SITE_KEY.hex().encode(), token(1).digest, token(1).digest.hex().encode(), number(1).text.encode()):
        assert text not in content
    assert all(SITE_KEY.hex() not in repr(record) for record in records_of(machine.back_up().path, SITE_KEY))


def test_every_table_is_backed_up_with_every_column_or_left_out_on_purpose(machine: ServerMachine) -> None:
    with machine.database.reading() as database:
        tables = set(database.get_tables()) - {"schema_version"}
        assert tables == {table.name for table in TABLES} | LEFT_OUT
        for table in TABLES:
            assert [column.name for column in database.get_columns(table.name)] == list(table.columns)
            assert set(database.get_primary_keys(table.name)) == set([*table.columns][: table.key])


def test_it_holds_one_moment_while_operations_go_on(machine: ServerMachine) -> None:
    machine.link(*range(100, 2300))
    before = machine.rows("counter_seen")
    ended = threading.Event()

    def go_on() -> None:
        card = 10_000
        while not ended.is_set():
            machine.link(card)
            card += 1
        machine.close()

    position = machine.ledger.head().position
    working = threading.Thread(target=go_on)
    working.start()
    try:
        kept = machine.back_up()
        # At the least one operation was accepted while it was made.
        assert machine.ledger.head().position.cursor > kept.manifest.position.cursor
    finally:
        ended.set()
        working.join()
    assert kept.manifest.position.cursor >= position.cursor
    assert verify(kept.path, SITE_KEY).manifest == kept.manifest
    assert before["audit"] == machine.rows()["audit"][: len(before["audit"])]


def test_memory_holds_pages_and_not_the_ledger(new_machine: NewMachine) -> None:
    machine = new_machine().found()
    machine.fill(range(60_000))
    tracemalloc.start()
    kept = machine.back_up()
    assert tracemalloc.get_traced_memory()[1] < 12 << 20
    tracemalloc.stop()
    assert kept.manifest.links == 60_000


def altered(machine: ServerMachine, sql: str) -> KioskError:
    with machine.database.writing() as database:
        ask(database, sql)
    with pytest.raises(KioskError) as caught:
        machine.back_up()
    return caught.value


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM link WHERE number = '0000000001'",
        "UPDATE link SET number = '9999999999' WHERE number = '0000000001'",
        "UPDATE link SET position = position + 1 WHERE number = '0000000001'",
        "UPDATE head SET links = links + 1",
        "DELETE FROM stop",
        "UPDATE feed SET sequence = sequence + 1 WHERE cursor = 1",
        "DELETE FROM operation WHERE cursor = 1",
        "UPDATE counter SET sequence = sequence + 1",
        "UPDATE head SET safe = cursor",
        "INSERT INTO epoch VALUES (1, 1)",
        "UPDATE audit SET number = '****' WHERE place = 2",
        "DELETE FROM audit WHERE place = 1",
        "DELETE FROM audit WHERE place = (SELECT max(place) FROM audit)",
    ],
)
def test_what_was_changed_behind_the_program_is_no_backup(machine: ServerMachine, sql: str) -> None:
    machine.back_up()
    trouble = altered(machine, sql)
    assert (trouble.code, trouble.params["reason"]) == (Code.BACKUP_FAILED, "altered")
    assert len(os.listdir(machine.backups)) == 1, "the good one is still there, and nothing else"


def test_a_folder_that_cannot_be_written_is_told(machine: ServerMachine, tmp_path: Path) -> None:
    machine.backups = tmp_path / "file"
    machine.backups.write_text("")
    with pytest.raises(KioskError) as caught:
        machine.back_up()
    assert (caught.value.code, caught.value.params) == (Code.BACKUP_FAILED, {"place": str(machine.backups), "reason": "not-a-folder"})


def test_what_a_kill_left_is_deleted_by_the_next(machine: ServerMachine) -> None:
    machine.backups.mkdir()
    (machine.backups / ".registry-20261130-020000.backup.new").write_bytes(b"half")
    kept = machine.back_up()
    assert os.listdir(machine.backups) == [kept.path.name]


def test_a_foreign_file_and_one_of_another_key_are_told(machine: ServerMachine, tmp_path: Path) -> None:
    (tmp_path / "photo.backup").write_bytes(b"\xff\xd8\xff" * 100)
    kept = machine.back_up().path
    for path, key, reason in ((tmp_path / "photo.backup", SITE_KEY, "foreign"), (kept, bytes(32), "other-key")):
        with pytest.raises(Refused) as caught:
            verify(path, key)
        assert (caught.value.code, caught.value.params["reason"]) == (Code.REGISTRY_BACKUP_UNUSABLE, reason)
