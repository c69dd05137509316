"""Another program (a virus scanner, a backup) has a file of the store open: for a moment, or longer than we wait."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Timer
from time import monotonic

import pytest

from kiosk.commands import output
from kiosk.config.file_replacement import PATIENCE
from kiosk.domain.errors import Code, Unavailable
from kiosk.store.anchor import Anchor
from kiosk.store.erasing import erase, finish_erasing
from kiosk.store.key_location import KeyPlace, key_place
from kiosk.store.keys import KeyRecord, Keys
from kiosk.store.opening import KEPT
from kiosk.store.recovery import begin_anew
from kiosk.store.repository import Repository
from kiosk.text import say
from tests.store.conftest import Clock
from tests.support.held_file import held_by_another

Act = Callable[[KeyPlace], object]

OTHER = Anchor("store", 7, "ab" * 32, 3, "cd" * 32)
ACTS: dict[str, tuple[Callable[[KeyPlace], Path], Act]] = {
    "anchor": (lambda place: place.anchor_path, lambda place: place.anchor(place.open_keys()).save(OTHER)),
    "keys": (lambda place: Path(place.store.describe().place), lambda place: place.store.replace(KeyRecord(Keys.fresh()))),
    "keys forgotten": (lambda place: Path(place.store.describe().place), lambda place: place.store.forget()),
    "erasing": (lambda place: place.database, erase),
}


@pytest.fixture
def place(path: Path, tmp_path: Path, clock: Clock) -> KeyPlace:
    place = key_place(path, "file", tmp_path / "keys")
    begin(place, clock)
    return place


def begin(place: KeyPlace, clock: Clock) -> None:
    keys = place.open_keys()
    with Repository(place.database, keys, "窓口1", clock, anchor=place.anchor(keys)) as store:
        place.remember(store.identity)


@contextmanager
def held_for_a_moment(path: Path) -> Iterator[None]:
    with held_by_another(path) as release:
        timer = Timer(0.3, release)
        timer.start()
        yield
        timer.join()


@pytest.mark.parametrize("name", ACTS)
def test_what_is_held_for_a_moment_is_waited_for(place: KeyPlace, name: str) -> None:
    file, act = ACTS[name]
    held = file(place)
    before = held.read_bytes()
    with held_for_a_moment(held):
        act(place)
    assert not held.exists() or held.read_bytes() != before
    assert [left.name for left in held.parent.iterdir() if left.name.startswith(f".{held.name}")] == []


@pytest.mark.parametrize("name", ACTS)
def test_of_what_stays_held_the_file_is_named(place: KeyPlace, name: str) -> None:
    file, act = ACTS[name]
    held = file(place)
    before = held.read_bytes()
    with held_by_another(held), pytest.raises(Unavailable) as error:
        act(place)
    assert (error.value.code, error.value.params["place"]) == (Code.STORE_UNAVAILABLE, str(held))
    assert output.why(error.value) == say("command.why.file.held")
    assert held.read_bytes() == before
    assert [left.name for left in held.parent.iterdir() if left.name.startswith(f".{held.name}")] == []


def test_erasing_is_finished_at_the_next_start(place: KeyPlace) -> None:
    with held_by_another(place.database), pytest.raises(Unavailable):
        erase(place)
    finish_erasing(place)
    assert not place.database.exists()


def test_a_log_of_sqlite_is_set_aside_once_it_is_let_go(place: KeyPlace, clock: Clock) -> None:
    place.database.unlink()
    wal = place.database.with_name(f"{place.database.name}-wal")
    wal.write_bytes(b"what is not in the database yet")
    with held_for_a_moment(wal):
        aside = begin_anew(place, clock())
    assert b"what is not in the database yet" in [path.read_bytes() for path in aside]


def test_old_copies_that_are_held_keep_nobody_from_starting(place: KeyPlace, clock: Clock) -> None:
    (backups := place.database.parent / "backups").mkdir()
    copies = [backups / f"{place.database.stem}-v4-2026010{day}-000000.db" for day in range(1, 4)]
    age = (clock() - KEPT - timedelta(days=1)).timestamp()
    with ExitStack() as held:
        for old in copies:
            old.write_bytes(b"an old copy")
            os.utime(old, (age, age))
            held.enter_context(held_by_another(old))
        begun = monotonic()
        begin(place, clock)
        assert monotonic() - begun < PATIENCE, "the first page waits for them"
    assert sorted(backups.iterdir()) == copies
    begin(place, clock)
    assert list(backups.iterdir()) == []
