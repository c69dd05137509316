"""The authorities this library trusts: one file each, in a folder that only an administrator writes to."""

from __future__ import annotations

import contextlib
import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.config import FileTrouble, file_trouble
from kiosk.config.atomic_write import replace_file
from kiosk.config.file_access import read_regular
from kiosk.config.file_permissions import Exposure, exposure
from kiosk.config.file_replacement import delete, held_file
from kiosk.config.private_files import make_folder
from kiosk.domain.errors import Code, KioskError, Refused, Unavailable
from kiosk.domain.escaping import escaped
from kiosk.smartcard.authority import Authority

_SUFFIX = ".cer"


@dataclass(frozen=True, slots=True)
class PublishedAuthority:
    """One generation of the JPKI user-authentication authority, as far as published."""

    file: str
    """File name on J-LIS's download page."""
    serial: int
    ends: date
    fingerprint: str | None
    """SHA-256, computed from copies in public programs. Administrators compare it with J-LIS's own list."""


PUBLISHED = (
    PublishedAuthority("authca01.cer", 0x01, date(2025, 10, 19), "4dcfc4ca0aaf9fb2a3081b3f0c991c320b3acc008667a341eeaec5af1d58ca7d"),
    PublishedAuthority("authca02.cer", 0x0133C349, date(2029, 9, 14), None),
    PublishedAuthority("authca03.cer", 0x06D18006, date(2033, 7, 15), "64114f29620c24ed2631d46476a040e7ee740d956089c00b036a6a8118c322b5"),
)
"""All three share one name, and cards of each are in use until its authority expires."""
PUBLISHED_NAME = "OU=Japan Agency for Local Authority Information Systems,OU=JPKI for user authentication,O=JPKI,C=JP"
PUBLISHED_AT = "https://www.jpki.go.jp/ca/"


@dataclass(frozen=True, slots=True)
class PinnedFile:
    """One file of the trust folder: its authority, or why it is not trusted."""

    file: str
    authority: Authority | None
    trouble: KioskError | None = None


def published_as(authority: Authority) -> PublishedAuthority | None:
    """The known published authority with exactly this fingerprint, or None."""
    return next((known for known in PUBLISHED if known.fingerprint == authority.fingerprint), None)


def generation_of(authority: Authority) -> PublishedAuthority | None:
    """The published authority that a pinned one is, by name and serial number: also where the fingerprint was compared by people."""
    return next((known for known in PUBLISHED if counts_on(authority) and known.serial == authority.serial), None)


def next_serial(authority: Authority) -> int:
    """Of the certificate of the published authority that goes on in its sequence (`counts_on`); 0 if none is known."""
    later = [known.serial for known in PUBLISHED if counts_on(authority) and known.serial > authority.serial]
    return min(later, default=0)


def is_impostor(authority: Authority) -> bool:
    """Whether it claims the name and serial number of a published authority but has another fingerprint."""
    known = next((known for known in PUBLISHED if known.serial == authority.serial), None)
    if known is None or known.fingerprint is None or _folded(authority.name) != _folded(PUBLISHED_NAME):
        return False
    return known.fingerprint != authority.fingerprint


def counts_on(authority: Authority) -> bool:
    """Whether its cards have serial numbers above its own: each generation of the JPKI goes on in the sequence of the one before, from
    which its own certificate has its number (observed: 0x0705D990 in 2024 under the generation 0x06D18006).
    """
    return _folded(authority.name) == _folded(PUBLISHED_NAME)


def are_twins(one: Authority, other: Authority) -> bool:
    """Whether two different authorities share name and serial number. No CA issues a serial twice, so one of them is forged."""
    return one != other and (_folded(one.name), one.serial) == (_folded(other.name), other.serial)


def _folded(name: str) -> str:
    """Normalize a name for comparison: width, case, spaces and punctuation make no difference."""
    return re.sub(r"[^\w=,]", "", unicodedata.normalize("NFKC", name).casefold())


def read_authority(content: bytes) -> Authority:
    """Parse an authority from a DER or PEM file. Raises Refused(trust-file-invalid) with `reason`."""
    if not content.strip():
        raise Refused(Code.TRUST_FILE_INVALID, reason="empty")
    if b"-----BEGIN" not in content:
        return Authority(content)
    try:
        certificates = x509.load_pem_x509_certificates(content)
    except Exception as error:
        # Malformed bytes make cryptography raise almost anything.
        raise Refused(Code.TRUST_FILE_INVALID, reason="not-a-certificate") from error
    if len(certificates) != 1:
        raise Refused(Code.TRUST_FILE_INVALID, reason="several-certificates")
    return Authority(certificates[0].public_bytes(Encoding.DER))


