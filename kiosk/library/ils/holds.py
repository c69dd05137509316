"""A patron's holds, as read from a 64."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.circulation import LoanList
from kiosk.library.ils.loans import count_in, list_in
from kiosk.library.ils.matching import alike
from kiosk.library.sip2 import Message

_COUNTS = ("hold_items_count", "unavailable_holds_count")
"""Some servers count unavailable holds separately."""


@dataclass(frozen=True, slots=True)
class Holds:
    """Holds of a patron. `numbers` are barcodes or titles as listed; absence from them does not prove that there is no hold."""

    count: int | None = None
    """The total; None if the server reports none."""
    numbers: tuple[str, ...] = ()
    is_part: bool = False
    """The list is incomplete or consists of titles, so absence from it proves nothing."""

    def has(self, item: str) -> bool:
        return any(alike(item, number) for number in self.numbers)

    def __or__(self, other: Holds) -> Holds:
        """Merge with another answer about the same patron."""
        count = self.count if other.count is None else other.count
        return Holds(count, (*self.numbers, *other.numbers), self.is_part or other.is_part)


def holds_in(patron: Message) -> Holds:
    """The holds of both kinds in this answer. A count contradicted by its own list is dropped."""
    told = [list_in(patron, name) for name in _COUNTS]
    counts = [each.counted for each in told if each.counted is not None]
    is_known = bool(counts) and not any(each.disputed is not None for each in told)
    return Holds(sum(counts) if is_known else None, tuple(number for each in told for number in each.items))


def holds_listed(told: LoanList, patron: Message) -> Holds:
    """The holds of the requested kind, including further pages."""
    is_cut = told.counted is not None and len(told.items) < told.counted
    return Holds(holds_in(patron).count, told.items, is_cut or (told.as_titles and bool(told.items)))


def may_wait(patron: Message) -> bool:
    """Whether there may be unavailable holds, which are listed separately."""
    return count_in(patron, "unavailable_holds_count") != 0
