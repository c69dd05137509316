"""What is kept of an administrator: one note of the database, with what proves who it is sealed under the site key.

A new site key opens none of the old accounts: whoever got hold of the old one with a backup had their second factors as well.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import re
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kiosk.domain.json_fields import count_in, fields_of, pair_of, text_in, time_in, time_text
from kiosk.ledger.key_derivation import derived
from kiosk.registry.status.passwords import PasswordHash
from kiosk.registry.status.tries import Tries

_NAME = re.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,39}")
_NONCE = 12


def is_administrator_name(text: str) -> bool:
    """1 to 40 letters, digits and . _ @ - of ASCII, the first a letter or a digit."""
    return _NAME.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Proofs:
    """What an administrator knows, and has."""

    password: PasswordHash
    totp: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Account:
    added: datetime
    sealed: bytes = field(repr=False)
    """The proofs."""
    last_login: datetime | None = None
    used_step: int = 0
    """The last step of which a one-time code was taken."""
    tries: Tries = field(default_factory=Tries)

    def encoded(self) -> str:
        values = {
            "added": time_text(self.added),
            "sealed": base64.b64encode(self.sealed).decode(),
            "login": None if self.last_login is None else time_text(self.last_login),
            "used": self.used_step,
            "tries": {one: list(tried) for one, tried in self.tries.addresses.items()},
            "hour": [self.tries.hour, self.tries.in_hour],
        }
        return json.dumps(values, separators=(",", ":"))

    @classmethod
    def decoded(cls, note: str) -> Account:
        """Parse what `encoded` returned. Raises ValueError."""
        fields = fields_of(json.loads(note))
        tried = {str(one): pair_of(pair) for one, pair in fields_of(fields.get("tries")).items()}
        return cls(
            added=time_in(fields, "added"),
            sealed=base64.b64decode(text_in(fields, "sealed"), validate=True),
            last_login=None if fields.get("login") is None else time_in(fields, "login"),
            used_step=count_in(fields, "used"),
            tries=Tries(tried, *pair_of(fields.get("hour"))),
        )


class Seal:
    """Seals proofs, and names addresses without telling them, under one site key."""

    def __init__(self, site_key: bytes) -> None:
        self._cipher = AESGCM(derived(site_key, b"kiosk-status-administrator-1"))
        self._addresses = derived(site_key, b"kiosk-status-address-1")

    def sealed(self, name: str, proofs: Proofs) -> bytes:
        password = proofs.password
        told = {
            "salt": password.salt.hex(),
            "hash": password.hashed.hex(),
            "scrypt": [password.cost, password.block, password.parallel],
            "totp": proofs.totp.hex(),
        }
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, json.dumps(told).encode(), name.encode())

    def opened(self, name: str, sealed: bytes) -> Proofs | None:
        """None: sealed under another key, for another name, or changed behind the program."""
        try:
            told = json.loads(self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode()))
        except (InvalidTag, ValueError):
            return None
        password = PasswordHash(bytes.fromhex(told["salt"]), bytes.fromhex(told["hash"]), *told["scrypt"])
        return Proofs(password, bytes.fromhex(told["totp"]))

    def address(self, key: str) -> str:
        return hmac.digest(self._addresses, key.encode("utf-8", "replace"), "sha256")[:8].hex()