class TrustStore:
    """Pinned authorities as files named by fingerprint. Every call rereads the folder."""

    def __init__(self, folder: Path, allow_test: bool = False) -> None:
        """`allow_test` is for the demo only."""
        self._folder, self._allow_test = folder, allow_test

    def add(self, content: bytes, fingerprint: str | None = None) -> Authority:
        """Pin an authority; idempotent. With `fingerprint` (SHA-256, any notation), only if it matches.

        Raises Refused: trust-file-invalid, trust-fingerprint, trust-refused (with `reason`). Raises Unavailable: store-full,
        store-read-only, home-unusable. Nothing is written then.
        """
        authority = self.check(content, fingerprint)
        self._write(f"{authority.fingerprint}{_SUFFIX}", authority.der)
        return authority

    def check(self, content: bytes, fingerprint: str | None = None) -> Authority:
        """Return what `add` would pin, with the same refusals, without writing anything."""
        if exposed := _exposure(self._folder):
            raise Refused(Code.TRUST_REFUSED, reason=exposed.value)
        authority = self._check(content, fingerprint)
        if any(are_twins(authority, other) for other in self._readable()):
            raise Refused(Code.TRUST_REFUSED, reason="twin")
        return authority

    def _check(self, content: bytes, fingerprint: str | None) -> Authority:
        authority = read_authority(content)
        if fingerprint is not None and _plain(fingerprint) != authority.fingerprint:
            raise Refused(Code.TRUST_FINGERPRINT)
        if authority.is_pretended and not self._allow_test:
            raise Refused(Code.TRUST_REFUSED, reason="demo" if authority.is_demo else "test")
        if authority.is_for_signatures:
            raise Refused(Code.TRUST_REFUSED, reason="for-signatures")
        if is_impostor(authority) and not self._allow_test:
            raise Refused(Code.TRUST_REFUSED, reason="impostor")
        return authority

    def entries(self) -> tuple[PinnedFile, ...]:
        """Every file of the folder, including damaged ones, sorted by name. Raises Unavailable(home-unusable).

        Files placed by hand are held to the same rules as those added. Of two twins neither is trusted: nothing here tells which is
        genuine.
        """
        entries = []
        for path in self._files():
            try:
                content = _content(path)
                if exposed := _exposure(path):
                    raise Refused(Code.TRUST_REFUSED, reason=exposed.value)
                entries.append(PinnedFile(escaped(path.name), self._check(content, path.stem)))
            except KioskError as error:
                entries.append(PinnedFile(escaped(path.name), None, error))
        trusted = [entry.authority for entry in entries if entry.authority]
        return tuple(_without_twins(entry, trusted) for entry in entries)

    def _files(self) -> list[Path]:
        try:
            with os.scandir(self._folder) as found:
                return sorted(Path(entry.path) for entry in found if entry.name.endswith(_SUFFIX))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise _trouble(error, self._folder) from error

    def _readable(self) -> Iterator[Authority]:
        """The authorities of all readable files, including those that are not trusted."""
        for path in self._files():
            with contextlib.suppress(KioskError):
                yield read_authority(_content(path))

    def load(self) -> tuple[Authority, ...]:
        """The trusted authorities: all entries without trouble. Raises Unavailable(home-unusable)."""
        return tuple(entry.authority for entry in self.entries() if entry.authority is not None)

    def remove(self, prefix: str) -> int:
        """Unpin the authority whose fingerprint begins with `prefix`; return how many were removed, 0 or 1.

        Removes nothing for a prefix under four digits or one that is ambiguous. Damaged files can be removed too.
        """
        if (path := self._fitting(prefix)) is None:
            return 0
        try:
            delete(path)
        except OSError as error:
            raise _trouble(error, self._folder) from error
        return 1

    def fits_one(self, prefix: str) -> bool:
        """Whether `remove` would remove one."""
        return self._fitting(prefix) is not None

    def _fitting(self, prefix: str) -> Path | None:
        plain = _plain(prefix)
        fitting = [path for path in self._files() if path.name.startswith(plain)]
        return None if len(plain) < 4 or len(fitting) != 1 else fitting[0]

    def _write(self, name: str, content: bytes) -> None:
        try:
            make_folder(self._folder)
            replace_file(self._folder / name, content)
        except OSError as error:
            raise _trouble(error, self._folder) from error


def _without_twins(entry: PinnedFile, trusted: Sequence[Authority]) -> PinnedFile:
    if entry.authority is None or not any(are_twins(entry.authority, other) for other in trusted):
        return entry
    return PinnedFile(entry.file, None, Refused(Code.TRUST_REFUSED, reason="twin"))


def _content(path: Path) -> bytes:
    try:
        return read_regular(path)
    except OSError as error:
        raise _trouble(error, path) from error


def _exposure(path: Path) -> Exposure | None:
    """Whether others may write `path`. Raises Unavailable with `place`."""
    try:
        return exposure(path)
    except OSError as error:
        raise _trouble(error, path) from error


def _plain(fingerprint: str) -> str:
    return re.sub(r"[^0-9a-z]", "", fingerprint.lower().removeprefix("sha256"))


def _trouble(error: OSError, folder: Path) -> Unavailable:
    trouble = file_trouble(error, folder)
    codes = {FileTrouble.FULL: Code.STORE_FULL, FileTrouble.READ_ONLY: Code.STORE_READ_ONLY}
    if trouble in codes:
        return Unavailable(codes[trouble], place=str(folder))
    return Unavailable(Code.HOME_UNUSABLE, place=held_file(error) or str(folder), reason=trouble.value)
