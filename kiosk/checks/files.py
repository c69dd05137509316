"""Whether other users of this computer can read what is secret, or change what is trusted. Nothing is mended: it has to be known."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from kiosk.config import Home, Settings
from kiosk.domain.errors import KioskError
from kiosk.domain.health import Finding
from kiosk.equipment import keys_of

_READ, _CHANGE = 0o077, 0o022
"""What no other user may have: anything at all; or the right to write."""


def check_files(home: Home, settings: Settings) -> Finding:
    """Key file, store, config and trust, by owner and mode. On Windows their folders' access lists hold, which are not looked at."""
    if os.name != "posix":
        return Finding("files.unknown")
    faults = [fault for path, forbidden in _kept(home, settings) if (fault := _fault(path, forbidden))]
    return Finding("files.open", {"files": "\n".join(faults)}) if faults else Finding("files.closed")


def _kept(home: Home, settings: Settings) -> Iterator[tuple[Path, int]]:
    if key := _key_file(home, settings):
        yield key, _READ
    if _mode(home.folder) & 0o011:
        # Whoever cannot enter the home reaches nothing in it.
        yield home.data, _READ
        yield home.config, _READ
        for ending in ("", "-wal", "-shm"):
            yield home.store.with_name(home.store.name + ending), _READ
    if _mode(home.folder) & 0o033:
        yield home.folder, _CHANGE
        yield home.trust, _CHANGE
    yield home.crl_folder(settings.card), _CHANGE


def _key_file(home: Home, settings: Settings) -> Path | None:
    try:
        place = keys_of(home, settings).describe()
    except KioskError:
        return None
    return Path(place.place) if place.kind == "file" else None


def _fault(path: Path, forbidden: int) -> str:
    """`/path (0644)`, or empty. What is not there has no fault."""
    try:
        about = path.stat()
    except OSError:
        return ""
    mode = stat.S_IMODE(about.st_mode)
    foreign = about.st_uid not in (os.geteuid(), 0)
    return f"{path} ({mode:04o})" if mode & forbidden or foreign else ""


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return 0
