"""Files deleted, moved or replaced under the open store: what is confirmed after that would be lost with the program.

Windows does none of it to a file that is open without FILE_SHARE_DELETE, as SQLite opens its own:
https://learn.microsoft.com/en-us/windows/win32/fileio/creating-and-opening-files
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from uuid import uuid4

import pytest

from kiosk.checks.stored_data import check_store
from kiosk.domain.effects import Act, RecordAct
from kiosk.domain.errors import Code
from kiosk.domain.model import LibraryCardNumber, LinkToken, Revocation, UnlinkReason
from kiosk.store.cipher import open_file
from kiosk.store.key_location import key_place
from kiosk.store.keys import KeyRecord, Keys
from kiosk.store.repository import Repository
from tests.support.error_code import code_of
from tests.support.store.asked import ask_everything
from tests.support.store.enrolled import CARD_A, CARD_B, NUMBER_1, NUMBER_2
from tests.support.wait import LIMIT

OpenStore = Callable[..., Repository]
linux = pytest.mark.linux("open files may go")


def link(store: Repository, card: LinkToken = CARD_A, number: LibraryCardNumber = NUMBER_1) -> None:
    store.save_link(uuid4(), card, number, revocation=Revocation.GOOD)


@pytest.fixture
def begin(open_store: OpenStore, path: Path, keys: Keys, tmp_path: Path) -> Callable[[], Repository]:
    place = key_place(path, "file", tmp_path / "keys")
    place.store.save(KeyRecord(keys))
    return lambda: open_store(anchor=place.anchor(keys))


@pytest.fixture
def older(begin: Callable[[], Repository], path: Path, tmp_path: Path) -> Path:
    """A copy from before one of two cards was unlinked."""
    with begin() as store:
        link(store)
        link(store, CARD_B, NUMBER_2)
    copy = tmp_path / "older.db"
    shutil.copyfile(path, copy)
    with begin() as store:
        store.record(RecordAct(Act.USE, NUMBER_2))
        store.close_link(uuid4(), NUMBER_1, UnlinkReason.LOST)
    return copy


WAYS: dict[str, Callable[[Path, Path], object]] = {
    "replace": lambda path, older: os.replace(older, path),
    "delete": lambda path, older: path.unlink(),
    "delete-wal": lambda path, older: path.with_name("kiosk.db-wal").unlink(),
    "move": lambda path, older: path.parent.rename(older.with_name("elsewhere")),
}


@linux
@pytest.mark.parametrize("how", WAYS)
def test_nothing_is_confirmed_into_files_that_are_no_longer_there(
    older: Path, path: Path, begin: Callable[[], Repository], how: str
) -> None:
    store = begin()
    WAYS[how](path, older)
    assert code_of(lambda: link(store)) is Code.STORE_REPLACED
    assert code_of(lambda: store.links_for((CARD_B,), None)) is Code.STORE_REPLACED
    assert code_of(lambda: store.record(RecordAct(Act.USE, NUMBER_2))) is Code.STORE_REPLACED
    looked = check_store(store)
    assert (looked.outcome, looked.params["code"]) == ("store.wrong", Code.STORE_REPLACED)
    if how == "move":
        older.with_name("elsewhere").rename(path.parent)
        assert check_store(store).outcome == "store.fine"


@pytest.mark.skipif(sys.platform != "win32", reason="there open files may go")
@pytest.mark.parametrize("how", ["replace", "delete", "delete-wal"])
def test_windows_leaves_an_open_store_its_files(older: Path, path: Path, begin: Callable[[], Repository], how: str) -> None:
    with begin() as store:
        with pytest.raises(PermissionError):
            WAYS[how](path, older)
        link(store)
        assert check_store(store).outcome == "store.fine"
    with begin() as store:
        assert (store.doubt, store.examine(), len(store.links_for((CARD_A,), None)[0])) == (None, None, 1)


def make_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def make_a_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


@linux
@pytest.mark.parametrize(
    "done",
    [
        Path.unlink,
        lambda file: shutil.rmtree(file.parent),
        lambda file: file.with_name("kiosk.db-wal").unlink(),
        make_a_folder,
        make_a_pipe,
    ],
)
def test_whatever_becomes_of_its_files_the_store_speaks_of_it_in_its_own_words(
    begin: Callable[[], Repository], path: Path, done: Callable[[Path], object]
) -> None:
    store = begin()
    link(store)
    done(path)
    ask_everything(store)


@linux
def test_a_store_taken_away_under_its_examination_is_replaced(begin: Callable[[], Repository], path: Path) -> None:
    store = begin()
    path.unlink()
    assert code_of(store.examine) is Code.STORE_REPLACED


@linux
def test_a_file_replaced_in_the_middle_of_an_act_confirms_nothing(
    older: Path, path: Path, keys: Keys, begin: Callable[[], Repository]
) -> None:
    store, answers = begin(), []
    other = open_file(path, keys.database)
    other.execute("BEGIN IMMEDIATE")
    saving = Thread(target=lambda: answers.append(code_of(lambda: link(store))))
    saving.start()
    saving.join(0.5)  # it waits for the other one by now
    os.replace(older, path)
    other.execute("COMMIT")
    saving.join(LIMIT)
    other.close()
    assert answers == [Code.STORE_REPLACED]
