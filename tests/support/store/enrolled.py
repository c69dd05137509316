"""A store enrolled with the library's server: acts of staff, what the feed brings, and all that is shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

from kiosk.domain.decide import Change, Epochs, OpenLink
from kiosk.domain.feed import FeedEntry, PlacedLink, Snapshot
from kiosk.domain.model import LibraryCardNumber, LinkToken, ReplaceReason, Revocation, UnlinkReason
from kiosk.domain.registry_wire import LedgerStatus
from kiosk.domain.wire import Position
from kiosk.ledger.digest import LinkHash
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository
from kiosk.store.staging_store import StagingStore

CARD_A, CARD_B, CARD_C = (LinkToken(bytes([number]) * 32) for number in (1, 2, 3))
NUMBER_1, NUMBER_2 = LibraryCardNumber("2104067853"), LibraryCardNumber("2104067861")
REGISTRY, NAME, ELSEWHERE = "https://registry.example", "窓口1", "窓口2"
NOTHING_SAFE = Position(1, 0)
KEYS = Keys(bytes(range(32)), bytes(range(32, 64)))


def save(store: Repository, token: LinkToken, number: LibraryCardNumber, replaces: ReplaceReason | None = None) -> UUID:
    operation = uuid4()
    by_card, by_number = store.links_for([token], number)
    shown = tuple(link.operation for link in (*by_card, by_number) if link is not None)
    assert store.save_link(operation, token, number, revocation=Revocation.GOOD, replaces=replaces, shown=shown)
    return operation


def unlink(store: Repository, number: LibraryCardNumber) -> UUID:
    operation = uuid4()
    assert store.close_link(operation, number, UnlinkReason.LOST)
    return operation


def opened(token: LinkToken, number: LibraryCardNumber, operation: UUID | None = None, counter: str = ELSEWHERE) -> OpenLink:
    return OpenLink(token, number, datetime(2026, 11, 22, tzinfo=UTC), counter, operation or uuid4())


def entry(cursor: int, *changes: Change, operation: UUID | None = None, counter: str = ELSEWHERE, sequence: int = 1) -> FeedEntry:
    return FeedEntry(cursor, operation or uuid4(), counter, sequence, changes)


def shown(store: Repository) -> list[tuple[str, bool]]:
    """Every link shown: its number, and whether it waits for an answer. Found from both sides and in the list alike."""
    listed = [link.number for link in store.list_links(masked=False)]
    assert store.count_links() == len(listed)
    found = []
    for number in listed:
        link = store.find_by_number(LibraryCardNumber(number))
        assert link is not None
        assert store.find(link.token) == link
        found.append((number, link.pending))
    assert store.examine(aside=False) is None
    return found


def states(store: Repository) -> list[object]:
    return [own.state for own in store.operations()]


def status(
    head: Position,
    links: Sequence[PlacedLink] = (),
    *,
    keys: Keys = KEYS,
    safe: Position | None = None,
    epochs: Epochs | None = None,
    floor: int = 0,
    generation: int = 0,
) -> LedgerStatus:
    """What the server says of these links at its head."""
    hashed = LinkHash(keys.site)
    summed = hashed.of_all((placed.link.token.digest, placed.link.number.text, placed.cursor) for placed in links)
    now, epochs = datetime(2026, 11, 23, tzinfo=UTC), epochs or Epochs(head.epoch)
    return LedgerStatus(
        head, summed.count, hashed.seal(summed).hex(), safe or Position(head.epoch), epochs, floor, generation, now, 0, False
    )


def load(store: StagingStore, snapshot: Snapshot, safe: Position, *, keys: Keys = KEYS, generation: int = 0) -> None:
    """Stops first, then a snapshot of one page. Raises ValueError as the store does."""
    store.begin_epoch(snapshot.epochs)
    head = Position(snapshot.epochs.current, snapshot.cursor)
    store.hear_stops(snapshot.stops, head.epoch)
    links = sorted(snapshot.links, key=lambda placed: placed.link.token.digest)
    told = status(head, links, keys=keys, safe=safe, epochs=snapshot.epochs, generation=generation)
    store.stage_begin(told)
    store.stage_page(links, done=True)
    try:
        assert store.stage_swap(told)
    finally:
        store.stage_discard()
        while store.erase_old():
            pass
