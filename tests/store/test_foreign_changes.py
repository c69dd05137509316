"""Files of an open store removed or written to by somebody else: nothing is confirmed any more, and nothing confirmed is lost."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from uuid import uuid4

import pytest

from kiosk.checks.stored_data import check_store
from kiosk.domain.effects import Act, RecordAct
from kiosk.domain.errors import Code, KioskError
from kiosk.domain.model import LibraryCardNumber, LinkToken, Revocation, UnlinkReason
from kiosk.store.key_location import KeyPlace, key_place
from kiosk.store.keys import KeyRecord, Keys
from kiosk.store.repository import Repository
from tests.support.wait import LIMIT

OpenStore = Callable[..., Repository]
Begin = Callable[[], Repository]

WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from kiosk.domain.effects import Act, RecordAct
from kiosk.domain.errors import KioskError
from kiosk.store.key_location import key_place
from kiosk.store.repository import Repository
place = key_place(Path(sys.argv[1]), "file", Path(sys.argv[2]))
keys = place.open_keys()
try:
    with Repository(place.database, keys, "窓口2", lambda: datetime.now(UTC), anchor=place.anchor(keys)) as store:
        print("open", flush=True)
        for line in sys.stdin:
            for _ in range(int(line)):
                store.record(RecordAct(Act.USE))
            print("done", flush=True)
except KioskError as error:
    print(error.code, flush=True)
"""


def token(card: int) -> LinkToken:
    return LinkToken(bytes([card]) * 32)


def number(card: int) -> LibraryCardNumber:
    return LibraryCardNumber(f"21040{card:05}")


def save(store: Repository, card: int) -> None:
    store.save_link(uuid4(), token(card), number(card), revocation=Revocation.GOOD)


def code_of(work: Callable[[], object]) -> Code:
    with pytest.raises(KioskError) as trouble:
        work()
    return trouble.value.code


@pytest.fixture
def place(path: Path, keys: Keys, tmp_path: Path) -> KeyPlace:
    made = key_place(path, "file", tmp_path / "keys")
    made.store.save(KeyRecord(keys))
    return made


@pytest.fixture
def begin(open_store: OpenStore, place: KeyPlace, keys: Keys) -> Begin:
    return lambda: open_store(anchor=place.anchor(keys))


@pytest.fixture
def older(begin: Begin, path: Path, tmp_path: Path) -> Path:
    """A copy of the store from before card 3 was reported lost."""
    with begin() as store:
        for card in range(1, 60):
            save(store, card)
    copy = tmp_path / "older.db"
    shutil.copyfile(path, copy)
    with begin() as store:
        store.close_link(uuid4(), number(3), UnlinkReason.LOST)
    return copy


def beside(place: KeyPlace, **how: int) -> subprocess.Popen[str]:
    """Another program with the same store; it answers to each number of acts it is sent."""
    command = [sys.executable, "-c", WRITER, str(place.database), str(place.folder)]
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    return subprocess.Popen(command, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=1)


def answer(program: subprocess.Popen[str], acts: int | None = None) -> str:
    assert program.stdin is not None
    assert program.stdout is not None
    if acts is not None:
        program.stdin.write(f"{acts}\n")
        program.stdin.flush()
    return program.stdout.readline().strip()


def ended(program: subprocess.Popen[str]) -> None:
    program.communicate(timeout=LIMIT)


# --- a file that is gone ----------------------------------------------------------------------------------------------


@pytest.mark.linux("open files may go")
@pytest.mark.parametrize("ending", ["", "-wal", "-shm"])
@pytest.mark.parametrize("replaced", [False, True], ids=["gone", "replaced"])
def test_no_file_of_an_open_store_may_go(ending: str, replaced: bool, begin: Begin, older: Path, path: Path) -> None:
    store = begin()
    save(store, 70)
    target = path.with_name(path.name + ending)
    content = target.read_bytes()
    target.unlink()
    if replaced:
        other = target.with_name("other")
        other.write_bytes(content)
        other.rename(target)
    assert code_of(lambda: save(store, 71)) is Code.STORE_REPLACED
    assert code_of(lambda: store.links_for((token(4),), None)) is Code.STORE_REPLACED
    assert code_of(store.examine) is Code.STORE_REPLACED
    assert check_store(store).params["code"] == Code.STORE_REPLACED


