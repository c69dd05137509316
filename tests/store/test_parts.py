"""What is written in parts: none holds the lock for long on a slow machine, and what must last waits for the disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.store.cipher import CipherDatabase
from kiosk.store.keys import Keys
from kiosk.store.parts import LONG, Parts
from kiosk.store.repository import Repository

OpenStore = Callable[..., Repository]


def test_a_part_that_took_long_makes_the_next_one_smaller() -> None:
    parts, sizes = Parts(64, acts=8), list[tuple[int, int]]()
    for part in parts.of(range(200)):
        sizes.append((len(part), parts.acts))
        parts.took(2 * LONG)
    assert sizes[:7] == [(64, 8), (32, 4), (16, 2), (8, 1), (4, 1), (4, 1), (4, 1)]
    assert sum(size for size, _ in sizes) == 200


def test_it_grows_again_where_they_are_quick() -> None:
    parts = Parts(64)
    for seconds, size in ((2 * LONG, 32), (2 * LONG, 16), (LONG / 2, 16), (LONG / 9, 32), (LONG / 9, 64), (LONG / 9, 64)):
        parts.took(seconds)
        assert parts.size == size


def test_nothing_is_left_out() -> None:
    parts = Parts(3)
    assert [*parts.of(range(7))] == [range(3), range(3, 6), range(6, 7)]
    assert [*parts.of(())] == []
    parts.took(2 * LONG)
    assert [*parts.of(range(3))] == [range(1), range(1, 2), range(2, 3)]


def test_who_waits_for_no_disk_waits_for_it_again_afterwards(open_store: OpenStore, path: Path, keys: Keys) -> None:
    open_store().close()
    database = CipherDatabase(path, keys.database)
    with database.unsynced(), database.atomic("IMMEDIATE"):
        assert synchronous(database) == 1
    with pytest.raises(KeyError), database.unsynced(), database.atomic("IMMEDIATE"):
        raise KeyError
    assert synchronous(database) == 2
    database.close_all()


def synchronous(database: CipherDatabase) -> int:
    """1: NORMAL, 2: FULL."""
    return int(database.ask("PRAGMA synchronous").fetchone()[0])
