"""An authority that is pinned here (発行者署名符号), and whether it issued a certificate."""

from __future__ import annotations

import warnings
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from kiosk.domain.errors import Code, Refused
from kiosk.smartcard.certificate import Certificate, issuer_der, subject_der

DEMO_MARK = x509.ObjectIdentifier("2.25.329800735698586629295641978511506172918")
"""A private extension (an OID made of a random UUID, X.667): marks the throw-away authority of the demo."""
TEST_ORGANIZATION = "JPKI-TEST"
_SIGNATURE_UNIT = "JPKI for digital signature"
_WEAK_HASHES = (hashes.MD5, hashes.SHA1)


class Authority:
    """One CA certificate. Read at once; two with the same bytes are equal."""

    def __init__(self, encoded: bytes) -> None:
        """From DER. Raises Refused(trust-file-invalid) for what is not a CA's certificate; `reason` says why."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._read(x509.load_der_x509_certificate(encoded))
        except Refused:
            raise
        except Exception as error:
            # As for Certificate: malformed bytes raise anything.
            raise Refused(Code.TRUST_FILE_INVALID, reason="not-a-certificate") from error
        self.der = encoded

    def _read(self, certificate: x509.Certificate) -> None:
        self._x509 = certificate
        self.subject = subject_der(certificate)
        self.name = certificate.subject.rfc4514_string()
        self.serial = certificate.serial_number
        self.fingerprint = certificate.fingerprint(hashes.SHA256()).hex()
        self.begins: datetime = certificate.not_valid_before_utc
        self.ends: datetime = certificate.not_valid_after_utc
        key = certificate.public_key()
        if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
            raise Refused(Code.TRUST_FILE_INVALID, reason="unknown-key")
        self._key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey = key
        if not _may_issue(certificate):
            raise Refused(Code.TRUST_FILE_INVALID, reason="not-an-authority")
        if issuer_der(certificate) == self.subject and not _signed_by(certificate, certificate):
            raise Refused(Code.TRUST_FILE_INVALID, reason="own-signature")
        self._say_kind(certificate)

    def _say_kind(self, certificate: x509.Certificate) -> None:
        organizations = _values(certificate, NameOID.ORGANIZATION_NAME)
        self.is_demo = any(extension.oid == DEMO_MARK for extension in certificate.extensions)
        self.is_test = TEST_ORGANIZATION in organizations
        self.is_for_signatures = _SIGNATURE_UNIT in _values(certificate, NameOID.ORGANIZATIONAL_UNIT_NAME)
        """The authority of the other certificate on the card (署名用), which never issues the one read here."""

    @property
    def is_pretended(self) -> bool:
        """The demo's own authority or that of J-LIS's test cards: never trusted in a normal run."""
        return self.is_demo or self.is_test

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Authority) and other.der == self.der

    def __hash__(self) -> int:
        return hash(self.der)

    def __repr__(self) -> str:
        return f"Authority({self.fingerprint[:16]})"

    def is_valid(self, now: datetime) -> bool:
        return self.begins <= now <= self.ends

    def issued(self, certificate: Certificate) -> bool:
        """Whether the name fits, byte for byte, and the signature too. Three generations share one name: only the signature tells."""
        return certificate.issuer == self.subject and _signed_by(certificate.x509, self._x509)

    def signed_list(self, revoked: x509.CertificateRevocationList) -> bool:
        """Whether this authority signed a revocation list."""
        if isinstance(revoked.signature_hash_algorithm, _WEAK_HASHES) or not _usage(self._x509).crl_sign:
            return False
        return revoked.is_signature_valid(self._key)


def _values(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> set[str]:
    return {str(attribute.value).strip() for attribute in certificate.subject.get_attributes_for_oid(oid)}


def _usage(certificate: x509.Certificate) -> x509.KeyUsage:
    return certificate.extensions.get_extension_for_class(x509.KeyUsage).value


def _may_issue(certificate: x509.Certificate) -> bool:
    """basicConstraints and keyUsage of a CA (RFC 5280 §4.2.1.3, §4.2.1.9)."""
    try:
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
        return constraints.ca and _usage(certificate).key_cert_sign
    except x509.ExtensionNotFound:
        return False


def _signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if isinstance(certificate.signature_hash_algorithm, _WEAK_HASHES):
                return False
            certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError):
        # ValueError: names differ or algorithm unknown; TypeError: a kind of key that signs no certificates.
        return False
    return True
