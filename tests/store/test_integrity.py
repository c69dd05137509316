"""A store that is not the one that was left: rolled back, exchanged, truncated, spliced, or written to with its own key. Each case is
detected and reported, and keeps cards from being served until somebody has acknowledged it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from uuid import UUID, uuid4

import pytest

from kiosk.checks.stored_data import check_store
from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.decide import OpenLink
from kiosk.domain.effects import Act, RecordAct
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.model import LibraryCardNumber, LinkToken, Revocation, UnlinkReason
from kiosk.domain.states import Problem
from kiosk.ledger.audit import REGISTER, AuditTrail
from kiosk.ledger.audit import AuditedAct as Row
from kiosk.store.cipher import CipherDatabase, open_file
from kiosk.store.integrity import Integrity
from kiosk.store.key_location import KeyPlace, key_place
from kiosk.store.keys import KeyRecord, Keys
from kiosk.store.link_digest import LinkDigest
from kiosk.store.links import LinkTable
from kiosk.store.models import TABLES
from kiosk.store.repository import Repository
from tests.support.error_code import code_of
from tests.support.store.asked import ask_everything

OpenStore = Callable[..., Repository]
LOST, KEPT = LinkToken(b"l" * 32), LinkToken(b"k" * 32)
LOST_NUMBER, KEPT_NUMBER = LibraryCardNumber("2104067853"), LibraryCardNumber("2104067861")


@pytest.fixture
def place(path: Path, keys: Keys, tmp_path: Path) -> KeyPlace:
    made = key_place(path, "file", tmp_path / "keys")
    made.store.save(KeyRecord(keys))
    return made


@pytest.fixture
def begin(open_store: OpenStore, place: KeyPlace, keys: Keys) -> Callable[[], Repository]:
    """Start the counter's store."""
    return lambda: open_store(anchor=place.anchor(keys))


@pytest.fixture
def left(begin: Callable[[], Repository], path: Path, tmp_path: Path) -> Path:
    """A store that was left with the lost card unlinked, and a copy of it from before, which is returned."""
    store = begin()
    save(store, 1, LOST, LOST_NUMBER)
    save(store, 2, KEPT, KEPT_NUMBER)
    store.close()
    copy = tmp_path / "older.db"
    shutil.copyfile(path, copy)
    store = begin()
    store.record(RecordAct(Act.USE, KEPT_NUMBER))
    store.close_link(UUID(int=3), LOST_NUMBER, UnlinkReason.LOST)
    store.close()
    return copy


def save(store: Repository, operation: int, token: LinkToken, number: LibraryCardNumber) -> None:
    store.save_link(UUID(int=operation), token, number, revocation=Revocation.GOOD)


def deeds(store: Repository) -> list[str]:
    return [row.act for row in store.audit_rows() if row.act in {*AdministrativeAct}]


def test_a_store_as_it_was_left_is_served(left: Path, begin: Callable[[], Repository]) -> None:
    store = begin()
    assert (store.doubt, store.examine(), store.troubles(), deeds(store)) == (None, None, (), [])
    assert store.links_for((KEPT,), None)[0]
    assert store.links_for((LOST,), None) == ((), None)


def test_an_older_copy_serves_no_card_until_somebody_has_confirmed_it(left: Path, path: Path, begin: Callable[[], Repository]) -> None:
    shutil.copyfile(left, path)
    store = begin()
    found = Problem(Code.STORE_BEHIND, (("lacking", 2),))
    assert store.doubt == found
    assert code_of(lambda: store.links_for((LOST,), None)) is Code.STORE_DOUBTED
    assert code_of(lambda: store.links_for((KEPT,), KEPT_NUMBER)) is Code.STORE_DOUBTED
    assert code_of(lambda: save(store, 4, LinkToken(b"n" * 32), LibraryCardNumber("2104067879"))) is Code.STORE_DOUBTED
    # What was lost can be made good first, also over a restart.
    store.record(RecordAct(Act.REFUSAL, None, Code.STORE_DOUBTED))
    store.close()
    store = begin()
    assert store.doubt == found
    assert store.links_for((), LOST_NUMBER)[1] is not None
    store.close_link(UUID(int=5), LOST_NUMBER, UnlinkReason.LOST)
    store.accept_doubt(Code.STORE_FORKED)
    assert store.doubt == found
    store.accept_doubt(Code.STORE_BEHIND)
    assert store.links_for((KEPT,), None)[0]
    assert not store.links_for((LOST,), None)[0]
    (row,) = (row for row in store.audit_rows() if row.act == AdministrativeAct.ACCEPTED)
    assert (row.reason, row.checked) == ("store-behind", "lacking:2")
    store.close()
    store = begin()
    assert (store.doubt, store.examine()) == (None, None)


