"""What the machines ask of the outside. Imperative and frozen; one with a ticket is answered by an event that repeats the ticket."""

from __future__ import annotations

from enum import StrEnum, unique
from typing import TYPE_CHECKING

from kiosk.domain.circulation import Item
from kiosk.domain.errors import Code
from kiosk.domain.field_effects import FieldQuestion, StopTeaching
from kiosk.domain.fieldless import Fieldless
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import (
    AnyService,
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

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class ReadCard:
    """Connect exclusively, read and check the certificate. Answered by CardRead or CardFailed, after CardKnown if the certificate names an
    authority trusted here.
    """

    ticket: Ticket
    insertion: Insertion


@dataclass(frozen=True, slots=True)
class ReadTries:
    """Ask the card how many tries are left, using none. Answered by TriesRead or CardFailed."""

    ticket: Ticket
    insertion: Insertion


@dataclass(frozen=True, slots=True)
class VerifyPin:
    """Send the PIN just confirmed on the pad, once; then have the card sign. Answered by HolderProved, PinRejected or CardFailed."""

    ticket: Ticket
    insertion: Insertion


@dataclass(frozen=True, slots=True)
class ReleaseCard:
    """End the session with the card by powering it down, so that a verified PIN does not outlive it."""

    insertion: Insertion


@dataclass(frozen=True, slots=True)
class FindLinks:
    """Look up links by card, by number or both. Answered by LinksFound or StoreFailed."""

    ticket: Ticket
    tokens: tuple[LinkToken, ...]
    """That of a card, or the candidates of one that is still being read."""
    number: LibraryCardNumber | None


@dataclass(frozen=True, slots=True)
class AskRegistry:
    """Ask the library's server for the link of a card that has none here, once and for a short time. Answered by RegistryAnswered."""

    ticket: Ticket
    token: LinkToken


@dataclass(frozen=True, slots=True)
class SaveLink:
    """Close conflicting links (if a reason is given) and open this one, in one transaction. Answered by LinkSaved or StoreFailed."""

    ticket: Ticket
    operation: UUID
    """Identifies this act for ever: carried out twice, it has the effect of once."""
    token: LinkToken
    number: LibraryCardNumber
    revocation: Revocation
    by_guardian: bool = False
    replaces: ReplaceReason | None = None
    shown: tuple[UUID, ...] = ()
    """The operations that opened the links staff were shown. A replacement closes no others."""


@dataclass(frozen=True, slots=True)
class CloseLink:
    """Close the link of this number. Answered by LinkClosed or StoreFailed."""

    ticket: Ticket
    operation: UUID
    """As in SaveLink."""
    number: LibraryCardNumber
    reason: UnlinkReason


@dataclass(frozen=True, slots=True)
class ForgetRefusal:
    """Staff have seen that this operation was refused: keep nothing of it. Not answered; what could not be forgotten is told again."""

    operation: UUID


@dataclass(frozen=True, slots=True)
class ForgetCrashes:
    """Staff have seen how often the program crashed. Not answered; what could not be forgotten is told again."""


@dataclass(frozen=True, slots=True)
class LookUpPatron:
    """Ask the library system about a library card. Answered by PatronFound or PatronRefused."""

    ticket: Ticket
    number: LibraryCardNumber


@dataclass(frozen=True, slots=True)
class ServeItem:
    """Lend, renew or reserve one item for a patron, once. Always answered by ItemAnswered.

    The item's known due date later shows whether a renewal took place whose answer was lost.
    """

    ticket: Ticket
    service: Service
    number: LibraryCardNumber
    item: Item
    sure: bool = False
    """For a hold: staff have checked that it does not exist yet, which the library system does not report."""


@dataclass(frozen=True, slots=True)
class ListLoans:
    """List a patron's loans. Answered by LoansListed or LibraryFailed."""

    ticket: Ticket
    number: LibraryCardNumber


@dataclass(frozen=True, slots=True)
class DescribeItem:
    """Ask for title and due date. Answered by ItemDescribed or LibraryFailed."""

    ticket: Ticket
    item: str


@dataclass(frozen=True, slots=True)
class LookAgain:
    """Look up the result of a request whose answer was lost, without changing anything. Answered by LookedAgain."""

    ticket: Ticket
    service: Service
    number: LibraryCardNumber
    item: Item


@dataclass(frozen=True, slots=True)
class RecogniseLibraryCard:
    """Ask whether this is a library card number, even of a card that may not be used. Answered by LibraryCardRecognised."""

    ticket: Ticket
    number: LibraryCardNumber


class RetryLibrary(Fieldless):
    """Reconnect to the library system, whatever failed before. Answered by IlsChanged, even if nothing has changed."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class HandOver:
    """Type the number into the window of another program. Answered by HandedOver or HandoverFailed."""

    ticket: Ticket
    number: LibraryCardNumber
    service: AnyService | None
    """The chosen one, which may have a window or a field of its own; None: none is chosen yet."""


@dataclass(frozen=True, slots=True)
class PrintSlip:
    """Print a slip. Answered by SlipPrinted or SlipFailed."""

    ticket: Ticket
    slip: Slip


@unique
class Act(StrEnum):
    """What the audit trail records besides the links themselves."""

    USE = "use"
    REFUSAL = "refusal"
    SERVICE = "service"
    """Which service was used, when and where; a (masked) number only for the NDL's, whose rules require a record of each use."""
    HAND_OUT = "hand-out"
    """A (masked) number was given to a program on this computer, which is named."""


@dataclass(frozen=True, slots=True)
class RecordAct:
    """Write one row of the audit trail. Not answered."""

    act: Act
    number: LibraryCardNumber | None = None
    code: Code | None = None
    revocation: Revocation = Revocation.NOT_CHECKED
    pin_checked: bool = False
    holder_confirmed: bool = False
    service: str = ""
    """For Act.SERVICE: a `Service`, or "local" for one of the library's own."""
    card_read: bool = True
    """Whether a certificate was read and judged; false if the library card itself was shown."""


@dataclass(frozen=True, slots=True)
class AcceptStore:
    """Accept the store as it is, after staff acknowledged the problem. Answered by CheckFound with the new finding."""

    found: Code


class LookAtStore(Fieldless):
    """Examine the store and count what the windows show, after everything already queued for it. Answered by CheckFound."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Answered by TimeUp after `seconds`, unless the program has ended. Timers cannot be cancelled: a late TimeUp matches no state."""

    ticket: Ticket
    seconds: float


@dataclass(frozen=True, slots=True)
class Play:
    """Play a sound. Not answered."""

    sound: Sound


LibraryQuestion = LookUpPatron | ServeItem | ListLoans | DescribeItem | LookAgain | RecogniseLibraryCard
"""Questions to the library system, asked on its own thread; see `effects/library_thread.py`."""

Question = (
    ReadCard
    | ReadTries
    | VerifyPin
    | FindLinks
    | AskRegistry
    | SaveLink
    | CloseLink
    | LibraryQuestion
    | HandOver
    | FieldQuestion
    | PrintSlip
)
"""Effects answered by an event with the same ticket."""

Effect = (
    Question
    | ForgetRefusal
    | ForgetCrashes
    | ReleaseCard
    | RetryLibrary
    | RecordAct
    | AcceptStore
    | LookAtStore
    | StopTeaching
    | StartTimer
    | Play
)
