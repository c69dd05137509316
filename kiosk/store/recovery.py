"""Backups that can be brought back to an empty machine with the recovery sheet, and with nothing else.

A backup is two files: the encrypted store, and both keys sealed under a key derived from the site key, which is what the sheet holds.
Whoever finds the files alone can read neither.
"""

from __future__ import annotations

import os
import shutil
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.store.backup import back_up, check_whole, onto
from kiosk.store.cipher import make_file, make_folder, open_file, publish
from kiosk.store.keys import Keys, KeyStore
from kiosk.store.migrations import version_of
from kiosk.store.sheet import parse
from kiosk.store.trouble import translated

_MAGIC = b"KIOSKSK1"
SEALED = ".keys"


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


def make_backup(path: Path, keys: Keys, folder: Path, now: datetime) -> Path:
    """Copy the store at `path`, which may be in use, into `folder`: `NAME.db`, checked, and `NAME.keys`. Returns the first.

    Raises Unavailable with one of the store's codes.
    """
    with translated(path), onto(folder):
        copy = back_up(path, keys.database, folder, f"{path.stem}-{now:%Y%m%d-%H%M%S}")
        try:
            write_private(copy.with_suffix(SEALED), seal(keys))
        except BaseException:
            with suppress(OSError):
                copy.unlink()  # of no use without its keys
            raise
    return copy


def restore(store: KeyStore, path: Path, sheet_text: str, backup: Path | None) -> Keys:
    """Bring keys, and the store if there is a backup, back to a machine that has neither.

    Without a backup the site key comes back, with which links held elsewhere (a server, another counter) work again. Everything is
    checked before anything is written; keys first, as at the very first start.
    Raises Refused: recovery-line, recovery-mismatch, recovery-occupied (there is a store or other keys here); Unavailable.
    """
    site = parse(sheet_text)
    with translated(path):
        if path.exists():
            raise Refused(Code.RECOVERY_OCCUPIED)
        keys = Keys.fresh(site) if backup is None else unseal(_sealed_beside(backup), site)
        if backup:
            check_whole(backup, keys.database)
            with closing(open_file(backup, keys.database, settings=False)) as connection:
                version_of(connection)
        present = store.load()
        if present is None:
            store.save(keys)
        elif present != keys:
            raise Refused(Code.RECOVERY_OCCUPIED)
        if backup:
            _bring_back(backup, path)
    return keys


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
    return place.read_bytes()


def _bring_back(backup: Path, path: Path) -> None:
    make_folder(path.parent)
    temporary = path.with_name(f".{path.name}.restored")
    temporary.unlink(missing_ok=True)
    make_file(temporary)
    try:
        shutil.copyfile(backup, temporary)
        publish(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _sealing_key(site_key: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"kiosk-sealed-keys-1").derive(site_key)
