"""What happened: the only things that move a machine. Past tense, frozen, without anything personal.

Answers carry the ticket of the question; what the card said also carries the insertion it was said in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kiosk.domain.errors import Code
from kiosk.domain.model import (
    Applicant,
    CardReading,
    GuardianCheck,
    Insertion,
    Language,
    Link,
    LinkToken,
    Patron,
    ReaderCondition,
    ReplaceReason,
    Service,
    Ticket,
    UnlinkReason,
)

# --- the reader and the card ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CardPlaced:
    insertion: Insertion


@dataclass(frozen=True, slots=True)
class CardLifted:
    insertion: Insertion


@dataclass(frozen=True, slots=True)
class ReaderChanged:
    """Readers came or went; `names` are those there are now."""

    condition: ReaderCondition
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CardRead:
    """The card is a My Number Card whose certificate is accepted."""

    ticket: Ticket
    insertion: Insertion
    reading: CardReading


@dataclass(frozen=True, slots=True)
class CardFailed:
    """The card is refused, or could not be asked. Answers ReadCard, ReadTries and VerifyPin."""

    ticket: Ticket
    insertion: Insertion
    code: Code
    params: tuple[tuple[str, str | int], ...] = ()


@dataclass(frozen=True, slots=True)
class CardSlow:
    """A transmit has not come back for five seconds: only lifting the card frees it."""

    insertion: Insertion


@dataclass(frozen=True, slots=True)
class TriesRead:
    ticket: Ticket
    insertion: Insertion
    tries_left: int
    """0 is locked."""


@dataclass(frozen=True, slots=True)
class HolderProved:
    """The PIN was right and the card's signature over a fresh challenge fits the certificate behind `token`."""

    ticket: Ticket
    insertion: Insertion
    token: LinkToken


@dataclass(frozen=True, slots=True)
class PinRejected:
    ticket: Ticket
    insertion: Insertion
    tries_left: int


# --- the store and the library system ---------------------------------------------------------------------------------


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
class PatronFound:
    ticket: Ticket
    patron: Patron


@dataclass(frozen=True, slots=True)
class PatronRefused:
    ticket: Ticket
    code: Code


# --- staff ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HomeChosen:
    """窓口: leave whatever is open and wait for a card."""


@dataclass(frozen=True, slots=True)
class RegistrationChosen:
    pass


@dataclass(frozen=True, slots=True)
class UnlinkingChosen:
    pass


@dataclass(frozen=True, slots=True)
class StatusChosen:
    pass


@dataclass(frozen=True, slots=True)
class HelpChosen:
    pass


@dataclass(frozen=True, slots=True)
class NextPressed:
    pass


@dataclass(frozen=True, slots=True)
class BackPressed:
    pass


@dataclass(frozen=True, slots=True)
class LeavePressed:
    """やめる / おわる / 終了して画面を消す, on either window."""


@dataclass(frozen=True, slots=True)
class ApplicantChosen:
    applicant: Applicant | None
    """None: somebody else's card, which is refused."""


@dataclass(frozen=True, slots=True)
class GuardianCheckSet:
    check: GuardianCheck
    confirmed: bool


@dataclass(frozen=True, slots=True)
class LibraryCardEntered:
    """Scanned or typed, as it came, without the suffix key."""

    text: str


@dataclass(frozen=True, slots=True)
class ReplacementChosen:
    reason: ReplaceReason


@dataclass(frozen=True, slots=True)
class HolderConfirmed:
    pass


@dataclass(frozen=True, slots=True)
class HolderDenied:
    pass


@dataclass(frozen=True, slots=True)
class ServiceChosen:
    service: Service


@dataclass(frozen=True, slots=True)
class UnlinkReasonChosen:
    reason: UnlinkReason


@dataclass(frozen=True, slots=True)
class CardStopAnswered:
    """Whether the caller has had the card stopped at the 個人番号カードコールセンター."""

    stopped: bool


@dataclass(frozen=True, slots=True)
class UnlinkConfirmed:
    pass


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Staff have the single display again."""

    staff_code: str


@dataclass(frozen=True, slots=True)
class CardLeftSeen:
    """Staff have read the notice of a card left behind."""


# --- the patron -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    language: Language


@dataclass(frozen=True, slots=True)
class HandoverAccepted:
    """はじめる, on the single display turned to the patron."""


@dataclass(frozen=True, slots=True)
class LinkAgreed:
    """The patron has seen what will be linked and goes on to the PIN."""


@dataclass(frozen=True, slots=True)
class LastTryChosen:
    """The patron knows that one more mistake locks the card, and opens the pad."""


@dataclass(frozen=True, slots=True)
class PadTyped:
    count: int
    """How many digits the pad holds; the digits stay there."""


@dataclass(frozen=True, slots=True)
class PadCleared:
    """The pad threw away what came too fast, too long or was no digit: most likely a barcode."""


@dataclass(frozen=True, slots=True)
class PadConfirmed:
    """The patron pressed the pad's confirm key on four digits. The digits travel beside this event, never in it."""


@dataclass(frozen=True, slots=True)
class GoOnPressed:
    """続ける, on the idle warning. Any other touch or key says the same through `Touched`."""


@dataclass(frozen=True, slots=True)
class Touched:
    """Somebody is there: a key or a touch that meant nothing else."""


# --- time -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TimeUp:
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class DayBegan:
    today: date


@dataclass(frozen=True, slots=True)
class Broke:
    """Our own code failed; `incident` finds it in the log."""

    incident: str


@dataclass(frozen=True, slots=True)
class BrokeSeen:
    pass


Event = (
    CardPlaced
    | CardLifted
    | ReaderChanged
    | CardRead
    | CardFailed
    | CardSlow
    | TriesRead
    | HolderProved
    | PinRejected
    | LinksFound
    | LinkSaved
    | LinkClosed
    | StoreFailed
    | PatronFound
    | PatronRefused
    | HomeChosen
    | RegistrationChosen
    | UnlinkingChosen
    | StatusChosen
    | HelpChosen
    | NextPressed
    | BackPressed
    | LeavePressed
    | ApplicantChosen
    | GuardianCheckSet
    | LibraryCardEntered
    | ReplacementChosen
    | HolderConfirmed
    | HolderDenied
    | ServiceChosen
    | UnlinkReasonChosen
    | CardStopAnswered
    | UnlinkConfirmed
    | TakenBack
    | CardLeftSeen
    | LanguageChosen
    | HandoverAccepted
    | LinkAgreed
    | LastTryChosen
    | PadTyped
    | PadCleared
    | PadConfirmed
    | GoOnPressed
    | Touched
    | TimeUp
    | DayBegan
    | Broke
    | BrokeSeen
)
