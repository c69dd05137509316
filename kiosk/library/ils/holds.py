"""What a 64 tells of a patron's holds: how many, and which."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.library.ils.loans import count_in
from kiosk.library.ils.matching import alike
from kiosk.library.sip2 import Message

_COUNTS = ("hold_items_count", "unavailable_holds_count")
"""Servers count those that cannot be had yet apart, or not."""
_LISTS = ("AS", "CD")


@dataclass(frozen=True, slots=True)
class Holds:
    """`numbers` are barcodes or titles, as far as they were told: who is not among them may have the hold all the same."""

    count: int | None = None
    """All of them; None where the server does not count."""
    numbers: tuple[str, ...] = ()

    def has(self, item: str) -> bool:
        return any(alike(item, number) for number in self.numbers)

    def __or__(self, other: Holds) -> Holds:
        """With what another answer about the same patron lists."""
        return Holds(self.count if other.count is None else other.count, (*self.numbers, *other.numbers))


def holds_in(patron: Message) -> Holds:
    counts = [count for name in _COUNTS if (count := count_in(patron, name)) is not None]
    numbers = tuple(text for code in _LISTS for value in patron.all(code) if (text := value.strip()))
    return Holds(sum(counts) if counts else None, numbers)


def may_wait(patron: Message) -> bool:
    """Whether there may be holds that cannot be had yet, which have a list of their own."""
    return count_in(patron, "unavailable_holds_count") != 0
