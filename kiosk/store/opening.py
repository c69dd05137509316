"""Create the store's file if there is none; check and migrate it otherwise."""

from __future__ import annotations

import secrets
from contextlib import closing, suppress
from datetime import datetime, timedelta
from pathlib import Path

from kiosk.config.atomic_write import make_file, publish
from kiosk.domain.errors import Code, Unavailable
from kiosk.ledger.migration_runner import migrate, version_of
from kiosk.store.backup import back_up
from kiosk.store.cipher import check_owner, open_file, salt_for
from kiosk.store.database_files import SET_ASIDE, leftovers, make_folder
from kiosk.store.migrations import VERSION, steps

KEPT = timedelta(days=30)


def prepare(path: Path, key: bytes, now: datetime, counter: str) -> None:
    """Ensure a file at `path` that is readable with `key` and of the current schema version. An unreadable file is not touched.

    A new file is renamed into place only when complete, so an empty file of that name is damaged, not new. Leftovers of a removed store
    never become part of a new one. Raises Unavailable (store-missing, store-newer, store-damaged, store-key-wrong, store-foreign), the
    driver's exceptions, OSError.
    """
    make_folder(path.parent)
    if not path.exists():
        if leftovers(path):
            raise Unavailable(Code.STORE_MISSING, file=str(path))
        _create(path, key, now, counter)
    check_owner(path)
    with closing(open_file(path, key, settings=False)) as connection:
        version = version_of(connection, VERSION)
    backups = path.parent / "backups"
    _forget_old(backups, "*-v*.db", now)
    _forget_old(path.parent, f"*{SET_ASIDE}*", now)
    if version < VERSION:
        back_up(path, key, backups, f"{path.stem}-v{version}-{now:%Y%m%d-%H%M%S}")
        with closing(open_file(path, key)) as connection:
            migrate(connection, steps(now, counter))


def _forget_old(folder: Path, pattern: str, now: datetime) -> None:
    """Delete old copies (of a migration or a restore): they contain links that were closed since."""
    for copy in folder.glob(pattern):
        with suppress(FileNotFoundError):  # another process was faster
            if copy.stat().st_mtime < (now - KEPT).timestamp():
                copy.unlink()


def _create(path: Path, key: bytes, now: datetime, counter: str) -> None:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    make_file(temporary)
    try:
        check_owner(temporary)
        with closing(open_file(temporary, key, salt=salt_for(key))) as connection:
            migrate(connection, steps(now, counter))
        publish(temporary, path)
    except FileExistsError:  # another process was faster
        pass
    finally:
        for ending in ("", "-wal", "-shm"):
            temporary.with_name(temporary.name + ending).unlink(missing_ok=True)
