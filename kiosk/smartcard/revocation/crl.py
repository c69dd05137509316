"""A revocation list (RFC 5280 §5) from its bytes: what it is, who signed it, and its numbers. Runs in a process of its own."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.oid import ExtensionOID

from kiosk.smartcard.authority import Authority
from kiosk.smartcard.certificate import find_extension, point_names
from kiosk.smartcard.revocation.numbers import Numbers, pack
from kiosk.smartcard.signature import WEAK_HASHES, within_calendar

LARGEST = 256 << 20
"""Bytes of a file: some seven million numbers."""
_KNOWN_CRITICAL = frozenset({ExtensionOID.ISSUING_DISTRIBUTION_POINT, ExtensionOID.AUTHORITY_KEY_IDENTIFIER, ExtensionOID.CRL_NUMBER})
_LONGEST_NUMBER = 160
"""Bits (§5.2.3)."""
_CRITICAL_MARK = b"\x01\x01\xff"


@unique
class Verdict(StrEnum):
    """What became of a file. All but READ: nothing of it is used."""

    READ = "read"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too-large"
    UNKNOWN_ALGORITHM = "unknown-algorithm"
    STRANGER = "stranger"
    """Signed by no authority that is pinned here."""
    DELTA = "delta"
    """Only what has changed since another list (§5.2.4)."""
    INDIRECT = "indirect"
    """With numbers of other authorities (§5.2.5)."""
    UNKNOWN_EXTENSION = "unknown-extension"
    """Critical, so a list with it must not be used by whoever does not know it (§5.2)."""
    NOT_A_FILE = "not-a-file"
    """A pipe, a device, a link that leads nowhere."""
    DENIED = "denied"
    """This user may not read it."""
    FAILED = "failed"
    """It could not be read this time, for whatever reason; it will be tried again."""


@dataclass(frozen=True, slots=True)
class Head:
    """A list without its numbers."""

    digest: str
    """SHA-256 of the file: two with the same are the same list."""
    authority: str
    """Fingerprint of the pinned authority that signed it."""
    number: int | None
    """CRL number (§5.2.3)."""
    begins: datetime
    ends: datetime | None
    """When the next list is due; None: it does not say, so it is never current."""
    points: frozenset[str] | None
    """Distribution points this list is for; None: for all certificates of its authority."""
    partial: str
    """Not empty: for some kinds of certificates or some reasons only, and which. Its numbers count; absence from it means nothing."""
    count: int


def read_list(content: bytes, authorities: Sequence[Authority]) -> tuple[Verdict, Head | None, Numbers | None]:
    """DER or PEM. Head and numbers are there when the verdict is READ. Never raises."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _read(content, authorities)
    except UnsupportedAlgorithm:
        return Verdict.UNKNOWN_ALGORITHM, None, None
    except Exception:
        # Malformed lists raise anything.
        return Verdict.UNREADABLE, None, None


def _read(content: bytes, authorities: Sequence[Authority]) -> tuple[Verdict, Head | None, Numbers | None]:
    load = x509.load_pem_x509_crl if content.lstrip().startswith(b"-----BEGIN") else x509.load_der_x509_crl
    parsed = load(content)
    extensions = parsed.extensions
    signer = _signer(parsed, authorities)
    if signer is None:
        return Verdict.STRANGER, None, None
    if find_extension(extensions, x509.DeltaCRLIndicator) is not None:
        return Verdict.DELTA, None, None
    scope = find_extension(extensions, x509.IssuingDistributionPoint)
    if scope is not None and scope.indirect_crl:
        return Verdict.INDIRECT, None, None
    critical = [extension.oid for extension in extensions if extension.critical]
    if not _KNOWN_CRITICAL.issuperset(critical) or _has_critical_entries(parsed, content, len(critical)):
        return Verdict.UNKNOWN_EXTENSION, None, None
    numbers = pack(entry.serial_number for entry in parsed)
    number = find_extension(extensions, x509.CRLNumber)
    if number is not None and number.crl_number.bit_length() > _LONGEST_NUMBER:
        raise ValueError("no CRL number is that long")
    ends = parsed.next_update_utc
    head = Head(
        digest=hashlib.sha256(content).hexdigest(),
        authority=signer.fingerprint,
        number=None if number is None else number.crl_number,
        begins=within_calendar(parsed.last_update_utc),
        ends=None if ends is None else within_calendar(ends),
        points=None if scope is None or scope.full_name is None else point_names(scope.full_name),
        partial="" if scope is None else _partial(scope),
        count=len(numbers),
    )
    return Verdict.READ, head, numbers


def _signer(parsed: x509.CertificateRevocationList, authorities: Sequence[Authority]) -> Authority | None:
    if parsed.signature_hash_algorithm is None or isinstance(parsed.signature_hash_algorithm, WEAK_HASHES):
        return None
    return next((one for one in authorities if one.signs_lists and parsed.is_signature_valid(one.key)), None)


def _has_critical_entries(parsed: x509.CertificateRevocationList, content: bytes, known: int) -> bool:
    """Whether an entry has a critical extension (§5.3). Looked for among the bytes first: taking each entry apart takes seconds."""
    if not content.lstrip().startswith(b"-----BEGIN") and content.count(_CRITICAL_MARK) <= known:
        return False
    return any(extension.critical for entry in parsed for extension in entry.extensions)


def _partial(scope: x509.IssuingDistributionPoint) -> str:
    kinds = {
        "authorities": scope.only_contains_ca_certs,
        "attributes": scope.only_contains_attribute_certs,
        "reasons": scope.only_some_reasons,
        "relative-name": scope.relative_name,
    }
    return "+".join(kind for kind, there in kinds.items() if there)