def test_a_wal_deleted_after_a_crash_is_a_loss(place: KeyPlace, path: Path, begin: Callable[[], Repository]) -> None:
    begin().close()
    code = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID
from kiosk.domain.model import LibraryCardNumber, LinkToken, Revocation
from kiosk.store.key_location import key_place
from kiosk.store.repository import Repository
from kiosk.store.integrity import Integrity
path = Path(sys.argv[1])
place = key_place(path, "file", Path(sys.argv[2]))
keys = place.open_keys()
store = Repository(path, keys, "窓口1", lambda: datetime.now(UTC), anchor=place.anchor(keys))
for number in range(3):
    store.save_link(UUID(int=number), LinkToken(bytes([number]) * 32), LibraryCardNumber(f"{number:010}"), revocation=Revocation.GOOD)
os._exit(9)
"""
    command = [sys.executable, "-c", code, str(path), str(place.folder)]
    ran = subprocess.run(command, env={**os.environ, "PYTHONPATH": os.getcwd()}, check=False, timeout=30)
    assert ran.returncode == 9
    path.with_name("kiosk.db-wal").unlink()
    assert begin().doubt == Problem(Code.STORE_BEHIND, (("lacking", 3),))


def test_a_wal_that_is_cut_under_the_running_store_confirms_nothing_more(path: Path, begin: Callable[[], Repository]) -> None:
    """The same file, only shorter: what is committed after it would be lost with the program."""
    store = begin()
    save(store, 1, KEPT, KEPT_NUMBER)
    os.truncate(path.with_name(path.name + "-wal"), 0)
    assert code_of(lambda: save(store, 2, LOST, LOST_NUMBER)) is Code.STORE_REPLACED
    assert check_store(store).outcome == "store.wrong"


def test_a_crash_between_act_and_anchor_is_caught_up(left: Path, place: KeyPlace, begin: Callable[[], Repository]) -> None:
    before = place.anchor_path.read_bytes()
    store = begin()
    save(store, 6, LOST, LOST_NUMBER)
    store.close()
    place.anchor_path.write_bytes(before)
    store = begin()
    assert store.doubt is None
    assert store.links_for((LOST,), None)[0]
    assert deeds(store) == [AdministrativeAct.CAUGHT_UP]
    store.close()
    store = begin()
    assert deeds(store) == [AdministrativeAct.CAUGHT_UP]
    assert place.anchor_path.read_bytes() != before


def test_what_is_caught_up_with_a_wrong_clock_does_not_bear_that_clock_out(
    left: Path, place: KeyPlace, begin: Callable[[], Repository], set_time: Callable[[str], None]
) -> None:
    before = place.anchor_path.read_bytes()
    store = begin()
    save(store, 6, LOST, LOST_NUMBER)
    store.close()
    place.anchor_path.write_bytes(before)
    set_time("2045-06-30T03:00:00")
    store = begin()
    assert [row.at[:4] for row in store.audit_rows() if row.act == AdministrativeAct.CAUGHT_UP] == ["2045"]
    assert store.left_at == datetime(2026, 11, 23, 3, tzinfo=UTC)


@pytest.mark.parametrize("statement", ["UPDATE audit SET number = NULL WHERE place = 6", "DELETE FROM audit WHERE place = 6"])
def test_behind_the_anchor_only_an_unbroken_chain_is_caught_up(
    left: Path, place: KeyPlace, path: Path, keys: Keys, begin: Callable[[], Repository], statement: str
) -> None:
    before = place.anchor_path.read_bytes()
    store = begin()
    save(store, 6, LOST, LOST_NUMBER)
    store.record(RecordAct(Act.USE, LOST_NUMBER))
    store.close()
    place.anchor_path.write_bytes(before)
    with closing(open_file(path, keys.database)) as connection:
        connection.execute(statement)
        assert connection.total_changes == 1
    assert begin().doubt == Problem(Code.STORE_FORKED)


def test_a_copy_that_went_on_by_itself_is_forked(left: Path, path: Path, begin: Callable[[], Repository], open_store: OpenStore) -> None:
    shutil.copyfile(left, path)
    with open_store() as elsewhere:
        for number in range(3):
            elsewhere.record(RecordAct(Act.USE, LibraryCardNumber(f"{number:010}")))
    assert begin().doubt == Problem(Code.STORE_FORKED)


def test_another_store_made_with_the_same_keys_is_forked(left: Path, path: Path, begin: Callable[[], Repository]) -> None:
    path.unlink()
    anchor = next((path.parent.parent / "keys").glob("*.anchor"))
    kept = anchor.read_bytes()
    anchor.unlink()
    store = begin()
    for number in range(9):
        store.record(RecordAct(Act.USE, LibraryCardNumber(f"{number:010}")))
    store.close()
    anchor.write_bytes(kept)
    assert begin().doubt == Problem(Code.STORE_FORKED)


@pytest.mark.parametrize("content", [None, b"", b"{}", b'{"mark": "kiosk-anchor", "anchor": {}, "seal": ""}', "cut", "rows"])
def test_without_its_anchor_it_is_not_known_to_be_the_last(
    left: Path, place: KeyPlace, begin: Callable[[], Repository], content: bytes | str | None
) -> None:
    kept = place.anchor_path.read_bytes()
    place.anchor_path.unlink()
    if content is not None:
        changed = {"cut": kept[:-9], "rows": kept.replace(b'"rows": 4', b'"rows": 2')}
        assert changed["rows"] != kept
        place.anchor_path.write_bytes(changed[content] if isinstance(content, str) else content)
    store = begin()
    assert store.doubt == Problem(Code.STORE_UNANCHORED)
    store.accept_doubt(Code.STORE_UNANCHORED)
    store.close()
    assert begin().doubt is None


def test_links_written_with_the_databases_key_are_found(left: Path, path: Path, keys: Keys, begin: Callable[[], Repository]) -> None:
    """First as a mere row; then as somebody would who also writes the trail, by our own code."""
    store = begin()
    row = (b"x" * 32, "9999999999", "2026-11-23T03:00:00+00:00", "窓口1", str(UUID(int=9)), 7)
    with closing(open_file(path, keys.database)) as connection:
        connection.execute("INSERT INTO link VALUES (?, ?, ?, ?, ?, ?)", row)
    assert store.doubt is None
    assert store.examine() == Problem(Code.LINKS_ALTERED)
    assert code_of(lambda: store.links_for((LinkToken(b"x" * 32),), None)) is Code.STORE_DOUBTED
    store.accept_doubt(Code.LINKS_ALTERED)
    assert store.examine() is None
    assert store.verify_audit() is None
    database = CipherDatabase(path, keys.database)
    with database.atomic("IMMEDIATE"):
        database.ask("INSERT INTO link VALUES (?, ?, ?, ?, ?, 8)", (b"y" * 32, "8888888888", row[2], row[3], str(UUID(int=8))))
        AuditTrail(database).add(Row(row[2], row[3], None, REGISTER, "done", None, "certificate", "8888", "op"))
        (note,) = database.ask("SELECT value FROM meta WHERE name = 'links.digest'").fetchone()
        count, _, total = note.partition(" ")
        database.ask("UPDATE meta SET value = ? WHERE name = 'links.digest'", (f"{int(count) + 1} {total}",))
    database.close_all()
    store.close()
    assert begin().examine() == Problem(Code.LINKS_ALTERED)


@pytest.mark.parametrize("sql", ["DELETE FROM link", "UPDATE link SET number = '1'||substr(number, 2) WHERE token = zeroblob(0) OR 1"])
def test_links_taken_out_or_exchanged_are_found(left: Path, path: Path, keys: Keys, begin: Callable[[], Repository], sql: str) -> None:
    with closing(open_file(path, keys.database)) as connection:
        connection.execute(sql)
        assert connection.total_changes
    store = begin()
    assert store.examine() == Problem(Code.LINKS_ALTERED)
    store.close()
    assert begin().doubt == Problem(Code.LINKS_ALTERED)


def test_what_is_confirmed_of_a_broken_trail_is_not_found_anew(left: Path, path: Path, keys: Keys, begin: Callable[[], Repository]) -> None:
    with closing(open_file(path, keys.database)) as connection:
        connection.execute("UPDATE audit SET number = NULL WHERE place = 2")
    store = begin()
    assert store.examine() == Problem(Code.AUDIT_BROKEN, (("row", 2),))
    store.accept_doubt(Code.AUDIT_BROKEN)
    assert store.examine() is None
    assert store.verify_audit() == 2  # it stays broken
    with closing(open_file(path, keys.database)) as connection:
        connection.execute("UPDATE audit SET number = '1' WHERE place = 5")
    assert store.examine() == Problem(Code.AUDIT_BROKEN, (("row", 5),))


def test_what_is_found_while_nothing_can_be_written_down_is_not_forgotten(
    left: Path, path: Path, keys: Keys, begin: Callable[[], Repository], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.store.cipher._SETTINGS", ("PRAGMA busy_timeout = 50",))
    store = begin()
    with closing(open_file(path, keys.database)) as other:
        other.execute("DELETE FROM link")
        other.execute("BEGIN IMMEDIATE")
        assert code_of(store.examine) is Code.STORE_LOCKED
        assert store.doubt == Problem(Code.LINKS_ALTERED)
        other.execute("COMMIT")
    store.record(RecordAct(Act.REFUSAL, None, Code.STORE_DOUBTED))
    assert store.doubt == Problem(Code.LINKS_ALTERED)
    store.close()
    store = begin()
    assert store.doubt == Problem(Code.LINKS_ALTERED)
    store.accept_doubt(Code.LINKS_ALTERED)
    assert store.doubt is None


def cut_to_nothing(file: Path) -> None:
    os.truncate(file, 0)


@pytest.mark.parametrize(
    "done",
    [
        lambda file: os.truncate(file.with_name("kiosk.db-wal"), 0),
        lambda file: os.truncate(file, 4096),
        lambda file: file.write_bytes(os.urandom(20000)),
        cut_to_nothing,
    ],
)
def test_whatever_is_done_to_its_files_the_store_speaks_of_it_in_its_own_words(
    begin: Callable[[], Repository], path: Path, done: Callable[[Path], object]
) -> None:
    store = begin()
    store.save_link(uuid4(), LinkToken(b"1" * 32), LibraryCardNumber("2104067853"), revocation=Revocation.GOOD)
    done(path)
    ask_everything(store)


@pytest.mark.parametrize("note", ["audit.head", "links.digest", "store.doubt", "store.accepted"])
@pytest.mark.parametrize("written", ["", "x", "1", "-1 -1", "9 zz", "1 " + "f" * 70, "9" * 5000])
def test_notes_that_no_program_of_ours_wrote_are_damage(
    path: Path, keys: Keys, begin: Callable[[], Repository], note: str, written: str
) -> None:
    with begin() as store:
        store.save_link(uuid4(), LinkToken(b"1" * 32), LibraryCardNumber("2104067853"), revocation=Revocation.GOOD)
    with closing(open_file(path, keys.database)) as connection:
        connection.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (note, written))
    with suppress(Unavailable), begin() as store:
        for question in (store.examine, store.count_links, store.verify_audit, store.look):
            with suppress(Unavailable):
                question()


@pytest.fixture
def standing(begin: Callable[[], Repository], path: Path, place: KeyPlace, keys: Keys) -> Iterator[tuple[CipherDatabase, Integrity]]:
    """Of a store that was left, with the connection it stands on."""
    begin().close()
    database, anchor = CipherDatabase(path, keys.database), place.anchor(keys)
    found = Integrity(database, AuditTrail(database), LinkDigest(database, keys), anchor)
    kept = found.load_anchor()
    with database.atomic("IMMEDIATE"):
        found.begin(kept)
    yield database, found
    database.close_all()


def test_a_slower_thread_does_not_take_back_what_was_found_meanwhile(standing: tuple[CipherDatabase, Integrity]) -> None:
    database, found = standing
    kept = found.load_anchor()
    with database.atomic("IMMEDIATE"):
        found.begin_act()
        AuditTrail(database).add(Row("2026-11-23T03:00:00+00:00", "窓口1", None, "refusal", "refused", "card-expired", "", None))
        work = found.end_of_act()
    with database.atomic("IMMEDIATE"):
        found.begin_act()
        found.doubt_it(Problem(Code.LINKS_ALTERED))
        examination = found.end_of_act()
    found.follow(examination)
    found.follow(work)
    assert (found.doubt, found.load_anchor()) == (Problem(Code.LINKS_ALTERED), kept)


def test_what_is_found_while_an_act_is_committed_is_still_doubted_after_it(standing: tuple[CipherDatabase, Integrity]) -> None:
    database, found = standing
    kept = found.load_anchor()
    with database.atomic("IMMEDIATE"):
        found.begin_act()
        AuditTrail(database).add(Row("2026-11-23T03:00:00+00:00", "窓口1", None, "refusal", "refused", "card-expired", "", None))
        work = found.end_of_act()
    found.find(Problem(Code.LINKS_ALTERED))
    found.follow(work)
    assert (found.doubt, found.load_anchor()) == (Problem(Code.LINKS_ALTERED), kept)
    # Only whoever answers for it takes it away.
    with database.atomic("IMMEDIATE"):
        found.begin_act()
        assert found.settle(Code.LINKS_ALTERED) is not None
        accepted = found.end_of_act()
    found.follow(accepted)
    assert (found.doubt, found.load_anchor()) == (None, accepted.anchor)


@pytest.mark.parametrize("after", [0.0, 0.05])
def test_looking_through_it_ends_when_the_program_does(begin: Callable[[], Repository], path: Path, keys: Keys, after: float) -> None:
    begin().close()
    database = CipherDatabase(path, keys.database)
    with database.atomic("IMMEDIATE"):
        trail = AuditTrail(database)
        for _ in range(1500):
            trail.add(Row("2026-11-23T03:00:00+00:00", "窓口1", None, "refusal", "refused", "card-expired", "", None))
    database.close_all()
    store, answers = begin(), []
    looking = Thread(target=lambda: answers.append(store.examine()))
    looking.start()
    looking.join(after)
    store.stop_examining()
    looking.join(30)
    assert (looking.is_alive(), answers, store.doubt) == (False, [None], None)


@pytest.mark.linux("time stamps of open files")
def test_an_older_copy_written_over_the_open_file_is_found(left: Path, path: Path, begin: Callable[[], Repository]) -> None:
    """`cp`, which keeps the file and changes what is in it."""
    store = begin()
    shutil.copyfile(left, path)
    try:
        save(store, 8, LOST, LOST_NUMBER)
    except Unavailable:
        pass
    assert code_of(store.examine) is Code.STORE_REPLACED
    store.close()
    assert begin().doubt is not None


def test_an_anchor_that_cannot_be_written_is_told_and_stops_nobody(left: Path, place: KeyPlace, begin: Callable[[], Repository]) -> None:
    store = begin()
    kept = place.anchor_path.read_bytes()
    place.anchor_path.unlink()
    place.anchor_path.mkdir()
    save(store, 8, LOST, LOST_NUMBER)
    assert store.troubles() == (Code.ANCHOR_UNWRITTEN,)
    assert store.links_for((LOST,), None)[0]
    place.anchor_path.rmdir()
    place.anchor_path.write_bytes(kept)
    store.record(RecordAct(Act.USE, LOST_NUMBER))
    assert store.troubles() == ()
    store.close()
    assert begin().doubt is None


def test_the_anchor_is_for_its_user_alone_and_tells_nothing(left: Path, place: KeyPlace, keys: Keys) -> None:
    assert sys.platform == "win32" or place.anchor_path.stat().st_mode & 0o777 == 0o600
    content = place.anchor_path.read_bytes()
    for secret in (LOST.digest, KEPT.digest):
        assert secret.hex().encode() not in content
    assert KEPT_NUMBER.text.encode() not in content
    assert [file.suffix for file in sorted(place.folder.iterdir())] == [".anchor", ".json"]


def test_every_page_of_an_older_copy_is_found(begin: Callable[[], Repository], path: Path, keys: Keys, tmp_path: Path) -> None:
    """Put in without the key: each page is authentic by itself, and lies where it belongs."""
    store = begin()
    for number in range(50):
        save(store, number, LinkToken(number.to_bytes(32, "big")), LibraryCardNumber(f"{number:010}"))
    store.close()
    older = path.read_bytes()
    store = begin()
    for number in range(0, 50, 3):
        store.close_link(UUID(int=1000 + number), LibraryCardNumber(f"{number:010}"), UnlinkReason.LOST)
        save(store, 2000 + number, LinkToken(number.to_bytes(31, "big") + b"\xff"), LibraryCardNumber(f"{number + 5000:010}"))
        store.record(RecordAct(Act.SERVICE, service="loan"))
    store.close()
    newer = path.read_bytes()
    size = 4096
    pages = [page for page in range(0, len(older), size) if older[page : page + size] != newer[page : page + size]]
    assert len(pages) >= 12
    anchor = next((tmp_path / "keys").glob("*.anchor"))
    laid, whole, unfound = anchor.read_bytes(), everything(path, keys), []
    for page in pages:
        path.write_bytes(newer[:page] + older[page : page + size] + newer[page + size :])
        anchor.write_bytes(laid)
        if not found(begin) and everything(path, keys) != whole:
            unfound.append(page // size + 1)
    assert unfound == []


def everything(path: Path, keys: Keys) -> list[list[tuple[object, ...]]]:
    """What the store tells, however it lies on its pages."""
    with closing(open_file(path, keys.database)) as connection:
        return [connection.execute(f"SELECT * FROM {table._meta.table_name} ORDER BY 1").fetchall() for table in TABLES]  # noqa: S608


def found(begin: Callable[[], Repository]) -> bool:
    try:
        store = begin()
    except Unavailable as error:
        return error.code is Code.STORE_DAMAGED
    wrong = store.doubt or store.examine()
    store.close()
    return wrong is not None


def test_another_program_that_comes_and_goes_is_no_replacement(
    left: Path, path: Path, place: KeyPlace, begin: Callable[[], Repository]
) -> None:
    store = begin()
    code = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from kiosk.domain.effects import Act, RecordAct
from kiosk.store.key_location import key_place
from kiosk.store.repository import Repository
from kiosk.store.integrity import Integrity
place = key_place(Path(sys.argv[1]), "file", Path(sys.argv[2]))
keys = place.open_keys()
with Repository(place.database, keys, "窓口2", lambda: datetime.now(UTC), anchor=place.anchor(keys)) as store:
    assert store.doubt is None
    store.record(RecordAct(Act.USE))
"""
    command = [sys.executable, "-c", code, str(path), str(place.folder)]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": os.getcwd()}, check=True, timeout=30)
    save(store, 7, LOST, LOST_NUMBER)
    assert (store.doubt, store.troubles()) == (None, ())
    store.close()
    assert begin().doubt is None


