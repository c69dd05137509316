"""Whether a certificate is on the revocation lists (CRL, RFC 5280 §5) that an administrator puts into a folder.

J-LIS gives its lists to accredited verifiers only, so a library may have none: then nothing is checked, and that is said.
"""

from __future__ import annotations

import logging
import os
import warnings
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from kiosk.smartcard.authority import Authority
from kiosk.smartcard.certificate import Certificate, point_names

log = logging.getLogger("kiosk.smartcard.revocation")

_KNOWN_CRITICAL = frozenset({ExtensionOID.ISSUING_DISTRIBUTION_POINT, ExtensionOID.AUTHORITY_KEY_IDENTIFIER, ExtensionOID.CRL_NUMBER})


class Standing(Enum):
    GOOD = auto()
    REVOKED = auto()
    STALE = auto()
    """The list that would tell is out of date, or not there."""
    NOT_CHECKED = auto()
    """The library has decided to check none."""


class RevocationLists(Protocol):
    def look_up(self, certificate: Certificate, authority: Authority, now: datetime) -> Standing:
        """How the certificate stands with its authority. Never raises."""


class NoRevocation:
    """`revocation = none`."""

    def look_up(self, certificate: Certificate, authority: Authority, now: datetime) -> Standing:
        return Standing.NOT_CHECKED


@dataclass(frozen=True, slots=True)
class ListFacts:
    """One list in the folder, for `doctor` and the status page."""

    file: str
    readable: bool
    authority: str | None = None
    """Fingerprint of the pinned authority that signed it; None: nobody here knows its signer, so it is not used."""
    next_update: datetime | None = None
    numbers: int = 0

    def is_stale(self, now: datetime) -> bool:
        return not self.readable or self.authority is None or self.next_update is None or self.next_update < now


@dataclass
class _List:
    """One file as last read: the numbers are taken out once, so that a look-up does not depend on their count."""

    parsed: x509.CertificateRevocationList
    numbers: frozenset[int]
    begins: datetime
    ends: datetime | None
    points: frozenset[str] | None
    """Distribution points this list is for; None: for all certificates of its authority."""
    complete: bool
    """False: a delta, or with extensions unknown here. Its numbers count; absence from it means nothing."""
    signers: dict[str, bool] = field(default_factory=dict)

    def is_signed_by(self, authority: Authority) -> bool:
        if authority.fingerprint not in self.signers:
            self.signers[authority.fingerprint] = authority.signs_lists and self.parsed.is_signature_valid(authority.key)
        return self.signers[authority.fingerprint]

    def covers(self, certificate: Certificate) -> bool:
        return self.complete and (self.points is None or bool(self.points & certificate.profile.points))

    def is_current(self, now: datetime) -> bool:
        return self.begins <= now and self.ends is not None and now <= self.ends


class CrlFolder:
    """`revocation = crl`: every file of a folder, DER or PEM. Files are read anew when they have changed.

    A list of two million numbers (43 MB) takes about two seconds to read and check, and 200 MB of memory; a look-up takes under
    0.1 ms then. Ask for `facts` once before the first card is laid. For one thread at a time.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamps: dict[str, tuple[int, int, int]] = {}
        self._lists: dict[str, _List] = {}

    def look_up(self, certificate: Certificate, authority: Authority, now: datetime) -> Standing:
        self.refresh()
        signed = [revoked for revoked in self._lists.values() if revoked.is_signed_by(authority)]
        if any(certificate.serial in revoked.numbers for revoked in signed):
            # Also on a stale list: nobody comes off one alive but a card put on hold.
            return Standing.REVOKED
        covering = (revoked for revoked in signed if revoked.covers(certificate))
        return Standing.GOOD if any(revoked.is_current(now) for revoked in covering) else Standing.STALE

    def facts(self, authorities: tuple[Authority, ...]) -> tuple[ListFacts, ...]:
        """What lies in the folder and who of `authorities` signed it."""
        self.refresh()
        return tuple(self._facts_of(name, authorities) for name in sorted(self._stamps))

    def _facts_of(self, name: str, authorities: tuple[Authority, ...]) -> ListFacts:
        revoked = self._lists.get(name)
        if revoked is None:
            return ListFacts(name, readable=False)
        signers = [authority.fingerprint for authority in authorities if revoked.is_signed_by(authority)]
        return ListFacts(name, True, signers[0] if signers else None, revoked.ends, len(revoked.numbers))

    def refresh(self) -> None:
        """Read what has changed in the folder. A file that cannot be read (being copied, damaged) leaves its last version in use."""
        found = self._stamp_files()
        for name in self._stamps.keys() - found.keys():
            self._lists.pop(name, None)
        for name, stamp in found.items():
            if self._stamps.get(name) != stamp:
                self._read(name)
        self._stamps = found

    def _stamp_files(self) -> dict[str, tuple[int, int, int]]:
        try:
            with os.scandir(self._folder) as entries:
                files = [(entry.name, entry.stat()) for entry in entries if entry.is_file() and not entry.name.startswith(".")]
        except OSError:
            return {}
        return {name: (stat.st_mtime_ns, stat.st_size, stat.st_ino) for name, stat in files}

    def _read(self, name: str) -> None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._lists[name] = _parse((self._folder / name).read_bytes())
        except Exception as error:
            # Malformed lists raise anything; the name of the file is all that is worth writing down.
            log.warning("revocation list %s cannot be read: %s", name, type(error).__name__)


def _parse(content: bytes) -> _List:
    load = x509.load_pem_x509_crl if content.lstrip().startswith(b"-----BEGIN") else x509.load_der_x509_crl
    parsed = load(content)
    points, complete = _scope(parsed)
    numbers = frozenset(entry.serial_number for entry in parsed)
    return _List(parsed, numbers, parsed.last_update_utc, parsed.next_update_utc, points, complete)


def _scope(parsed: x509.CertificateRevocationList) -> tuple[frozenset[str] | None, bool]:
    """Which distribution points the list is for, and whether absence from it means anything (RFC 5280 §5.2.5)."""
    complete = all(not extension.critical or extension.oid in _KNOWN_CRITICAL for extension in parsed.extensions)
    try:
        point = parsed.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
    except x509.ExtensionNotFound:
        return None, complete
    partial = point.only_contains_ca_certs or point.only_contains_attribute_certs or point.indirect_crl or point.only_some_reasons
    names = None if point.full_name is None else point_names(point.full_name)
    return names, complete and not partial and point.relative_name is None
