"""The patron being served: items requested, loans, and their results. Kept in memory only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum, unique

from kiosk.domain.circulation import Instead, Item, Reason
from kiosk.domain.effects import DescribeItem, HandOver, ListLoans, LookAgain, LookUpPatron, RecogniseLibraryCard, ServeItem
from kiosk.domain.errors import Code
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import AnyService, CardReading, Insertion, LibraryCardNumber, Patron, Service, Shown, Ticket
from kiosk.domain.slip import SlipKind
from kiosk.domain.states.about import About, Display, Stage
from kiosk.domain.states.asked import Asked
from kiosk.domain.states.ended import LeftWork
from kiosk.domain.states.pages import PageName, Section
from kiosk.domain.states.problem import Problem


@unique
class Progress(StrEnum):
    """How far the request for one item has come."""

    WAITING = "waiting"
    """Queued; the library system is busy with another item."""
    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """The answer was lost and asking again did not settle it: staff check in their own system."""


Wish = tuple[Service, str]

UNANSWERED = frozenset({Progress.WAITING, Progress.ASKED})
LINES_SHOWN = 200
"""Number of finished lines kept, plus half as many before they are trimmed: nobody reviews everything a school borrows in one session."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One item requested in this session: a line on the staff window."""

    service: Service
    item: Item
    progress: Progress = Progress.WAITING
    reason: Reason | None = None
    """Set if refused or unknown."""
    said: str = field(default="", repr=False)
    """The server's own message."""
    position: int | None = None
    instead: Instead | None = None
    fee: str = ""
    sure: bool = False
    """Staff have checked in their system that no such hold exists yet."""
    known: Entry | None = field(default=None, repr=False)
    """What was known of the same wish when it was repeated, kept until the new request is answered."""

    @property
    def wish(self) -> Wish:
        return wish(self.service, self.item)

    @property
    def done_as(self) -> Service:
        """The service actually performed: some servers renew when asked to lend an item to the patron who has it."""
        return self.service if self.instead is None else Service.RENEWAL


def wish(service: Service, item: Item) -> Wish:
    """The key by which two requests are the same. Servers look up item numbers case-insensitively."""
    return service, item.number.casefold()


@dataclass(frozen=True, slots=True)
class Dealings:
    """The exchange with the library system for one patron."""

    entries: tuple[Entry, ...] = ()
    """Newest first. Long sessions drop some finished entries: see `LINES_SHOWN`."""
    earlier: Mapping[Wish, Entry] = field(default_factory=dict)
    """Done and trimmed from `entries`, in the order they were done; still printed on a slip."""
    asked: Ticket = Ticket(0)
    """The entry being requested; one at a time."""
    loans: tuple[Item, ...] | None = None
    """Everything on loan; None until listed."""
    listing: Ticket = Ticket(0)
    undescribed: tuple[str, ...] = ()
    """Barcodes of loans whose title and due date are still to be requested."""
    describing: Ticket = Ticket(0)
    problem: Code | None = None
    """Why the loans could not be listed."""
    failed_at: datetime | None = None
    """When that failure was reported."""
    failures: int = 0
    """Consecutive failures."""
    not_cards: frozenset[str] = frozenset()
    """Numbers that could not be looked up while the connection was down and have since turned out not to be library cards."""
    recheck: tuple[Wish, ...] = ()
    """Requests in doubt, still to be looked up before the session ends."""
    looking: Ticket = Ticket(0)

    @property
    def unanswered(self) -> bool:
        """Whether a request that may change something in the library system is still unanswered."""
        return any(entry.progress in UNANSWERED for entry in self.entries)

    @property
    def listed(self) -> bool:
        """Whether everything on loan is known, with its titles as far as available."""
        return self.loans is not None and not self.undescribed and not self.describing


@dataclass(frozen=True, slots=True)
class NextCard:
    """A number that matches no item and may be the next patron's library card."""

    number: LibraryCardNumber
    asked: Ticket = Ticket(0)
    """Ticket of the look-up. 0: it is a library card, and staff decide whose turn it is."""
    called: bool = False
    """That patron is to be served as soon as this session has ended."""

    @property
    def is_question(self) -> bool:
        return not self.asked and not self.called


@unique
class Stayed(StrEnum):
    """Why a session that was about to end did not; shown until staff continue."""

    REFUSED = "refused"
    """A requested transaction was not done."""
    UNSURE = "unsure"
    """It is not known whether a transaction was done."""
    NEWS = "news"
    """A transaction in doubt turned out differently from what was shown before."""
    NEXT_CARD = "next-card"
    """A library card was scanned among the items."""


@unique
class Handing(StrEnum):
    """State of the hand-over of the number to the other program's window."""

    NOT = "not"
    UNDER_WAY = "under-way"
    DONE = "done"
    UNCHECKED = "unchecked"
    """Done, into a field that cannot be checked."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PatronShown:
    """One patron with one library card number, served until the session ends."""

    patron: Patron
    shown: Shown
    insertion: Insertion | None = None
    reading: CardReading | None = None
    service: AnyService | None = None
    dealings: Dealings = field(default_factory=Dealings)
    wrong: Problem | None = None
    """Why the last scan is not an item number."""
    typed: bool = False
    """A number stands in an item's field that has not been entered."""
    next_card: NextCard | None = None
    handing: Handing = Handing.NOT
    handing_ticket: Ticket = Ticket(0)
    handing_problem: Problem | None = None
    handing_failed_at: datetime | None = None
    handed: bool = False
    """The number was typed there, and nothing has been typed since."""
    clipboard_lost: bool = False
    """Some of what was on the clipboard before is gone: the number was pasted."""
    list_again_at: Ticket = Ticket(0)
    """Timer after which the loans are listed again."""
    checking: Ticket = Ticket(0)
    """Ticket of a repeated look-up of the patron, because the library system did not answer when they arrived."""
    checks: int = 0
    """Consecutive look-ups."""
    check_again_at: Ticket = Ticket(0)
    """Back-off timer of the next one."""
    objection: Problem | None = None
    """What the repeated look-up found against this library card."""
    slip: SlipKind = SlipKind.NONE
    leaving: bool = False
    """The session ends once everything is answered, unless something is refused."""
    leads_to: Section | None = None
    """What opens when it has ended; None: 窓口, or the next card already present."""
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
