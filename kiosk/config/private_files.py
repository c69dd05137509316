"""Files and folders that nobody else may read: those that hold keys and stores."""

from __future__ import annotations

import errno
import logging
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

from kiosk.config.admission import admitted_to, make_one_folder
from kiosk.config.atomic_write import draft, publish, sync_folder
from kiosk.config.file_access import not_a_file, read_regular
from kiosk.config.file_replacement import replace
from kiosk.domain.errors import Code, Unavailable

_log = logging.getLogger(__name__)


def make_folder(folder: Path) -> None:
    """Create a folder for this account, or for those who may use the folder that it lies in; parents get the default mode."""
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        make_one_folder(folder)
        sync_folder(folder.parent)
    elif sys.platform == "win32":
        # https://learn.microsoft.com/windows/win32/secauthz/owner-of-a-new-object: of an elevated process it may be the administrators
        from kiosk.config.windows_acl import name_own_account

        name_own_account(folder)


def check_owner(path: Path, handle: int | None = None) -> None:
    """Require a regular file of this user's, or of the group that may use its folder, and remove access for others; with a `handle` it is
    that file, whatever has its name by now.

    Root is held to that too: a -wal file of root's would lock the owner out (a group it does not). Raises Unavailable: store-foreign,
    store-unprotected (a file system without permissions, such as FAT); OSError.
    """
    file: Path | int = path if handle is None else handle
    about = os.stat(file)
    if not stat.S_ISREG(about.st_mode):
        raise not_a_file(path)
    if sys.platform == "win32":
        # Modes mean nothing there: https://learn.microsoft.com/windows/win32/fileio/file-security-and-access-rights
        from kiosk.config.windows_acl import check_private

        check_private(path)
    if os.name == "posix":
        admitted = admitted_to(path.parent)
        if not admitted.is_theirs(about, os.geteuid()):
            raise Unavailable(Code.STORE_FOREIGN, place=str(path))
        if stat.S_IMODE(about.st_mode) & admitted.others:
            try:
                os.chmod(file, admitted.file_mode)
                _log.warning("others could read %s (%04o), and cannot any more", path, stat.S_IMODE(about.st_mode))
            except OSError as error:
                if error.errno == errno.EROFS:
                    raise
            # Some file systems reject chmod, others ignore it silently. A group's folder keeps others out, whoever of it has made the file.
            if admitted.group is None and stat.S_IMODE(os.stat(file).st_mode) & admitted.others:
                raise Unavailable(Code.STORE_UNPROTECTED, place=str(path.parent))


def read_private(path: Path) -> bytes:
    """Read a file of this user, after removing access for others. Raises as `check_owner` does; FileNotFoundError."""
    check_owner(path)
    return read_regular(path)


def save_private(path: Path, content: bytes, *, replaces: Callable[[], bool] = lambda: False) -> bool:
    """Write a private file and its folder atomically, and as durably as `publish`; False, and nothing is written, if there is one that
    `replaces` leaves.

    Raises as `check_owner` does, before anything secret is written; any other OSError.
    """
    make_folder(path.parent)
    try:
        with draft(path, content, check_owner) as temporary:
            if not path.exists():
                publish(temporary, path)
            elif replaces():
                replace(temporary, path)
                sync_folder(path.parent)
            else:
                return False
    except FileExistsError:  # another process was faster
        return False
    return True
