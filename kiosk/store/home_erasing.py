"""Erases a counter with all that belongs to it: its home, its keys, wherever they are kept, and what it has told of itself beside them.

The keys go first, in one step: from there on nothing can be read, and the store says that it was erased. Last of all goes what says that
there is a counter: ended at any point, the same once more finishes. What others have laid into the home stays.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from kiosk.config.file_replacement import delete, delete_empty
from kiosk.config.home import Home
from kiosk.config.home_marker import MARK, Purpose, begin_for
from kiosk.store.copied_home import remove_tree
from kiosk.store.erasing import erase
from kiosk.store.key_location import KeyPlace

_BEGUN_BY = ("running.lock", "config.toml", MARK)
"""What makes a folder the home of a counter (`Home.has_begun`), in the order in which it goes."""


def erase_data(home: Home, place: KeyPlace) -> None:
    """Erase the keys, the store, and everything else in the home but what says that there is one. Nobody may have it open. Raises
    Unavailable; OSError.
    """
    # Without its store and its keys, nothing else would say so of a home that an earlier version has begun.
    begin_for(Purpose.COUNTER, home.folder)
    record = place.store.load()
    if home.has_store() or (record is not None and not record.is_erased):
        erase(place)
    for path in _of_counter(home):
        if path.name not in _BEGUN_BY:
            remove_tree(path)


def erase_keys(place: KeyPlace) -> None:
    """Erase what is left of the keys of an erased store, and what lies beside them under their name. Raises Unavailable; OSError."""
    place.store.forget()
    for pattern in (f"{place.name}.*", f".{place.name}.*"):
        for path in place.folder.glob(pattern):
            delete(path, missing_ok=True)
    with suppress(OSError):  # keys of another counter, or no folder
        delete_empty(place.folder)


def remove_home(home: Home) -> list[Path]:
    """Remove a home that was erased; what is left in it, since it is nobody's of ours. Raises OSError."""
    for name in _BEGUN_BY:
        delete(home.folder / name, missing_ok=True)
    left = sorted(home.folder.iterdir()) if home.folder.is_dir() else []
    if not left and home.folder.is_dir() and not home.folder.is_symlink():
        delete_empty(home.folder)
    return left


def _of_counter(home: Home) -> Iterator[Path]:
    """Everything in the home that this program makes there, present or not."""
    folders = (
        home.data,
        home.trust,
        home.crl,
        home.held_lists,
        home.logs,
        home.virtual_cards.parent,
        home.folder / "slips",
        home.folder / "demo",
    )
    yield from folders
    for entry in sorted(os.listdir(home.folder)):
        # What moves and mass installation have replaced, and drafts of a program that was killed.
        if entry.startswith((f"{home.config.name}.before", f".{home.config.name}.", f".{MARK}.")):
            yield home.folder / entry
