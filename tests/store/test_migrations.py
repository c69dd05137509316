"""Stores of earlier versions, as written then (SQL frozen here, not the program's), and their migration."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from playhouse.schema_diff import diff_models

from kiosk.checks.stored_data import check_store
from kiosk.config.atomic_write import make_file
from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.effects import Act, RecordAct
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.model import LibraryCardNumber, LinkToken, Month
from kiosk.domain.states import Problem
from kiosk.ledger.audit import digest_of
from kiosk.store.anchor import Anchor
from kiosk.store.backup import check_whole
from kiosk.store.cipher import CipherDatabase, open_file, salt_for
from kiosk.store.foreign_changes import ForeignChanges
from kiosk.store.key_location import key_place
from kiosk.store.keys import Keys
from kiosk.store.migrations import VERSION
from kiosk.store.models import TABLES
from kiosk.store.monthly_counts import MonthFigures
from kiosk.store.repository import Repository
from tests.support.store.earlier_versions import IDENTITY_3, VERSION_1, write_version_3, write_version_4

OpenStore = Callable[..., Repository]

ROWS_1 = (
    (1, "2026-09-30T14:59:59+00:00", "窓口1", None, "register", "done", None, "certificate pin", "2104 ＊＊＊＊ 53", "op-1"),
    (2, "2026-09-30T15:00:00+00:00", "窓口1", None, "use", "done", None, "certificate", "2104 ＊＊＊＊ 53", None),
    (3, "2026-10-01T01:00:00+00:00", "窓口1", None, "use", "refused", "card-expired", "certificate", None, None),
    (4, "2026-10-02T01:00:00+00:00", "窓口1", "17", "use", "done", None, "certificate", "2104 ＊＊＊＊ 53", None),
)


@pytest.fixture
def first_version(path: Path, keys: Keys) -> Path:
    path.parent.mkdir(mode=0o700)
    make_file(path)
    with closing(open_file(path, keys.database, salt=salt_for(keys.database))) as connection:
        connection.executescript(VERSION_1)
        link = (b"a" * 32, "2104067853", "2026-09-30T14:59:59+00:00", "窓口1", "op-1")
        connection.execute("INSERT INTO link VALUES (?, ?, ?, ?, ?)", link)
        previous = bytes(32)
        for row in ROWS_1:
            digest = digest_of(row, previous)
            connection.execute(f"INSERT INTO audit VALUES ({', '.join('?' * 12)})", (*row, previous, digest))  # noqa: S608
            previous = digest
        connection.execute("INSERT INTO meta VALUES ('audit.head', ?)", (f"4 {previous.hex()}",))
    return path


def version_in(path: Path, keys: Keys) -> int:
    with closing(open_file(path, keys.database, settings=False)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def test_a_store_of_the_first_version_is_brought_up_to_date(first_version: Path, keys: Keys, open_store: OpenStore) -> None:
    store = open_store()
    september, october, november = Month(2026, 9), Month(2026, 10), Month(2026, 11)
    assert store.month_statistics() == [
        MonthFigures(september, registrations=1),
        MonthFigures(october, uses=2),
        MonthFigures(november, releases=1, dropped=1),
    ]
    assert store.verify_audit() is None
    assert store.examine(aside=False) is None
    assert version_in(first_version, keys) == VERSION


def test_links_of_tokens_no_longer_used_are_dropped_and_that_is_said(
    first_version: Path, open_store: OpenStore, set_time: Callable[[str], None]
) -> None:
    with open_store() as store:
        assert store.find(LinkToken(b"a" * 32)) is None
        assert (store.count_links(), list(store.list_links())) == (0, [])
        told = [(row.act, row.reason, row.number, row.checked) for row in store.audit_rows()][4:]
        assert told == [("release", "token-changed", "2104 ＊＊＊＊ 53", ""), ("migrated", None, None, "links:1")]
        assert store.links_dropped() == 1
        finding = check_store(store)
        assert (finding.outcome, finding.number("dropped"), finding.number("links")) == ("store.migrated", 1, 0)
    # As long as the copy made before it is kept.
    set_time("2026-12-23T03:00:01")
    with open_store() as store:
        assert check_store(store).outcome == "store.fine"


def test_a_new_store_has_dropped_nothing(open_store: OpenStore) -> None:
    store = open_store()
    assert (store.links_dropped(), list(store.audit_rows())) == (0, [])
    assert check_store(store).outcome == "store.fine"


@pytest.mark.parametrize(("links", "excess", "behind"), [(0, 0, 0), (3, 0, 0), (0, 1, 0), (3, 1, 0), (3, 0, 1)])
def test_a_store_with_an_anchor_is_not_doubted_for_being_migrated(
    path: Path, keys: Keys, open_store: OpenStore, tmp_path: Path, links: int, excess: int, behind: int
) -> None:
    """With as many links as there were acts, and with more, which staff had accepted; anchored, and interrupted `behind` acts ago."""
    place = key_place(path, "file", tmp_path / "keys")
    heads = write_version_3(path, keys, links, excess)
    rows = links - behind
    anchor = Anchor(IDENTITY_3, rows, heads[rows].hex(), links + excess - behind, "ab" * 32)
    place.anchor(keys).save(anchor)
    with open_store(anchor=place.anchor(keys), known=IDENTITY_3) as store:
        assert (store.doubt, store.troubles(), store.links_dropped()) == (None, (), links + excess)
        assert store.links_dropped_now == links + excess
        # The migration itself is no interruption.
        acts = [row.act for row in store.audit_rows()][links + links + excess :]
        assert acts == [AdministrativeAct.MIGRATED] + [AdministrativeAct.CAUGHT_UP] * behind
        if not excess:
            assert store.examine(aside=False) is None
    with open_store(anchor=place.anchor(keys), known=IDENTITY_3) as store:
        assert (store.doubt, store.links_dropped_now) == (None, 0)
        assert len([row for row in store.audit_rows() if row.act == AdministrativeAct.CAUGHT_UP]) == behind


def test_a_store_that_a_counter_has_open_is_not_migrated(first_version: Path, keys: Keys, open_store: OpenStore) -> None:
    """The counter of the version before would go on with tables that are gone."""
    with closing(open_file(first_version, keys.database)) as connection:
        connection.execute("SELECT count(*) FROM link").fetchone()
        counter = ForeignChanges(first_version)
        counter.begin()
        with pytest.raises(Unavailable) as trouble:
            open_store()
        assert (trouble.value.code, trouble.value.params["reason"]) == (Code.STORE_LOCKED, "in-use")
        assert connection.execute("SELECT count(*) FROM link").fetchone() == (1,)
    assert not (first_version.parent / "backups").exists()
    counter.release()
    assert open_store().links_dropped_now == 1


def test_where_no_backup_can_be_made_nothing_is_migrated_and_the_folder_is_named(
    first_version: Path, keys: Keys, open_store: OpenStore
) -> None:
    backups = first_version.parent / "backups"
    backups.write_bytes(b"")
    with pytest.raises(Unavailable) as trouble:
        open_store()
    assert (trouble.value.code, trouble.value.params["place"]) == (Code.BACKUP_FAILED, str(backups))
    assert version_in(first_version, keys) == 1


@pytest.mark.linux("file modes")
def test_it_is_backed_up_first(first_version: Path, keys: Keys, open_store: OpenStore) -> None:
    open_store().close()
    (backup,) = (first_version.parent / "backups").iterdir()
    assert backup.name == "kiosk-v1-20261123-030000.db"
    assert backup.stat().st_mode & 0o777 == 0o600
    assert version_in(backup, keys) == 1
    check_whole(backup, keys.database)
    open_store()
    assert len(list((first_version.parent / "backups").iterdir())) == 1


def test_the_backup_does_not_keep_closed_links_for_ever(
    first_version: Path, open_store: OpenStore, set_time: Callable[[str], None]
) -> None:
    open_store().close()
    (backup,) = (first_version.parent / "backups").iterdir()
    made = datetime(2026, 11, 23, 3, tzinfo=UTC).timestamp()
    draft = backup.with_name(f".{backup.name}.new")
    draft.write_bytes(backup.read_bytes())
    for copy in (backup, draft):
        os.utime(copy, (made, made))
    set_time("2026-12-23T02:59:59")
    open_store().close()
    assert backup.exists()
    set_time("2026-12-23T03:00:01")
    open_store()
    assert list(backup.parent.iterdir()) == []


def test_a_migration_that_fails_changes_nothing(first_version: Path, keys: Keys, open_store: OpenStore) -> None:
    with closing(open_file(first_version, keys.database)) as connection:
        connection.execute("CREATE TABLE audit_at (a)")  # in the way of an index made by the last statement of the step
    with pytest.raises(Exception, match="audit_at"):
        open_store()
    assert version_in(first_version, keys) == 1
    with closing(open_file(first_version, keys.database)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        connection.execute("DROP TABLE audit_at")
    assert "tally" not in tables
    assert open_store().links_dropped() == 1


def test_a_damaged_store_is_not_migrated(first_version: Path, open_store: OpenStore) -> None:
    content = bytearray(first_version.read_bytes())
    content[4096 * 3 + 77] ^= 1
    first_version.write_bytes(content)
    with pytest.raises(Unavailable) as trouble:
        open_store()
    assert trouble.value.code is Code.STORE_DAMAGED
    assert first_version.read_bytes() == content
    assert list((first_version.parent / "backups").iterdir()) == []


@pytest.mark.parametrize("enrolled", [False, True])
def test_a_store_of_the_fourth_version_keeps_its_links_and_is_not_doubted(
    path: Path, keys: Keys, open_store: OpenStore, tmp_path: Path, enrolled: bool
) -> None:
    write_version_4(path, keys, enrolled=enrolled)
    place = key_place(path, "file", tmp_path / "keys")
    with open_store(anchor=place.anchor(keys), known="") as store:
        assert [link.number for link in store.list_links(masked=False)] == ["0000000001"] + ["0000000002"] * (not enrolled)
        assert store.find_by_number(LibraryCardNumber("0000000001")) is not None
        assert (store.is_enrolled(), store.links_dropped()) == (enrolled, 0)
        assert [own.operation.origin.uuid for own in store.operations()] == [UUID(int=9)] * enrolled
        # The rows are sealed, and the links agree with their digest; no act explains links that were written into the file.
        assert store.doubt is None or store.doubt.code is Code.STORE_UNANCHORED
        assert store.examine(aside=False) == (None if enrolled else Problem(Code.LINKS_ALTERED))
    with closing(open_file(path, keys.database)) as connection:
        assert connection.execute("SELECT count(*) FROM link_number").fetchone() == (2,)


@pytest.mark.parametrize("sql", ["UPDATE meta SET value = '9' WHERE name = 'ledger.sequence'", "DELETE FROM stop", "DELETE FROM operation"])
def test_a_store_of_the_fourth_version_that_others_changed_is_doubted(
    path: Path, keys: Keys, open_store: OpenStore, tmp_path: Path, sql: str
) -> None:
    write_version_4(path, keys, enrolled=True)
    with closing(open_file(path, keys.database)) as connection:
        connection.execute(sql)
    with open_store(anchor=key_place(path, "file", tmp_path / "keys").anchor(keys)) as store:
        assert store.examine(aside=False) == Problem(Code.LINKS_ALTERED)


@pytest.mark.parametrize("old", [True, False], ids=["migrated", "new"])
def test_the_models_are_the_tables(old: bool, request: pytest.FixtureRequest, path: Path, keys: Keys, open_store: OpenStore) -> None:
    if old:
        request.getfixturevalue("first_version")
    open_store().close()
    database = CipherDatabase(path, keys.database)
    difference = diff_models(database, TABLES)  # type: ignore[no-untyped-call]
    unknown = set(database.get_tables()) - {table._meta.table_name for table in TABLES}
    database.close_all()
    assert not difference, str(difference)
    assert unknown <= {"sqlite_sequence"}


def test_an_old_store_gets_an_identity_and_an_anchor(
    first_version: Path, keys: Keys, open_store: OpenStore, tmp_path: Path, set_time: Callable[[str], None]
) -> None:
    place = key_place(first_version, "file", tmp_path / "keys")
    before = first_version.read_bytes()
    with open_store(anchor=place.anchor(keys)) as store:
        identity = store.identity
        assert re.fullmatch("[0-9a-f]{32}", identity)
        assert (store.doubt, store.troubles(), store.examine()) == (None, (), None)
        store.record(RecordAct(Act.USE))
    with open_store(anchor=place.anchor(keys)) as store:
        assert (store.doubt, store.identity) == (None, identity)
    # The copy from before was another store, as far as anybody can tell.
    first_version.write_bytes(before)
    set_time("2026-11-24T03:00:00")
    with open_store(anchor=place.anchor(keys)) as store:
        assert store.doubt == Problem(Code.STORE_FORKED)
