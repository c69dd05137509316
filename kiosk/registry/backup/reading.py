"""Opens backups and reads them whole, or their first record alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.config.file_access import open_regular
from kiosk.domain.errors import Code, Refused
from kiosk.ledger import sealed_records
from kiosk.ledger.sealed_records import SealBroken, SealTrouble, first_record, read_records
from kiosk.registry.backup.contents import Contents, Contradiction, checked
from kiosk.registry.backup.document import Manifest, Record, decode
from kiosk.registry.migrations import VERSION
from kiosk.registry.site_key import SiteKey


def manifest_of(path: Path, site_key: bytes) -> Manifest:
    """What a backup is of, from its first record alone. Raises Refused: registry-backup-unusable; OSError."""
    with _told_of(path), open_regular(path) as file:
        record = decode(first_record(file, site_key))
    return _readable(path, record)


def opening_key(path: Path, keys: SiteKey) -> bytes:
    """The one of a library's keys, the newest first, that a backup opens with; the newest if none does. Raises OSError."""
    for key in (keys.key, *(earlier for _, earlier in reversed(keys.earlier))):
        try:
            manifest_of(path, key)
        except Refused:
            continue
        return key
    return keys.key


def records_of(path: Path, site_key: bytes) -> Iterator[Record]:
    """All records of a backup, the manifest first. Believe them only once the last one was read.

    Raises Refused: registry-backup-unusable (`place`, `reason`); OSError.
    """
    with open_regular(path) as file:
        sealed = read_records(file, site_key)
        is_first = True
        while True:
            with _told_of(path):
                encoded = next(sealed, None)
                record = None if encoded is None else decode(encoded)
            if record is None:
                return
            if is_first:
                _readable(path, record)
                is_first = False
            yield record


def verify(path: Path, site_key: bytes) -> Contents:
    """Read a backup whole and check all that it says. Raises Refused: registry-backup-unusable; OSError."""
    with _told_of(path):
        return checked(records_of(path, site_key), site_key)


def _readable(path: Path, record: Record) -> Manifest:
    if not isinstance(record, Manifest):
        raise unusable(path, SealTrouble.DAMAGED)
    # What later schemas mean is not known here. An earlier one has to be brought to this program's by whoever changes the schema first.
    if record.schema > VERSION:
        raise unusable(path, SealTrouble.NEWER, version=record.schema, known=VERSION)
    return record


@contextmanager
def _told_of(path: Path) -> Iterator[None]:
    try:
        yield
    except SealBroken as error:
        match error.trouble:
            case SealTrouble.NEWER:
                raise unusable(path, error.trouble, version=int(error.detail), known=sealed_records.CURRENT) from error
            case SealTrouble.OTHER_KEY:
                raise unusable(path, error.trouble, sheet=error.detail) from error
            case _:
                raise unusable(path, error.trouble) from error
    except Contradiction as error:
        raise unusable(path, "altered") from error
    # Sealed with the key, and yet nothing this program writes.
    except ValueError as error:
        raise unusable(path, SealTrouble.DAMAGED) from error


def unusable(path: Path, reason: str, **params: str | int) -> Refused:
    """The refusal of a backup."""
    return Refused(Code.REGISTRY_BACKUP_UNUSABLE, place=str(path), reason=str(reason), **params)
