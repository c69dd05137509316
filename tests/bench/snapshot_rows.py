"""Links as a snapshot brings them: in the order of their tokens, numbers in none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from kiosk.domain.decide import OpenLink
from kiosk.domain.model import LibraryCardNumber, LinkToken
from kiosk.domain.registry_wire import MOST_LINKS

SINCE = datetime(2026, 11, 23, 3, tzinfo=UTC)
_STRIDE = 1_299_709
"""A prime: its multiples go through all numbers below the count, each far from the one before."""


def rows(count: int, first: int = 0) -> Iterator[list[tuple[OpenLink, int]]]:
    """Pages of links, each with its position. Made on the way: a list of millions would be what a memory measure finds."""
    for start in range(0, count, MOST_LINKS):
        yield [(link(place, count, first), place + 1) for place in range(start, min(start + MOST_LINKS, count))]


def link(place: int, count: int, first: int = 0) -> OpenLink:
    token = (place * (1 << 64) // count).to_bytes(8, "big") + first.to_bytes(8, "big") + bytes(16)
    number = f"{first + place * _STRIDE % count:010}"
    return OpenLink(LinkToken(token), LibraryCardNumber(number), SINCE, "窓口1", UUID(int=first + place))
