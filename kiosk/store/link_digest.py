"""An incremental digest of all open links: the sum of a keyed hash of each, modulo 2^256 (MSet-Add-Hash).

Whoever has only the database key can write links but not the matching digest, whose key is derived from both keys.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.ledger.notes import parsed, read_note, write_note
from kiosk.store.cipher import CipherDatabase
from kiosk.store.keys import Keys
from kiosk.store.links import StoredLink
from kiosk.store.metadata import IDENTITY, LINKS_DIGEST

_MODULUS = 1 << 256


def derived(keys: Keys, purpose: bytes) -> bytes:
    """Derive a key for one purpose: HKDF-SHA-256 (RFC 5869) over both keys, one block. Never logged or stored."""
    extracted = hmac.digest(bytes(32), keys.database + keys.site, "sha256")
    return hmac.digest(extracted, purpose + b"\x01", "sha256")


@dataclass(frozen=True, slots=True)
class LinkSum:
    """The number of links and the sum of their hashes."""

    count: int = 0
    total: int = 0

    def plus(self, hashed: int) -> LinkSum:
        return LinkSum(self.count + 1, (self.total + hashed) % _MODULUS)

    def minus(self, hashed: int) -> LinkSum:
        return LinkSum(self.count - 1, (self.total - hashed) % _MODULUS)


class LinkDigest:
    """The digest of one store's links, kept in the store. `added` and `removed` run in the transaction of the act."""

    def __init__(self, database: CipherDatabase, keys: Keys) -> None:
        self._database = database
        self._key = derived(keys, b"kiosk-links-1")

    def kept(self) -> LinkSum | None:
        """The stored digest; None before `begin` (a store of an earlier version), or if it was removed."""
        note = read_note(self._database, LINKS_DIGEST)
        return None if note is None else parsed(note, _sum)

    def added(self, link: StoredLink) -> None:
        """Add a link. Does nothing without a digest: only `begin` recreates one."""
        if (kept := self.kept()) is not None:
            self._keep(kept.plus(self._hash(link)))

    def removed(self, link: StoredLink) -> None:
        if (kept := self.kept()) is not None:
            self._keep(kept.minus(self._hash(link)))

    def begin(self) -> None:
        """Initialize the digest from the links present. Within a transaction."""
        self._keep(self.counted())

    def counted(self, pause: Callable[[], None] = lambda: None) -> LinkSum:
        """Compute the digest over all links. `pause` is called periodically. Within a transaction."""
        count = total = 0
        for row in self._database.ask("SELECT token, number, since, counter, operation FROM link"):
            count += 1
            total += self._hash(StoredLink(*row))
            if count % 64 == 0:
                pause()
        return LinkSum(count, total % _MODULUS)

    def seal(self, links: LinkSum) -> bytes:
        """The digest as it may leave the encrypted store: plain sums would reveal the hash of each added link."""
        return hmac.digest(self._key, b"sum" + links.count.to_bytes(8, "big", signed=True) + links.total.to_bytes(32, "big"), "sha256")

    def seal_note(self, name: str, value: str) -> str:
        """Authenticate a fact about this store with both keys; hexadecimal."""
        identity = read_note(self._database, IDENTITY) or ""
        return hmac.digest(self._key, f"note {identity} {name} {value}".encode(), "sha256").hex()

    def _keep(self, links: LinkSum) -> None:
        write_note(self._database, LINKS_DIGEST, f"{links.count} {links.total:064x}")

    def _hash(self, link: StoredLink) -> int:
        parts = (link.token, link.number.encode(), link.since.encode(), link.counter.encode(), link.operation.encode())
        told = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return int.from_bytes(hmac.digest(self._key, b"link" + told, "sha256"), "big")


def _sum(note: str) -> LinkSum:
    count, total = note.split()
    kept = LinkSum(int(count), int(total, 16))
    if not (0 <= kept.total < _MODULUS and abs(kept.count) < 1 << 63):
        raise ValueError("no sum of links")
    return kept
