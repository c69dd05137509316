"""Check that nobody else can read secrets or modify trusted files, and a group all that is its own. Reports only; repairs nothing."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from kiosk.config import Home, Settings
from kiosk.config.admission import admitted_to, is_groups
from kiosk.config.file_permissions import exposed_place
from kiosk.config.machine_place import is_machine_home, machine_folder, machine_keys_folder
from kiosk.domain.errors import KioskError
from kiosk.domain.health import Finding
from kiosk.equipment import keys_of


def check_files(home: Home, settings: Settings) -> Finding:
    """Check owner and mode of key file, store, config and trust; on Windows, their access control lists."""
    is_machines = is_machine_home(home.folder)
    places = list(_kept(home, settings))
    if sys.platform == "win32":
        # https://learn.microsoft.com/windows/win32/fileio/file-security-and-access-rights
        from kiosk.checks.windows_files import faults_by_list, why_unknown

        try:
            faults = faults_by_list([*places, *((path, True) for path in (_of_group() if is_machines else ()))])
        except OSError as error:
            return Finding("files.unknown", {"error": why_unknown(error)})
    else:
        found = [_fault(path, is_secret=is_secret) for path, is_secret in places]
        found += [_named(path) for path in (_of_group() if is_machines else ()) if not _is_usable(path)]
        faults = list(dict.fromkeys(filter(None, found)))
    if not faults and is_machines and sys.platform != "win32" and (linked := _with_other_names()):
        return Finding("files.group-linked", {"files": "\n".join(map(str, linked))})
    kind = "group-" if is_machines else ""
    return Finding(f"files.{kind}open", {"files": "\n".join(faults)}) if faults else Finding(f"files.{kind}closed")


def _kept(home: Home, settings: Settings) -> Iterator[tuple[Path, bool]]:
    """Yield the paths that nobody else may modify, and whether they are secret as well."""
    if key := _key_file(home, settings):
        yield key, True
    yield home.folder, False
    if _is_open(home.folder):
        # A home that others cannot enter protects everything in it.
        yield home.data, True
        yield home.config, True
        for ending in ("", "-wal", "-shm"):
            yield home.store.with_name(home.store.name + ending), True
        for folder in (home.logs, home.data / "backups", home.slip_folder(settings.slip), home.held_lists):
            yield from ((path, True) for path in _made_in(folder))
    yield home.trust, False
    yield home.crl_folder(settings.card), False


def _of_group() -> Iterator[Path]:
    """Everything in the place of the computer's counter. What lies in a closed folder is closed to others, whatever its mode."""
    for place in (machine_folder(), machine_keys_folder()):
        for folder, _, files in os.walk(place):
            yield Path(folder)
            yield from (path for name in files if not (path := Path(folder, name)).is_symlink())


def _with_other_names() -> list[Path]:
    """Files of the place that have a name elsewhere as well (link(2)): whoever laid it, and has left the group, still reads them."""
    found = []
    for path in _of_group():
        try:
            about = path.lstat()
        except OSError:  # gone meanwhile
            continue
        # A draft shares its content with the file that it becomes, for a moment.
        if stat.S_ISREG(about.st_mode) and about.st_nlink > 1 and not path.name.startswith(".") and not _is_being_published(path):
            found.append(path)
    return found


def _is_being_published(path: Path) -> bool:
    return any(draft.samefile(path) for draft in path.parent.glob(".*") if draft.is_file())


def _is_usable(path: Path) -> bool:
    """Whether each member of the group can use it: what one account has made for itself stops the next one."""
    home = Home(machine_folder())
    try:
        about, group = path.stat(), home.folder.stat().st_gid
    except OSError:  # gone meanwhile
        return True
    if path.is_dir():
        return is_groups(about) and about.st_gid == group
    if about.st_gid != group:
        return bool(about.st_mode & stat.S_IROTH)
    is_only_read = any(path.is_relative_to(place) for place in (home.config, home.trust, home.crl))
    wanted = stat.S_IRGRP if is_only_read else stat.S_IRGRP | stat.S_IWGRP
    return about.st_mode & wanted == wanted


def _made_in(folder: Path) -> list[Path]:
    """A folder of the program with its files; empty if others cannot enter it."""
    try:
        return [folder, *sorted(folder.iterdir())] if _is_open(folder) else []
    except OSError:
        return []


def _is_open(folder: Path) -> bool:
    """Whether anybody may enter it that it is not made for."""
    return bool(_mode(folder) & admitted_to(folder).others & 0o011)


def _key_file(home: Home, settings: Settings) -> Path | None:
    try:
        place = keys_of(home, settings).describe()
    except KioskError:
        return None
    return Path(place.place) if place.kind in ("file", "machine") else None


def _fault(path: Path, *, is_secret: bool) -> str:
    """The fault as `/path (0644)`, or an empty string, also for a missing path."""
    try:
        exposed = exposed_place(path)
    except OSError:
        return ""
    if exposed is not None:
        return _named(exposed[0])
    return _named(path) if is_secret and _mode(path) & admitted_to(path if path.is_dir() else path.parent).others else ""


def _named(path: Path) -> str:
    return f"{path} ({_mode(path):04o})"


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return 0
