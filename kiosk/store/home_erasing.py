"""Erases a counter with all that belongs to it: its home, its keys, wherever they are kept, and what it has told of itself beside them.

The keys go first, in one step: from there on nothing can be read, and the store says that it was erased. Last of all goes what says that
there is a counter: ended at any point, the same once more finishes. What others have laid into the home stays.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from kiosk.config.file_replacement import delete, delete_empty
from kiosk.config.home import Home
from kiosk.config.home_marker import MARK, Purpose, begin_for
from kiosk.domain.errors import KioskError
from kiosk.store.copied_home import is_link, remove_tree
from kiosk.store.erasing import erase
from kiosk.store.home_files import places_in
from kiosk.store.key_location import KeyPlace

_BEGUN_BY = ("running.lock", "config.toml", MARK)
"""What makes a folder the home of a counter (`Home.has_begun`), in the order in which it goes."""


def erase_store(home: Home, place: KeyPlace) -> None:
    """Erase the keys in one step, and the store as far as it can be: `remove_files` tells what of it stays. Nobody may have it open. Raises
    Unavailable, OSError: then nothing was erased.
    """
    # Without its store and its keys, nothing else would say so of a home that an earlier version has begun.
    begin_for(Purpose.COUNTER, home.folder)
    record = place.store.load()
    if home.has_store() or (record is not None and not record.is_erased):
        try:
            erase(place)
        except (KioskError, OSError):
            record = place.store.load()
            if record is None or not record.is_erased:
                raise


def erase_keys(place: KeyPlace) -> None:
    """Erase what is left of the keys of an erased store. Raises Unavailable; OSError."""
    place.store.forget()
    remove_beside(place)


def remove_beside(place: KeyPlace) -> None:
    """Remove what lies beside the keys under their name, as far as it can be, and their folder, if it is empty then."""
    for pattern in (f"{place.name}.*", f".{place.name}.*"):
        for path in place.folder.glob(pattern):
            with suppress(OSError):  # of another member
                remove_tree(path)
    with suppress(OSError):  # keys of another counter, or no folder
        delete_empty(place.folder)


def remove_files(home: Home) -> None:
    """Remove everything that this program has made in the home, but what says that there is a counter. Raises OSError, the first, after all
    that can be removed has gone.
    """
    troubles = []
    for place in places_in(home.folder):
        try:
            for path in place.files():
                try:
                    delete(path, missing_ok=True)
                except OSError as error:
                    troubles.append(error)
        except OSError as error:
            troubles.append(error)
        if place.parts:
            with suppress(OSError):  # something of others is in it, or there is none
                delete_empty(place.folder)
    if troubles:
        raise troubles[0]


def remove_home(home: Home) -> list[Path]:
    """Remove a home that was erased; what is left in it, since it is nobody's of ours. Raises OSError."""
    for name in _BEGUN_BY:
        delete(home.folder / name, missing_ok=True)
    left = sorted(home.folder.iterdir()) if home.folder.is_dir() else []
    if not left and home.folder.is_dir() and not is_link(home.folder):
        delete_empty(home.folder)
    return left
