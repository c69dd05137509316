"""Makes the computer's place for `kiosk setup`, or puts it right, with respect to who has the counter open meanwhile."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.config import Home
from kiosk.config.machine_place import has_machine_home, machine_folder, machine_keys_folder
from kiosk.config.machine_setup import Group, make_place
from kiosk.domain.errors import Unavailable
from kiosk.ledger.running_lock import RunningLock
from kiosk.store.foreign_changes import keeper_note


@contextmanager
def settled(group: Group, before: Group | None) -> Iterator[Callable[[], bool]]:
    """Yield what makes the place or puts it right, and says whether anything had to be done, as `make_place` does.

    Raises Unavailable: already-running, if the group changes while the counter runs: whoever is out of it then would go on with it.
    """
    home, lock = Home(machine_folder()), None
    if has_machine_home() and os.path.lexists(home.lock):
        try:
            lock = RunningLock(home.lock)
        except Unavailable:
            if before != group:
                raise
    # Of the store the commands have no lock.
    replaces = (lock is not None or not os.path.lexists(home.lock)) and not os.path.lexists(keeper_note(home.store))
    try:
        yield lambda: make_place(group, replaces=replaces)
    finally:
        if lock is not None:
            lock.release()


def unsettled() -> list[Path]:
    """The files that somebody may still have under another name: the counter runs, or they are none of its group's. Raises OSError."""
    if sys.platform == "win32":
        # The list is the file's, whatever its names: https://learn.microsoft.com/windows/win32/fileio/hard-links-and-junctions
        return []
    else:
        from kiosk.config.group_modes import files_named_elsewhere

        return files_named_elsewhere(machine_folder(), machine_keys_folder())
