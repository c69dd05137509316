"""Copies a home with all that is in it, and removes one, on behalf of the accounts they belong to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from kiosk.config.acting_account import Account, acting_for
from kiosk.config.admission import make_one_folder, open_made
from kiosk.config.atomic_write import sync_folder
from kiosk.config.file_access import open_regular
from kiosk.config.file_replacement import delete, delete_empty, delete_tree, rename, replace
from kiosk.config.free_names import name_before
from kiosk.config.home import Home
from kiosk.domain.errors import Code, Unavailable
from kiosk.store.key_location import belongs_to_keys

_CHUNK = 1 << 20


def copy_home(source: Home, reader: Account | None, folder: Path, writer: Account | None, *, keys: Path | None = None) -> None:
    """Copy everything into `folder`, which is there, durably, with the times of the files. Raises Unavailable: setup-impossible, for a link
    (whoever writes there may lay one at any time); OSError.

    Left out: what keys have in their folder `keys`, which may lie in the home, or be it; what belongs to the processes that have the home
    open; what is neither file nor folder.
    """
    left_out = {source.lock, *(source.store.with_name(source.store.name + ending) for ending in ("-shm", "-keeper"))}
    if keys is not None:
        with acting_for(reader):
            inside = within(source.folder, keys)
        of_keys = {path for path in inside if belongs_to_keys(path.name)}
        left_out |= of_keys if len(of_keys) < len(inside) else {path.parent for path in inside}
    _copy_folder(source.folder, reader, folder, writer, left_out)


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Name the file in an OSError that does not, as of a write: it tells which disk is full."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(path)
        raise


def within(home: Path, folder: Path) -> list[Path]:
    """What lies in a folder that is the home, or in it, by its path in the home."""
    place, itself = folder.resolve(), home.resolve()
    return [home / path.relative_to(itself) for path in place.iterdir()] if place.is_relative_to(itself) and place.is_dir() else []


def _copy_folder(source: Path, reader: Account | None, target: Path, writer: Account | None, left_out: set[Path]) -> None:
    with acting_for(reader):
        entries = sorted(os.scandir(source), key=lambda entry: entry.name)
    for entry in entries:
        path, copy = Path(entry.path), target / entry.name
        with acting_for(reader):
            leads_elsewhere = is_link(path)
            is_folder, is_file = entry.is_dir(), entry.is_file()
        if path in left_out:
            continue
        if leads_elsewhere:
            raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="link", place=str(path))
        if is_folder:
            with acting_for(writer):
                make_one_folder(copy)
            _copy_folder(path, reader, copy, writer, left_out)
        elif is_file:
            _copy_file(path, reader, copy, writer)
    with acting_for(writer), naming(target):
        sync_folder(target)


def is_link(path: Path) -> bool:
    """Whether it leads elsewhere: a link, or a junction of Windows, which Python knows from 3.12 on. Raises OSError."""
    asked = getattr(path, "is_junction", None)
    return path.is_symlink() or (asked is not None and bool(asked()))


def _copy_file(source: Path, reader: Account | None, target: Path, writer: Account | None) -> None:
    with acting_for(reader):
        read = open_regular(source)
    with read:
        about = os.fstat(read.fileno())
        with acting_for(writer):
            written = os.fdopen(open_made(target, os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_BINARY", 0)), "wb")
            with naming(target), written:
                while content := _read(read, source):
                    written.write(content)
                written.flush()
                os.fsync(written.fileno())
            os.utime(target, ns=(about.st_atime_ns, about.st_mtime_ns))


def _read(file: BinaryIO, path: Path) -> bytes:
    with naming(path):
        return file.read(_CHUNK)


def merge_into(staged: Path, home: Home) -> None:
    """Move everything from `staged` into a home that has no store, the store last, and remove `staged`. Can be repeated after an
    interruption. What the home has beside stays; a config that is replaced is kept, as `kept_configs` lists it. Raises OSError.
    """
    if (staged / home.config.name).exists() and home.config.exists():
        replace(home.config, name_before(home.config, staged))
    _merge(staged, home.folder, (home.data.name, home.store.name))


def kept_configs(home: Home) -> list[Path]:
    """The configs that moves have replaced. Raises OSError."""
    return sorted(home.folder.glob(f"{home.config.name}.before*"))


def _merge(source: Path, folder: Path, last: tuple[str, ...]) -> None:
    for path in sorted(source.iterdir(), key=lambda path: path.name in last):
        place = folder / path.name
        if place.is_dir() and path.is_dir() and not place.is_symlink() and not path.is_symlink():
            _merge(path, place, last)
        else:
            remove_tree(place)
            rename(path, place)
    delete_empty(source)
    sync_folder(folder)


def remove_tree(place: Path) -> None:
    """Remove a folder with all in it, following no link, or a file; nothing if there is none. Raises OSError."""
    if place.is_dir() and not is_link(place):
        delete_tree(place)
    else:
        delete(place, missing_ok=True)
