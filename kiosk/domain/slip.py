"""Slips for patrons: no name, and the library card number only masked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum, unique

from kiosk.domain.circulation import Instead, Item, Told
from kiosk.domain.itemservices import is_loan
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import Language, LibraryCardNumber, Service


@unique
class SlipKind(StrEnum):
    """What is printed for the patron."""

    NONE = "none"
    TODAY = "today"
    """今回の分: what was done in this session."""
    ALL = "all"
    """貸出中すべて."""
    RECORDED = "recorded"
    """What a registration has recorded, and what it has not."""


@dataclass(frozen=True, slots=True)
class SlipLine:
    """One item on a slip."""

    item: Item
    service: Service
    """One done item by item."""
    instead: Instead | None = None
    """SAME_DATE or EARLIER: renewed, but nothing was extended."""
    position: int | None = None
    """For a HOLD, if reported: its position in the queue, 1 being the next."""


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip. `lines`: this session's transactions (TODAY) or everything on loan (ALL); empty for RECORDED."""

    kind: SlipKind
    number: LibraryCardNumber
    """Printed masked."""
    lines: tuple[SlipLine, ...] = ()
    language: Language = Language.JAPANESE
    """The language the patron chose."""
    told: Told = Told.ALL
    """How complete the lines are. NOTHING: the loans could not be listed, so a TODAY slip is printed instead."""
    counted: int | None = None
    """The server's count of loans, if not all of them are lines."""
    pending: bool = False
    """For RECORDED: not yet confirmed by the library's server."""


def in_order(lines: Iterable[SlipLine]) -> tuple[SlipLine, ...]:
    """Sort by due date, then lines without a known date, then holds; otherwise in the original order."""

    def place(line: SlipLine) -> tuple[bool, date]:
        due = line.item.due
        on_loan = is_loan(line.service)
        return not on_loan, due.day if due and due.day and on_loan else date.max

    return tuple(sorted(lines, key=place))
