"""The authorities this library trusts: one file each in a folder, put there by an administrator and by nobody else."""

from __future__ import annotations

import contextlib
import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.config import FileTrouble, file_trouble
from kiosk.config.exposure import Exposure, exposure
from kiosk.config.files import read_regular
from kiosk.domain.dataclass import dataclass
from kiosk.domain.errors import Code, KioskError, Refused, Unavailable
from kiosk.domain.escaping import escaped
from kiosk.smartcard.authority import Authority
from kiosk.smartcard.wholefile import write_whole

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
PUBLISHED_NAME = "OU=Japan Agency for Local Authority Information Systems,OU=JPKI for user authentication,O=JPKI,C=JP"
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


def is_impostor(authority: Authority) -> bool:
    """Whether it has name and serial number of a published authority, and another fingerprint than that."""
    known = next((known for known in PUBLISHED if known.serial == authority.serial), None)
    if known is None or known.fingerprint is None or _folded(authority.name) != _folded(PUBLISHED_NAME):
        return False
    return known.fingerprint != authority.fingerprint


def are_twins(one: Authority, other: Authority) -> bool:
    """Whether two have one name and one serial number, which no authority gives twice, and are not the same: one of them is forged."""
    return one != other and (_folded(one.name), one.serial) == (_folded(other.name), other.serial)


def _folded(name: str) -> str:
    """What a name looks like: letters of another width or case, spaces and what stands between make no other one of it."""
    return re.sub(r"[^\w=,]", "", unicodedata.normalize("NFKC", name).casefold())


def read_authority(content: bytes) -> Authority:
    """An authority from the bytes of a file, DER or PEM. Raises Refused(trust-file-invalid); `reason` says why."""
    if not content.strip():
        raise Refused(Code.TRUST_FILE_INVALID, reason="empty")
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
        if exposed := _exposure(self._folder):
            raise Refused(Code.TRUST_REFUSED, reason=exposed.value)
        authority = self.check(content, fingerprint)
        self._write(f"{authority.fingerprint}{_SUFFIX}", authority.der)
        return authority

    def check(self, content: bytes, fingerprint: str | None = None) -> Authority:
        """What `add` would pin, with the same refusals, and nothing kept: to be shown before asking."""
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
        """Every file of the folder, damaged ones too, in the order of their fingerprints. Raises Unavailable(store-unavailable).

        A file that was put there by hand is held to the same rules as one that was added. Of two that cannot both be genuine neither is
        trusted: nobody here can tell which is.
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
        """Of all files, also those that are not trusted."""
        for path in self._files():
            with contextlib.suppress(KioskError):
                yield read_authority(_content(path))

    def load(self) -> tuple[Authority, ...]:
        """The authorities to trust: all entries without trouble. Raises Unavailable(store-unavailable)."""
        return tuple(entry.authority for entry in self.entries() if entry.authority is not None)

    def remove(self, prefix: str) -> int:
        """Unpin the one authority whose fingerprint begins so; how many were removed: 0 or 1.

        With fewer than four digits, or when several fit, none. A damaged file can be removed as well.
        """
        plain = _plain(prefix)
        fitting = [path for path in self._files() if path.name.startswith(plain)]
        if len(plain) < 4 or len(fitting) != 1:
            return 0
        try:
            fitting[0].unlink()
        except OSError as error:
            raise _trouble(error, self._folder) from error
        return 1

    def _write(self, name: str, content: bytes) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(self._folder / name, content)
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
    """Raises Unavailable, with its place."""
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
    return Unavailable(Code.HOME_UNUSABLE, place=str(folder), reason=trouble.value)
