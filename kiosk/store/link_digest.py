"""The digest of one store's links, kept in the store and, sealed, in its anchor.

Whoever has only the database key can write links but not the matching digest, whose key comes from the site key.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

from kiosk.domain.decide import OpenLink
from kiosk.domain.errors import Code, Unavailable
from kiosk.ledger.digest import LinkHash, LinkSum
from kiosk.ledger.key_derivation import derived
from kiosk.ledger.notes import parsed, read_note, write_note
from kiosk.store.cipher import CipherDatabase
from kiosk.store.keys import Keys
from kiosk.store.ledger_notes import LedgerNotes
from kiosk.store.metadata import IDENTITY, LINKS_DIGEST

_hash_under = lru_cache(maxsize=8)(LinkHash)


class LinkDigest:
    def __init__(self, database: CipherDatabase, keys: Keys, hashes: LinkHash | None = None) -> None:
        """`hashes`: of links that are not in use; by default as the notes say of those that are."""
        self._database, self._keys, self._fixed = database, keys, hashes
        self._notes = LedgerNotes(database)
        # Of the first key, whichever has followed it: only the links are compared with the server's.
        self._note_key = derived(keys.database + keys.site, b"kiosk-links-1")

    def of_generation(self, generation: int) -> LinkDigest:
        """For links that are not in use yet. Raises Unavailable: store-damaged, for a generation whose key is not here."""
        return LinkDigest(self._database, self._keys, self._of(generation))

    @property
    def _hash(self) -> LinkHash:
        return self._fixed or self._of(self._notes.links_generation)

    def _of(self, generation: int) -> LinkHash:
        if generation == self._notes.key_generation:
            return _hash_under(self._keys.site)
        key = dict(self._notes.chain.later).get(generation)
        if key is None:
            raise Unavailable(Code.STORE_DAMAGED)
        return _hash_under(key)

    def kept(self) -> LinkSum | None:
        """The stored digest; None before `begin`, or if it was removed."""
        note = read_note(self._database, LINKS_DIGEST)
        return None if note is None else parsed(note, LinkSum.decoded)

    def changed(self, added: Iterable[tuple[OpenLink, int]], removed: Iterable[tuple[OpenLink, int]]) -> None:
        """Add links, each with the position at which it was opened, and remove others: in the transaction that opens or closes them. Does
        nothing without a digest: only `begin` recreates one.
        """
        if (kept := self.kept()) is not None:
            self._keep(self.after(kept, added, removed))

    def after(self, links: LinkSum, added: Iterable[tuple[OpenLink, int]], removed: Iterable[tuple[OpenLink, int]]) -> LinkSum:
        """The digest of links to which some were added, and from which others were removed."""
        hashes = self._hash
        more, fewer = (hashes.of_all((link.token.digest, link.number.text, at) for link, at in some) for some in (added, removed))
        return links + more - fewer

    def take_over(self, links: LinkSum) -> None:
        """The digest of links that have taken the place of the others."""
        self._keep(links)

    def begin(self) -> None:
        """Initialize the digest from the links present. Within a transaction."""
        self._keep(self.counted())

    def counted(self, pause: Callable[[], None] = lambda: None) -> LinkSum:
        """Compute the digest over all links. `pause` is called periodically. Within a transaction."""
        return self._hash.of_all(self._database.ask("SELECT token, number, position FROM link"), pause)

    def numbers_agree(self, pause: Callable[[], None] = lambda: None) -> bool:
        """Whether each link is found by its number as well, and nothing else is. `pause` is called periodically."""
        hashes = self._hash
        sums = [hashes.of_all(self._database.ask(f"SELECT token, number, 0 FROM {table}"), pause) for table in ("link", "link_number")]  # noqa: S608
        return sums[0] == sums[1]

    def seal(self, links: LinkSum) -> bytes:
        """The digest as it may leave the encrypted store."""
        return self._hash.seal(links)

    def seal_note(self, name: str, value: str) -> str:
        """Authenticate a fact about this store with both keys; hexadecimal. `value` is not kept in it."""
        identity = read_note(self._database, IDENTITY) or ""
        return hmac.digest(self._note_key, f"note {identity} {name} {value}".encode(), "sha256").hex()

    def hashes(self, table: str, rows: Iterable[tuple[Any, ...]]) -> Iterator[int]:
        """The keyed hash of each row of a table, under both keys."""
        identity = read_note(self._database, IDENTITY) or ""
        for row in rows:
            told = f"row {identity} {table} {tuple(row)!r}".encode()
            yield int.from_bytes(hmac.digest(self._note_key, told, "sha256"), "big")

    def _keep(self, links: LinkSum) -> None:
        write_note(self._database, LINKS_DIGEST, links.encoded())
