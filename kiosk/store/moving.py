"""Moves a counter, its home and its keys, between an account and the computer. Killed at any point, one whole counter is left, and the same
move once more finishes.

The new place is proven first, while nothing is changed. The copy is put together under a name that nobody looks for, and opened there. Then
the old keys are marked: from there on the old store cannot be opened, and the move can only be finished. Only after that the copy takes its
name, and the old home is removed once the new one was opened, its keys last. So never two can be opened.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from kiosk.config.acting_account import acting_for
from kiosk.config.atomic_write import sync_folder
from kiosk.config.file_replacement import rename
from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.errors import Code, Unavailable
from kiosk.store.anchor import AnchorFile
from kiosk.store.copied_home import copy_home, merge_into, remove_tree
from kiosk.store.foreign_changes import is_kept
from kiosk.store.keys import KeyRecord, UnderWay, folder_of
from kiosk.store.move_checks import check_possible, not_running, open_staged, prove, remove_empty
from kiosk.store.move_places import Opened, Place


def move(source: Place, target: Place, opened: Opened) -> None:
    """Move the counter; `opened` opens its store and closes it again, which finishes and records what is under way.

    Raises Unavailable: as `check_possible` and `prove` do; setup-impossible (place-taken, target-gone), already-running, store-locked; as
    `opened` does; OSError. Before the old keys are marked, nothing is left of the attempt then.
    """
    if not target.has_store():
        target.keep()
    left = source.load()
    if target.holds(left):
        with not_running(target):
            _take_name(target)
    elif _has_ended(source, target, left):
        _check_arrived(source, target)
        with acting_for(source.owner):
            source.take_away(source.retired)
        return
    else:
        check_possible(source, target)
        with not_running(source), not_running(target):
            prove(source, target)
            _copy(source, target, opened)
            _take_name(target)
    _check_arrived(source, target)
    with acting_for(target.account):
        opened(target)
    _remove(source)


def is_decided(source: Place, target: Place) -> bool:
    """Whether a move that was broken off has to be finished. Raises Unavailable."""
    left = source.load()
    return target.holds(left) or _has_ended(source, target, left)


def may_be_decided(source: Place, target: Place) -> bool:
    """The same of a move that an earlier process has begun: keys that cannot be reached from here, of another account on Windows for
    instance, may be marked. Raises Unavailable.
    """
    left = source.load()
    return target.holds(left if left is not None else target.load())


def _has_ended(source: Place, target: Place, left: KeyRecord | None) -> bool:
    """Whether nothing is left where it came from, but perhaps what was put aside: keys that lie in the home go with it."""
    return left is None and target.holds(target.load()) and not source.is_begun()


def _check_arrived(source: Place, target: Place) -> None:
    """Raises Unavailable: setup-impossible (target-gone), if the copy is not there any more, such as on a disk that was taken away: what is
    left here may be all there is.
    """
    with acting_for(source.account):
        is_left = source.home.has_store() or os.path.lexists(source.retired)
    if is_left and not target.has_store():
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="target-gone", place=str(target.home.folder))


def _copy(source: Place, target: Place, opened: Opened) -> None:
    """Put the copy together, save the keys there, and mark the old ones."""
    with acting_for(source.account):
        opened(source)
        left = source.keys.store.load()
        if left is None:
            raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="nothing-there", place=str(source.home.folder))
    before, missing = target.load(), target.missing_folders()
    try:
        seen = _stamp(source)
        with acting_for(target.owner):
            target.make_staged(target.staged)
        copy_home(source.home, source.account, target.staged, target.owner, keys=source.keys_folder)
        with acting_for(target.owner):
            target.finish_staged(target.staged)
            sync_folder(target.staged.parent)
        if source.has_store():  # while it can still be opened where it is
            open_staged(target, left.keys)
        _save_keys(source, target, left)
        _mark(source, target, left, seen)
    except BaseException:
        give_up(source, target, left, before)
        with acting_for(target.owner):
            remove_empty(missing)
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


def give_up(source: Place, target: Place, left: KeyRecord | None, before: KeyRecord | None) -> None:
    """Remove the copy, and the keys saved for it in place of those from `before`, unless the old ones, `left`, are marked by now."""
    with suppress(OSError, Unavailable):
        if target.holds(source.load()):
            return
        if before is not None:
            with acting_for(target.account):
                target.keys.store.replace(before)
        elif left is not None:
            target.forget_copied_keys(left.keys)
        with acting_for(target.owner):
            target.take_away(target.staged)


def _take_name(target: Place) -> None:
    """Let the copy take its name; nothing if it has done so: the store goes last, so nothing else is to come where one is."""
    with acting_for(target.owner):
        if not os.path.lexists(target.staged):
            return
        if target.home.has_store():
            if target.is_ours(target.staged):
                remove_tree(target.staged)
            return
        target.check_ours(target.staged)
        if target.home.folder.exists():
            merge_into(target.staged, target.home)
        else:
            rename(target.staged, target.home.folder)
            sync_folder(target.home.folder.parent)


def _remove(source: Place) -> None:
    """Remove what is left, under another name first: half a home is none."""
    with acting_for(source.owner):
        source.take_away(source.retired)
        if source.home.folder.exists():
            source.close(source.home.folder)
        with suppress(OSError):  # a folder of its own file system, for instance
            rename(source.home.folder, source.retired)
        _remove_home(source.home.folder)
        source.take_away(source.retired)
    source.forget_keys()


def _remove_home(folder: Path) -> None:
    """In a folder that is not its owner's, the empty folder itself stays."""
    try:
        remove_tree(folder)
    except PermissionError:
        if not folder.is_dir() or any(folder.iterdir()):
            raise
