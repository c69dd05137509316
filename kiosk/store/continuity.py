"""Check that a store continues from a state known earlier: its anchor, or what this program last saw."""

from __future__ import annotations

from kiosk.domain.codefacts import LACKING
from kiosk.domain.errors import Code
from kiosk.domain.states import Problem
from kiosk.ledger.audit import AuditTrail
from kiosk.ledger.digest import LinkSum
from kiosk.ledger.notes import read_note
from kiosk.store.anchor import Anchor
from kiosk.store.cipher import CipherDatabase
from kiosk.store.ledger_notes import LedgerNotes
from kiosk.store.link_digest import LinkDigest
from kiosk.store.metadata import IDENTITY


def compare(kept: Anchor, present: Anchor, hash_there: str | None, chain_holds: bool) -> Problem | None:
    """Compare a store with its anchor; None if it is the same or a continuation.

    `hash_there`: the store's hash at the anchored row; `chain_holds`: whether the chain from there to the end is intact.
    """
    if kept.store != present.store or not kept.sound:
        return Problem(Code.STORE_FORKED)
    there, here = (kept.epoch, kept.cursor), (present.epoch, present.cursor)
    if present.rows < kept.rows:
        return Problem(Code.STORE_BEHIND, ((LACKING, kept.rows - present.rows),))
    if hash_there != kept.head or not chain_holds:
        return Problem(Code.STORE_FORKED)
    if present.rows == kept.rows and here < there:
        return Problem(Code.STORE_BEHIND, ((LACKING, max(1, kept.cursor - present.cursor)),))
    if present.rows == kept.rows and here == there and (present.links, present.digest) != (kept.links, kept.digest):
        return Problem(Code.LINKS_ALTERED)
    return None


def compared(kept: Anchor, database: CipherDatabase, digest: LinkDigest, *, chain_holds: bool | None = None) -> Problem | None:
    """Compare the current store, in the caller's transaction. The chain is verified unless `chain_holds` is given."""
    trail = AuditTrail(database)
    there = trail.hash_at(kept.rows)
    holds = there is not None and (trail.verify(kept.rows) is None if chain_holds is None else chain_holds)
    return compare(kept, present_end(database, digest), None if there is None else there.hex(), holds)


def present_end(database: CipherDatabase, digest: LinkDigest) -> Anchor:
    """The current state of the store, as an anchor."""
    head, links = AuditTrail(database).head(), digest.kept() or LinkSum()
    identity = read_note(database, IDENTITY) or ""
    position = LedgerNotes(database).position
    return Anchor(
        identity, head.rows, head.digest.hex(), links.count, digest.seal(links).hex(), epoch=position.epoch, cursor=position.cursor
    )
