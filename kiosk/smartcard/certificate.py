"""The user-authentication certificate (利用者証明用電子証明書), taken apart once; malformed bytes end here."""

from __future__ import annotations

import hashlib
import warnings
from datetime import datetime
from itertools import islice

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.domain.errors import Code, Refused
from kiosk.smartcard import der

_SHA256_DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
"""What goes before a SHA-256 in a PKCS #1 v1.5 signature (RFC 8017 §9.2 note 1)."""
_VERSION_3 = bytes.fromhex("a003020102")
_INTEGER, _SEQUENCE = 0x02, 0x30
_LONGEST_SERIAL = 20
"""Bytes (RFC 5280 §4.1.2.2)."""


class Certificate:
    """Issuer, serial number, dates and key of one card. Everything is read at once, so that nothing raises later.

    Its repr says nothing: every field of it points to its holder.
    """

    def __init__(self, encoded: bytes) -> None:
        """Raises Refused(certificate-unreadable) for whatever is not a certificate with an RSA or ECDSA key."""
        try:
            self._read(encoded)
        except Exception as error:
            # cryptography raises a dozen kinds for malformed bytes, some of them when a field is looked at.
            raise Refused(Code.CERTIFICATE_UNREADABLE) from error

    def _read(self, encoded: bytes) -> None:
        with warnings.catch_warnings():
            # It warns about odd serial numbers and NULL parameters, with the value in the text.
            warnings.simplefilter("ignore")
            certificate = x509.load_der_x509_certificate(encoded)
            self.x509 = certificate
            self.issuer = issuer_der(certificate)
            self.serial = certificate.serial_number
            self.begins: datetime = certificate.not_valid_before_utc
            self.ends: datetime = certificate.not_valid_after_utc
            self.extensions: x509.Extensions = certificate.extensions
            key = certificate.public_key()
        if self.serial <= 0:
            raise ValueError("serial numbers are positive (RFC 5280 §4.1.2.2)")
        if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
            raise ValueError("no known kind of key")
        self._key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey = key

    def __repr__(self) -> str:
        return "Certificate()"

    def prepare(self, challenge: bytes) -> bytes:
        """What the card has to sign for `challenge`: a DigestInfo with SHA-256 for RSA, the hash that fits the curve for ECDSA."""
        if isinstance(self._key, rsa.RSAPublicKey):
            return _SHA256_DIGEST_INFO + hashlib.sha256(challenge).digest()
        return hashlib.new(_hash_for(self._key).name, challenge).digest()

    def verify_signature(self, challenge: bytes, signature: bytes) -> None:
        """Raises Refused(key-mismatch) unless the key of this certificate signed `challenge`."""
        prepared = self.prepare(challenge)
        if isinstance(self._key, rsa.RSAPublicKey):
            try:
                self._key.verify(signature, challenge, padding.PKCS1v15(), hashes.SHA256())
            except InvalidSignature as error:
                raise Refused(Code.KEY_MISMATCH) from error
            return
        for form in _ecdsa_forms(self._key, signature):
            try:
                self._key.verify(form, prepared, ec.ECDSA(Prehashed(_hash_for(self._key))))
            except InvalidSignature:
                continue
            return
        raise Refused(Code.KEY_MISMATCH)


def _hash_for(key: ec.EllipticCurvePublicKey) -> hashes.SHA256 | hashes.SHA384 | hashes.SHA512:
    """The hash as long as the curve (FIPS 186-5 §6.1.1); the next card is announced with P-384 and SHA-384."""
    if key.key_size <= 256:
        return hashes.SHA256()
    return hashes.SHA384() if key.key_size <= 384 else hashes.SHA512()


def _ecdsa_forms(key: ec.EllipticCurvePublicKey, signature: bytes) -> list[bytes]:
    """As it came (a DER sequence), and as r and s one after the other: cards give either."""
    forms = [signature]
    size = (key.key_size + 7) // 8
    if len(signature) == 2 * size:
        forms.append(encode_dss_signature(int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big")))
    return forms


def issuer_der(certificate: x509.Certificate) -> bytes:
    """The issuer's name exactly as it stands in the certificate: links are kept by it, so it is not encoded anew."""
    return _names(certificate)[0]


def subject_der(certificate: x509.Certificate) -> bytes:
    return _names(certificate)[1]


def _names(certificate: x509.Certificate) -> tuple[bytes, bytes]:
    """TBSCertificate: version [0] (absent in version 1), serialNumber, signature, issuer, validity, subject (RFC 5280 §4.1)."""
    whole = next(der.elements(certificate.public_bytes(Encoding.DER)))
    tbs = next(der.elements(whole.value))
    fields = [element for element in der.elements(tbs.value) if element.tag != 0xA0]
    return fields[2].whole, fields[4].whole


def issuer_and_serial(start: bytes) -> tuple[bytes, int] | None:
    """Issuer (DER) and serial number, read from the first bytes of a certificate. Never raises.

    They stand within the first 200 bytes of a card's certificate. None when `start` ends before them or has them in any way other
    than a card does: then only the whole certificate can tell. Nothing is proved by them.
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
    """Positive, no longer than allowed, and in the one form that DER has for it (X.690 §8.3.2)."""
    if not 1 <= len(value) <= _LONGEST_SERIAL or value[0] >= 0x80:
        return False
    return value[0] != 0 or (len(value) > 1 and value[1] >= 0x80)
