"""What is printed for the patron to take along: no name, and the library card number only masked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kiosk.domain.circulation import Instead, Item, Told
from kiosk.domain.model import Language, LibraryCardNumber, Service, SlipKind


@dataclass(frozen=True, slots=True)
class SlipLine:
    item: Item
    service: Service
    """LOAN, RENEWAL or HOLD."""
    instead: Instead | None = None
    """SAME_DATE or EARLIER: it was renewed, and nothing was extended."""
    position: int | None = None
    """Of a HOLD, where it was told: its place in the queue, 1 being the next."""


@dataclass(frozen=True, slots=True)
class Slip:
    """`lines` are those of this session (TODAY) or what is on loan (ALL); none for RECORDED."""

    kind: SlipKind
    number: LibraryCardNumber
    """Printed masked."""
    lines: tuple[SlipLine, ...] = ()
    language: Language = Language.JAPANESE
    """The one the patron has chosen."""
    told: Told = Told.ALL
    """How much the lines are of what they should be: NOTHING for one of this session because the loans could not be had."""
    counted: int | None = None
    """So many are on loan by the server's count, where not all of them are lines."""


def in_order(lines: Iterable[SlipLine]) -> tuple[SlipLine, ...]:
    """As they are to be brought back: by due date, then those whose date is not known as one, then holds; else as they came."""

    def place(line: SlipLine) -> tuple[bool, date]:
        due = line.item.due
        return line.service is Service.HOLD, due.day if due and due.day and line.service is not Service.HOLD else date.max

    return tuple(sorted(lines, key=place))
