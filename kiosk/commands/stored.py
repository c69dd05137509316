"""The store, opened for one command beside a counter that may be running."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.config import Home, Settings, read_settings

if TYPE_CHECKING:
    from kiosk.store.keys import Keys, KeyStore
    from kiosk.store.repository import Repository


def keys_of(home: Home, settings: Settings) -> KeyStore:
    from kiosk.store.keyplace import key_store

    return key_store(home.data, settings.keys.place, Path(settings.keys.folder) if settings.keys.folder else None)


def open_repository(home: Home, settings: Settings) -> tuple[Repository, Keys]:
    """The store and its keys, made at the first start. Raises Unavailable."""
    from kiosk.store.keys import open_keys
    from kiosk.store.repository import Repository

    keys = open_keys(keys_of(home, settings), home.store)
    return Repository(home.store, keys, settings.counter.name, lambda: datetime.now(UTC)), keys


def with_repository(home: Home, work: Callable[[Repository], int]) -> int:
    """Work on the store; where none was made yet, say so instead of making one."""
    settings = read_settings(home.config)
    if not home.store.exists():
        output.tell("stored.new")
        return output.OK
    repository, _ = open_repository(home, settings)
    with repository:
        return work(repository)
