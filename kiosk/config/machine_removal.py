"""Takes back the place of the computer's counter that nobody has used."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from itertools import count
from pathlib import Path

from kiosk.config.atomic_write import make_file, sync_folder
from kiosk.config.enrolment_copy import forget_enrolment, is_of_enrolment
from kiosk.config.file_access import read_regular
from kiosk.config.file_replacement import delete, delete_empty, delete_tree, rename
from kiosk.config.free_names import free_name
from kiosk.config.home import Home, default_config
from kiosk.config.home_marker import MARK
from kiosk.config.kept_for_administrators import keep_closed
from kiosk.config.machine_place import has_machine_home, is_administrators, machine_folder, machine_keys_folder, retired_folder
from kiosk.config.noted_group import forget_group
from kiosk.domain.errors import Code, Unavailable


def is_unused() -> bool:
    """Whether the computer's counter has no data and no keys; it may wait to be enrolled. Raises Unavailable; OSError."""
    home = Home(machine_folder())
    keys = {name for name in _names(machine_keys_folder()) if not is_of_enrolment(name)}
    return not home.has_data() and not keys


def remove_unused() -> Path | None:
    """Remove an unused place. Settings and certificates that were prepared in it are kept: the folder gets another name, which is returned.

    Raises Unavailable: already-running, if somebody has just begun to use it; OSError.
    """
    home = Home(machine_folder())
    kept = _unused_name() if _is_prepared(home) else None
    aside = kept or retired_folder()
    _remove_retired()
    rename(home.folder, aside)
    if Home(aside).has_data():
        rename(aside, home.folder)
        raise Unavailable(Code.ALREADY_RUNNING)
    sync_folder(home.folder.parent)
    finish_removal()
    forget_removal()
    if kept is not None:
        with suppress(OSError):  # as in `remove_keys_folder`
            keep_closed(kept)
    return kept


def put_aside() -> list[Path]:
    """What `remove_unused` has kept. Raises OSError."""
    kept = machine_folder().parent.glob(f"{machine_folder().name}-unused-*")
    return sorted(place for place in kept if is_administrators(place))


def remove_place() -> list[str]:
    """Remove the home with all that is in it; its keys have gone. Once it has begun, `finish_removal` goes on, and returns the same; when
    that was told, `forget_removal`. Raises OSError.
    """
    _remove_retired()
    with suppress(OSError):  # it is there, perhaps as somebody's of Windows: then nothing tells of a kill
        make_file(_removal_file())
    rename(machine_folder(), retired_folder())
    sync_folder(machine_folder().parent)
    return finish_removal()


def is_removal_begun() -> bool:
    """Whether a home was being removed by `remove_place`, which has ended at most, and whoever did it was killed before it said so. Raises
    OSError.
    """
    mark = _removal_file()
    return not has_machine_home() and os.path.lexists(mark) and is_administrators(mark)


def forget_removal() -> None:
    """Raises OSError."""
    delete(_removal_file(), missing_ok=True)


def _removal_file() -> Path:
    """There while the home is removed, and until that was told: what lies beside it tells of a set-up as well."""
    return machine_folder().with_name(f".{machine_folder().name}.erasing")


def finish_removal() -> list[str]:
    """Remove what is left beside a home that has gone; the names of keys that stay. Can be repeated. Raises OSError."""
    _remove_retired()
    left = remove_keys_folder()
    forget_group()
    return left


def remove_keys_folder() -> list[str]:
    """Remove the folder of the computer's keys, if it is ours, with an enrolment file in it; with keys of an earlier store in it, close it
    to the group. Their names.
    """
    folder = machine_keys_folder()
    try:
        if not is_administrators(folder):
            return []
        with suppress(OSError):  # told with what is left
            forget_enrolment()
        with suppress(OSError):
            delete_empty(folder)
            return []
        with suppress(OSError):  # what leads elsewhere is left as it is: the folder itself was closed before
            keep_closed(folder)
        return sorted(_names(folder))
    except OSError:
        return []


def _remove_retired() -> None:
    place = retired_folder()
    if not os.path.lexists(place):
        return
    if not (stat.S_ISDIR(place.lstat().st_mode) and is_administrators(place)):
        # On Windows every account may make what has a name of ours beside our folder.
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="place-taken", place=str(place))
    if sys.platform == "win32":
        # Python removes by name there, and a member could lay a junction under it:
        # https://docs.python.org/3/library/shutil.html#shutil.rmtree.avoids_symlink_attacks
        from kiosk.config.windows_acl import close

        close(place)
    delete_tree(place)


def _is_prepared(home: Home) -> bool:
    made = {MARK, *(path.name for path in (home.config, home.lock, home.data, home.trust, home.crl, home.held_lists, home.logs))}
    if _names(home.folder) - made or _names(home.trust) or _names(home.crl):
        return True
    # What a member has laid there is not followed: root would open a device.
    return os.path.lexists(home.config) and (home.config.is_symlink() or read_regular(home.config) != default_config().encode())


def _names(folder: Path) -> set[str]:
    try:
        return set(os.listdir(folder))
    except FileNotFoundError:
        return set()


def _unused_name() -> Path:
    place = machine_folder()
    return place.with_name(free_name((f"{place.name}-unused-{number}" for number in count(1)), place.parent))
