"""Policies of Debian: our files in the system's folders, written and taken away (`kiosk.domain.policies.debian`)."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from itertools import count
from pathlib import Path

from kiosk.config.atomic_write import draft, sync_folder
from kiosk.config.file_access import read_regular
from kiosk.config.file_replacement import delete, delete_empty, replace
from kiosk.config.free_names import free_name
from kiosk.domain.policies import Standing
from kiosk.domain.policies.debian import ASIDE, Found, Policy, Undo, found, standing, undo

ROOT = Path("/")
_FOR_ALL = 0o644
"""The system's programs are not all root."""


def set_one(policy: Policy, root: Path = ROOT) -> bool:
    """Whether anything had to be changed. Raises OSError."""
    path = root / policy.path
    there = _found(policy, path)
    if there is Found.OURS:
        return False
    _make_folder(path.parent)
    if there is Found.ANOTHERS:
        if os.path.lexists(_aside(path)):
            _keep_apart(_aside(path))
        replace(path, _aside(path))
    with draft(path, policy.content, lambda temporary, handle: os.fchmod(handle, _FOR_ALL)) as temporary:
        replace(temporary, path)
    sync_folder(path.parent)
    return True


def undo_one(policy: Policy, root: Path = ROOT) -> bool:
    """Whether there was anything to undo. Raises OSError."""
    path = root / policy.path
    what = undo(_found(policy, path), has_aside=os.path.lexists(_aside(path)))
    if what is Undo.PUT_BACK:
        replace(_aside(path), path)
    elif what is Undo.KEEP:
        _keep_apart(_aside(path))
    elif what is Undo.DELETE:
        delete(path)
    else:
        return False
    sync_folder(path.parent)
    if not policy.is_folder_shared:
        with suppress(OSError):  # not empty
            delete_empty(path.parent)
    return True


def standing_of(policy: Policy, root: Path = ROOT) -> Standing:
    """Raises OSError."""
    path = root / policy.path
    return standing(_found(policy, path), has_aside=os.path.lexists(_aside(path)))


def _found(policy: Policy, path: Path) -> Found:
    try:
        is_file = stat.S_ISREG(path.lstat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return found(policy, None)
    return found(policy, read_regular(path) if is_file else b"")


def _aside(path: Path) -> Path:
    return path.with_name(path.name + ASIDE)


def _keep_apart(aside: Path) -> None:
    """Under a name that nothing here looks for."""
    names = (f"{aside.name}-{number}" for number in count(1))
    replace(aside, aside.with_name(free_name(names, aside.parent)))


def _make_folder(folder: Path) -> None:
    for each in (*reversed(folder.parents), folder):
        with suppress(FileExistsError):
            each.mkdir(mode=0o755)
            each.chmod(0o755)  # whatever umask root has
