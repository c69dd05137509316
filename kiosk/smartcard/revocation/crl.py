"""Parse revocation lists (RFC 5280 §5): scope, signer and serial numbers. Runs in a child process."""

from __future__ import annotations

import base64
import codecs
import hashlib
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.oid import ExtensionOID

from kiosk.config.text_encoding import is_wide
from kiosk.smartcard.authority import Authority
from kiosk.smartcard.certificate import find_extension, point_names
from kiosk.smartcard.revocation.serial_numbers import Numbers, pack
from kiosk.smartcard.signature import WEAK_HASHES, within_calendar

LARGEST = 256 << 20
"""Maximum file size in bytes: some seven million serial numbers."""
_KNOWN_CRITICAL = frozenset({ExtensionOID.ISSUING_DISTRIBUTION_POINT, ExtensionOID.AUTHORITY_KEY_IDENTIFIER, ExtensionOID.CRL_NUMBER})
_LONGEST_NUMBER = 160
"""Maximum length of a CRL number in bits (§5.2.3)."""
_CRITICAL_MARK = b"\x01\x01\xff"
_USERS = "users"
_BEGIN = b"-----BEGIN X509 CRL-----"
_PEM = re.compile(_BEGIN + rb"([A-Za-z0-9+/=\s]*)-----END X509 CRL-----")
ALL_REASONS = frozenset(
    flag.value for flag in x509.ReasonFlags if flag not in (x509.ReasonFlags.unspecified, x509.ReasonFlags.remove_from_crl)
)
"""The reasons to which a list may be restricted (§4.2.1.13)."""


@unique
class Verdict(StrEnum):
    """The result of parsing a file. Unless READ, none of its lists is used."""

    READ = "read"
    UNREADABLE = "unreadable"
    UTF_16 = "utf-16"
    """Text (PEM) that was redirected into a file by Windows PowerShell."""
    TOO_LARGE = "too-large"
    UNKNOWN_ALGORITHM = "unknown-algorithm"
    STRANGER = "stranger"
    """Not signed by any pinned authority."""
    DELTA = "delta"
    """A delta CRL (§5.2.4)."""
    INDIRECT = "indirect"
    """An indirect CRL, with entries of other authorities (§5.2.5)."""
    UNKNOWN_EXTENSION = "unknown-extension"
    """An unknown critical extension: the list must not be used (§5.2)."""
    NOT_A_FILE = "not-a-file"
    """A pipe, a device or a dangling link."""
    FUTURE = "future"
    """Dated more than a day ahead. Read again once that date is near, or the clock was corrected."""
    DENIED = "denied"
    """No permission to read it."""
    FAILED = "failed"
    """Could not be read this time; will be retried."""


@dataclass(frozen=True, slots=True)
class Head:
    """A list without its serial numbers."""

    digest: str
    """SHA-256 of the DER; identifies the list."""
    signer: str
    """`Authority.signer` of the authority that signed it."""
    number: int | None
    """CRL number (§5.2.3)."""
    begins: datetime
    ends: datetime | None
    """nextUpdate; None if absent: such a list is never current."""
    points: frozenset[str] | None
    """Distribution points covered; None for all of the authority's."""
    kinds: str
    """Kinds of certificates covered; empty for all."""
    reasons: frozenset[str]
    """Revocation reasons covered: absence from the list proves nothing about any other reason."""
    count: int

    @property
    def is_for_people(self) -> bool:
        """Whether the list covers cardholders' certificates. If not, its entries count, but absence from it proves nothing."""
        return self.kinds in ("", _USERS)


Found = tuple[tuple[Head, Numbers], ...]