@pytest.mark.linux("open files may go")
@pytest.mark.parametrize("killed", [False, True], ids=["closed", "killed"])
def test_where_the_shm_is_gone_no_second_program_writes_over_the_first(killed: bool, begin: Begin, older: Path, place: KeyPlace) -> None:
    """Each with a -shm of its own, they would write over each other's acts."""
    first = beside(place)
    assert answer(first) == "open"
    assert answer(first, 2) == "done"
    shm = place.database.with_name(f"{place.database.name}-shm")
    shm.unlink()
    second = beside(place)
    assert answer(second) == Code.STORE_REPLACED
    ended(second)
    assert answer(first, 1) == Code.STORE_REPLACED
    if killed:
        first.kill()
    ended(first)
    with begin() as store:
        assert store.audit_head().rows == 59 + 1 + 2
        assert (store.doubt, store.examine(), store.links_for((token(3),), None)[0]) == (None, None, ())


# --- a file that is written into --------------------------------------------------------------------------------------


@pytest.mark.linux("time stamps of open files")
@pytest.mark.parametrize("before", [0, 1], ids=["at-rest", "after-an-act"])
def test_an_older_copy_written_into_the_open_file_confirms_nothing(before: int, begin: Begin, older: Path, path: Path) -> None:
    store = begin()
    for card in range(70, 70 + before):
        save(store, card)
    path.write_bytes(older.read_bytes())
    assert code_of(lambda: save(store, 80)) is Code.STORE_REPLACED
    found: list[Code] = []
    looking = Thread(target=lambda: found.append(code_of(lambda: store.links_for((token(3),), None))))
    looking.start()
    looking.join(LIMIT)
    assert found == [Code.STORE_REPLACED]
    assert code_of(store.examine) is Code.STORE_REPLACED
    assert check_store(store).params["code"] == Code.STORE_REPLACED
    store.close()
    # What is left is a mixture of both, or the older one.
    try:
        store = begin()
    except KioskError as error:
        assert error.code is Code.STORE_DAMAGED  # noqa: PT017 - either is right
    else:
        assert store.doubt is not None


def test_the_programs_own_writing_is_no_replacement(begin: Begin, older: Path, place: KeyPlace, path: Path) -> None:
    """Its log is brought into the file now and then; another program's acts are in it, too."""
    store, size = begin(), path.stat().st_mtime_ns
    program = beside(place)
    assert answer(program) == "open"
    for _ in range(4):
        for _ in range(40):
            store.record(RecordAct(Act.USE, number(4)))
        assert answer(program, 5) == "done"
    assert path.stat().st_mtime_ns != size
    assert (store.doubt, store.troubles(), store.examine()) == (None, (), None)
    ended(program)
    # The log is begun anew and does not grow for ever.
    assert path.with_name(f"{path.name}-wal").stat().st_size < 12_000_000
    save(store, 90)
    store.close()
    with begin() as store:
        assert (store.doubt, store.examine()) == (None, None)


@pytest.mark.linux("time stamps of open files")
def test_whoever_stays_longer_keeps_the_store(begin: Begin, older: Path, place: KeyPlace, path: Path) -> None:
    """A counter started beside a command that ends later on watches the file as well."""
    program = beside(place)
    assert answer(program) == "open"
    store = begin()
    save(store, 70)
    ended(program)
    save(store, 71)
    path.write_bytes(older.read_bytes())
    assert code_of(lambda: save(store, 72)) is Code.STORE_REPLACED


# --- the anchor never goes back ---------------------------------------------------------------------------------------


def test_an_anchor_that_tells_of_what_is_not_there_is_a_doubt(begin: Begin, older: Path, place: KeyPlace) -> None:
    with begin() as store:
        save(store, 70)
        ahead = place.anchor_path.read_bytes()
    shutil.copyfile(older, place.database)
    place.anchor_path.unlink()
    with begin() as store:
        store.accept_doubt(Code.STORE_UNANCHORED)
        assert store.links_for((token(4),), None)[0]
        place.anchor_path.write_bytes(ahead)
        store.record(RecordAct(Act.USE, number(4)))
        assert place.anchor_path.read_bytes() == ahead
        assert store.doubt is not None
        assert code_of(lambda: store.links_for((token(3),), None)) is Code.STORE_DOUBTED
