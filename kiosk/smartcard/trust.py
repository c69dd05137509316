"""The authorities this library trusts: one file each in a folder, put there by an administrator and by nobody else."""

from __future__ import annotations

import contextlib
import errno
import os
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.domain.errors import Code, KioskError, Refused, Unavailable
from kiosk.smartcard.authority import Authority

_LARGEST_FILE = 1 << 20
_SUFFIX = ".cer"


@dataclass(frozen=True, slots=True)
class PublishedAuthority:
    """One generation of the user-authentication authority, as far as it is known to us."""

    file: str
    """Its name on J-LIS's page."""
    serial: int
    ends: date
    fingerprint: str | None
    """SHA-256. Computed from copies in public programs: an administrator compares it with J-LIS's own list."""


PUBLISHED = (
    PublishedAuthority("authca01.cer", 0x01, date(2025, 10, 19), "4dcfc4ca0aaf9fb2a3081b3f0c991c320b3acc008667a341eeaec5af1d58ca7d"),
    PublishedAuthority("authca02.cer", 0x0133C349, date(2029, 9, 14), None),
    PublishedAuthority("authca03.cer", 0x06D18006, date(2033, 7, 15), "64114f29620c24ed2631d46476a040e7ee740d956089c00b036a6a8118c322b5"),
)
"""All three have one and the same name; cards of each are in people's pockets until it ends."""
PUBLISHED_AT = "https://www.jpki.go.jp/ca/"


@dataclass(frozen=True, slots=True)
class PinnedFile:
    """One file of the trust folder: its authority, or why it is not trusted."""

    file: str
    authority: Authority | None
    trouble: KioskError | None = None


def published_as(authority: Authority) -> PublishedAuthority | None:
    """The published authority with exactly this fingerprint, if it is one of those known to us."""
    return next((known for known in PUBLISHED if known.fingerprint == authority.fingerprint), None)


def read_authority(content: bytes) -> Authority:
    """An authority from the bytes of a file, DER or PEM. Raises Refused(trust-file-invalid); `reason` says why."""
    if not content.strip():
        raise Refused(Code.TRUST_FILE_INVALID, reason="empty")
    if len(content) > _LARGEST_FILE:
        raise Refused(Code.TRUST_FILE_INVALID, reason="not-a-certificate")
    if b"-----BEGIN" not in content:
        return Authority(content)
    try:
        certificates = x509.load_pem_x509_certificates(content)
    except Exception as error:
        # As everywhere with malformed bytes: any kind may come.
        raise Refused(Code.TRUST_FILE_INVALID, reason="not-a-certificate") from error
    if len(certificates) != 1:
        raise Refused(Code.TRUST_FILE_INVALID, reason="several-certificates")
    return Authority(certificates[0].public_bytes(Encoding.DER))


class TrustStore:
    """Pinned authorities as files named by fingerprint. Every call looks at the folder anew."""

    def __init__(self, folder: Path, allow_test: bool = False) -> None:
        """`allow_test` is for the demo alone."""
        self._folder, self._allow_test = folder, allow_test

    def add(self, content: bytes, fingerprint: str | None = None) -> Authority:
        """Pin an authority; twice is once. With `fingerprint` (SHA-256, any spelling), only if it is that one.

        Raises Refused: trust-file-invalid, trust-fingerprint, trust-refused (with `reason`). Raises Unavailable: store-full,
        store-read-only, store-unavailable. Nothing is kept then.
        """
        authority = self.check(content, fingerprint)
        self._write(f"{authority.fingerprint}{_SUFFIX}", authority.der)
        return authority

    def check(self, content: bytes, fingerprint: str | None = None) -> Authority:
        """What `add` would pin, with the same refusals, and nothing kept: to be shown before asking."""
        authority = read_authority(content)
        if fingerprint is not None and _plain(fingerprint) != authority.fingerprint:
            raise Refused(Code.TRUST_FINGERPRINT)
        if authority.is_pretended and not self._allow_test:
            raise Refused(Code.TRUST_REFUSED, reason="demo" if authority.is_demo else "test")
        if authority.is_for_signatures:
            raise Refused(Code.TRUST_REFUSED, reason="for-signatures")
        return authority

    def entries(self) -> tuple[PinnedFile, ...]:
        """Every file of the folder, damaged ones too, in the order of their fingerprints. Raises Unavailable(store-unavailable).

        A file that was put there by hand is held to the same rules as one that was added.
        """
        try:
            contents = [(path, path.read_bytes()) for path in sorted(self._folder.glob(f"*{_SUFFIX}"))]
        except OSError as error:
            raise Unavailable(Code.STORE_UNAVAILABLE) from error
        entries = []
        for path, content in contents:
            try:
                entries.append(PinnedFile(path.name, self.check(content, path.stem)))
            except KioskError as error:
                entries.append(PinnedFile(path.name, None, error))
        return tuple(entries)

    def load(self) -> tuple[Authority, ...]:
        """The authorities to trust: all entries without trouble. Raises Unavailable(store-unavailable)."""
        return tuple(entry.authority for entry in self.entries() if entry.authority is not None)

    def remove(self, prefix: str) -> int:
        """Unpin the one authority whose fingerprint begins so; how many were removed: 0 or 1.

        With fewer than four digits, or when several fit, none. A damaged file can be removed as well.
        """
        plain = _plain(prefix)
        fitting = [path for path in sorted(self._folder.glob(f"*{_SUFFIX}")) if path.name.startswith(plain)]
        if len(plain) < 4 or len(fitting) != 1:
            return 0
        try:
            fitting[0].unlink()
        except OSError as error:
            raise _trouble(error) from error
        return 1

    def _write(self, name: str, content: bytes) -> None:
        """Whole or not at all, also when the power fails half-way."""
        draft = self._folder / f".{name}.{os.getpid()}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._folder / name)
        except OSError as error:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
            raise _trouble(error) from error


def _plain(fingerprint: str) -> str:
    return re.sub(r"[^0-9a-z]", "", fingerprint.lower().removeprefix("sha256"))


def _trouble(error: OSError) -> Unavailable:
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return Unavailable(Code.STORE_FULL)
        case errno.EROFS | errno.EACCES | errno.EPERM:
            return Unavailable(Code.STORE_READ_ONLY)
    return Unavailable(Code.STORE_UNAVAILABLE)
