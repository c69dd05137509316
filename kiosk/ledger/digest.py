"""An incremental digest of all links that stand: their number and the sum of a keyed hash of each, modulo 2^256 (MSet-Add-Hash).

A link that is opened or closed changes it in constant time, in any order. Every counter and the server compute the same, since its keys
come from the library's site key alone: what stands at one position of the ledger has one digest. Without a key it would give erased numbers
back to whoever tries them all.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kiosk.ledger.key_derivation import derived

_MODULUS = 1 << 256
_ENCODED = re.compile("(-?[0-9]{1,19}) ([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class LinkSum:
    """The number of links and the sum of their hashes. Not for others: two sums give away the hash of the link between them."""

    count: int = 0
    total: int = 0

    def plus(self, hashed: int) -> LinkSum:
        return LinkSum(self.count + 1, (self.total + hashed) % _MODULUS)

    def minus(self, hashed: int) -> LinkSum:
        return LinkSum(self.count - 1, (self.total - hashed) % _MODULUS)

    def __add__(self, other: LinkSum) -> LinkSum:
        return LinkSum(self.count + other.count, (self.total + other.total) % _MODULUS)

    def __sub__(self, other: LinkSum) -> LinkSum:
        return LinkSum(self.count - other.count, (self.total - other.total) % _MODULUS)

    def encoded(self) -> str:
        """Serialize for a note."""
        return f"{self.count} {self.total:064x}"

    @classmethod
    def decoded(cls, text: str) -> LinkSum:
        """Parse what `encoded` returned. Raises ValueError for anything else."""
        match = _ENCODED.fullmatch(text)
        if match is None or abs(int(match[1])) >= 1 << 63:
            raise ValueError("no sum of links")
        return cls(int(match[1]), int(match[2], 16))


class LinkHash:
    """The hash of a link, and the seal of their sum, under keys derived from one site key."""

    def __init__(self, site_key: bytes) -> None:
        self._links = derived(site_key, b"kiosk-links-2")
        self._seal = derived(site_key, b"kiosk-links-seal-1")

    def of(self, token: bytes, number: str, position: int) -> int:
        """HMAC-SHA-256 over token (32 bytes), number (UTF-8, its length before it in 4 bytes) and position (8 bytes, big-endian).

        0 for what is no link, such as a token of another length: a row altered behind the program must not stop the check that finds it.
        """
        try:
            text = number.encode()
            message = token + len(text).to_bytes(4, "big") + text + position.to_bytes(8, "big")
        except (TypeError, AttributeError, ValueError, OverflowError):
            return 0
        return int.from_bytes(hmac.digest(self._links, message, "sha256"), "big") if len(token) == 32 else 0

    def of_all(self, links: Iterable[tuple[bytes, str, int]], pause: Callable[[], None] = lambda: None) -> LinkSum:
        """The digest of rows of token, number and position. `pause` is called periodically."""
        count = total = 0
        for link in links:
            count += 1
            total += self.of(*link)
            if count % 64 == 0:
                pause()
        return LinkSum(count, total % _MODULUS)

    def seal(self, links: LinkSum) -> bytes:
        """The digest as it may leave an encrypted store and be compared: 32 bytes that say nothing of a single link."""
        return hmac.digest(self._seal, links.count.to_bytes(8, "big", signed=True) + links.total.to_bytes(32, "big"), "sha256")
