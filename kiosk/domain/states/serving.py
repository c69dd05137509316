"""The patron at the counter: what has been asked for, what is on loan, and what became of it. Kept in memory only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, unique

from kiosk.domain.circulation import Instead, Item, Reason
from kiosk.domain.effects import DescribeItem, HandOver, ListLoans, LookAgain, LookUpPatron, RecogniseLibraryCard, ServeItem
from kiosk.domain.errors import Code
from kiosk.domain.model import AnyService, CardReading, Insertion, LibraryCardNumber, Patron, Service, Shown, SlipKind, Ticket
from kiosk.domain.states.about import About, Display, Stage
from kiosk.domain.states.asked import Asked
from kiosk.domain.states.ended import LeftWork
from kiosk.domain.states.pages import PageName, Section
from kiosk.domain.states.problem import Problem


@unique
class Progress(StrEnum):
    WAITING = "waiting"
    """Scanned; the library's system is busy with another item."""
    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """The answer was lost, and asking did not tell: staff look in their system."""


Wish = tuple[Service, str]

UNANSWERED = frozenset({Progress.WAITING, Progress.ASKED})
LINES_SHOWN = 200
"""So many ended lines stay, or half as many more: nobody looks over all that a school borrows in one session."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One item asked for in this session: a line on the staff window."""

    service: Service
    item: Item
    progress: Progress = Progress.WAITING
    reason: Reason | None = None
    """Set once refused or unknown."""
    said: str = field(default="", repr=False)
    """The server's own words."""
    position: int | None = None
    instead: Instead | None = None
    fee: str = ""
    sure: bool = False
    """Staff have seen in their system that there is no such hold yet."""
    known: Entry | None = field(default=None, repr=False)
    """What was known of the same wish when it was made again, until that is answered."""

    @property
    def wish(self) -> Wish:
        return wish(self.service, self.item)

    @property
    def done_as(self) -> Service:
        """What was done: some servers renew what they are asked to lend to whoever has it."""
        return self.service if self.instead is None else Service.RENEWAL


def wish(service: Service, item: Item) -> Wish:
    """What makes two wishes the same. Servers look numbers up regardless of case."""
    return service, item.number.casefold()


@dataclass(frozen=True, slots=True)
class Dealings:
    """What goes back and forth with the library's system for one patron."""

    entries: tuple[Entry, ...] = ()
    """The newest first. In a long session not all that has ended: see `LINES_SHOWN`."""
    earlier: Mapping[Wish, Entry] = field(default_factory=dict)
    """Done and no longer among `entries`, in the order they were done; they still belong on a slip."""
    asked: Ticket = Ticket(0)
    """Of the entry that is being asked; one at a time."""
    loans: tuple[Item, ...] | None = None
    """All that is on loan; None until it was asked for."""
    listing: Ticket = Ticket(0)
    undescribed: tuple[str, ...] = ()
    """Barcodes of loans whose title and due date are still to be asked."""
    describing: Ticket = Ticket(0)
    problem: Code | None = None
    """Why the loans could not be listed."""
    failed_at: datetime | None = None
    """When that was known."""
    failures: int = 0
    """How often in a row they could not."""
    not_cards: frozenset[str] = frozenset()
    """Numbers that could not be asked for while the line was down, and that have turned out to be no library card since."""
    recheck: tuple[Wish, ...] = ()
    """In doubt, and still to be looked at before the session ends."""
    looking: Ticket = Ticket(0)

    @property
    def unanswered(self) -> bool:
        """Something was asked for that may change things in the library's system, and has not been answered."""
        return any(entry.progress in UNANSWERED for entry in self.entries)

    @property
    def listed(self) -> bool:
        """Everything on loan is known, with its titles as far as they can be had."""
        return self.loans is not None and not self.undescribed and not self.describing


@dataclass(frozen=True, slots=True)
class NextCard:
    """A number that no item has, and that may be the library card of whoever comes next."""

    number: LibraryCardNumber
    asked: Ticket = Ticket(0)
    """Whether it is one is being asked. Without a ticket it is one, and staff say whose turn it is."""
    called: bool = False
    """It is that patron's turn, as soon as this session has ended."""

    @property
    def is_question(self) -> bool:
        return not self.asked and not self.called


@unique
class Stayed(StrEnum):
    """Why a session that was to be ended was not: it is said until staff go on."""

    REFUSED = "refused"
    """Something that was asked for was not done."""
    UNSURE = "unsure"
    """Of something it is not known whether it was done."""
    NEWS = "news"
    """Something in doubt has turned out otherwise than was said before."""
    NEXT_CARD = "next-card"
    """A library card was read among the items."""


@unique
class Handing(StrEnum):
    """Whether the number stands in the other program's window."""

    NOT = "not"
    UNDER_WAY = "under-way"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PatronShown:
    """This patron, this library card number. The patron is served until the session ends."""

    patron: Patron
    shown: Shown
    insertion: Insertion | None = None
    reading: CardReading | None = None
    service: AnyService | None = None
    dealings: Dealings = field(default_factory=Dealings)
    wrong: Problem | None = None
    """Why what was just scanned is no item's number."""
    next_card: NextCard | None = None
    handing: Handing = Handing.NOT
    handing_ticket: Ticket = Ticket(0)
    handing_problem: Code | None = None
    handing_failed_at: datetime | None = None
    handed: bool = False
    """The number has been typed there, and nothing since."""
    list_again_at: Ticket = Ticket(0)
    """Of the timer after which the loans are asked for once more."""
    checking: Ticket = Ticket(0)
    """The patron is looked up once more: the library's system did not answer when they came."""
    checks: int = 0
    """So often they have been, in a row."""
    check_again_at: Ticket = Ticket(0)
    """Of the timer until the next time."""
    objection: Problem | None = None
    """What it says against this library card since."""
    slip: SlipKind = SlipKind.NONE
    leaving: bool = False
    """The session ends as soon as everything is answered, unless something is refused."""
    leads_to: Section | None = None
    """What opens when it has ended; None: 窓口, or the card that lies there next."""
    stayed: Stayed | None = None
    used: frozenset[str] = frozenset()
    """Services already counted for this session."""
    holder_confirmed: bool = False
    pin_checked: bool = False

    @property
    def about(self) -> About:
        left_as = LeftWork.SERVING_BY_LIBRARY_CARD if self.shown is Shown.LIBRARY_CARD else LeftWork.SERVING
        return About(Section.HOME, Stage.OPEN, Display.STAFFS, PageName.SERVED, left_as)

    @property
    def waits_for(self) -> tuple[Asked, ...]:
        dealings, card = self.dealings, self.next_card
        asked = (
            Asked(ServeItem, dealings.asked),
            Asked(ListLoans, dealings.listing),
            Asked(DescribeItem, dealings.describing),
            Asked(LookAgain, dealings.looking),
            Asked(LookUpPatron, self.checking),
            Asked(RecogniseLibraryCard, Ticket(0) if card is None else card.asked),
            Asked(HandOver, self.handing_ticket if self.handing is Handing.UNDER_WAY else Ticket(0)),
        )
        return tuple(each for each in asked if each.ticket)


ServingFlow = PatronShown
