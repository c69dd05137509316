"""A counter joins the library's server: keys and store change together, also over a kill between the two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from kiosk.domain.errors import Code, Unavailable
from kiosk.ledger.digest import LinkHash, LinkSum
from kiosk.store.authority_file import keep_authority
from kiosk.store.cipher import CipherDatabase
from kiosk.store.error_table import translated
from kiosk.store.key_location import KeyPlace
from kiosk.store.keys import Attempt, Joining, KeyRecord, Keys
from kiosk.store.ledger_notes import LedgerNotes
from kiosk.store.ledger_seal import LedgerSeal
from kiosk.store.link_digest import LinkDigest
from kiosk.store.repository import Repository


@dataclass(frozen=True, slots=True)
class Joined:
    """What `kiosk enrol` has learned."""

    registry: str
    """URL."""
    counter: str
    site_key: bytes = field(repr=False)
    key_generation: int = 0
    authority: str = ""
    """SHA-256 of the server's authority, in hexadecimal."""
    certificate: bytes = field(default=b"", repr=False)
    """Of that authority (DER), to be kept beside the store; empty if it is there already."""


def keep_secret(place: KeyPlace, secret: str, authority: str) -> None:
    """Keep this counter's secret (`kioskc-…`) with its keys before the server hears of it, so that the enrolment can be repeated with it.

    `KeyRecord.attempt` has it until `join`. The keys must exist: open the store first. Raises Unavailable.
    """
    place.store.save(replace(_record(place), attempt=Attempt(secret, authority)))


def may_join(store: Repository) -> bool:
    """Whether what is in doubt does not stand in the way: a counter that was restored is enrolled again, and the doubt stays for staff."""
    return store.doubt is None or (store.doubt.code is Code.STORE_RESTORED and store.is_enrolled())


def join(place: KeyPlace, joined: Joined, counter_name: str, clock: Callable[[], datetime]) -> None:
    """Enrol the counter whose keys are at `place`: the library's site key replaces its own, and the store is sealed with it.

    The store must not be open in this process or another (hold the running lock). May be repeated. `counter_name` signs the audit row.
    Raises ValueError for a counter with links of its own, or of another library or name; Unavailable: store-doubted, and the store's other
    codes.
    """
    finish_joining(place, counter_name, clock)
    record = _record(place)
    secret = record.attempt.secret if record.attempt else record.secret
    with _opened(place, record.keys, counter_name, clock) as store:
        changes_key = joined.site_key != record.keys.site
        if store.doubt is not None and (changes_key or not may_join(store)):
            raise Unavailable(Code.STORE_DOUBTED)
        store.check_joining(joined.counter, changes_key=changes_key)
    joining = Joining(joined.registry, joined.counter, joined.key_generation, record.keys.site)
    keys = Keys(record.keys.database, joined.site_key)
    if joined.certificate:
        keep_authority(place.database, joined.certificate)
    # From here on it is carried through, by whoever opens the store next.
    known = replace(_record(place), secret=secret, authority=joined.authority, attempt=None)
    place.store.replace(replace(known, keys=keys, joining=joining))
    finish_joining(place, counter_name, clock)


def finish_joining(place: KeyPlace, counter_name: str, clock: Callable[[], datetime]) -> None:
    """Finish what a kill interrupted; to be called by whoever opens keys and store, before. Does nothing otherwise."""
    record = place.store.load()
    if record is None or record.joining is None:
        return
    joining, keys = record.joining, record.keys
    before = Keys(keys.database, joining.site_before)
    with translated(place.database):
        if not _has_joined(place, keys, joining):
            with _opened(place, before, counter_name, clock) as store:
                store.join(joining.registry, joining.counter, joining.key_generation, keys)
        if before != keys:
            _seal_anchor_anew(place, before, keys)
    place.store.save(replace(_record(place), joining=None))


def _record(place: KeyPlace) -> KeyRecord:
    record = place.store.load()
    if record is None:
        raise Unavailable(Code.STORE_KEY_MISSING, place=place.store.describe().place)
    return record


def _opened(place: KeyPlace, keys: Keys, counter_name: str, clock: Callable[[], datetime]) -> Repository:
    return Repository(place.database, keys, counter_name, clock, anchor=place.anchor(keys), known=place.known_store())


def _has_joined(place: KeyPlace, keys: Keys, joining: Joining) -> bool:
    """Whether the store was sealed with the library's key already. Opened with keys that are not its own it would be doubted."""
    database = CipherDatabase(place.database, keys.database)
    try:
        with database.atomic("DEFERRED"):
            notes = LedgerNotes(database)
            is_noted = (notes.registry, notes.counter, notes.key_generation) == (joining.registry, joining.counter, joining.key_generation)
            return is_noted and LedgerSeal(database, LinkDigest(database, keys)).holds()
    finally:
        database.close_all()


def _seal_anchor_anew(place: KeyPlace, before: Keys, keys: Keys) -> None:
    """Keep what the anchor says, under the new keys. One that the old ones did not write stays, for the next start to find."""
    try:
        place.anchor(keys).load()
    except Unavailable:
        try:
            kept = place.anchor(before).load()
        except Unavailable:
            return
        if kept is not None:
            digest = kept.digest if kept.links else LinkHash(keys.site).seal(LinkSum()).hex()
            place.anchor(keys).save(replace(kept, digest=digest))
