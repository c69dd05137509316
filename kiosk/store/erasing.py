"""Erases a counter that the library's server has revoked: keys first, so that nothing that is left can be read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kiosk.config.atomic_write import sync_folder
from kiosk.config.file_replacement import delete
from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.store.authority_file import authority_path
from kiosk.store.database_files import SET_ASIDE
from kiosk.store.error_table import translated
from kiosk.store.key_location import KeyPlace
from kiosk.store.keys import KeyRecord, Keys, UnderWay


def erase(place: KeyPlace) -> None:
    """Erase the store at `place`, whose connections are closed: keys, secret, database with -wal and -shm, copies made by migrations and
    restores, anchor, the server's authority.

    A kill at any point leaves the keys or nothing that could be read; `finish_erasing` goes on. Afterwards the key record says that the
    counter was revoked (`open_keys` raises counter-revoked) until it is begun anew. Raises Unavailable.
    """
    # In one step: from here on nobody can read what the files hold.
    place.store.replace(KeyRecord(Keys.fresh(), under_way=UnderWay(AdministrativeAct.ERASED)))
    finish_erasing(place)


def finish_erasing(place: KeyPlace) -> None:
    """Finish what a kill interrupted. To be called before keys and store are opened; does nothing otherwise."""
    record = place.store.load()
    if record is None or not record.is_erased:
        return
    with translated(place.database):
        folders = set[Path]()
        for file in _files_of(place):
            delete(file, missing_ok=True)
            folders.add(file.parent)
        for folder in folders:
            sync_folder(folder)
    # A copy of the keys may be left by an earlier version, or by a kill while they were replaced.
    place.store.settle()


def _files_of(place: KeyPlace) -> Iterator[Path]:
    """The database, all that is named after it, and the anchor; backups that staff made elsewhere have gone with their keys."""
    database, data = place.database, place.database.parent
    for ending in ("", "-wal", "-shm", "-journal", "-keeper"):
        if (file := database.with_name(database.name + ending)).exists():
            yield file
    yield from data.glob(f"{database.name}*{SET_ASIDE}*")
    # Drafts of a creation or a restore that was killed.
    yield from data.glob(f".{database.name}.*")
    yield from (data / "backups").glob(f"{database.stem}-v*.db*")
    yield from (data / "backups").glob(f".{database.stem}-v*.db*")
    yield from place.anchor_path.parent.glob(f"{place.anchor_path.name}*{SET_ASIDE}*")
    yield from place.anchor_path.parent.glob(f".{place.anchor_path.name}.*")
    for file in (authority_path(database), place.anchor_path):
        if file.exists():
            yield file
