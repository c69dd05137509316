"""A pinned issuing authority (発行者署名符号) and the check whether it issued a certificate."""

from __future__ import annotations

import hashlib
import warnings
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from kiosk.domain.errors import Code, Refused
from kiosk.domain.escaping import escaped
from kiosk.smartcard import der
from kiosk.smartcard.certificate import Certificate
from kiosk.smartcard.signature import PublicKey, signed_fields, signed_part, within_calendar

DEMO_MARK = x509.ObjectIdentifier("2.25.329800735698586629295641978511506172918")
"""A private extension (OID from a random UUID, X.667) that marks the throw-away authority of the demo."""
TEST_ORGANIZATION = "JPKI-TEST"
_SIGNATURE_UNIT = "JPKI for digital signature"


class Authority:
    """One CA certificate, parsed eagerly into plain values. Instances with the same DER are equal."""

    def __init__(self, encoded: bytes) -> None:
        """Parse DER. Raises Refused(trust-file-invalid), with `reason`, for anything but a CA certificate."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._read(encoded, x509.load_der_x509_certificate(encoded))
        except Refused:
            raise
        except Exception as error:
            # As in `Certificate`: malformed bytes make cryptography raise almost anything.
            raise Refused(Code.TRUST_FILE_INVALID, reason="not-a-certificate") from error
        self.der = encoded

    def _read(self, encoded: bytes, certificate: x509.Certificate) -> None:
        signed = signed_part(certificate, encoded)
        fields = signed_fields(next(der.elements(signed.content)).value)
        issuer, self.subject = fields[2].whole, fields[4].whole
        self.name = escaped(certificate.subject.rfc4514_string())
        """Sanitized for display: contains no terminal control characters."""
        self.serial = certificate.serial_number
        self.fingerprint = certificate.fingerprint(hashes.SHA256()).hex()
        self.begins = within_calendar(certificate.not_valid_before_utc)
        self.ends = within_calendar(certificate.not_valid_after_utc)
        key = certificate.public_key()
        if not isinstance(key, PublicKey):
            raise Refused(Code.TRUST_FILE_INVALID, reason="unknown-key")
        self.key: PublicKey = key
        self.key_digest = hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
        """SHA-256 of the SubjectPublicKeyInfo, re-encoded, because a certificate may hold a point of an elliptic curve in either form. An
        authority renewed with the same key keeps this value, and with it its revocation lists and the link tokens of its cards.
        """
        self.signer = self.key_digest.hex()
        """The same, as revocation lists name it."""
        self._read_usage(certificate)
        if issuer == self.subject and not signed.is_by(key):
            raise Refused(Code.TRUST_FILE_INVALID, reason="own-signature")
        self._say_kind(certificate)

    def _read_usage(self, certificate: x509.Certificate) -> None:
        """Require the basicConstraints and keyUsage of a CA (RFC 5280 §4.2.1.3, §4.2.1.9)."""
        try:
            constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
            usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
        except x509.ExtensionNotFound as error:
            raise Refused(Code.TRUST_FILE_INVALID, reason="not-an-authority") from error
        if not constraints.ca or not usage.key_cert_sign:
            raise Refused(Code.TRUST_FILE_INVALID, reason="not-an-authority")
        self.signs_lists = usage.crl_sign

    def _say_kind(self, certificate: x509.Certificate) -> None:
        organizations = _values(certificate, NameOID.ORGANIZATION_NAME)
        self.is_demo = any(extension.oid == DEMO_MARK for extension in certificate.extensions)
        self.is_test = TEST_ORGANIZATION in organizations
        self.is_for_signatures = _SIGNATURE_UNIT in _values(certificate, NameOID.ORGANIZATIONAL_UNIT_NAME)
        """True for the authority of the card's other certificate (署名用), which never issues the one read here."""

    @property
    def is_pretended(self) -> bool:
        """True for the demo's authority and for that of J-LIS's test cards: never trusted in a normal run."""
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
        """Whether the issuer name matches byte for byte and the signature verifies. Three generations share one name; only the signature
        tells them apart.
        """
        return certificate.issuer == self.subject and certificate.signed.is_by(self.key)


def _values(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> set[str]:
    return {str(attribute.value).strip() for attribute in certificate.subject.get_attributes_for_oid(oid)}