def read_lists(content: bytes, authorities: Sequence[Authority]) -> tuple[Verdict, Found]:
    """Parse one list in DER, or a file of PEM lists and nothing else. Lists are returned only with READ. Never raises."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Verdict.READ, tuple(_read(der, authorities) for der in _split(content))
    except _NotUsed as error:
        return error.verdict, ()
    except UnsupportedAlgorithm:
        return Verdict.UNKNOWN_ALGORITHM, ()
    except Exception:
        # Malformed lists make cryptography raise almost anything.
        return Verdict.UNREADABLE, ()


class _NotUsed(Exception):
    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict


def _split(content: bytes) -> list[bytes]:
    """Split a file into its lists, in DER."""
    if is_wide(content):
        raise _NotUsed(Verdict.UTF_16)
    content = content.removeprefix(codecs.BOM_UTF8)
    if not content.lstrip().startswith(_BEGIN):
        return [content]
    if _PEM.sub(b"", content).strip():
        raise ValueError("not only lists")
    return [base64.b64decode(b"".join(text.split()), validate=True) for text in _PEM.findall(content)]


def _read(der: bytes, authorities: Sequence[Authority]) -> tuple[Head, Numbers]:
    parsed = x509.load_der_x509_crl(der)
    extensions = parsed.extensions
    signer = _signer(parsed, authorities)
    if signer is None:
        raise _NotUsed(Verdict.STRANGER)
    if find_extension(extensions, x509.DeltaCRLIndicator) is not None:
        raise _NotUsed(Verdict.DELTA)
    scope = find_extension(extensions, x509.IssuingDistributionPoint)
    if scope is not None and scope.indirect_crl:
        raise _NotUsed(Verdict.INDIRECT)
    critical = [extension.oid for extension in extensions if extension.critical]
    if not _KNOWN_CRITICAL.issuperset(critical) or _has_critical_entries(parsed, der, len(critical)):
        raise _NotUsed(Verdict.UNKNOWN_EXTENSION)
    numbers = pack(entry.serial_number for entry in parsed)
    number = find_extension(extensions, x509.CRLNumber)
    if number is not None and number.crl_number.bit_length() > _LONGEST_NUMBER:
        raise ValueError("no CRL number is that long")
    ends = parsed.next_update_utc
    head = Head(
        digest=hashlib.sha256(der).hexdigest(),
        signer=signer.signer,
        number=None if number is None else number.crl_number,
        begins=within_calendar(parsed.last_update_utc),
        ends=None if ends is None else within_calendar(ends),
        points=None if scope is None else _points(scope, parsed),
        kinds="" if scope is None else _kinds(scope),
        reasons=ALL_REASONS if scope is None else _reasons(scope),
        count=len(numbers),
    )
    return head, numbers


def _signer(parsed: x509.CertificateRevocationList, authorities: Sequence[Authority]) -> Authority | None:
    if parsed.signature_hash_algorithm is None or isinstance(parsed.signature_hash_algorithm, WEAK_HASHES):
        return None
    return next((one for one in authorities if one.signs_lists and parsed.is_signature_valid(one.key)), None)


def _has_critical_entries(parsed: x509.CertificateRevocationList, der: bytes, known: int) -> bool:
    """Whether an entry has a critical extension (§5.3). Searches the raw bytes first, since parsing every entry takes seconds."""
    if der.count(_CRITICAL_MARK) <= known:
        return False
    return any(extension.critical for entry in parsed for extension in entry.extensions)


def _points(scope: x509.IssuingDistributionPoint, parsed: x509.CertificateRevocationList) -> frozenset[str] | None:
    if scope.full_name is None and scope.relative_name is None:
        return None
    names = point_names(scope, parsed)
    if not names:
        raise ValueError("a point without a name")
    return names


def _kinds(scope: x509.IssuingDistributionPoint) -> str:
    kinds = {
        _USERS: scope.only_contains_user_certs,
        "authorities": scope.only_contains_ca_certs,
        "attributes": scope.only_contains_attribute_certs,
    }
    return "+".join(kind for kind, there in kinds.items() if there)


def _reasons(scope: x509.IssuingDistributionPoint) -> frozenset[str]:
    return ALL_REASONS if scope.only_some_reasons is None else frozenset(reason.value for reason in scope.only_some_reasons)
