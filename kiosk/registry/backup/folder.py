"""The folder in which backups are kept: their names, which of them are ours, what the oldest still holds, which are deleted."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from kiosk.config.atomic_write import sync_folder
from kiosk.config.file_replacement import HeldByAnother, delete
from kiosk.domain.decide import Epochs
from kiosk.domain.errors import Refused
from kiosk.domain.wire import Position
from kiosk.registry.backup.document import Manifest
from kiosk.registry.backup.reading import manifest_of

SUFFIX = ".backup"
_PREFIX = "registry-"
_SLACK = timedelta(minutes=5)
"""Clocks are set back by so much without being wrong."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup that may be restored."""

    path: Path
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class Found:
    """What a folder holds."""

    backups: tuple[Kept, ...] = ()
    """Of one library, the oldest first."""
    unusable: tuple[Path, ...] = ()
    """Named like a backup, but of another library, under another key, or damaged."""

    @property
    def newest(self) -> Kept | None:
        return self.backups[-1] if self.backups else None

    def as_of(self, now: datetime) -> Found:
        """Without those dated ahead of now (`ahead`): a wrong clock made them, and none is given up for them."""
        return Found(tuple(kept for kept in self.backups if not _is_ahead(kept, now)), self.unusable)

    def ahead(self, now: datetime) -> tuple[Kept, ...]:
        return tuple(kept for kept in self.backups if _is_ahead(kept, now))


def _is_ahead(kept: Kept, now: datetime) -> bool:
    return kept.manifest.made > now + _SLACK


def backups_in(folder: Path, site_key: bytes, library: str) -> Found:
    """The backups of one library in a folder, by their first records. Empty if there is no folder. Raises OSError."""
    backups, unusable = [], []
    for path in _named_in(folder):
        try:
            manifest = manifest_of(path, site_key)
        except (Refused, FileNotFoundError):
            unusable.append(path)
            continue
        if manifest.library == library:
            backups.append(Kept(path, manifest))
        else:
            unusable.append(path)
    return Found(tuple(sorted(backups, key=lambda kept: (kept.manifest.made, kept.path))), tuple(unusable))


def seen_in(folder: Path, site_key: bytes, library: str) -> Found | None:
    """`backups_in`; None where the folder cannot be read, or is not there: a share may be away for a moment."""
    try:
        return backups_in(folder, site_key, library) if folder.is_dir() else None
    except OSError:
        return None


def _named_in(folder: Path) -> list[Path]:
    try:
        # Not `glob`, for which a folder that cannot be read is empty.
        return sorted(folder / name for name in os.listdir(folder) if name.startswith(_PREFIX) and name.endswith(SUFFIX))
    except (FileNotFoundError, NotADirectoryError):
        return []


def safe_of(backups: Sequence[Kept], epochs: Epochs) -> Position:
    """What every one of these backups holds, in the epoch that runs; cursor 0 if there is none. Any of them may be restored."""
    return Position(epochs.current, min((epochs.effective(kept.manifest.position) for kept in backups), default=0))


def delete_old(found: Found, keep: int) -> None:
    """Delete the oldest backups but `keep` (at least 1), after a newer one was verified. One that another program has open stays until
    the next time. Raises OSError.
    """
    for kept in found.backups[:-keep]:
        with suppress(HeldByAnother):
            delete(kept.path, missing_ok=True)
        sync_folder(kept.path.parent)


def free_name(folder: Path, now: datetime) -> Path:
    """A name that is free, by the time; with a number if there is already one of that second."""
    stem = f"{_PREFIX}{now:%Y%m%d-%H%M%S}"
    target, count = folder / f"{stem}{SUFFIX}", 1
    while target.exists():
        count += 1
        target = folder / f"{stem}-{count}{SUFFIX}"
    return target


def unfinished_in(folder: Path) -> list[Path]:
    """What a kill left while a backup was written."""
    return list(folder.glob(f".{_PREFIX}*{SUFFIX}.new"))
