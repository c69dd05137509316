"""The secret by which the library's server knows a counter. The counter makes it and keeps it with its keys; the server keeps a hash."""

from __future__ import annotations

import hashlib
import re
import secrets

SECRET = r"kioskc-[A-Za-z0-9_-]{43}"  # noqa: S105 - a pattern
"""32 random bytes in base64url, after a prefix by which whoever searches a file for secrets knows one."""
_SECRET = re.compile(SECRET)


def fresh_secret() -> str:
    return f"kioskc-{secrets.token_urlsafe(32)}"


def is_secret(text: str) -> bool:
    """Whether it could be a counter's secret."""
    return _SECRET.fullmatch(text) is not None


def secret_hash(secret: str) -> bytes:
    """What the server keeps (32 bytes): SHA-256 over the whole text. Not salted, since nobody can try all secrets of 256 bits."""
    return hashlib.sha256(secret.encode("ascii")).digest()
