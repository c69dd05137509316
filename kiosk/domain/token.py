"""The token that stands for a certificate wherever a link is stored."""

from __future__ import annotations

import hashlib
import hmac

from kiosk.domain.model import LinkToken

_VERSION = b"kiosk-link-2"


def link_token(site_key: bytes, issuer_key: bytes, serial: int) -> LinkToken:
    """HMAC-SHA-256 over the issuing authority's public key and the serial number, keyed with the library's 32-byte site key.

    `issuer_key` is the SHA-256 of the authority's SubjectPublicKeyInfo, from `Authority.key_digest`: all generations of the JPKI share one
    name, and each numbers its certificates itself. A plain digest would not do: serials are short counters, so all of them could be tried
    within an hour. The label separates this use of the key from any other. Raises ValueError for a key or digest of another length.
    """
    if len(site_key) != 32:
        raise ValueError("the site key has 32 bytes")
    if len(issuer_key) != 32:
        raise ValueError("the digest of the issuer's key has 32 bytes")
    unsigned = serial.to_bytes((serial.bit_length() + 7) // 8, "big")
    return LinkToken(hmac.new(site_key, _VERSION + b"\x00" + issuer_key + unsigned, hashlib.sha256).digest())
