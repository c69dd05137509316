"""A file of records under a secret key, written and read one record at a time: whatever its size, memory holds a single record.

    header   magic (8) · format (2, big-endian) · salt (32) · fingerprint of the key (9, ASCII) · SHA-256 of what precedes, 8 bytes of it
    records  length (4, big-endian) · AES-256-GCM of the record, compressed with zlib

The key of a file is derived from the secret and the whole header. The nonce of a record is its place and whether it is the last one: the
construction STREAM of Hoang, Reyhanitabar, Rogaway and Vizár (2015). So no record can be changed, left out, moved, repeated or taken from
another file, and no end be cut off or added to, without one that fails its authentication.
"""

from __future__ import annotations

import hashlib
import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kiosk.ledger.key_derivation import derived
from kiosk.ledger.recovery_sheet import fingerprint

FORMAT_1 = 1
"""2026-12: the first."""
OLDEST, CURRENT = FORMAT_1, FORMAT_1
"""The formats that can be read, and the one that is written."""
LARGEST = 16 << 20
"""Of a record, in bytes: what a reader holds at most."""

_MAGIC = b"KIOSKREC"
_HEADER = struct.Struct(">8sH32s9s")
_CHECKED = 8
_LENGTH = struct.Struct(">I")
_TAG = 16
_SLACK = 1 << 16
"""What zlib may add to a record that cannot be compressed."""


@unique
class SealTrouble(StrEnum):
    """Why a file yields no records."""

    FOREIGN = "foreign"
    """It was never written here."""
    NEWER = "newer"
    """Of a format this program does not know."""
    OTHER_KEY = "other-key"
    DAMAGED = "damaged"
    """Not as it was written: changed, cut off, or put together from others."""


class SealBroken(Exception):
    """A file that yields no records, or no more of them."""

    def __init__(self, trouble: SealTrouble, detail: str = "") -> None:
        super().__init__(f"{trouble} {detail}".strip())
        self.trouble = trouble
        self.detail = detail
        """Of NEWER: the format found. Of OTHER_KEY: the fingerprint of the key it was sealed with."""


def write_records(file: BinaryIO, secret: bytes, records: Iterable[bytes]) -> None:
    """Write a whole file. What is at its end only when all records were written is not a file without an end: it is none at all.

    Raises ValueError for a record over LARGEST or for none at all; OSError; whatever `records` raises.
    """
    header = _header(secret)
    file.write(header)
    cipher = AESGCM(_key(secret, header))
    place, held = 0, None
    for record in records:
        if len(record) > LARGEST:
            raise ValueError("a record too large to be read again")
        if held is not None:
            _write(file, cipher, place, held, is_last=False)
            place += 1
        held = record
    if held is None:
        raise ValueError("no records")
    _write(file, cipher, place, held, is_last=True)


def read_records(file: BinaryIO, secret: bytes) -> Iterator[bytes]:
    """Yield the records in order. A file that does not end where it was ended is found at its end: believe nothing before that.

    Raises SealBroken; OSError.
    """
    cipher = AESGCM(_key(secret, _checked_header(file, secret)))
    place, frame = 0, _frame(file)
    while frame is not None:
        following = _frame(file)
        yield _opened(cipher, place, frame, is_last=following is None)
        place, frame = place + 1, following
    if place == 0:
        raise SealBroken(SealTrouble.DAMAGED)


def first_record(file: BinaryIO, secret: bytes) -> bytes:
    """The first record alone, which says nothing about the others. Raises as `read_records`."""
    cipher = AESGCM(_key(secret, _checked_header(file, secret)))
    frame = _frame(file)
    if frame is None:
        raise SealBroken(SealTrouble.DAMAGED)
    return _opened(cipher, 0, frame, is_last=not file.read(1))


@dataclass(frozen=True, slots=True)
class _Nonce:
    place: int
    is_last: bool

    def encoded(self) -> bytes:
        return self.place.to_bytes(11, "big") + bytes([self.is_last])


def _header(secret: bytes) -> bytes:
    head = _HEADER.pack(_MAGIC, CURRENT, os.urandom(32), fingerprint(secret).encode())
    return head + hashlib.sha256(head).digest()[:_CHECKED]


def _checked_header(file: BinaryIO, secret: bytes) -> bytes:
    head, check = file.read(_HEADER.size), file.read(_CHECKED)
    if not head.startswith(_MAGIC):
        raise SealBroken(SealTrouble.FOREIGN)
    # Before the format and the fingerprint are believed: a damaged file is not taken for a newer one, or for one of another key.
    if len(head) < _HEADER.size or hashlib.sha256(head).digest()[:_CHECKED] != check:
        raise SealBroken(SealTrouble.DAMAGED)
    _, version, _, sealed_for = _HEADER.unpack(head)
    if not OLDEST <= version <= CURRENT:
        raise SealBroken(SealTrouble.NEWER, str(version))
    if sealed_for != fingerprint(secret).encode():
        raise SealBroken(SealTrouble.OTHER_KEY, sealed_for.decode("ascii", "replace"))
    return head + check


def _key(secret: bytes, header: bytes) -> bytes:
    return derived(secret, b"kiosk-sealed-records\x00" + header)


def _write(file: BinaryIO, cipher: AESGCM, place: int, record: bytes, *, is_last: bool) -> None:
    sealed = cipher.encrypt(_Nonce(place, is_last).encoded(), zlib.compress(record, 1), None)
    file.write(_LENGTH.pack(len(sealed)))
    file.write(sealed)


def _frame(file: BinaryIO) -> bytes | None:
    """The next sealed record; None at the end of the file."""
    told = file.read(_LENGTH.size)
    if not told:
        return None
    if len(told) < _LENGTH.size:
        raise SealBroken(SealTrouble.DAMAGED)
    (length,) = _LENGTH.unpack(told)
    if not _TAG <= length <= LARGEST + _SLACK:
        raise SealBroken(SealTrouble.DAMAGED)
    sealed = file.read(length)
    if len(sealed) < length:
        raise SealBroken(SealTrouble.DAMAGED)
    return sealed


def _opened(cipher: AESGCM, place: int, sealed: bytes, *, is_last: bool) -> bytes:
    try:
        packed = cipher.decrypt(_Nonce(place, is_last).encoded(), sealed, None)
        return zlib.decompress(packed)
    except (InvalidTag, zlib.error) as error:
        raise SealBroken(SealTrouble.DAMAGED) from error
