"""What is printed for the patron to take along: no name, and the library card number only masked."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.circulation import Instead, Item, Told
from kiosk.domain.model import Language, LibraryCardNumber, Service, SlipKind


@dataclass(frozen=True, slots=True)
class SlipLine:
    item: Item
    service: Service
    """LOAN, RENEWAL or HOLD."""
    instead: Instead | None = None
    """SAME_DATE or EARLIER: it was renewed, and nothing was extended."""


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
