"""What is asked before a counter is moved, while nothing is changed: whether it can leave, and whether its new place can hold it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from kiosk.config.acting_account import acting_for
from kiosk.config.file_replacement import delete, delete_empty
from kiosk.config.home_marker import Purpose, purpose_of
from kiosk.domain.errors import Code, Unavailable
from kiosk.ledger.running_lock import RunningLock
from kiosk.store.copied_home import naming, within
from kiosk.store.database_files import leftovers
from kiosk.store.error_table import translated
from kiosk.store.key_location import belongs_to_keys
from kiosk.store.keys import KeyRecord, Keys, check_store
from kiosk.store.move_places import Place
from kiosk.store.opened_store import OpenedStore

_CHUNK = _SPARE = 1 << 20
"""Bytes: written at once; for what is there only while a store is open, and for the first acts."""


def check_possible(source: Place, target: Place) -> None:
    """Check that there is a counter to be moved, and that nothing is in its way.

    Raises Unavailable: setup-impossible (nothing-there, keys-unreachable, keys-of-another, place-taken, not-removable, occupied, not-empty,
    link, top-of-a-disk, inside); store-missing, store-moved, store-copy, counter-revoked; OSError.
    """
    left = source.load()
    with acting_for(source.account):
        if left is None:
            reason = "keys-unreachable" if source.home.has_store() else "nothing-there"
            raise Unavailable(Code.SETUP_IMPOSSIBLE, reason=reason, place=str(source.home.folder))
        with translated(source.home.store):
            check_store(left, source.home.store)
        for path in within(source.home.folder, source.keys_folder):  # they would go with the home
            if belongs_to_keys(path.name) and source.keys.name not in path.name:
                raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="keys-of-another", place=str(path))
    _check_removable(source)
    _check_free(source, left, target)


def _check_removable(source: Place) -> None:
    """Past the point of no return, nothing may be in the way. Raises Unavailable: setup-impossible (place-taken; not-removable, for a
    folder in the home that somebody else has made, such as root by sudo: whoever the home belongs to cannot remove what is in there).
    """
    with acting_for(source.owner):
        if os.path.lexists(source.retired):
            source.check_ours(source.retired)
        for folder in (source.home.folder, *(path for path in source.home.folder.rglob("*") if path.is_dir() and not path.is_symlink())):
            # The real user stays root. On Windows a process of administrators acts for nobody.
            if not os.access(folder, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
                raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="not-removable", place=str(folder))


def try_out(source: Place, target: Place) -> None:
    """Check all that `move` checks before it changes anything. Raises Unavailable and OSError as it does."""
    check_possible(source, target)
    with not_running(source, begins=False), not_running(target, begins=False):
        prove(source, target)


def prove(source: Place, target: Place) -> None:
    """Fill as much room in the new place as the counter takes, with its store once more, make a store there and open it again; then remove
    all.

    A disk may refuse what it is asked for, or take it and not do it (permissions on FAT), so only trying tells. Raises Unavailable:
    setup-impossible (unprotected: others could read the store there; place-taken), store-full and others of the store; OSError.
    """
    with acting_for(source.account):
        room = _SPARE + _size(source.home.folder) + sum(_size(path) for path in (source.home.store, *leftovers(source.home.store)))
    missing = target.missing_folders()
    with acting_for(target.owner):
        target.take_away(target.staged)
    keys = Keys.fresh()
    try:
        with acting_for(target.owner):
            target.make_staged(target.staged)
        with acting_for(target.account):
            _fill(target.staged / "room", room)
        open_staged(target, keys)
        with acting_for(target.owner):
            target.finish_staged(target.staged)
        open_staged(target, keys)
    finally:
        with acting_for(target.owner):
            target.take_away(target.staged)
            remove_empty(missing)


def open_staged(target: Place, keys: Keys) -> None:
    """Open the store in the folder in which the copy is put together, which makes it if it is not there, and close it. Raises Unavailable:
    setup-impossible (unprotected), others of the store.
    """
    path = target.staged / target.home.data.name / target.home.store.name
    try:
        with acting_for(target.account):
            OpenedStore(path, keys, "", lambda: datetime.now(UTC)).close()
    except Unavailable as error:
        if error.code in (Code.STORE_UNPROTECTED, Code.STORE_FOREIGN):
            raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="unprotected", place=str(target.home.folder)) from error
        raise


def remove_empty(folders: list[Path]) -> None:
    """Remove what was made for an attempt that came to nothing, if nothing is in it."""
    for folder in folders:
        with suppress(OSError):
            delete_empty(folder)


@contextmanager
def not_running(place: Place, *, begins: bool = True) -> Iterator[None]:
    """Keep a counter from running there meanwhile, if there is a home; without `begins`, if one has ever run. Raises Unavailable:
    already-running.
    """
    with acting_for(place.account):
        is_there = place.home.folder.is_dir() if begins else os.path.lexists(place.home.lock)
        lock = RunningLock(place.home.lock) if is_there else None
    try:
        yield
    finally:
        if lock is not None:
            lock.release()


def _check_free(source: Place, left: KeyRecord, target: Place) -> None:
    """A store there is another counter's, like anything that a store has left, and keys that a store was made with."""
    there = target.load()
    is_own_attempt = there is not None and there.keys == left.keys  # of a move that was killed
    folder, old = target.home.folder, source.home.folder
    if not folder.name:  # of it nothing has to be asked, and there is nothing beside it
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="top-of-a-disk", place=str(folder))
    with acting_for(target.account):
        is_occupied = target.home.has_data()
        is_anothers = not is_own_attempt and folder.exists() and purpose_of(folder) is not Purpose.COUNTER and any(folder.iterdir())
    if is_occupied or (there is not None and not is_own_attempt and there.store != ""):
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="occupied", place=str(folder))
    if is_anothers:
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="not-empty", place=str(folder))
    for path, reason in _immovable(source, target):
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason=reason, place=str(path))
    if folder.resolve().is_relative_to(old.resolve()) or old.resolve().is_relative_to(folder.resolve()):
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="inside", place=str(folder))
    if target.keys_folder.resolve().is_relative_to(old.resolve()):  # it would go with what is removed
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="inside", place=str(target.keys_folder))


def _immovable(source: Place, target: Place) -> Iterator[tuple[Path, str]]:
    """What would lead elsewhere: the keys name the data folder with all links resolved, and of a home that is one the data would stay. And
    the top of a disk: nothing is renamed into or out of it, nor can it be removed.
    """
    for side in (source, target):
        with acting_for(side.account):
            paths = [side.home.folder, *side.home.folder.rglob("*")]
            yield from [(path, "link") for path in paths if path.is_symlink()]
            yield from [(path, "top-of-a-disk") for path in paths if path.is_dir() and os.path.ismount(path)]


def _size(path: Path) -> int:
    """Of a file, or of all files in a folder."""
    return sum(one.lstat().st_size for one in (path, *path.rglob("*")) if one.is_file() and not one.is_symlink())


def _fill(path: Path, size: int) -> None:
    """Write as much as that: what the disk says of itself knows nothing of quotas. Raises OSError that names the file."""
    content = os.urandom(_CHUNK)  # nothing that a disk could compress
    with naming(path), path.open("xb") as file:
        for begin in range(0, size, _CHUNK):
            file.write(content[: size - begin])
        file.flush()
        os.fsync(file.fileno())
    delete(path)
