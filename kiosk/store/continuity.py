"""Whether a store has gone on from an end it was known to have, beside its keys or in this program's memory."""

from __future__ import annotations

from kiosk.domain.errors import LACKING, Code
from kiosk.domain.states import Problem
from kiosk.store.anchor import Anchor
from kiosk.store.audit import AuditTrail
from kiosk.store.cipher import CipherDatabase
from kiosk.store.digest import LinkDigest, LinkSum
from kiosk.store.notes import IDENTITY, read_note


def compare(kept: Anchor, present: Anchor, hash_there: str | None, chain_holds: bool) -> Problem | None:
    """What a store is to its anchor: None when it is the same or has gone on from it.

    `hash_there`: of the store's row at which the anchor was laid; `chain_holds`: from there to the store's end.
    """
    if kept.store != present.store or not kept.sound:
        return Problem(Code.STORE_FORKED)
    if present.rows < kept.rows:
        return Problem(Code.STORE_BEHIND, ((LACKING, kept.rows - present.rows),))
    if hash_there != kept.head or not chain_holds:
        return Problem(Code.STORE_FORKED)
    if present.rows == kept.rows and (present.links, present.digest) != (kept.links, kept.digest):
        return Problem(Code.LINKS_ALTERED)
    return None


def compared(kept: Anchor, database: CipherDatabase, digest: LinkDigest, *, chain_holds: bool | None = None) -> Problem | None:
    """The same with the store as it is, in the transaction of the caller; the chain is followed unless it is known."""
    trail = AuditTrail(database)
    there = trail.hash_at(kept.rows)
    holds = there is not None and (trail.verify(kept.rows) is None if chain_holds is None else chain_holds)
    return compare(kept, present_end(database, digest), None if there is None else there.hex(), holds)


def present_end(database: CipherDatabase, digest: LinkDigest) -> Anchor:
    """The store's end as it is."""
    head, links = AuditTrail(database).head(), digest.kept() or LinkSum()
    identity = read_note(database, IDENTITY) or ""
    return Anchor(identity, head.rows, head.digest.hex(), links.count, digest.seal(links).hex())
