"""Calls off a move whose copy is lost: the counter opens again where it came from. Killed at any point, the same once more does it."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace

from kiosk.config.acting_account import acting_for
from kiosk.config.atomic_write import sync_folder
from kiosk.config.file_replacement import rename
from kiosk.domain.errors import Code, Unavailable
from kiosk.store.keys import KeyRecord, folder_of
from kiosk.store.move_checks import not_running
from kiosk.store.move_places import Opened, Place
from kiosk.store.moving import give_up, may_be_decided


def check_lost(source: Place, target: Place) -> None:
    """Raises Unavailable: setup-impossible (copy-there, if the move can be finished; keys-unreachable); as `Place.has_store` does."""
    if not may_be_decided(source, target):
        return
    with acting_for(target.owner):
        is_staged = os.path.lexists(target.staged / target.home.data.name / target.home.store.name)
    if is_staged or target.has_store():
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="copy-there", place=str(target.home.folder))
    if source.load() is None and source.is_begun():
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="keys-unreachable", place=str(source.home.folder))


def call_off(source: Place, target: Place, opened: Opened) -> bool:
    """Whether the counter is there again: it is not, if it had been removed where it came from. `opened` as of `move`.

    The keys saved for the copy go first: were it found again, it would be a second counter. If they have gone with it, only people can see
    to that. Raises Unavailable: as `check_lost` does; already-running; as `opened` does; OSError.
    """
    check_lost(source, target)
    left = source.load()
    if left is None or not target.holds(left):
        give_up(source, target, left, None)
        return source.is_begun()
    if not source.has_store() and not _take_back(source):
        return False
    with not_running(source):
        _forget_copy(source, target, left)
        with acting_for(source.account):
            source.keys.store.save(replace(left, folder=folder_of(source.home.store)))
    with acting_for(source.account):
        opened(source)
    return True


def _take_back(source: Place) -> bool:
    """Give the home its name again, if nothing but that was done to remove it, or its store is there at least."""
    with acting_for(source.owner):
        store = source.retired / source.home.data.name / source.home.store.name
        if not os.path.lexists(store) or os.path.lexists(source.home.folder):
            return False
        source.check_ours(source.retired)
        rename(source.retired, source.home.folder)
        sync_folder(source.home.folder.parent)
    return True


def _forget_copy(source: Place, target: Place, left: KeyRecord) -> None:
    """Take over how far the copy had come, which tells if somebody has used it, and remove its keys."""
    anchor = target.anchored(left.keys)
    if anchor is not None:
        with acting_for(source.account):
            source.keys.anchor(left.keys).save(anchor)
    target.forget_copied_keys(left.keys)
    with acting_for(target.owner), suppress(OSError, Unavailable):
        target.take_away(target.staged)
