"""Which lists are in use: of each scope the newest that was ever seen. Values only."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import field
from datetime import datetime, timedelta

from kiosk.domain.dataclass import dataclass
from kiosk.smartcard.revocation.crl import ALL_REASONS, Head
from kiosk.smartcard.revocation.numbers import Numbers
from kiosk.smartcard.revocation.standing import Standing

_CLOCKS_DIFFER = timedelta(minutes=10)
"""A list is made with another clock than this counter's."""
_WHOLE = ""
"""The point of a list that is for all points of its authority."""
Place = tuple[str, str, str]
"""A scope (§5.2.5): whose list, for which distribution point, and for which kinds of certificates and which reasons."""


@dataclass(frozen=True, slots=True)
class HeldList:
    head: Head
    numbers: Numbers | None = field(repr=False)
    """None: they were lost, and only the mark of how far this list had come is left."""

    @property
    def places(self) -> tuple[Place, ...]:
        head = self.head
        points = (_WHOLE,) if head.points is None else tuple(sorted(head.points))
        part = head.kinds + ":" + "+".join(sorted(head.reasons))
        return tuple((head.signer, point, part) for point in points)

    def is_current(self, now: datetime, most: timedelta | None) -> bool:
        head = self.head
        return (
            self.numbers is not None
            and head.ends is not None
            and head.begins - _CLOCKS_DIFFER <= now <= head.ends
            and (most is None or now - head.begins <= most)
        )

    def is_admitted(self, now: datetime, most: timedelta) -> bool:
        """Whether it is not too old, be it out of date."""
        return self.numbers is not None and timedelta() <= now - self.head.begins <= most


def is_older(one: Head, other: Head) -> bool:
    """Of two in one place. By the CRL number, which never goes back within one scope (§5.2.3), or else by the date of issue."""
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

    def look_up(self, signer: str, serial: int, points: Iterable[str], now: datetime, most: timedelta | None) -> Standing:
        """`most`: how old a list may be; None: as old as it is."""
        if any(place[0] == signer and one.numbers is not None and serial in one.numbers for place, one in self.lists.items()):
            # Also on a stale list: nobody comes off one alive but a card put on hold.
            return Standing.REVOKED
        return self._standing(signer, {_WHOLE, *points}, now, most)

    def standings(self, signer: str, now: datetime, most: timedelta | None) -> frozenset[Standing]:
        """At all distribution points of which something has been seen. Of others nothing is known before a card names them."""
        points = {point for (whose, point, _), one in self.lists.items() if whose == signer and point and one.head.is_for_people}
        whole = self._standing(signer, {_WHOLE}, now, most)
        if whole is Standing.GOOD or not points:
            return frozenset({whole})
        return frozenset(self._standing(signer, {_WHOLE, point}, now, most) for point in points)

    def _standing(self, signer: str, points: Container[str], now: datetime, most: timedelta | None) -> Standing:
        """Of a number on no list: together the lists that are current have to be for all reasons (§6.3.3)."""
        there = [one for (whose, point, _), one in self.lists.items() if whose == signer and point in points and one.head.is_for_people]
        if _are_for_all_reasons(one for one in there if one.is_current(now, most)):
            return Standing.GOOD
        if most is None or _are_for_all_reasons(one for one in there if one.is_admitted(now, most)):
            return Standing.STALE
        return Standing.TOO_OLD


def _are_for_all_reasons(lists: Iterable[HeldList]) -> bool:
    return frozenset().union(*(one.head.reasons for one in lists)) >= ALL_REASONS
