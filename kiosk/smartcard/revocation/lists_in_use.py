"""The lists in use: for each scope the newest ever seen. Immutable values."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kiosk.smartcard.revocation.crl import ALL_REASONS, Head
from kiosk.smartcard.revocation.serial_numbers import Numbers
from kiosk.smartcard.revocation.status import RevocationStatus

_CLOCKS_DIFFER = timedelta(minutes=10)
"""Tolerance between the issuer's clock and ours."""
_WHOLE = ""
"""Stands for "all distribution points"."""
Place = tuple[str, str, str]
"""A scope (§5.2.5): signer, distribution point, and kinds of certificates with reasons."""


@dataclass(frozen=True, slots=True)
class HeldList:
    """A revocation list in use: its header and the revoked serial numbers."""

    head: Head
    numbers: Numbers | None = field(repr=False)
    """None if they were lost: the list then only marks how new its successors have to be."""

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
        """Whether its age is within `most`, even if it is out of date."""
        return self.numbers is not None and timedelta() <= now - self.head.begins <= most


def is_older(one: Head, other: Head) -> bool:
    """Whether `one` is older than `other` of the same scope: by CRL number, which never decreases within a scope (§5.2.3), else by date."""
    if one.number is not None and other.number is not None and one.points == other.points and one.number != other.number:
        return one.number < other.number
    return one.begins < other.begins


@dataclass(frozen=True, slots=True)
class Held:
    """The lists in use. A newer list stays even when its file was replaced by an older one."""

    lists: Mapping[Place, HeldList] = field(default_factory=dict)

    def __iter__(self) -> Iterator[HeldList]:
        """Iterate over the distinct lists."""
        return iter({one.head.digest: one for one in self.lists.values()}.values())

    def taking(self, new: HeldList) -> Held:
        """Return a copy with `new` in each of its scopes where no newer list is held."""
        places = [place for place in new.places if not self._is_newer(place, new)]
        return Held({**self.lists, **dict.fromkeys(places, new)})

    def _is_newer(self, place: Place, new: HeldList) -> bool:
        held = self.lists.get(place)
        return held is not None and is_older(new.head, held.head)

    def uses(self, head: Head) -> bool:
        return any(one.head.digest == head.digest for one in self.lists.values())

    def look_up(self, signer: str, serial: int, points: Iterable[str], now: datetime, most: timedelta | None) -> RevocationStatus:
        """The standing of a serial number. `most`: maximum age of a list; None for no limit."""
        if any(place[0] == signer and one.numbers is not None and serial in one.numbers for place, one in self.lists.items()):
            # A stale list counts too: only a suspension (certificateHold) is ever lifted.
            return RevocationStatus.REVOKED
        return self._standing(signer, {_WHOLE, *points}, now, most)

    def standings(self, signer: str, now: datetime, most: timedelta | None) -> frozenset[RevocationStatus]:
        """The standings at all distribution points seen so far. Others are unknown until a card names them."""
        points = {point for (whose, point, _), one in self.lists.items() if whose == signer and point and one.head.is_for_people}
        whole = self._standing(signer, {_WHOLE}, now, most)
        if whole is RevocationStatus.GOOD or not points:
            return frozenset({whole})
        return frozenset(self._standing(signer, {_WHOLE, point}, now, most) for point in points)

    def _standing(self, signer: str, points: Container[str], now: datetime, most: timedelta | None) -> RevocationStatus:
        """The standing of a number on no list: the current lists together have to cover all reasons (§6.3.3)."""
        there = [one for (whose, point, _), one in self.lists.items() if whose == signer and point in points and one.head.is_for_people]
        if _are_for_all_reasons(one for one in there if one.is_current(now, most)):
            return RevocationStatus.GOOD
        if most is None or _are_for_all_reasons(one for one in there if one.is_admitted(now, most)):
            return RevocationStatus.STALE
        return RevocationStatus.TOO_OLD


def _are_for_all_reasons(lists: Iterable[HeldList]) -> bool:
    return frozenset().union(*(one.head.reasons for one in lists)) >= ALL_REASONS
