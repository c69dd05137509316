"""What the store, the library's system, other windows and the printer answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from kiosk.domain.circulation import Item, ItemAnswer, LoanList
from kiosk.domain.effects import (
    CloseLink,
    DescribeItem,
    FindLinks,
    HandOver,
    ListLoans,
    LookAgain,
    LookUpPatron,
    PrintSlip,
    RecogniseLibraryCard,
    SaveLink,
    ServeItem,
)
from kiosk.domain.errors import Code
from kiosk.domain.events.about import Answering, SignOfLife, Told
from kiosk.domain.events.answer import Answer
from kiosk.domain.health import Finding
from kiosk.domain.model import IlsCondition, Link, Patron


@dataclass(frozen=True, slots=True)
class LinksFound(Answer):
    about: ClassVar = Answering((FindLinks,))
    by_card: Link | None
    by_number: Link | None


@dataclass(frozen=True, slots=True)
class LinkSaved(Answer):
    about: ClassVar = Answering((SaveLink,))
    pending: bool


@dataclass(frozen=True, slots=True)
class LinkClosed(Answer):
    about: ClassVar = Answering((CloseLink,))
    pending: bool


@dataclass(frozen=True, slots=True)
class StoreFailed(Answer):
    about: ClassVar = Answering((FindLinks, SaveLink, CloseLink))
    code: Code


@dataclass(frozen=True, slots=True)
class CheckFound:
    """Something the counter rests on was looked at, whoever asked for it."""

    about: ClassVar = Told(SignOfLife.NEVER)
    finding: Finding


@dataclass(frozen=True, slots=True)
class PatronFound(Answer):
    about: ClassVar = Answering((LookUpPatron,))
    patron: Patron


@dataclass(frozen=True, slots=True)
class PatronRefused(Answer):
    about: ClassVar = Answering((LookUpPatron,))
    code: Code
    params: tuple[tuple[str, str | int], ...] = ()
    """Of library-card-stopped: `stops` (several `Stop`, by blanks) and `said`; of library-card-expired: `until`."""


@dataclass(frozen=True, slots=True)
class ItemAnswered(Answer):
    about: ClassVar = Answering((ServeItem,))
    answer: ItemAnswer


@dataclass(frozen=True, slots=True)
class LoansListed(Answer):
    """What is on loan, as far as the library's system tells."""

    about: ClassVar = Answering((ListLoans,))
    loans: LoanList


@dataclass(frozen=True, slots=True)
class ItemDescribed(Answer):
    about: ClassVar = Answering((DescribeItem,))
    item: Item


@dataclass(frozen=True, slots=True)
class LookedAgain(Answer):
    """DONE: it was done; REFUSED: as of now it was not; UNKNOWN: that cannot be told."""

    about: ClassVar = Answering((LookAgain,))
    answer: ItemAnswer


@dataclass(frozen=True, slots=True)
class LibraryCardRecognised(Answer):
    about: ClassVar = Answering((RecogniseLibraryCard,))
    known: bool | None
    """None where the library's system could not be asked."""


@dataclass(frozen=True, slots=True)
class LibraryFailed(Answer):
    """Loans could not be listed, or an item not be described."""

    about: ClassVar = Answering((ListLoans, DescribeItem), SignOfLife.NEVER)
    code: Code


@dataclass(frozen=True, slots=True)
class IlsChanged:
    about: ClassVar = Told(SignOfLife.NEVER)
    condition: IlsCondition


@dataclass(frozen=True, slots=True)
class HandedOver(Answer):
    about: ClassVar = Answering((HandOver,))


@dataclass(frozen=True, slots=True)
class HandoverFailed(Answer):
    about: ClassVar = Answering((HandOver,))
    code: Code


@dataclass(frozen=True, slots=True)
class SlipPrinted(Answer):
    about: ClassVar = Answering((PrintSlip,))


@dataclass(frozen=True, slots=True)
class SlipFailed(Answer):
    about: ClassVar = Answering((PrintSlip,))
    code: Code


AnswerEvent = (
    LinksFound
    | LinkSaved
    | LinkClosed
    | StoreFailed
    | CheckFound
    | PatronFound
    | PatronRefused
    | ItemAnswered
    | LoansListed
    | ItemDescribed
    | LookedAgain
    | LibraryCardRecognised
    | LibraryFailed
    | IlsChanged
    | HandedOver
    | HandoverFailed
    | SlipPrinted
    | SlipFailed
)
