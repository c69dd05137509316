"""What the store, the library's system, other windows and the printer answered."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.circulation import Item, ItemAnswer, LoanList
from kiosk.domain.errors import Code
from kiosk.domain.model import IlsCondition, Link, Patron, Ticket
from kiosk.domain.states.problem import Problem


@dataclass(frozen=True, slots=True)
class LinksFound:
    ticket: Ticket
    by_card: Link | None
    by_number: Link | None


@dataclass(frozen=True, slots=True)
class LinkSaved:
    ticket: Ticket
    pending: bool


@dataclass(frozen=True, slots=True)
class LinkClosed:
    ticket: Ticket
    pending: bool


@dataclass(frozen=True, slots=True)
class StoreFailed:
    ticket: Ticket
    code: Code


@dataclass(frozen=True, slots=True)
class StoreLooked:
    """What was found of the store that staff have to confirm before a card is served; None when there is nothing."""

    doubt: Problem | None


@dataclass(frozen=True, slots=True)
class PatronFound:
    ticket: Ticket
    patron: Patron


@dataclass(frozen=True, slots=True)
class PatronRefused:
    ticket: Ticket
    code: Code
    params: tuple[tuple[str, str | int], ...] = ()
    """Of library-card-stopped: `stops` (several `Stop`, by blanks) and `said`; of library-card-expired: `until`."""


@dataclass(frozen=True, slots=True)
class ItemAnswered:
    ticket: Ticket
    answer: ItemAnswer


@dataclass(frozen=True, slots=True)
class LoansListed:
    """What is on loan, as far as the library's system tells."""

    ticket: Ticket
    loans: LoanList


@dataclass(frozen=True, slots=True)
class ItemDescribed:
    ticket: Ticket
    item: Item


@dataclass(frozen=True, slots=True)
class LookedAgain:
    """DONE: it was done; REFUSED: as of now it was not; UNKNOWN: that cannot be told."""

    ticket: Ticket
    answer: ItemAnswer


@dataclass(frozen=True, slots=True)
class LibraryCardRecognised:
    ticket: Ticket
    known: bool | None
    """None where the library's system could not be asked."""


@dataclass(frozen=True, slots=True)
class LibraryFailed:
    """Loans could not be listed, or an item not be described."""

    ticket: Ticket
    code: Code


@dataclass(frozen=True, slots=True)
class IlsChanged:
    condition: IlsCondition


@dataclass(frozen=True, slots=True)
class HandedOver:
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class HandoverFailed:
    ticket: Ticket
    code: Code


@dataclass(frozen=True, slots=True)
class SlipPrinted:
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class SlipFailed:
    ticket: Ticket
    code: Code
