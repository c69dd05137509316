"""The user-authentication certificate (利用者証明用電子証明書), parsed once. Malformed bytes are rejected here."""

from __future__ import annotations

import hashlib
import json
import warnings
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from kiosk.domain.errors import Code, Refused
from kiosk.smartcard import der
from kiosk.smartcard.signature import PublicKey, signed_fields, signed_part, verifies, within_calendar

_Kind = TypeVar("_Kind", bound=x509.ExtensionType)

_SHA256_DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
"""DigestInfo prefix of a SHA-256 hash in a PKCS #1 v1.5 signature (RFC 8017 §9.2 note 1)."""
_VERSION_3 = bytes.fromhex("a003020102")
_INTEGER, _SEQUENCE = 0x02, 0x30
_LONGEST_SERIAL = 20
"""Bytes (RFC 5280 §4.1.2.2)."""


@dataclass(frozen=True, slots=True)
class Profile:
    """The extensions (RFC 5280 §4.2.1) that matter for judging; object identifiers in dotted notation."""

    critical: frozenset[str]
    is_authority: bool
    """basicConstraints or keyUsage marks it as a CA certificate."""
    signs: bool
    """keyUsage has digitalSignature."""
    purposes: frozenset[str] | None
    """extendedKeyUsage; None if the extension is absent."""
    policies: frozenset[str]
    points: frozenset[str]
    """Distribution points whose CRLs cover this certificate, as `point_names` returns them. Points limited to some reasons, or with another
    CRL issuer, are left out (§4.2.1.13).
    """


class Certificate:
    """Issuer, serial number, validity, key and signature of one card, parsed eagerly: after construction nothing is decoded lazily and
    nothing raises for malformed input.

    The repr is empty on purpose: every field identifies the holder.
    """

    def __init__(self, encoded: bytes) -> None:
        """Parse DER. Raises Refused(certificate-unreadable) unless it is a certificate with an RSA or ECDSA key and signature."""
        try:
            with warnings.catch_warnings():
                # cryptography's warnings about odd serial numbers and NULL parameters quote the values.
                warnings.simplefilter("ignore")
                self._read(encoded, x509.load_der_x509_certificate(encoded))
        except Exception as error:
            # cryptography raises a dozen exception types for malformed bytes and unknown algorithms, most of them on attribute access.
            raise Refused(Code.CERTIFICATE_UNREADABLE) from error

    def _read(self, encoded: bytes, certificate: x509.Certificate) -> None:
        self.signed = signed_part(certificate, encoded)
        self.issuer = signed_fields(next(der.elements(self.signed.content)).value)[2].whole
        """The issuer name, byte for byte: authorities are found by it, so it is never re-encoded."""
        self.serial = certificate.serial_number
        self.begins = within_calendar(certificate.not_valid_before_utc)
        self.ends = within_calendar(certificate.not_valid_after_utc)
        self.profile = _profile(certificate)
        key = certificate.public_key()
        if self.serial <= 0:
            raise ValueError("serial numbers are positive (RFC 5280 §4.1.2.2)")
        if not isinstance(key, PublicKey):
            raise ValueError("no known kind of key")
        self._key: PublicKey = key

    def __repr__(self) -> str:
        return "Certificate()"

    def prepare(self, challenge: bytes) -> bytes:
        """Return what the card has to sign for `challenge`: a SHA-256 DigestInfo for RSA, a bare hash of the curve's size for ECDSA."""
        if isinstance(self._key, rsa.RSAPublicKey):
            return _SHA256_DIGEST_INFO + hashlib.sha256(challenge).digest()
        return hashlib.new(_hash_for(self._key).name, challenge).digest()

    def verify_signature(self, challenge: bytes, signature: bytes) -> None:
        """Check that the key of this certificate signed `challenge`. Raises Refused(key-mismatch) otherwise."""
        if isinstance(self._key, rsa.RSAPublicKey):
            fits = verifies(self._key, signature, challenge, padding.PKCS1v15(), hashes.SHA256())
        else:
            hash_ = _hash_for(self._key)
            fits = any(verifies(self._key, form, challenge, ec.ECDSA(hash_), hash_) for form in _ecdsa_forms(self._key, signature))
        if not fits:
            raise Refused(Code.KEY_MISMATCH)


