"""Signatures on certificates: extracted once, verified against a key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from kiosk.smartcard import der

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
Scheme = padding.PKCS1v15 | padding.PSS | ec.ECDSA
WEAK_HASHES = (hashes.MD5, hashes.SHA1)
_LAST_MOMENT = datetime(9999, 12, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Signed:
    """Signed content with its signature and algorithm. Verification never raises."""

    content: bytes
    signature: bytes
    scheme: Scheme
    hash: hashes.HashAlgorithm

    def is_by(self, key: PublicKey) -> bool:
        return not isinstance(self.hash, WEAK_HASHES) and verifies(key, self.signature, self.content, self.scheme, self.hash)


def signed_part(certificate: x509.Certificate, encoded: bytes) -> Signed:
    """Extract content and signature of a certificate. Raises ValueError for a scheme that no key here has, or whatever cryptography raises
    for an algorithm it does not know.
    """
    scheme, hash_ = certificate.signature_algorithm_parameters, certificate.signature_hash_algorithm
    if not isinstance(scheme, Scheme) or hash_ is None:
        raise ValueError("no known kind of signature")
    _check_algorithms(encoded)
    return Signed(certificate.tbs_certificate_bytes, certificate.signature, scheme, hash_)


def _check_algorithms(encoded: bytes) -> None:
    """Require that the algorithm in the signed part equals the one outside it (RFC 5280 §4.1.1.2)."""
    inside, outside, _ = der.elements(next(der.elements(encoded)).value)
    if signed_fields(inside.value)[1].whole != outside.whole:
        raise ValueError("two algorithms for one signature")


def signed_fields(content: bytes) -> list[der.Element]:
    """The fields of a TBSCertificate from the serial number on: signature, issuer, validity, subject … (RFC 5280 §4.1). The optional
    version is skipped.
    """
    return [element for element in der.elements(content) if element.tag != 0xA0]


def verifies(key: PublicKey, signature: bytes, content: bytes, scheme: Scheme, hash_: hashes.HashAlgorithm) -> bool:
    """Whether `key` signed `content` with this scheme. False for a scheme that does not belong to the key type. Never raises."""
    try:
        if isinstance(key, rsa.RSAPublicKey) and not isinstance(scheme, ec.ECDSA):
            key.verify(signature, content, scheme, hash_)
        elif isinstance(key, ec.EllipticCurvePublicKey) and isinstance(scheme, ec.ECDSA):
            key.verify(signature, content, scheme)
        else:
            return False
    except Exception:
        # Not only InvalidSignature: also for a hash too long for the key, or a padding that OpenSSL rejects.
        return False
    return True


def within_calendar(moment: datetime) -> datetime:
    """Clamp 9999-12-31 23:59:59 ("no expiration", RFC 5280 §4.1.2.5), which overflows datetime when converted to Japanese time."""
    return min(moment, _LAST_MOMENT)
