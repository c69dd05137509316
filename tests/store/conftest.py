"""Real stores on a real disk, with a clock that is set by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kiosk.domain.decide import Epochs
from kiosk.domain.feed import Snapshot
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository
from tests.support.store.enrolled import NAME, NOTHING_SAFE, REGISTRY, load

OpenStore = Callable[..., Repository]


@dataclass
class Clock:
    now: datetime = datetime(2026, 11, 23, 3, 0, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def set_time(clock: Clock) -> Callable[[str], None]:
    """Set the store's clock (UTC)."""

    def set_it(moment: str) -> None:
        clock.now = datetime.fromisoformat(moment + "+00:00")

    return set_it


@pytest.fixture
def keys() -> Keys:
    return Keys(bytes(range(32)), bytes(range(32, 64)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "kiosk.db"


@pytest.fixture
def open_store(path: Path, keys: Keys, clock: Clock) -> Iterator[OpenStore]:
    opened: list[Repository] = []

    def open_one(**how: Any) -> Repository:
        opened.append(Repository(**{"path": path, "keys": keys, "counter_name": "窓口1", "clock": clock, **how}))
        return opened[-1]

    yield open_one
    for repository in opened:
        repository.close()


@pytest.fixture
def store(open_store: OpenStore) -> Repository:
    return open_store()


@pytest.fixture
def enrolled_store(open_store: OpenStore) -> Repository:
    """Enrolled, with the server's empty ledger."""
    store = open_store()
    store.enrol(REGISTRY, NAME)
    load(store, Snapshot(Epochs(1), 0, ()), NOTHING_SAFE)
    return store
