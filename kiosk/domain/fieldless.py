"""The base of values that hold nothing: their class says it all."""

from __future__ import annotations

from kiosk.domain.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Fieldless:
    """Equal to any value of exactly the same class, and hashable.

    A subclass says `__slots__ = ()` instead of being a dataclass itself: there are some fifty, and generating the same methods for each
    takes a quarter of a millisecond of every start.
    """
