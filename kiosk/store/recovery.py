"""Backups that can be restored on an empty machine with the recovery sheet alone.

A backup consists of two files: the encrypted store, and both keys sealed under a key derived from the site key, which is on the sheet. The
files alone reveal nothing.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kiosk.config.atomic_write import make_file, publish, write_new
from kiosk.config.file_access import read_regular
from kiosk.config.file_replacement import delete, discard
from kiosk.config.private_files import make_folder
from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.codefacts import LACKING
from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.domain.states import Problem
from kiosk.ledger.audit import AuditedAct, AuditHead, AuditTrail
from kiosk.ledger.migration_runner import version_of
from kiosk.ledger.recovery_sheet import parse
from kiosk.store.backup import back_up, check_whole, onto
from kiosk.store.cipher import CipherDatabase, open_file
from kiosk.store.database_files import leftovers, set_aside
from kiosk.store.error_table import translated
from kiosk.store.integrity import write_doubt
from kiosk.store.key_location import KeyPlace
from kiosk.store.keys import KeyRecord, Keys, UnderWay, folder_of
from kiosk.store.metadata import IDENTITY
from kiosk.store.migrations import VERSION

_IDENTITY = "SELECT value FROM meta WHERE name = ?"
_MAGIC = b"KIOSKSK1"
SEALED = ".keys"
DOUBTED = "-doubted"
"""Suffix of the name of a backup made from a store in doubt."""


def seal(keys: Keys, under: bytes | None = None) -> bytes:
    """Seal both keys (AES-GCM) so that the site key opens them, or the one that has followed it."""
    nonce = os.urandom(12)
    return _MAGIC + nonce + AESGCM(_sealing_key(under or keys.site)).encrypt(nonce, keys.encoded().encode(), _MAGIC)


def unseal(sealed: bytes, site_key: bytes) -> Keys:
    """Open sealed keys. Raises Refused: recovery-mismatch, if the sheet belongs to other keys or the file is damaged."""
    nonce, body = sealed[8:20], sealed[20:]
    try:
        if not sealed.startswith(_MAGIC):
            raise ValueError("not sealed by us")
        return Keys.decoded(AESGCM(_sealing_key(site_key)).decrypt(nonce, body, _MAGIC).decode())
    except (InvalidTag, ValueError) as error:
        raise Refused(Code.RECOVERY_MISMATCH) from error


def make_backup(path: Path, keys: Keys, folder: Path, now: datetime, *, doubted: bool = False, under: bytes | None = None) -> Path:
    """Copy the store at `path`, which may be in use, into `folder`: `NAME.db`, verified, and `NAME.keys`. Returns the former.

    A `doubted` store is marked in the file name, for whoever looks for the latest good backup. `under`: the last site key of a library that
    has had several (`EnrolledStore.sealing_key`). Raises Unavailable with one of the store's
    codes.
    """
    with translated(path), onto(folder):
        copy = back_up(path, keys.database, folder, f"{path.stem}-{now:%Y%m%d-%H%M%S}{DOUBTED if doubted else ''}")
        try:
            write_new(copy.with_suffix(SEALED), seal(keys, under))
        except BaseException:
            with suppress(OSError):
                delete(copy)  # useless without its keys
            raise
    return copy


@dataclass(frozen=True, slots=True)
class Restored:
    """The result of a restore."""

    keys: Keys
    lacking: int | None = None
    """Minimum number of acts missing from the backup; None if this machine knows of none."""
    set_aside: tuple[Path, ...] = ()
    """Files of an earlier store found here, under their new names."""
    is_earlier: bool = False
    """The backup is of an earlier version: whoever opens the store migrates it."""


def restore(place: KeyPlace, sheet_text: str, backup: Path | None, counter: str, now: datetime) -> Restored:
    """Restore the keys, and the store if there is a backup, on a machine that has neither.

    Without a backup only the site key is restored, which makes links held elsewhere (a registry, another counter) work again. Everything is
    checked before anything is written, and an interrupted restore can be repeated. The restored store is in doubt: cards reported lost
    since the backup are active in it again.

    Raises Refused: recovery-line, recovery-mismatch, recovery-occupied (there is a store, or other keys, here), recovery-leftover (`file`,
    beside the backup: we do not make such backups); Unavailable.
    """
    site, path = parse(sheet_text), place.database
    with translated(path):
        if path.exists():
            raise Refused(Code.RECOVERY_OCCUPIED)
        identity: str | None = None
        version = VERSION
        keys = Keys.fresh(site) if backup is None else unseal(sealed_beside(backup), site)
        if backup:
            if left := leftovers(backup):
                raise Refused(Code.RECOVERY_LEFTOVER, file=str(left[0]))
            check_whole(backup, keys.database)
            with closing(open_file(backup, keys.database, settings=False)) as connection:
                version = version_of(connection, VERSION)
                identity = next((str(value) for (value,) in connection.execute(_IDENTITY, (IDENTITY,))), None)
        present = place.store.load()
        if present is not None and present.keys != keys:
            raise Refused(Code.RECOVERY_OCCUPIED)
        if backup is None:
            place.store.save(KeyRecord(keys))
            return Restored(keys, None, tuple(set_aside(leftovers(path), now)))
        # Keys first, with the store's identity: if anything fails after this, the store counts as missing until it is restored, and no new
        # one is created with its keys. What the library's server knows this counter by is not in the backup, and stays where it is known.
        secret, authority = ("", "") if present is None else (present.secret, present.authority)
        place.store.save(KeyRecord(keys, identity, folder_of(path), secret=secret, authority=authority))
        with _copied(backup, path) as copy:
            lacking = _mark_restored(copy, place, keys, identity, counter, now)
            moved = set_aside(leftovers(path), now)
            publish(copy, path)
    return Restored(keys, lacking, tuple(moved), version < VERSION)


def begin_anew(place: KeyPlace, now: datetime) -> list[Path]:
    """Prepare for an empty store to be created with the present keys at the next start. Returns the new names of the files set aside.

    Can be resumed after an interruption. Raises Refused: recovery-occupied (there is a store); Unavailable.
    """
    path = place.database
    with translated(path):
        if path.exists():
            cut_off = place.under_way()
            if cut_off is not None and cut_off.deed is AdministrativeAct.BEGUN:
                return []
            raise Refused(Code.RECOVERY_OCCUPIED)
        record = place.store.load()
        anchor = [place.anchor_path] if place.anchor_path.exists() else []
        moved = set_aside([*leftovers(path), *anchor], now)
        # Last: until then the store counts as missing; afterwards whoever opens the new one records that it was begun.
        place.store.save(KeyRecord(Keys.fresh() if record is None else record.keys, under_way=UnderWay(AdministrativeAct.BEGUN)))
        return moved


def sealed_beside(backup: Path) -> bytes:
    """The sealed keys of a backup. Raises Unavailable: store-key-missing; OSError."""
    place = backup.with_suffix(SEALED)
    if not place.exists():
        raise Unavailable(Code.STORE_KEY_MISSING, place=str(place))
    return read_regular(place)


@contextmanager
def _copied(backup: Path, path: Path) -> Iterator[Path]:
    """A temporary copy of the backup beside `path`, deleted on exit."""
    make_folder(path.parent)
    temporary = path.with_name(f".{path.name}.restored")

    for left in (temporary, *leftovers(temporary)):
        delete(left, missing_ok=True)
    make_file(temporary)
    try:
        shutil.copyfile(backup, temporary)
        yield temporary
    finally:
        for left in (temporary, *leftovers(temporary)):
            discard(left)


def _mark_restored(copy: Path, place: KeyPlace, keys: Keys, identity: str | None, counter: str, now: datetime) -> int | None:
    """Record the restore in the copy and mark it as in doubt; return the minimum number of missing acts."""
    database = CipherDatabase(copy, keys.database)
    try:
        with database.atomic("IMMEDIATE"):
            trail = AuditTrail(database)
            lacking = _lacking(place, keys, identity, trail.head())
            told = "" if lacking is None else f"{LACKING}:{lacking}"
            trail.add(
                AuditedAct(
                    now.astimezone(UTC).isoformat(timespec="seconds"), counter, None, AdministrativeAct.RESTORE, "done", None, told, None
                )
            )
            write_doubt(database, Problem(Code.STORE_RESTORED, () if lacking is None else ((LACKING, lacking),)))
    finally:
        database.close_all()
    return lacking


def _lacking(place: KeyPlace, keys: Keys, identity: str | None, head: AuditHead) -> int | None:
    """Number of acts anchored on this machine but missing from the backup. None if none is known, which proves nothing: the anchor may be
    out of date.
    """
    try:
        kept = place.anchor(keys).load()
    except Unavailable:
        return None
    return kept.rows - head.rows if kept is not None and kept.store == identity and kept.rows > head.rows else None


def _sealing_key(site_key: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"kiosk-sealed-keys-1").derive(site_key)
