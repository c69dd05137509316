"""The disk of the data folder: free space, and encryption, since a stolen counter must not reveal its links."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from kiosk.domain.health import Finding

_LIMIT = 20.0
_ENOUGH, _LEAST = 200 << 20, 20 << 20
"""Bytes: a year of a busy counter's acts; one act and the next day's log."""
_STACKED = {"ecryptfs", "fuse.gocryptfs", "fuse.encfs"}
_BITLOCKER = "(New-Object -ComObject Shell.Application).NameSpace('{drive}').Self.ExtendedProperty('System.Volume.BitLockerProtection')"


def check_disk(folder: Path) -> Finding:
    params: dict[str, str | int] = {"folder": str(folder)}
    encrypted = _bitlocker(folder) if sys.platform == "win32" else device_mapper(folder)
    if encrypted is None:
        return Finding("disk.unknown", params)
    return Finding("disk.encrypted" if encrypted else "disk.plain", params)


def check_space(folder: Path) -> Finding:
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return Finding("space.unknown", {"folder": str(folder)})
    params: dict[str, str | int] = {"folder": str(folder), "megabytes": free >> 20}
    if free >= _ENOUGH:
        return Finding("space.enough", params)
    return Finding("space.little" if free >= _LEAST else "space.none", params)


def device_mapper(folder: Path, mounts: Path = Path("/proc/self/mountinfo"), system: Path = Path("/sys")) -> bool | None:
    """Whether `folder` is on dm-crypt (LUKS) or an encrypting file system; None if Linux does not report it."""
    try:
        entries = mounts.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return None
    found = _mount_of(folder.resolve(), entries)
    if found is None:
        return None
    number, kind, source = found
    if kind in _STACKED:
        return True
    block = system / "dev" / "block" / number
    if not block.exists() and source.startswith("/dev/"):
        # btrfs reports a device number of its own; the device name still resolves.
        block = system / "class" / "block" / Path(os.path.realpath(source)).name
    return _is_encrypted(block.resolve()) if block.exists() else None


def _mount_of(folder: Path, entries: list[str]) -> tuple[str, str, str] | None:
    """Device number, type and source of the file system holding `folder` (proc(5), mountinfo)."""
    best: tuple[int, tuple[str, str, str]] | None = None
    for entry in entries:
        fields, _, rest = entry.partition(" - ")
        words, after = fields.split(" "), rest.split(" ")
        if len(words) < 5 or len(after) < 2:
            continue
        place = Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), words[4]))
        # Of two mounts on the same point, the later one is on top.
        if folder.is_relative_to(place) and (best is None or len(place.parts) >= best[0]):
            best = len(place.parts), (words[2], after[0], after[1])
    return best[1] if best else None


def _is_encrypted(block: Path) -> bool:
    """Whether it is a crypt device, or one (LVM, RAID) built only on such devices."""
    try:
        if (block / "dm" / "uuid").read_text().startswith("CRYPT-"):
            return True
    except OSError:
        pass
    # A partition is listed below its disk, which may itself be a mapped device.
    parts = [part.resolve() for part in (block / "slaves").glob("*")] if (block / "slaves").is_dir() else []
    if not parts and (block / "partition").exists():
        parts = [block.parent]
    return bool(parts) and all(_is_encrypted(part) for part in parts)


def _bitlocker(folder: Path) -> bool | None:
    """BitLocker status as the shell reports it, the only query without administrator rights: 1 on, 3 encrypting, 5 suspended."""
    command = _BITLOCKER.format(drive=folder.resolve().drive)
    try:
        answer = subprocess.run(  # noqa: S603 - a fixed command
            ["powershell", "-NoProfile", "-NonInteractive", "-Command", command],  # noqa: S607 - Windows' own
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_LIMIT,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return {"1": True, "2": False, "3": False, "4": False, "5": False}.get(answer.stdout.strip())
