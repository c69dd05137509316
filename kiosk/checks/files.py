"""Check that nobody else can read secrets or modify trusted files, and a group all that is its own. Reports only; repairs nothing."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from kiosk.config import Home, Settings
from kiosk.config.admission import admitted_to, is_groups
from kiosk.config.file_permissions import exposed_place
from kiosk.config.machine_place import has_machine_home, is_machine_home, machine_folder, machine_keys_folder
from kiosk.config.noted_group import is_for_everyone
from kiosk.config.posix_acl import others_admitted
from kiosk.domain.errors import KioskError
from kiosk.domain.health import Finding
from kiosk.domain.posix_acl import READ, WRITE
from kiosk.equipment import keys_of


def check_files(home: Home, settings: Settings) -> Finding:
    """Check owner and mode of key file, store, config and trust, with the access control lists they have; on Windows, these alone."""
    is_machines = is_machine_home(home.folder)
    kind = "group-" if is_machines else ""
    unread: list[Path] = []
    places = list(_kept(home, settings, unread))
    of_group = list(_of_group(unread)) if is_machines else []
    if sys.platform == "win32":
        # https://learn.microsoft.com/windows/win32/fileio/file-security-and-access-rights
        from kiosk.checks.windows_files import faults_by_list, why_unknown

        try:
            faults = faults_by_list([*places, *((path, True) for path in of_group)])
        except OSError as error:
            return Finding("files.unknown", {"error": why_unknown(error)})
    else:
        found = [_fault(path, unread, is_secret=is_secret) for path, is_secret in places]
        found += [_named(path) for path in of_group if not _is_usable(path)]
        faults = list(dict.fromkeys(filter(None, found)))
    if faults:
        return Finding(f"files.{kind}open", {"files": "\n".join(faults)})
    if sys.platform != "win32" and (linked := _with_other_names(of_group)):
        return Finding("files.group-linked", {"files": "\n".join(map(str, linked))})
    if not is_machines and sys.platform != "win32" and _are_keys_left():
        return Finding("files.keys-left", {"folder": str(machine_keys_folder())})
    if unread:
        return Finding("files.unread", {"files": "\n".join(map(str, dict.fromkeys(unread)))})
    return Finding("files.signed-in" if is_machines and is_for_everyone() else f"files.{kind}closed")


def _kept(home: Home, settings: Settings, unread: list[Path]) -> Iterator[tuple[Path, bool]]:
    """Yield the paths that nobody else may modify, and whether they are secret as well."""
    if key := key_file(home, settings):
        yield key, True
    yield home.folder, False
    if _is_open(home.folder):
        # A home that others cannot enter protects everything in it.
        yield home.data, True
        yield home.config, True
        for ending in ("", "-wal", "-shm"):
            yield home.store.with_name(home.store.name + ending), True
        for folder in (home.logs, home.data / "backups", home.slip_folder(settings.slip), home.held_lists):
            yield from ((path, True) for path in _made_in(folder, unread))
    yield home.trust, False
    yield home.crl_folder(settings.card), False


def _of_group(unread: list[Path]) -> Iterator[Path]:
    """Everything in the place of the computer's counter. What lies in a closed folder is closed to others, whatever its mode."""

    def note(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            unread.append(Path(error.filename))

    for place in (machine_folder(), machine_keys_folder()):
        yield place
        for folder, folders, files in os.walk(place, onerror=note):
            yield from (path for name in (*folders, *files) if not (path := Path(folder, name)).is_symlink())


def _are_keys_left() -> bool:
    """Whether the keys of a computer's counter that is no more are open to the group that it was for."""
    try:
        about = machine_keys_folder().lstat()
        return about.st_uid == 0 and bool(about.st_mode & 0o077) and not has_machine_home()
    except OSError:
        return False


def _with_other_names(paths: list[Path]) -> list[Path]:
    """Files of the place that have a name elsewhere as well (link(2)): whoever laid it, and has left the group, still reads them."""
    found = []
    for path in paths:
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
        if others_admitted(path, admitted_to(home.folder), READ | WRITE):
            return False
    except OSError:  # gone meanwhile
        return True
    if stat.S_ISDIR(about.st_mode):
        return is_groups(about) and about.st_gid == group
    if about.st_gid != group:
        return bool(about.st_mode & stat.S_IROTH)
    is_only_read = any(path.is_relative_to(place) for place in (home.config, home.trust, home.crl))
    wanted = stat.S_IRGRP if is_only_read else stat.S_IRGRP | stat.S_IWGRP
    return about.st_mode & wanted == wanted


def _made_in(folder: Path, unread: list[Path]) -> list[Path]:
    """A folder of the program with its files; empty if others cannot enter it."""
    if not _is_open(folder):
        return []
    try:
        return [folder, *sorted(folder.iterdir())]
    except OSError:
        unread.append(folder)
        return [folder]


def _is_open(folder: Path) -> bool:
    """Whether anybody may enter it that it is not made for."""
    return bool(_mode(folder) & admitted_to(folder).others & 0o011)


def key_file(home: Home, settings: Settings) -> Path | None:
    """The file with the keys; None if they are elsewhere, or cannot be asked for."""
    try:
        place = keys_of(home, settings).describe()
    except KioskError:
        return None
    return Path(place.place) if place.kind in ("file", "machine") else None


def _fault(path: Path, unread: list[Path], *, is_secret: bool) -> str:
    """The fault as `/path (0644)`, or an empty string, also for a missing path, and for one noted as `unread`."""
    try:
        exposed = exposed_place(path)
        if exposed is not None:
            return _named(exposed[0])
        admitted = admitted_to(path if path.is_dir() else path.parent)
        is_open = is_secret and (stat.S_IMODE(path.stat().st_mode) & admitted.others or others_admitted(path, admitted, READ))
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        unread.append(Path(error.filename or path))
        return ""
    return _named(path) if is_open else ""


def _named(path: Path) -> str:
    listed = ""
    with suppress(OSError):
        listed = others_admitted(path, admitted_to(path if path.is_dir() else path.parent), READ | WRITE)
    return f"{path} ({_mode(path):04o}{listed and f' {listed}'})"


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return 0
