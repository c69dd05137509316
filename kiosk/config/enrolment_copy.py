"""The copy of an enrolment file that lies beside the keys of the computer's counter until it has served (`kiosk setup --enrolment`).

Members of the group may lay anything there in its name. What is no file is removed: it would stop every later set-up.
"""

from __future__ import annotations

import stat
import sys
from pathlib import Path

from kiosk.config.file_replacement import delete, delete_tree
from kiosk.config.machine_place import machine_keys_folder


def enrolment_copy() -> Path:
    """Who may read it there may read the keys as well, for which it could be exchanged."""
    return machine_keys_folder() / "enrolment.toml"


def is_of_enrolment(name: str) -> bool:
    """Whether what has this name beside the keys is the copy, or a draft of it."""
    return name == enrolment_copy().name or name.startswith(f".{enrolment_copy().name}.")


def forget_enrolment() -> None:
    """Remove the copy and what `forget_strays` removes. Raises OSError."""
    forget_strays()
    delete(enrolment_copy(), missing_ok=True)


def forget_strays() -> None:
    """Remove drafts of a process that was killed (the code is in them), and what has the name of the copy but is no file. As administrator,
    and not for a member, who could not remove what another one has laid. Raises OSError.
    """
    copy = enrolment_copy()
    for path in (copy, *copy.parent.glob(f".{copy.name}.*")):
        try:
            about = path.lstat()
        except FileNotFoundError:
            continue
        if stat.S_ISDIR(about.st_mode) and not getattr(about, "st_reparse_tag", 0):
            _remove_folder(path)
        elif path != copy or not stat.S_ISREG(about.st_mode):
            delete(path, missing_ok=True)


def _remove_folder(folder: Path) -> None:
    if sys.platform == "win32":
        # Python removes by name there, and a member could lay a junction under it:
        # https://docs.python.org/3/library/shutil.html#shutil.rmtree.avoids_symlink_attacks
        from kiosk.config.windows_acl import close

        close(folder)
    delete_tree(folder)
