"""What a 64 tells of a patron's holds: how many, and which."""

from __future__ import annotations

from kiosk.domain.circulation import LoanList
from kiosk.domain.dataclass import dataclass
from kiosk.library.ils.loans import count_in, list_in
from kiosk.library.ils.matching import alike
from kiosk.library.sip2 import Message

_COUNTS = ("hold_items_count", "unavailable_holds_count")
"""Servers count those that cannot be had yet apart, or not."""


@dataclass(frozen=True, slots=True)
class Holds:
    """`numbers` are barcodes or titles, as far as they were told: who is not among them may have the hold all the same."""

    count: int | None = None
    """All of them; None where the server does not count."""
    numbers: tuple[str, ...] = ()
    is_part: bool = False
    """Some are known to be missing, or came as titles: who is not among them is not known to have no such hold."""

    def has(self, item: str) -> bool:
        return any(alike(item, number) for number in self.numbers)

    def __or__(self, other: Holds) -> Holds:
        """With what another answer about the same patron lists."""
        count = self.count if other.count is None else other.count
        return Holds(count, (*self.numbers, *other.numbers), self.is_part or other.is_part)


def holds_in(patron: Message) -> Holds:
    """All of both kinds, as far as this answer lists them. A count that its own list contradicts is none."""
    told = [list_in(patron, name) for name in _COUNTS]
    counts = [each.counted for each in told if each.counted is not None]
    is_known = bool(counts) and not any(each.disputed is not None for each in told)
    return Holds(sum(counts) if is_known else None, tuple(number for each in told for number in each.items))


def holds_listed(told: LoanList, patron: Message) -> Holds:
    """Those of the one kind that was asked for, with the pages that were cut off."""
    is_cut = told.counted is not None and len(told.items) < told.counted
    return Holds(holds_in(patron).count, told.items, is_cut or (told.as_titles and bool(told.items)))


def may_wait(patron: Message) -> bool:
    """Whether there may be holds that cannot be had yet, which have a list of their own."""
    return count_in(patron, "unavailable_holds_count") != 0