def _hash_for(key: ec.EllipticCurvePublicKey) -> hashes.SHA256 | hashes.SHA384 | hashes.SHA512:
    """The hash matching the curve size (FIPS 186-5 §6.1.1). The next card generation is announced with P-384 and SHA-384."""
    if key.key_size <= 256:
        return hashes.SHA256()
    return hashes.SHA384() if key.key_size <= 384 else hashes.SHA512()


def _ecdsa_forms(key: ec.EllipticCurvePublicKey, signature: bytes) -> list[bytes]:
    """The signature as received (a DER sequence) and, where the length fits, converted from raw r || s: cards return either."""
    forms = [signature]
    size = (key.key_size + 7) // 8
    if len(signature) == 2 * size:
        forms.append(encode_dss_signature(int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big")))
    return forms


def _profile(certificate: x509.Certificate) -> Profile:
    extensions = certificate.extensions
    constraints = find_extension(extensions, x509.BasicConstraints)
    usage = find_extension(extensions, x509.KeyUsage)
    purposes = find_extension(extensions, x509.ExtendedKeyUsage)
    policies = find_extension(extensions, x509.CertificatePolicies)
    points = find_extension(extensions, x509.CRLDistributionPoints)
    return Profile(
        critical=frozenset(extension.oid.dotted_string for extension in extensions if extension.critical),
        is_authority=(constraints is not None and constraints.ca) or (usage is not None and usage.key_cert_sign),
        signs=usage is not None and usage.digital_signature,
        purposes=None if purposes is None else frozenset(purpose.dotted_string for purpose in purposes),
        policies=frozenset(policy.policy_identifier.dotted_string for policy in policies or ()),
        points=frozenset().union(
            *(point_names(point, certificate) for point in points or () if point.reasons is None and point.crl_issuer is None)
        ),
    )


def point_names(
    point: x509.DistributionPoint | x509.IssuingDistributionPoint, where: x509.Certificate | x509.CertificateRevocationList
) -> frozenset[str]:
    """The names of a distribution point as comparable strings; directory names by their parts, whatever their encoding.

    A name relative to the CRL issuer (§4.2.1.13) is resolved against the issuer of `where`.
    """
    if point.relative_name is not None:
        return frozenset({_point_name(x509.DirectoryName(x509.Name([*where.issuer.rdns, point.relative_name])))})
    return frozenset(_point_name(name) for name in point.full_name or ())


def _point_name(name: x509.GeneralName) -> str:
    if isinstance(name, x509.DirectoryName):
        return "directory:" + json.dumps([(part.oid.dotted_string, str(part.value)) for part in name.value])
    return f"{type(name).__name__}:{name.value}"


def find_extension(extensions: x509.Extensions, kind: type[_Kind]) -> _Kind | None:
    try:
        return extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def issuer_and_serial(start: bytes) -> tuple[bytes, int] | None:
    """Read issuer (DER) and serial number from the first bytes of a certificate. Never raises, and proves nothing.

    On a card both lie within the first 200 bytes. None when `start` is too short or not encoded as on a card: then the whole certificate
    has to be parsed.
    """
    try:
        whole = der.beginning(start)
        tbs = der.beginning(whole.value)
        version, serial, algorithm, issuer = islice(der.elements(tbs.value), 4)
    except ValueError:
        return None
    if not (whole.tag == tbs.tag == algorithm.tag == issuer.tag == _SEQUENCE) or tbs.total > whole.length:
        return None
    if version.whole != _VERSION_3 or serial.tag != _INTEGER or not _is_serial(serial.value):
        return None
    return issuer.whole, int.from_bytes(serial.value, "big")


def _is_serial(value: bytes) -> bool:
    """Whether the INTEGER is positive, at most 20 bytes long and in its shortest DER form (X.690 §8.3.2)."""
    if not 1 <= len(value) <= _LONGEST_SERIAL or value[0] >= 0x80:
        return False
    return value[0] != 0 or (len(value) > 1 and value[1] >= 0x80)
