"""Which server is the library's: only the one whose certificate the enrolled authority has signed."""

from __future__ import annotations

import hashlib
import ssl
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.store.sync.endable_socket import EndableContext


@dataclass(frozen=True, slots=True)
class Unverified:
    """A certificate that somebody showed. Whoever stands between counter and server can show any; nothing is sent on the strength of it."""

    der: bytes


@dataclass(frozen=True, slots=True)
class Authority:
    """The certificate of the authority that vouches for the library's server. Made from what a code named, or from what was kept since."""

    der: bytes

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in hexadecimal."""
        return hashlib.sha256(self.der).hexdigest()

    @property
    def pem(self) -> bytes:
        return ssl.DER_cert_to_PEM_cert(self.der).encode()


def read_certificate(pem: bytes) -> bytes:
    """The one certificate in a PEM file (DER). Raises ValueError."""
    found = x509.load_pem_x509_certificates(pem)
    if len(found) != 1:
        raise ValueError("not one certificate")
    return found[0].public_bytes(Encoding.DER)


def trusting(authority: Authority) -> EndableContext:
    """A context that trusts this authority alone, not those of the system, and checks the name of the host. Raises ValueError for a
    certificate that OpenSSL cannot take.
    """
    context = EndableContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # An authority that is not at the top of its own chain is trusted as well as one that is.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        context.load_verify_locations(cadata=authority.pem.decode())
    except ssl.SSLError as error:
        raise ValueError("not an authority") from error
    return context


def trusting_anybody() -> EndableContext:
    """A context for what is public and compared afterwards."""
    context = EndableContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
