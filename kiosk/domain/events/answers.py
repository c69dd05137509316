"""Answers of the store, the library system, other windows and the printer."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from kiosk.domain.circulation import Item, ItemAnswer, LoanList
from kiosk.domain.effects import (
    AskRegistry,
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
from kiosk.domain.handed import Handed
from kiosk.domain.health import Finding
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import IlsCondition, Link, LinkToken, Patron

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class LinksFound(Answer):
    """The store's links of a card and of a library card number, as far as asked for and found."""

    about: ClassVar = Answering((FindLinks,))
    by_card: tuple[Link, ...]
    """Of the tokens asked for: several only if candidates were asked for."""
    by_number: Link | None
    enrolled: bool = False
    """Whether the library's server holds links that this counter may not know, as the store's file says."""
    ended: tuple[LinkToken, ...] = ()
    """Those asked for without a link whose link was ended, as far as the store remembers it."""


@dataclass(frozen=True, slots=True)
class RegistryAnswered(Answer):
    """What the library's server has for a card without a link here."""

    about: ClassVar = Answering((AskRegistry,))
    link: Link | None
    answered: bool = True
    """False if no answer came in time."""


@dataclass(frozen=True, slots=True)
class LinkSaved(Answer):
    """The link is saved. `pending`: not yet confirmed by the library's server."""

    about: ClassVar = Answering((SaveLink,))
    operation: UUID
    pending: bool


@dataclass(frozen=True, slots=True)
class LinkClosed(Answer):
    """The link is closed. `pending`: not yet confirmed by the library's server."""

    about: ClassVar = Answering((CloseLink,))
    operation: UUID
    pending: bool


@dataclass(frozen=True, slots=True)
class StoreFailed(Answer):
    """The store could not carry out the request."""

    about: ClassVar = Answering((FindLinks, SaveLink, CloseLink))
    code: Code


@dataclass(frozen=True, slots=True)
class CheckFound:
    """A check reported its finding, whoever requested it. Carries no ticket."""

    about: ClassVar = Told(SignOfLife.NEVER)
    finding: Finding


@dataclass(frozen=True, slots=True)
class PatronFound(Answer):
    """The library system accepts this library card."""

    about: ClassVar = Answering((LookUpPatron,))
    patron: Patron


@dataclass(frozen=True, slots=True)
class PatronRefused(Answer):
    """The library system rejects the library card, or could not be asked (`code.about.is_ils_trouble`)."""

    about: ClassVar = Answering((LookUpPatron,))
    code: Code
    params: tuple[tuple[str, str | int], ...] = ()
    """For library-card-stopped: `stops` (space-separated `Stop` values) and `said`; for library-card-expired: `until`."""


@dataclass(frozen=True, slots=True)
class ItemAnswered(Answer):
    """The result of lending, renewing or reserving one item."""

    about: ClassVar = Answering((ServeItem,))
    answer: ItemAnswer


@dataclass(frozen=True, slots=True)
class LoansListed(Answer):
    """The patron's loans, as far as the library system reports them."""

    about: ClassVar = Answering((ListLoans,))
    loans: LoanList


@dataclass(frozen=True, slots=True)
class ItemDescribed(Answer):
    """Title and due date of one item arrived."""

    about: ClassVar = Answering((DescribeItem,))
    item: Item


@dataclass(frozen=True, slots=True)
class LookedAgain(Answer):
    """The result of a look-up after a lost answer. DONE: it was done; REFUSED: not done so far; UNKNOWN: cannot be determined."""

    about: ClassVar = Answering((LookAgain,))
    answer: ItemAnswer


@dataclass(frozen=True, slots=True)
class LibraryCardRecognised(Answer):
    """Whether the scanned number is a library card's."""

    about: ClassVar = Answering((RecogniseLibraryCard,))
    known: bool | None
    """None if the library system could not be asked."""


@dataclass(frozen=True, slots=True)
class LibraryFailed(Answer):
    """Loans could not be listed, or an item could not be described."""

    about: ClassVar = Answering((ListLoans, DescribeItem), SignOfLife.NEVER)
    code: Code


@dataclass(frozen=True, slots=True)
class IlsChanged:
    """The connection to the library system changed, or was retried."""

    about: ClassVar = Told(SignOfLife.NEVER)
    condition: IlsCondition


@dataclass(frozen=True, slots=True)
class HandedOver(Answer):
    """The number was typed into the other program's window."""

    about: ClassVar = Answering((HandOver,))
    handed: Handed = Handed()


@dataclass(frozen=True, slots=True)
class HandoverFailed(Answer):
    """The number was not, or not completely, typed into the other window."""

    about: ClassVar = Answering((HandOver,))
    code: Code
    params: tuple[tuple[str, str | int], ...] = ()


class SlipPrinted(Answer):
    """The slip was handed to the printer or written as PDF."""

    __slots__ = ()
    about: ClassVar = Answering((PrintSlip,))


@dataclass(frozen=True, slots=True)
class SlipFailed(Answer):
    """The slip could not be printed."""

    about: ClassVar = Answering((PrintSlip,))
    code: Code


AnswerEvent = (
    LinksFound
    | RegistryAnswered
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
