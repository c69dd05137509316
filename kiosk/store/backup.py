"""A copy of the encrypted file that is known to be whole. It stays encrypted with the same key."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from kiosk.domain.errors import Code, Unavailable
from kiosk.store.cipher import make_file, make_folder, open_file, publish


def back_up(path: Path, key: bytes, folder: Path, name: str) -> Path:
    """Copy the store at `path` to `folder/name.db` (0600), check the copy, and return where it is. The store may be in use.

    Raises Unavailable: store-damaged when the copy does not stand the check; the driver's exceptions; OSError.
    """
    make_folder(folder)
    target = _free(folder, name)
    temporary = target.with_name(f".{target.name}.new")
    temporary.unlink(missing_ok=True)
    make_file(temporary)
    try:
        with closing(open_file(path, key, settings=False)) as connection:
            # Keeps key and salt; reads one state of the file although others may write.
            connection.execute("VACUUM INTO ?", (str(temporary),))
        check_whole(temporary, key)
        publish(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    return target


def check_whole(path: Path, key: bytes) -> None:
    """Read every page: authentication codes first, then structure. Raises Unavailable: store-damaged, store-key-wrong."""
    with closing(open_file(path, key, settings=False)) as connection:
        forged = connection.execute("PRAGMA cipher_integrity_check").fetchall()
        if forged or connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            raise Unavailable(Code.STORE_DAMAGED)


def _free(folder: Path, name: str) -> Path:
    """`name`, or with a number behind it when the second had already seen a backup."""
    target = folder / f"{name}.db"
    count = 1
    while any(folder.glob(f"{target.stem}.*")):
        count += 1
        target = folder / f"{name}-{count}.db"
    return target
