"""The second factor: one-time codes by time (TOTP, RFC 6238), as every authenticator app makes them."""

from __future__ import annotations

import base64
import hmac
import os
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

DIGITS = 6
STEP = 30
"""Seconds for which a code is shown."""
_SECRET = 20
"""Bytes: as long as the hash (RFC 4226, 4)."""
_EARLIER, _LATER = 1, 1
"""Steps by which the clock of a telephone may be off, or its owner slow (RFC 6238, 5.2)."""


def fresh_totp_secret() -> bytes:
    return os.urandom(_SECRET)


def step_of(secret: bytes, code: str, now: int, used: int) -> int | None:
    """The step (time in units of `STEP`) that a code stands for, if it is later than `used`: each code is good once (RFC 6238, 5.2).

    `now`: Unix seconds. Takes as long for any code.
    """
    typed, found = code.encode("utf-8", "replace"), None
    for step in range(now // STEP - _EARLIER, now // STEP + _LATER + 1):
        if hmac.compare_digest(_totp(secret).generate(step * STEP), typed) and step > used:
            found = step
    return found


def code_at(secret: bytes, now: int) -> str:
    """The code that an authenticator app shows."""
    return _totp(secret).generate(now).decode()


def in_base32(secret: bytes) -> str:
    """As a person types it into an authenticator app: in groups of four."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(text[place : place + 4] for place in range(0, len(text), 4))


def provisioning_uri(secret: bytes, issuer: str, account: str) -> str:
    """For apps that take a link: https://github.com/google/google-authenticator/wiki/Key-Uri-Format"""
    plain = in_base32(secret).replace(" ", "")
    return f"otpauth://totp/{quote(f'{issuer}:{account}', safe=':')}?secret={plain}&issuer={quote(issuer)}&digits={DIGITS}&period={STEP}"


def _totp(secret: bytes) -> TOTP:
    # What apps take for granted: several ignore another algorithm without a word. HMAC does not need SHA-1 to resist collisions.
    return TOTP(secret, DIGITS, SHA1(), STEP)  # noqa: S303
