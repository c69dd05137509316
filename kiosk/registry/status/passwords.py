"""Passwords of administrators: scrypt (RFC 7914) with the parameters kept beside each hash."""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

SHORTEST, LONGEST = 12, 200
"""Characters. With a second factor eight would do (NIST SP 800-63B-4, 3.1.1.2)."""
# 32 MiB and about a third of a second: https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
COST, _BLOCK, _PARALLEL = 1 << 15, 8, 3
_SALT = 16


@dataclass(frozen=True, slots=True)
class PasswordHash:
    salt: bytes = field(repr=False)
    hashed: bytes = field(repr=False)
    cost: int = COST
    block: int = _BLOCK
    parallel: int = _PARALLEL

    @classmethod
    def of(cls, password: str, cost: int = COST) -> PasswordHash:
        salt = os.urandom(_SALT)
        return cls(salt, _scrypt(salt, cost, _BLOCK, _PARALLEL).derive(_in_one_spelling(password)), cost)

    def fits(self, password: str) -> bool:
        try:
            _scrypt(self.salt, self.cost, self.block, self.parallel).verify(_in_one_spelling(password), self.hashed)
        except InvalidKey:
            return False
        return True


def is_long_enough(password: str) -> bool:
    return SHORTEST <= len(password) <= LONGEST


def _scrypt(salt: bytes, cost: int, block: int, parallel: int) -> Scrypt:
    return Scrypt(salt=salt, length=32, n=cost, r=block, p=parallel)


def _in_one_spelling(password: str) -> bytes:
    """Full and half width are the same, whichever keyboard it was typed on (NIST SP 800-63B-4, 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace")
