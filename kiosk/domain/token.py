"""The token that stands for a certificate wherever a link is stored."""

from __future__ import annotations

import hashlib
import hmac

from kiosk.domain.model import LinkToken


def link_token(site_key: bytes, issuer: bytes, serial: int) -> LinkToken:
    """HMAC-SHA-256 over issuer (DER) and serial number, keyed with the library's 32-byte site key.

    A plain digest would not do: serials are short counters, so all of them could be tried within an hour. The label separates this use of
    the key from any other; the length prefix keeps issuer and serial from running into each other. Raises ValueError for a key of another
    length.
    """
    if len(site_key) != 32:
        raise ValueError("the site key has 32 bytes")
    unsigned = serial.to_bytes((serial.bit_length() + 7) // 8, "big")
    message = b"kiosk-link-1" + b"\x00" + len(issuer).to_bytes(4, "big") + issuer + unsigned
    return LinkToken(hmac.new(site_key, message, hashlib.sha256).digest())
