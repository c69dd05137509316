"""Backups that can be brought back to an empty machine with the recovery sheet, and with nothing else.

A backup is two files: the encrypted store, and both keys sealed under a key derived from the site key, which is what the sheet holds.
Whoever finds the files alone can read neither.
"""

from __future__ import annotations

import os
import shutil
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kiosk.config.files import read_regular
from kiosk.domain.deeds import Deed
from kiosk.domain.errors import LACKING, Code, Refused, Unavailable
from kiosk.domain.states import Problem
from kiosk.store.audit import Act, AuditHead, AuditTrail
from kiosk.store.backup import back_up, check_whole, onto
from kiosk.store.cipher import CipherDatabase, make_file, make_folder, open_file, publish
from kiosk.store.files import leftovers, set_aside
from kiosk.store.keyplace import KeyPlace
from kiosk.store.keys import KeyRecord, Keys
from kiosk.store.migrations import version_of
from kiosk.store.notes import IDENTITY, read_note
from kiosk.store.sheet import parse
from kiosk.store.standing import write_doubt
from kiosk.store.trouble import translated

_MAGIC = b"KIOSKSK1"
SEALED = ".keys"
DOUBTED = "-doubted"
"""Behind the name of a backup whose store had been doubted when it was made."""


def seal(keys: Keys) -> bytes:
    """Both keys, to be opened with the site key alone."""
    nonce = os.urandom(12)
    return _MAGIC + nonce + AESGCM(_sealing_key(keys.site)).encrypt(nonce, keys.encoded().encode(), _MAGIC)


def unseal(sealed: bytes, site_key: bytes) -> Keys:
    """Raises Refused: recovery-mismatch when the sheet belongs to other keys, or the file is damaged."""
    nonce, body = sealed[8:20], sealed[20:]
    try:
        if not sealed.startswith(_MAGIC):
            raise ValueError("not sealed by us")
        return Keys.decoded(AESGCM(_sealing_key(site_key)).decrypt(nonce, body, _MAGIC).decode())
    except (InvalidTag, ValueError) as error:
        raise Refused(Code.RECOVERY_MISMATCH) from error


def make_backup(path: Path, keys: Keys, folder: Path, now: datetime, *, doubted: bool = False) -> Path:
    """Copy the store at `path`, which may be in use, into `folder`: `NAME.db`, checked, and `NAME.keys`. Returns the first.

    A copy of a store that is `doubted` is named so: whoever looks for the latest good one sees it.
    Raises Unavailable with one of the store's codes.
    """
    with translated(path), onto(folder):
        copy = back_up(path, keys.database, folder, f"{path.stem}-{now:%Y%m%d-%H%M%S}{DOUBTED if doubted else ''}")
        try:
            write_private(copy.with_suffix(SEALED), seal(keys))
        except BaseException:
            with suppress(OSError):
                copy.unlink()  # of no use without its keys
            raise
    return copy


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore has brought back."""

    keys: Keys
    lacking: int | None = None
    """How many acts the backup lacks; None where this computer does not know."""
    set_aside: tuple[Path, ...] = ()
    """What was left here of an earlier store, under the names it has now."""


def restore(place: KeyPlace, sheet_text: str, backup: Path | None, counter: str, now: datetime) -> Restored:
    """Bring keys, and the store if there is a backup, back to a machine that has neither.

    Without a backup the site key comes back, with which links held elsewhere (a server, another counter) work again. Everything is
    checked before anything is written; keys first, as at the very first start. Unless it is known that the backup lacks nothing, the
    store that is brought back is in doubt: cards that were reported lost since are alive again in it.
    Raises Refused: recovery-line, recovery-mismatch, recovery-occupied (there is a store or other keys here), recovery-leftover (`file`,
    beside the backup: it is no backup as we make them); Unavailable.
    """
    site, path = parse(sheet_text), place.database
    with translated(path):
        if path.exists():
            raise Refused(Code.RECOVERY_OCCUPIED)
        keys = Keys.fresh(site) if backup is None else unseal(_sealed_beside(backup), site)
        if backup:
            if left := leftovers(backup):
                raise Refused(Code.RECOVERY_LEFTOVER, file=str(left[0]))
            check_whole(backup, keys.database)
            with closing(open_file(backup, keys.database, settings=False)) as connection:
                version_of(connection)
        present = place.store.load()
        if present is None:
            place.store.save(KeyRecord(keys))
        elif present.keys != keys:
            raise Refused(Code.RECOVERY_OCCUPIED)
        moved = set_aside(leftovers(path), now)
        lacking = _bring_back(backup, place, keys, counter, now) if backup else None
    return Restored(keys, lacking, tuple(moved))


def begin_anew(place: KeyPlace, now: datetime) -> list[Path]:
    """Let an empty store be made with the keys that are here, at the next start. What was left is given other names, which are returned.

    Raises Refused: recovery-occupied (there is a store); Unavailable.
    """
    path = place.database
    with translated(path):
        if path.exists():
            raise Refused(Code.RECOVERY_OCCUPIED)
        record = place.store.load()
        if record is not None:
            place.store.save(KeyRecord(record.keys))
        anchor = [place.anchor_path] if place.anchor_path.exists() else []
        return set_aside([*leftovers(path), *anchor], now)


def write_private(path: Path, content: bytes) -> None:
    """A whole file or none, for its user alone."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.unlink(missing_ok=True)
    make_file(temporary)
    try:
        temporary.write_bytes(content)
        publish(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _sealed_beside(backup: Path) -> bytes:
    place = backup.with_suffix(SEALED)
    if not place.exists():
        raise Unavailable(Code.STORE_KEY_MISSING, place=str(place))
    return read_regular(place)


def _bring_back(backup: Path, place: KeyPlace, keys: Keys, counter: str, now: datetime) -> int | None:
    """Give a copy of the backup the store's name, with the row that tells of it; how many acts it lacks."""
    path = place.database
    make_folder(path.parent)
    temporary = path.with_name(f".{path.name}.restored")
    for left in (temporary, *leftovers(temporary)):
        left.unlink(missing_ok=True)
    make_file(temporary)
    try:
        shutil.copyfile(backup, temporary)
        lacking = _mark_restored(temporary, place, keys, counter, now)
        publish(temporary, path)
    finally:
        for left in (temporary, *leftovers(temporary)):
            left.unlink(missing_ok=True)
    return lacking


def _mark_restored(copy: Path, place: KeyPlace, keys: Keys, counter: str, now: datetime) -> int | None:
    database = CipherDatabase(copy, keys.database)
    try:
        with database.atomic("IMMEDIATE"):
            trail = AuditTrail(database)
            lacking = _lacking(place, keys, read_note(database, IDENTITY), trail.head())
            told = "" if lacking is None else f"{LACKING}:{lacking}"
            trail.add(Act(now.astimezone(UTC).isoformat(timespec="seconds"), counter, None, Deed.RESTORE, "done", None, told, None))
            if lacking != 0:
                write_doubt(database, Problem(Code.STORE_RESTORED, () if lacking is None else ((LACKING, lacking),)))
    finally:
        database.close_all()
    return lacking


def _lacking(place: KeyPlace, keys: Keys, identity: str | None, head: AuditHead) -> int | None:
    try:
        kept = place.anchor(keys).load()
    except Unavailable:
        return None
    if kept is None or kept.store != identity or kept.rows < head.rows:
        return None
    if kept.rows == head.rows and kept.head != head.digest.hex():
        return None
    return kept.rows - head.rows


def _sealing_key(site_key: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"kiosk-sealed-keys-1").derive(site_key)
