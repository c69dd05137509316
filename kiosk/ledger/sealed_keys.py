"""Site keys on their way from the library's server to one counter: sealed for whoever has that counter's secret.

They travel inside TLS that the library's own authority vouches for, as the first key does at the enrolment. The seal is for what TLS does
not reach, such as a proxy's log of bodies or an answer that went to another counter: the server keeps of a secret no more than its hash, so
not even its database opens one.
"""

from __future__ import annotations

import json
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kiosk.domain.key_chain import Generations, generations_json, read_generations
from kiosk.ledger.key_derivation import derived

_NONCE = 12


def seal_keys(keys: Generations, secret: str, counter: str) -> bytes:
    """AES-256-GCM under a key from the counter's secret, bound to its name."""
    nonce = os.urandom(_NONCE)
    return nonce + _cipher(secret).encrypt(nonce, json.dumps(generations_json(keys)).encode(), _bound(counter))


def open_keys(sealed: bytes, secret: str, counter: str) -> Generations:
    """Raises ValueError for what was not sealed for this counter."""
    try:
        opened = _cipher(secret).decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(counter))
    except InvalidTag as error:
        raise ValueError("not sealed for this counter") from error
    return read_generations(json.loads(opened))


def _cipher(secret: str) -> AESGCM:
    return AESGCM(derived(secret.encode(), b"kiosk-site-keys-1"))


def _bound(counter: str) -> bytes:
    return b"kiosk-site-keys-1 " + counter.encode()
