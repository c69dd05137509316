"""What reader and card said."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.errors import Code
from kiosk.domain.model import CardReading, Insertion, LinkToken, ReaderCondition, Ticket


@dataclass(frozen=True, slots=True)
class CardPlaced:
    insertion: Insertion
    found: bool = False
    """It has lain there since the reader was first seen: nobody need have brought it."""


@dataclass(frozen=True, slots=True)
class CardLifted:
    insertion: Insertion


@dataclass(frozen=True, slots=True)
class ReaderChanged:
    """Readers came or went; `names` are those there are now."""

    condition: ReaderCondition
    names: tuple[str, ...] = ()
    wanted: str = ""
    """The reader the configuration names, where it names one."""


@dataclass(frozen=True, slots=True)
class ServiceSilent:
    """The PC/SC service does not answer any more, so that no card would be seen."""


@dataclass(frozen=True, slots=True)
class ServiceAnswered:
    """It does again, or still does."""


@dataclass(frozen=True, slots=True)
class CardKnown:
    """The first block of the certificate tells whose it is, while the rest is still read and nothing has been judged.

    Enough to look up, never enough to show anything.
    """

    ticket: Ticket
    insertion: Insertion
    token: LinkToken


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
class CardWaits:
    """This card is to be read, but one on another reader does not answer, and only lifting that one ends the waiting."""

    insertion: Insertion
    behind: str
    """The reader of the card that does not answer."""


@dataclass(frozen=True, slots=True)
class CardsTurn:
    """This card waits no longer: its reading begins."""

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
