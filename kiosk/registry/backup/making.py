"""Makes a backup while the server works: one snapshot of the database, sealed, read back from the disk, and only then given its name."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from kiosk.config import file_trouble
from kiosk.config.atomic_write import forget_pages, publish
from kiosk.config.file_replacement import delete, discard, held_file
from kiosk.config.private_files import make_folder
from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.domain.key_chain import Generations
from kiosk.ledger.digest import LinkHash
from kiosk.ledger.sealed_records import write_records
from kiosk.registry.backup.contents import Contents
from kiosk.registry.backup.document import End, KeptFile, Manifest, Record, encode
from kiosk.registry.backup.folder import Kept, free_name, unfinished_in
from kiosk.registry.backup.reading import verify
from kiosk.registry.backup.tables import TABLES, allow_pauses, pages_of
from kiosk.registry.database import RegistryDatabase
from kiosk.registry.head_row import HeadTable
from kiosk.registry.migrations import VERSION


def make_backup(
    database: RegistryDatabase, site_key: bytes, files: Sequence[KeptFile], folder: Path, now: datetime, earlier: Generations = ()
) -> Kept:
    """Write a backup into `folder` (mode 0600) and verify it. One at a time in a folder: hold the home's lock for backups. `earlier`: the
    site keys before `site_key`.

    Raises Unavailable: backup-failed (`place`, `reason`: a `FileTrouble`, "not-as-written", or "altered": what the database holds
    contradicts itself), the store's codes for the database. Then nothing is left behind but what a kill leaves, which the next one deletes.
    """
    with _onto(folder):
        make_folder(folder)
        for left in unfinished_in(folder):
            delete(left, missing_ok=True)
        target = free_name(folder, now)
        temporary = target.with_name(f".{target.name}.new")
        try:
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            # Closed, so that the snapshot ends with the attempt and not with the exception's traceback.
            with open(handle, "wb") as file, closing(_records(database, site_key, files, now, earlier)) as records:
                write_records(file, site_key, map(encode, records))
            forget_pages(temporary)
            contents = _read_back(temporary, folder, site_key)
            publish(temporary, target)
        finally:
            discard(temporary)  # may be on a disk that was pulled out
    return Kept(target, contents.manifest)


def _records(
    database: RegistryDatabase, site_key: bytes, files: Iterable[KeptFile], now: datetime, earlier: Generations
) -> Generator[Record]:
    with database.reading() as snapshot:
        allow_pauses(snapshot)
        heads = HeadTable()
        library, row = heads.library(snapshot), heads.read(snapshot)
        head = row.as_head(LinkHash(site_key).seal)
        moment = now.replace(microsecond=0)
        yield Manifest(library, VERSION, head.position, head.epochs, head.key_generation, head.count, head.digest, moment, earlier)
        yield from files
        counts = {table.name: 0 for table in TABLES}
        for table in TABLES:
            for page in pages_of(snapshot, table):
                counts[table.name] += len(page.rows)
                yield page
        yield End(counts)


def _read_back(temporary: Path, folder: Path, site_key: bytes) -> Contents:
    try:
        return verify(temporary, site_key)
    except Refused as error:
        reason = "altered" if error.params["reason"] == "altered" else "not-as-written"
        raise Unavailable(Code.BACKUP_FAILED, place=str(folder), reason=reason) from error


@contextmanager
def _onto(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(Code.BACKUP_FAILED, place=held_file(error) or str(folder), reason=file_trouble(error, folder).value) from error
    # A column that holds what none of ours holds.
    except ValueError as error:
        raise Unavailable(Code.BACKUP_FAILED, place=str(folder), reason="altered") from error
