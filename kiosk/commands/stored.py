"""The store, opened for one command beside a counter that may be running."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.config import Home, read_settings
from kiosk.equipment import open_repository

if TYPE_CHECKING:
    from kiosk.store.repository import Repository


def with_repository(home: Home, work: Callable[[Repository], int]) -> int:
    """Work on the store; where none was made yet, say so instead of making one."""
    settings = read_settings(home.config)
    if not home.has_store():
        output.tell("stored.new")
        return output.OK
    repository, _ = open_repository(home, settings)
    with repository:
        return work(repository)
