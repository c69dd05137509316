"""Which lists are in use: for each authority and distribution point the newest that was ever seen. Values only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kiosk.smartcard.revocation.crl import Head
from kiosk.smartcard.revocation.numbers import Numbers
from kiosk.smartcard.revocation.standing import Standing

_CLOCKS_DIFFER = timedelta(minutes=10)
"""A list is made with another clock than this counter's."""
_WHOLE = ""
"""The place of a list that is for all certificates of its authority."""
Place = tuple[str, str]
"""Fingerprint of an authority, and a distribution point of its."""


@dataclass(frozen=True, slots=True)
class HeldList:
    head: Head
    numbers: Numbers | None = field(repr=False)
    """None: they were lost, and only the mark of how far this list had come is left."""

    @property
    def places(self) -> tuple[Place, ...]:
        head = self.head
        points = (_WHOLE,) if head.points is None else tuple(sorted(head.points))
        # A partial list stands beside the others, not in their way.
        return tuple((head.authority, f"{head.partial}:{point}" if head.partial else point) for point in points)

    def is_current(self, now: datetime, most: timedelta | None) -> bool:
        head = self.head
        return (
            self.numbers is not None
            and head.ends is not None
            and head.begins - _CLOCKS_DIFFER <= now <= head.ends
            and (most is None or now - head.begins <= most)
        )


def is_older(one: Head, other: Head) -> bool:
    """By the CRL number, which never goes back within one scope (§5.2.3), or else by the date of issue."""
    if one.number is not None and other.number is not None and one.points == other.points and one.number != other.number:
        return one.number < other.number
    return one.begins < other.begins


@dataclass(frozen=True, slots=True)
class Held:
    """The lists in use. A list that has been replaced by an older one stays: numbers do not go back."""

    lists: Mapping[Place, HeldList] = field(default_factory=dict)

    def __iter__(self) -> Iterator[HeldList]:
        """Each once."""
        return iter({one.head.digest: one for one in self.lists.values()}.values())

    def taking(self, new: HeldList) -> Held:
        """With `new` in each of its places in which nothing newer is held."""
        places = [place for place in new.places if not self._is_newer(place, new)]
        return Held({**self.lists, **dict.fromkeys(places, new)})

    def _is_newer(self, place: Place, new: HeldList) -> bool:
        held = self.lists.get(place)
        return held is not None and is_older(new.head, held.head)

    def uses(self, head: Head) -> bool:
        return any(one.head.digest == head.digest for one in self.lists.values())

    def look_up(self, authority: str, serial: int, points: Iterable[str], now: datetime, most: timedelta | None) -> Standing:
        """`most`: how old a list may be; None: as old as it is."""
        if any(place[0] == authority and one.numbers is not None and serial in one.numbers for place, one in self.lists.items()):
            # Also on a stale list: nobody comes off one alive but a card put on hold.
            return Standing.REVOKED
        return self._standing(((authority, point) for point in (_WHOLE, *points)), now, most)

    def standings(self, authority: str, now: datetime, most: timedelta | None) -> frozenset[Standing]:
        """At all distribution points of which something has been seen. Of others nothing is known before a card names them."""
        whole = self._standing([(authority, _WHOLE)], now, most)
        points = [place for place, one in self.lists.items() if place[0] == authority and place[1] and not one.head.partial]
        if whole is Standing.GOOD or not points:
            return frozenset({whole})
        return frozenset(self._standing([place], now, most) for place in points)

    def _standing(self, places: Iterable[Place], now: datetime, most: timedelta | None) -> Standing:
        covering = [self.lists[place] for place in places if place in self.lists]
        if any(one.is_current(now, most) for one in covering):
            return Standing.GOOD
        if most is None or any(one.numbers is not None and timedelta() <= now - one.head.begins <= most for one in covering):
            return Standing.STALE
        return Standing.TOO_OLD
