"""Whether what lies in the place of the computer's counter still has the permissions that `kiosk setup` gave it."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

from kiosk.config.admission import Admitted, is_groups
from kiosk.config.machine_place import machines_place


def has_changed_rights(path: Path) -> bool:
    """Of something in that place, or of a folder that it lies in there; False for anything else, and for what cannot be asked for."""
    place = machines_place(path)
    if place is None:
        return False
    if sys.platform == "win32":
        # https://learn.microsoft.com/windows/win32/secauthz/how-dacls-control-access-to-an-object
        from kiosk.config.windows_acl import admitted_group

        try:
            return admitted_group(path) != admitted_group(place)
        except OSError as error:  # this account may not even read the list
            return isinstance(error, PermissionError)
    try:
        group = place.stat().st_gid
    except OSError:
        return False
    ways = [path, *(folder for folder in path.absolute().parents if folder.is_relative_to(place))]
    return any(not _is_as_made(one, group) for one in ways)


def _is_as_made(path: Path, group: int) -> bool:
    try:
        about = path.stat()
    except OSError:
        return True
    wanted = Admitted(group).file_mode
    is_right = is_groups(about) if stat.S_ISDIR(about.st_mode) else stat.S_IMODE(about.st_mode) & 0o667 == wanted
    return is_right and about.st_gid == group
