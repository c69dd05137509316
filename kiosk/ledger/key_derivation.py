"""Keys derived from a secret, one for each purpose."""

from __future__ import annotations

import hmac


def derived(secret: bytes, purpose: bytes) -> bytes:
    """Derive a key of 32 bytes: HKDF-SHA-256 (RFC 5869) without salt, `purpose` as info. Never logged or stored."""
    extracted = hmac.digest(bytes(32), secret, "sha256")
    return hmac.digest(extracted, purpose + b"\x01", "sha256")
