"""What stands for a certificate wherever a link is kept."""

from __future__ import annotations

import hashlib
import hmac

from kiosk.domain.model import LinkToken


def link_token(site_key: bytes, issuer: bytes, serial: int) -> LinkToken:
    """HMAC-SHA-256 over issuer (DER) and serial number, keyed with the library's 32-byte site key.

    A plain digest would not do: serials are short counters, so all of them can be tried within the hour. The label keeps this
    use of the key apart from any other, the length keeps issuer and serial from running into each other.
    """
    if len(site_key) != 32:
        raise ValueError("the site key has 32 bytes")
    unsigned = serial.to_bytes((serial.bit_length() + 7) // 8, "big")
    message = b"kiosk-link-1" + b"\x00" + len(issuer).to_bytes(4, "big") + issuer + unsigned
    return LinkToken(hmac.new(site_key, message, hashlib.sha256).digest())
