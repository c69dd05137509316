"""Moves a counter, its home and its keys, between an account and the computer. Killed at any point, one whole counter is left, and the same
move once more finishes.

The copy is put together under a name that nobody looks for. Then the old keys are marked: from there on the old store cannot be opened.
Only after that the copy takes its name, and the old home is removed once the new one was opened, its keys last. So never two can be opened.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from kiosk.config.acting_account import Account, acting_for
from kiosk.config.atomic_write import sync_folder
from kiosk.config.file_replacement import delete, rename
from kiosk.config.home import Home
from kiosk.config.home_marker import Purpose, purpose_of
from kiosk.config.machine_place import retired_folder, staged_folder
from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.errors import Code, Unavailable
from kiosk.ledger.running_lock import RunningLock
from kiosk.store.anchor import AnchorFile
from kiosk.store.copied_home import copy_home, merge_into, remove_tree
from kiosk.store.foreign_changes import is_kept
from kiosk.store.key_location import KeyPlace
from kiosk.store.keys import KeyRecord, UnderWay, folder_of


@dataclass(frozen=True, slots=True)
class Place:
    """A home with its keys, on one side of a move."""

    home: Home
    keys: KeyPlace
    account: Account | None
    """As whom it is read and written; None: as this process."""
    owner: Account | None
    """As whom its folder is named and removed."""
    make_staged: Callable[[Path], None]
    """Makes the folder in which it is put together."""
    finish_staged: Callable[[Path], None] = lambda folder: None
    """Gives that folder to the one account that is to use it."""
    keep: Callable[[], None] = lambda: None
    """Keeps everybody else out while something is put here."""
    is_ours: Callable[[Path], bool] = lambda folder: True
    """Whether a folder beside the home is ours: others may make one there that has the name. Raises OSError."""

    close: Callable[[Path], None] = lambda folder: None
    """Keeps everybody else out of such a folder, or the home, before it is removed. Raises OSError."""

    @property
    def staged(self) -> Path:
        return staged_folder(self.home.folder)

    @property
    def retired(self) -> Path:
        return retired_folder(self.home.folder)

    def load(self) -> KeyRecord | None:
        with acting_for(self.account):
            return self.keys.store.load()

    def has_store(self) -> bool:
        with acting_for(self.account):
            return self.home.has_store()

    def is_begun(self) -> bool:
        with acting_for(self.account):
            return self.home.is_begun()


def move(source: Place, target: Place, opened: Callable[[Place], None]) -> None:
    """Move the counter; `opened` opens its store and closes it again, which finishes and records what is under way.

    Raises Unavailable: setup-impossible (nothing-there, occupied, not-empty, link, inside, place-taken), already-running, store-locked; as
    `opened` does; OSError. Before the old keys are marked, nothing is left of the attempt then.
    """
    if not target.has_store():
        target.keep()
    left, there = source.load(), target.load()
    if _is_marked(left, target):
        with _not_running(target):
            _take_name(target)
    elif left is None and _is_marked(there, target) and not source.is_begun():  # it has ended before
        return
    else:
        _check_free(source, left, target, there)
        with _not_running(source), _not_running(target):
            _copy(source, target, opened)
            _take_name(target)
    _check_arrived(source, target)
    with acting_for(target.account):
        opened(target)
    _remove(source)


def check_possible(source: Place, target: Place) -> None:
    """Check, without changing anything, what `move` checks before it begins. Raises Unavailable: setup-impossible (nothing-there,
    keys-unreachable, occupied, not-empty, inside); OSError.
    """
    left = source.load()
    if left is None:
        with acting_for(source.account):
            reason = "keys-unreachable" if source.home.has_store() else "nothing-there"
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason=reason, place=str(source.home.folder))
    if not _is_marked(left, target):
        _check_free(source, left, target, target.load())


def is_decided(source: Place, target: Place) -> bool:
    """Whether a move that was broken off has to be finished. Raises Unavailable."""
    left = source.load()
    return _is_marked(left, target) or (left is None and _is_marked(target.load(), target) and not source.is_begun())


def _check_arrived(source: Place, target: Place) -> None:
    """Raises Unavailable: setup-impossible (target-gone), if the copy is not there any more, such as on a disk that was taken away: what is
    left here may be all there is.
    """
    with acting_for(source.account):
        is_left = source.home.has_store() or os.path.lexists(source.retired)
    if is_left and not target.has_store():
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="target-gone", place=str(target.home.folder))


def _is_marked(left: KeyRecord | None, target: Place) -> bool:
    """Whether the keys are those of the target's store."""
    return left is not None and left.folder == folder_of(target.home.store)


def _check_free(source: Place, left: KeyRecord | None, target: Place, there: KeyRecord | None) -> None:
    """A store there is another counter's, like anything that a store has left, and keys that a store was made with."""
    keys_of_another = there is not None and (left is None or there.keys != left.keys) and there.store != ""
    folder, old = target.home.folder, source.home.folder
    with acting_for(target.account):
        is_occupied = target.home.has_store() or (target.home.data.is_dir() and any(target.home.data.iterdir()))
        is_anothers = folder.exists() and purpose_of(folder) is not Purpose.COUNTER and any(folder.iterdir())
    if is_occupied or keys_of_another:
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="occupied", place=str(folder))
    if is_anothers:
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="not-empty", place=str(folder))
    for link in _links(source, target):
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="link", place=str(link))
    if folder.resolve().is_relative_to(old.resolve()) or old.resolve().is_relative_to(folder.resolve()):
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="inside", place=str(folder))


