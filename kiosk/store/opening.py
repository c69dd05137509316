"""Create the store's file if there is none; check and migrate it otherwise."""

from __future__ import annotations

import logging
import secrets
from contextlib import closing, suppress
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from time import monotonic

from kiosk.config.atomic_write import make_file, publish
from kiosk.config.file_replacement import HeldByAnother, delete, discard
from kiosk.config.private_files import check_owner, make_folder
from kiosk.domain.errors import Code, Unavailable
from kiosk.ledger.migration_runner import migrate, version_of
from kiosk.store.backup import back_up, onto
from kiosk.store.cipher import open_file, salt_for
from kiosk.store.database_files import SET_ASIDE, leftovers
from kiosk.store.foreign_changes import is_kept
from kiosk.store.keys import Keys
from kiosk.store.ledger_migration import DroppedLinks
from kiosk.store.migrations import VERSION, steps

KEPT = timedelta(days=30)
_PATIENCE_SECONDS = 0.5
"""Seconds to wait for another process to leave, or to finish the same migration."""
_log = logging.getLogger(__name__)


def prepare(path: Path, keys: Keys, now: datetime, counter: str) -> DroppedLinks:
    """Ensure a file at `path` that is readable with the keys and of the current schema version. An unreadable file is not touched. Returns
    what a migration dropped here and now.

    A new file is renamed into place only when complete, so an empty file of that name is damaged, not new. Leftovers of a removed store
    never become part of a new one, and a store that another process has open is not migrated: a program of the earlier version would go on
    with tables that are gone. Raises Unavailable (store-missing, store-newer, store-damaged, store-key-wrong, store-foreign; store-locked,
    with reason in-use; backup-failed), the driver's exceptions, OSError.
    """
    key = keys.database
    make_folder(path.parent)
    if not path.exists():
        if leftovers(path):
            raise Unavailable(Code.STORE_MISSING, file=str(path))
        _create(path, keys, now, counter)
    check_owner(path)
    version = _version_unless_in_use(path, key)
    backups = path.parent / "backups"
    # Also drafts that a kill left behind.
    _forget_old(backups, "*-v*.db*", now)
    _forget_old(path.parent, f"*{SET_ASIDE}*", now)
    dropped: list[DroppedLinks] = []
    if version < VERSION:
        with onto(backups):
            back_up(path, key, backups, f"{path.stem}-v{version}-{now:%Y%m%d-%H%M%S}")
        with closing(open_file(path, key)) as connection:
            migrate(connection, steps(keys, now, counter, dropped.append))
        _log.warning("store migrated from version %d to %d; links dropped: %d", version, VERSION, sum(one.links for one in dropped))
    return dropped[0] if dropped else DroppedLinks()


def _version_unless_in_use(path: Path, key: bytes) -> int:
    until = monotonic() + _PATIENCE_SECONDS
    while True:
        with closing(open_file(path, key, settings=False)) as connection:
            version = version_of(connection, VERSION)
        if version == VERSION or not is_kept(path):
            return version
        if monotonic() > until:
            raise Unavailable(Code.STORE_LOCKED, reason="in-use")
        Event().wait(0.02)


def _forget_old(folder: Path, pattern: str, now: datetime) -> None:
    """Delete old copies (of a migration or a restore): they contain links that were closed since. One that another program has open is
    deleted at the next start, for which nobody waits now.
    """
    for copy in folder.glob(pattern):
        with suppress(FileNotFoundError, HeldByAnother):  # another process was faster
            if copy.stat().st_mtime < (now - KEPT).timestamp():
                delete(copy, patience=0)


def _create(path: Path, keys: Keys, now: datetime, counter: str) -> None:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    make_file(temporary)
    try:
        check_owner(temporary)
        with closing(open_file(temporary, keys.database, salt=salt_for(keys.database))) as connection:
            migrate(connection, steps(keys, now, counter, lambda _: None))
        publish(temporary, path)
    except FileExistsError:  # another process was faster
        pass
    finally:
        for ending in ("", "-wal", "-shm"):
            discard(temporary.with_name(temporary.name + ending))
