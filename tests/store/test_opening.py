"""Opening a store in any condition: every problem has its code, and nothing is ever made worse."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import peewee
import pytest

from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.model import LibraryCardNumber, LinkToken, Revocation
from kiosk.store.cipher import MAGIC, CipherDatabase, open_file
from kiosk.store.database_files import set_aside
from kiosk.store.key_file import FileKeyStore
from kiosk.store.keys import Keys
from kiosk.store.migrations import VERSION
from kiosk.store.repository import Repository
from tests.support.wait import LIMIT

OpenStore = Callable[..., Repository]

CARD = LinkToken(b"a" * 32)
NUMBER = LibraryCardNumber("2104067853")


@pytest.fixture
def filled(open_store: OpenStore, path: Path) -> Path:
    with open_store() as store:
        store.save_link(uuid4(), CARD, NUMBER, revocation=Revocation.GOOD)
        for number in range(200):
            store.save_link(uuid4(), LinkToken(number.to_bytes(32, "big")), LibraryCardNumber(f"{number:010}"), revocation=Revocation.GOOD)
    return path


def refused(open_store: OpenStore, **how: object) -> Code:
    with pytest.raises(Unavailable) as trouble:
        open_store(**how)
    return trouble.value.code


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.linux("file modes")
def test_only_its_user_can_read_it(store: Repository, path: Path) -> None:
    store.save_link(uuid4(), CARD, NUMBER, revocation=Revocation.GOOD)
    assert mode(path.parent) == 0o700
    assert {file.name: mode(file) for file in path.parent.iterdir()} == {
        f"kiosk.db{ending}": 0o600 for ending in ("", "-wal", "-shm", "-keeper")
    }


def test_a_thread_that_is_left_behind_is_interrupted_and_keeps_its_connection(filled: Path, keys: Keys) -> None:
    database, began, said = CipherDatabase(filled, keys.database), threading.Event(), []

    def look() -> None:
        database.ask("SELECT 1")
        began.set()
        try:
            database.ask("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n").fetchone()
        except peewee.OperationalError as error:
            said.append(str(error))
        said.append(database.ask("SELECT 1").fetchone())

    left = threading.Thread(target=look, daemon=True)
    left.start()
    assert began.wait(LIMIT)
    left.join(0.2)
    database.close_all()
    left.join(LIMIT)
    assert (left.is_alive(), said) == (False, ["interrupted", (1,)])


@pytest.mark.linux("file modes")
def test_a_file_others_can_read_is_closed_to_them(filled: Path, open_store: OpenStore) -> None:
    filled.chmod(0o644)
    open_store()
    assert mode(filled) == 0o600


def test_the_pragmas_are_in_force(store: Repository) -> None:
    with closing(open_file(store._path, bytes(range(32)))) as connection:
        asked = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in (
                "journal_mode",
                "synchronous",
                "foreign_keys",
                "secure_delete",
                "cell_size_check",
                "trusted_schema",
                "busy_timeout",
            )
        }
    assert asked == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "cell_size_check": 1,
        "trusted_schema": 0,
        "busy_timeout": 5000,
    }


def test_nothing_on_the_disk_is_readable(store: Repository, path: Path) -> None:
    store.save_link(uuid4(), CARD, NUMBER, revocation=Revocation.GOOD)
    for file in path.parent.iterdir():
        content = file.read_bytes()
        for secret in (CARD.digest, NUMBER.text.encode(), b"2104", b"CREATE TABLE", b"SQLite"):
            assert secret not in content
    assert path.read_bytes()[:8] == MAGIC


def test_a_wrong_key_is_told_from_a_damaged_file(filled: Path, open_store: OpenStore, capfd: pytest.CaptureFixture[str]) -> None:
    before = filled.read_bytes()
    assert refused(open_store, keys=Keys(b"x" * 32, b"y" * 32)) is Code.STORE_KEY_WRONG
    filled.write_bytes(before[:100] + bytes([before[100] ^ 1]) + before[101:])
    assert refused(open_store) is Code.STORE_DAMAGED
    filled.write_bytes(before)
    assert open_store().count_links() == 201
    assert capfd.readouterr() == ("", "")  # SQLCipher would say it on stderr


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00", b"hello", MAGIC, bytes(4096), os.urandom(8192), b"SQLite format 3\x00" + bytes(4080)],
    ids=["0 bytes", "1 byte", "text", "mark only", "zeros", "noise", "plain SQLite"],
)
def test_what_is_no_store_is_left_as_it_is(path: Path, open_store: OpenStore, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    assert refused(open_store) is Code.STORE_DAMAGED
    assert path.read_bytes() == content
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_file_cut_short_is_damaged(filled: Path, open_store: OpenStore) -> None:
    whole = filled.read_bytes()
    for length in (16, 4096, len(whole) // 2, len(whole) - 4096):
        filled.write_bytes(whole[:length])
        assert refused(open_store) is Code.STORE_DAMAGED
        assert filled.read_bytes() == whole[:length]


@pytest.mark.parametrize("left", ["kiosk.db-wal", "kiosk.db-shm", "kiosk.db-journal"])
def test_nothing_is_begun_beside_what_another_store_left(path: Path, open_store: OpenStore, left: str) -> None:
    path.parent.mkdir()
    path.with_name(left).write_bytes(b"left")
    assert refused(open_store) is Code.STORE_MISSING
    assert [file.name for file in path.parent.iterdir()] == [left]


def test_what_was_set_aside_is_not_kept_for_ever(filled: Path, open_store: OpenStore, set_time: Callable[[str], None]) -> None:
    left = filled.with_name("kiosk.db-wal")
    left.write_bytes(b"left")
    set_time("2026-12-01T00:00:00")
    (aside,) = set_aside([left], datetime(2026, 12, 1, tzinfo=UTC))
    assert (aside.name, left.exists()) == ("kiosk.db-wal.set-aside-20261201-000000", False)
    set_time("2026-12-30T23:59:59")
    open_store().close()
    assert aside.exists()
    set_time("2026-12-31T00:00:01")
    open_store()
    assert not aside.exists()


def test_a_damaged_page_is_noticed_when_it_is_read(filled: Path, open_store: OpenStore) -> None:
    content = bytearray(filled.read_bytes())
    for page in range(1, len(content) // 4096):
        content[4096 * page + 77] ^= 1
    filled.write_bytes(content)
    with pytest.raises(Unavailable) as trouble:
        open_store().find(CARD)
    assert trouble.value.code is Code.STORE_DAMAGED


def test_a_folder_in_its_place(path: Path, open_store: OpenStore) -> None:
    path.mkdir(parents=True)
    assert refused(open_store) is Code.STORE_UNAVAILABLE


def test_a_file_where_the_folder_should_be(path: Path, open_store: OpenStore) -> None:
    path.parent.write_bytes(b"")
    assert refused(open_store) is Code.STORE_UNAVAILABLE


def test_a_newer_store_is_refused_and_not_touched(filled: Path, keys: Keys, open_store: OpenStore) -> None:
    with closing(open_file(filled, keys.database)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    before = filled.read_bytes()
    with pytest.raises(Unavailable) as trouble:
        open_store()
    assert (trouble.value.code, trouble.value.params) == (
        Code.STORE_NEWER,
        {"version": VERSION + 1, "known": VERSION, "place": str(filled)},
    )
    assert filled.read_bytes() == before
    assert {file.name for file in filled.parent.iterdir()} <= {"kiosk.db", "kiosk.db-wal", "kiosk.db-shm"}


def test_another_program_that_writes_for_long(store: Repository, path: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.store.cipher._SETTINGS", ("PRAGMA busy_timeout = 50",))
    with closing(open_file(path, keys.database)) as other:
        other.execute("BEGIN IMMEDIATE")
        answers: list[Code] = []

        def save() -> None:  # on a thread of its own, for a connection that waits no longer than the test
            try:
                store.save_link(uuid4(), CARD, NUMBER, revocation=Revocation.GOOD)
            except Unavailable as trouble:
                answers.append(trouble.code)

        thread = threading.Thread(target=save)
        thread.start()
        thread.join()
        assert answers == [Code.STORE_LOCKED]
        assert store.find(CARD) is None  # reading goes on
        other.execute("COMMIT")
    store.save_link(uuid4(), CARD, NUMBER, revocation=Revocation.GOOD)
    assert store.count_links() == 1


def test_programs_that_begin_at_once_begin_one_store(tmp_path: Path) -> None:
    code = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4
from kiosk.domain.model import LibraryCardNumber, LinkToken, Revocation
from kiosk.store.key_file import FileKeyStore
from kiosk.store.keys import open_keys
from kiosk.store.repository import Repository
home, number = Path(sys.argv[1]), int(sys.argv[2])
print("here", flush=True)
sys.stdin.read()
path = home / "data" / "kiosk.db"
with Repository(path, open_keys(FileKeyStore(home / "keys.json"), path), "窓口1", lambda: datetime.now(UTC)) as store:
    store.save_link(uuid4(), LinkToken(bytes([number]) * 32), LibraryCardNumber(f"{number:04}"), revocation=Revocation.GOOD)
"""
    command, environment = [sys.executable, "-c", code, str(tmp_path)], {**os.environ, "PYTHONPATH": os.getcwd()}
    with ExitStack() as stack:
        programs = []
        for number in range(4):
            begun = subprocess.Popen([*command, str(number)], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            programs.append(stack.enter_context(begun))
        for program in programs:
            assert program.stdout is not None
            assert program.stdout.readline().rstrip() == b"here"
        for program in programs:
            assert program.stdin is not None
            program.stdin.close()
    assert [program.returncode for program in programs] == [0, 0, 0, 0]
    path = tmp_path / "data" / "kiosk.db"
    record = FileKeyStore(tmp_path / "keys.json").load()
    assert record is not None
    with Repository(path, record.keys, "窓口1", lambda: datetime.now(UTC)) as store:
        assert store.count_links() == 4
        assert store.verify_audit() is None
    assert sorted(file.name for file in tmp_path.iterdir()) == ["data", "keys.json"]
    assert [file.name for file in path.parent.iterdir()] == ["kiosk.db"]
