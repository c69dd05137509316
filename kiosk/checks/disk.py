"""The disks of data and keys: free space, and encryption, since a stolen computer must not reveal its links."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

from kiosk.domain.health import Finding
from kiosk.system_program import ask

_LIMIT = 20.0
_ENOUGH, _LEAST = 200 << 20, 20 << 20
"""Bytes: a year of a busy counter's acts; one act and the next day's log."""
_STACKED = {"ecryptfs", "fuse.gocryptfs", "fuse.encfs"}
_POWERSHELL = r"WindowsPowerShell\v1.0\powershell.exe"
_BITLOCKER = "(New-Object -ComObject Shell.Application).NameSpace('{drive}').Self.ExtendedProperty('System.Volume.BitLockerProtection')"


def check_disk(folder: Path, *, opens_to_all: bool = False) -> Finding:
    """`opens_to_all`: whether the key there belongs to the computer, so that it opens to whoever has the disk (`machine_key`)."""
    found = _encryption(folder)
    return Finding(f"disk.{found}-machine" if opens_to_all and found != "encrypted" else f"disk.{found}", {"folder": str(folder)})


def check_keys_disk(data: Path, keys: Path | None) -> list[Finding]:
    """The disk of the folder of keys, if that is another one: whoever has both can open the data."""
    if keys is None or _disk(data) == _disk(keys):
        return []
    return [Finding(f"keys-disk.{_encryption(keys)}", {"folder": str(keys)})]


def check_ledger_disk(data: Path, *, is_elsewhere: bool) -> Finding:
    """The disk of the ledger, which holds library card numbers in clear. `is_elsewhere`: in PostgreSQL, on a disk not seen here."""
    found = "elsewhere" if is_elsewhere else _encryption(data)
    return Finding(f"ledger-disk.{found}", {"folder": str(data)})


def _encryption(folder: Path) -> str:
    encrypted = _bitlocker(folder) if sys.platform == "win32" else device_mapper(folder)
    return {True: "encrypted", False: "plain", None: "unknown"}[encrypted]


def _disk(folder: Path) -> int | None:
    """Which file system it is on, or will be."""
    for place in (folder, *folder.absolute().parents):
        try:
            return place.stat().st_dev
        except FileNotFoundError:
            continue
        except OSError:
            break
    return None


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
    drive = folder.resolve().drive
    if not re.fullmatch("[A-Za-z]:", drive):
        # A share: another computer's disk. Nor does anything but a letter reach the script.
        return None
    answer = ask(_POWERSHELL, "-NoProfile", "-NonInteractive", "-Command", _BITLOCKER.format(drive=drive), limit=_LIMIT)
    return {"1": True, "2": False, "3": False, "4": False, "5": False}.get((answer or "").strip())