def test_what_was_done_here_and_is_no_longer_there_is_noticed_at_the_next_act(
    left: Path, path: Path, keys: Keys, begin: Callable[[], Repository]
) -> None:
    store = begin()
    save(store, 7, LOST, LOST_NUMBER)
    with closing(open_file(path, keys.database)) as connection:
        connection.execute("DELETE FROM audit WHERE place = 5")
        connection.execute("UPDATE meta SET value = '4 ' || (SELECT lower(hex(hash)) FROM audit WHERE place = 4) WHERE name = 'audit.head'")
    assert code_of(lambda: store.record(RecordAct(Act.USE, LOST_NUMBER))) is Code.STORE_REPLACED
    store.close()
    assert begin().doubt == Problem(Code.STORE_BEHIND, (("lacking", 1),))


def test_a_link_written_with_both_keys_and_without_an_act_is_found(
    left: Path, path: Path, keys: Keys, begin: Callable[[], Repository]
) -> None:
    store = begin()
    link = OpenLink(LinkToken(b"z" * 32), LibraryCardNumber("7777777777"), datetime(2026, 11, 23, 3, tzinfo=UTC), "窓口1", UUID(int=9))
    database = CipherDatabase(path, keys.database)
    with database.atomic("IMMEDIATE"):
        LinkTable(database).open(link, 9)
        LinkDigest(database, keys).changed([(link, 9)], ())
    database.close_all()
    assert store.examine() == Problem(Code.LINKS_ALTERED)
    store.close()
    assert begin().doubt == Problem(Code.LINKS_ALTERED)
