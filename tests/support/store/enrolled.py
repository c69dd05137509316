"""A store enrolled with the library's server: acts of staff, what the feed brings, and all that is shown."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

from kiosk.domain.decide import Change, OpenLink
from kiosk.domain.feed import FeedEntry
from kiosk.domain.model import LibraryCardNumber, LinkToken, ReplaceReason, Revocation, UnlinkReason
from kiosk.domain.wire import Position
from kiosk.store.repository import Repository

CARD_A, CARD_B, CARD_C = (LinkToken(bytes([number]) * 32) for number in (1, 2, 3))
NUMBER_1, NUMBER_2 = LibraryCardNumber("2104067853"), LibraryCardNumber("2104067861")
REGISTRY, ELSEWHERE = "https://registry.example", "窓口2"
NOTHING_SAFE = Position(1, 0)


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
