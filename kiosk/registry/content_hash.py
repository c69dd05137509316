"""What is kept of an operation to recognise it: a keyed hash of what its counter has written, whichever site key runs by then.

Each key that came later is applied to the hash of before, as to tokens: what is kept can be brought to a new key without the operation, and
an earlier key alone proves nothing.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence

from kiosk.ledger.key_derivation import derived


class ContentHash:
    def __init__(self, site_keys: Sequence[bytes]) -> None:
        """`site_keys`: all of the library's, the first one first."""
        self._keys = [derived(key, b"kiosk-operations-1") for key in site_keys]

    def of(self, encoded: bytes) -> bytes:
        """Of an operation as `domain.wire.encode` writes it."""
        digest = encoded
        for key in self._keys:
            digest = hmac.digest(key, digest, "sha256")
        return digest

    def carried(self, digest: bytes, known: int) -> bytes:
        """A hash that was kept when the library had `known` keys, as it is now."""
        for key in self._keys[known:]:
            digest = hmac.digest(key, digest, "sha256")
        return digest
