"""What the machines ask of the outside. Imperative, frozen; those with a ticket are answered by an event that repeats it."""

from __future__ import annotations

from enum import StrEnum, unique

from kiosk.domain.circulation import Item
from kiosk.domain.dataclass import dataclass
from kiosk.domain.errors import Code
from kiosk.domain.model import (
    Insertion,
    LibraryCardNumber,
    LinkToken,
    ReplaceReason,
    Revocation,
    Service,
    Sound,
    Ticket,
    UnlinkReason,
)
from kiosk.domain.slip import Slip


@dataclass(frozen=True, slots=True)
class ReadCard:
    """Connect exclusively, read and check the certificate. Answered by CardRead or CardFailed."""

    ticket: Ticket
    insertion: Insertion


@dataclass(frozen=True, slots=True)
class ReadTries:
    """Ask the card how many tries are left, spending none. Answered by TriesRead or CardFailed."""

    ticket: Ticket
    insertion: Insertion


@dataclass(frozen=True, slots=True)
class VerifyPin:
    """Send the PIN just confirmed on the pad, once; then let the card sign. Answered by HolderProved, PinRejected or CardFailed."""

    ticket: Ticket
    insertion: Insertion


@dataclass(frozen=True, slots=True)
class ReleaseCard:
    """End the session with the card by taking its power away, so that a verified PIN does not outlive it."""

    insertion: Insertion


@dataclass(frozen=True, slots=True)
class FindLinks:
    """Answered by LinksFound or StoreFailed. Either key may be missing."""

    ticket: Ticket
    token: LinkToken | None
    number: LibraryCardNumber | None


@dataclass(frozen=True, slots=True)
class SaveLink:
    """Close what stands in the way (when a reason is given) and open the link, in one transaction. Answered by LinkSaved or StoreFailed."""

    ticket: Ticket
    token: LinkToken
    number: LibraryCardNumber
    revocation: Revocation
    by_guardian: bool = False
    replaces: ReplaceReason | None = None


@dataclass(frozen=True, slots=True)
class CloseLink:
    """Answered by LinkClosed or StoreFailed."""

    ticket: Ticket
    number: LibraryCardNumber
    reason: UnlinkReason


@dataclass(frozen=True, slots=True)
class LookUpPatron:
    """Ask the library system about a library card. Answered by PatronFound or PatronRefused."""

    ticket: Ticket
    number: LibraryCardNumber


@dataclass(frozen=True, slots=True)
class ServeItem:
    """Lend, renew or reserve one item for a patron, once. Answered by ItemAnswered, whatever becomes of it.

    What the counter knew of the item before (its due date) tells afterwards whether a renewal took place whose answer was lost.
    """

    ticket: Ticket
    service: Service
    number: LibraryCardNumber
    item: Item
    sure: bool = False
    """Of a hold: staff have seen that there is no such one yet, which the library's system does not tell."""


@dataclass(frozen=True, slots=True)
class ListLoans:
    """Answered by LoansListed or LibraryFailed."""

    ticket: Ticket
    number: LibraryCardNumber


@dataclass(frozen=True, slots=True)
class DescribeItem:
    """Ask for title and due date. Answered by ItemDescribed or LibraryFailed."""

    ticket: Ticket
    item: str


@dataclass(frozen=True, slots=True)
class LookAgain:
    """What became of something that was asked for and whose answer was lost; nothing is asked for. Answered by LookedAgain."""

    ticket: Ticket
    service: Service
    number: LibraryCardNumber
    item: Item


@dataclass(frozen=True, slots=True)
class RecogniseLibraryCard:
    """Ask whether this is a library card's number, be it of one that may not be used. Answered by LibraryCardRecognised."""

    ticket: Ticket
    number: LibraryCardNumber


@dataclass(frozen=True, slots=True)
class RetryLibrary:
    """Connect to the library's system anew, whatever went wrong before. Answered by IlsChanged, also where nothing has changed."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """Type the number into the window of another program. Answered by HandedOver or HandoverFailed."""

    ticket: Ticket
    number: LibraryCardNumber


@dataclass(frozen=True, slots=True)
class PrintSlip:
    """Answered by SlipPrinted or SlipFailed."""

    ticket: Ticket
    slip: Slip


@unique
class Act(StrEnum):
    """What the audit trail records beside the links themselves."""

    USE = "use"
    REFUSAL = "refusal"
    SERVICE = "service"
    """That a service was used: which, when and where; a (masked) number only with the NDL's, whose rules ask for each use."""


@dataclass(frozen=True, slots=True)
class RecordAct:
    """Write one line of the audit trail. Not answered."""

    act: Act
    number: LibraryCardNumber | None = None
    code: Code | None = None
    revocation: Revocation = Revocation.NOT_CHECKED
    pin_checked: bool = False
    holder_confirmed: bool = False
    service: str = ""
    """Of Act.SERVICE: a `Service`, or "local" for one of the library's own."""
    card_read: bool = True
    """Whether a certificate was read and judged: not where the library card itself was shown."""


@dataclass(frozen=True, slots=True)
class AcceptStore:
    """Take the store as it is, since staff have confirmed what was found. Answered by CheckFound: what is found of it then."""

    found: Code


@dataclass(frozen=True, slots=True)
class LookAtStore:
    """Look at the store and count what the windows show, behind what it was asked before. Answered by CheckFound."""


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Answered by TimeUp after `seconds`, unless the program has ended. Nothing stops a timer: a late TimeUp fits no state."""

    ticket: Ticket
    seconds: float


@dataclass(frozen=True, slots=True)
class Play:
    sound: Sound


LibraryQuestion = LookUpPatron | ServeItem | ListLoans | DescribeItem | LookAgain | RecogniseLibraryCard
"""What the library's system is asked, on its own thread. `effects/library_thread.py` says how, and what answers."""

Question = ReadCard | ReadTries | VerifyPin | FindLinks | SaveLink | CloseLink | LibraryQuestion | HandOver | PrintSlip
"""What is answered, by an event with the same ticket."""

Effect = Question | ReleaseCard | RetryLibrary | RecordAct | AcceptStore | LookAtStore | StartTimer | Play
