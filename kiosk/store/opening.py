"""Makes the store's file when there is none, checks it and brings it up to date when there is one."""

from __future__ import annotations

import secrets
from contextlib import closing, suppress
from datetime import datetime, timedelta
from pathlib import Path

from kiosk.config.writing import make_file, publish
from kiosk.domain.errors import Code, Unavailable
from kiosk.store.backup import back_up
from kiosk.store.cipher import check_owner, make_folder, open_file, salt_for
from kiosk.store.files import SET_ASIDE, leftovers
from kiosk.store.migrations import VERSION, migrate, version_of

KEPT = timedelta(days=30)


def prepare(path: Path, key: bytes, now: datetime) -> None:
    """After this there is a file of ours at `path`, readable with `key` and of our version. An unreadable one is left untouched.

    A new file gets its name only when it is complete, so an empty file under that name is a damaged one, never a fresh start.
    What was left beside a store that is gone is never taken for a part of a new one.
    Raises Unavailable (store-missing, store-newer, store-damaged, store-key-wrong, store-foreign), the driver's exceptions, OSError.
    """
    make_folder(path.parent)
    if not path.exists():
        if leftovers(path):
            raise Unavailable(Code.STORE_MISSING, file=str(path))
        _create(path, key)
    check_owner(path)
    with closing(open_file(path, key, settings=False)) as connection:
        version = version_of(connection)
    backups = path.parent / "backups"
    _forget_old(backups, "*-v*.db", now)
    _forget_old(path.parent, f"*{SET_ASIDE}*", now)
    if version < VERSION:
        back_up(path, key, backups, f"{path.stem}-v{version}-{now:%Y%m%d-%H%M%S}")
        with closing(open_file(path, key)) as connection:
            migrate(connection)


def _forget_old(folder: Path, pattern: str, now: datetime) -> None:
    """What is kept from before (a migration, a restore) still holds links that were closed since, so it may not stay for ever."""
    for copy in folder.glob(pattern):
        with suppress(FileNotFoundError):  # another program of ours was quicker
            if copy.stat().st_mtime < (now - KEPT).timestamp():
                copy.unlink()


def _create(path: Path, key: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    make_file(temporary)
    try:
        check_owner(temporary)
        with closing(open_file(temporary, key, salt=salt_for(key))) as connection:
            migrate(connection)
        publish(temporary, path)
    except FileExistsError:  # another program of ours was quicker
        pass
    finally:
        for ending in ("", "-wal", "-shm"):
            temporary.with_name(temporary.name + ending).unlink(missing_ok=True)