def _links(source: Place, target: Place) -> Iterator[Path]:
    """What would lead elsewhere: the keys name the data folder with all links resolved, and of a home that is one the data would stay."""
    for side in (source, target):
        with acting_for(side.account):
            yield from [path for path in (side.home.folder, *side.home.folder.rglob("*")) if path.is_symlink()]


@contextmanager
def _not_running(place: Place) -> Iterator[None]:
    """Keep a counter from running there meanwhile, if there is a home. Raises Unavailable: already-running."""
    with acting_for(place.account):
        lock = RunningLock(place.home.lock) if place.home.folder.is_dir() else None
    try:
        yield
    finally:
        if lock is not None:
            lock.release()


def _copy(source: Place, target: Place, opened: Callable[[Place], None]) -> None:
    """Put the copy together, save the keys there, and mark the old ones."""
    with acting_for(source.account):
        opened(source)
        left = source.keys.store.load()
        if left is None:
            raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="nothing-there", place=str(source.home.folder))
    before = target.load()
    try:
        seen = _stamp(source)
        with acting_for(target.owner):
            _remove_ours(target, target.staged)
            target.make_staged(target.staged)
        copy_home(source.home, source.account, target.staged, target.owner, keys=source.keys.anchor_path.parent)
        with acting_for(target.owner):
            target.finish_staged(target.staged)
            sync_folder(target.staged.parent)
        _save_keys(source, target, left)
        _mark(source, target, left, seen)
    except BaseException:
        _give_up(source, target, left, before)
        raise


def _save_keys(source: Place, target: Place, left: KeyRecord) -> None:
    with acting_for(source.account):
        anchor = AnchorFile(source.keys.anchor_path, left.keys).load()
    with acting_for(target.account):
        if anchor is not None:
            target.keys.anchor(left.keys).save(anchor)
        moved = replace(left, under_way=left.under_way or UnderWay(AdministrativeAct.MOVED), before=left.before or left.folder)
        target.keys.store.replace(replace(moved, folder=folder_of(target.home.store)))


def _mark(source: Place, target: Place, left: KeyRecord, seen: object) -> None:
    """From here on nobody opens the old store. Raises Unavailable: store-locked, if somebody has it open, or has written since."""
    with acting_for(source.account):
        source.keys.store.save(replace(left, folder=folder_of(target.home.store)))
        if is_kept(source.home.store) or _stamp(source) != seen:
            source.keys.store.save(left)
            raise Unavailable(Code.STORE_LOCKED, place=str(source.home.store))


def _stamp(source: Place) -> list[tuple[int, int] | None]:
    """What changes when somebody writes to the store."""
    found: list[tuple[int, int] | None] = []
    with acting_for(source.account):
        for ending in ("", "-wal"):
            try:
                about = source.home.store.with_name(source.home.store.name + ending).stat()
                # An empty -wal is as good as none.
                found.append((about.st_size, about.st_mtime_ns) if about.st_size else None)
            except FileNotFoundError:
                found.append(None)
    return found


def _give_up(source: Place, target: Place, left: KeyRecord, before: KeyRecord | None) -> None:
    """Remove the copy, and the keys saved for it, unless the old ones are marked already."""
    with suppress(OSError, Unavailable):
        if _is_marked(source.load(), target):
            return
        with acting_for(target.account):
            there = target.keys.store.load()
            if before is not None:
                target.keys.store.replace(before)
            elif there is not None and there.keys == left.keys:
                target.keys.store.forget()
                delete(target.keys.anchor_path, missing_ok=True)
        with acting_for(target.owner):
            _remove_ours(target, target.staged)


def _check_ours(place: Place, folder: Path) -> None:
    """Raises Unavailable: setup-impossible, if somebody else has made it."""
    if not place.is_ours(folder):
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="place-taken", place=str(folder))


def _remove_ours(place: Place, folder: Path) -> None:
    if os.path.lexists(folder):
        _check_ours(place, folder)
        place.close(folder)
        remove_tree(folder)


def _take_name(target: Place) -> None:
    """Let the copy take its name; nothing if it has done so: the store goes last, so nothing else is to come where one is."""
    with acting_for(target.owner):
        if not os.path.lexists(target.staged):
            return
        if target.home.has_store():
            if target.is_ours(target.staged):
                remove_tree(target.staged)
            return
        _check_ours(target, target.staged)
        if target.home.folder.exists():
            merge_into(target.staged, target.home)
        else:
            rename(target.staged, target.home.folder)
            sync_folder(target.home.folder.parent)


def _remove(source: Place) -> None:
    """Remove what is left, under another name first: half a home is none."""
    with acting_for(source.owner):
        _remove_ours(source, source.retired)
        if source.home.folder.exists():
            source.close(source.home.folder)
        with suppress(OSError):  # a folder of its own file system, for instance
            rename(source.home.folder, source.retired)
        remove_tree(source.home.folder)
        _remove_ours(source, source.retired)
    with acting_for(source.account):
        # Drafts of one that was killed hold keys as well.
        for file in (source.keys.anchor_path, *source.keys.anchor_path.parent.glob(f".{source.keys.name}.*")):
            delete(file, missing_ok=True)
        source.keys.store.forget()
