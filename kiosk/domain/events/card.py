"""What reader and card said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from kiosk.domain.effects import ReadCard, ReadTries, VerifyPin
from kiosk.domain.errors import Code
from kiosk.domain.events.about import Answering, SignOfLife, Told
from kiosk.domain.events.answer import CardAnswer
from kiosk.domain.model import CardReading, Insertion, LinkToken, ReaderCondition


@dataclass(frozen=True, slots=True)
class CardPlaced:
    about: ClassVar = Told(SignOfLife.BY_CHANGE)
    insertion: Insertion
    found: bool = False
    """It has lain there since the reader was first seen: nobody need have brought it."""


@dataclass(frozen=True, slots=True)
class CardLifted:
    about: ClassVar = Told(SignOfLife.BY_CHANGE)
    insertion: Insertion


@dataclass(frozen=True, slots=True)
class ReaderChanged:
    """Readers came or went; `names` are those there are now."""

    about: ClassVar = Told(SignOfLife.NEVER)
    condition: ReaderCondition
    names: tuple[str, ...] = ()
    wanted: str = ""
    """The reader the configuration names, where it names one."""
    incident: str = ""
    """Of BROKEN: its number."""


@dataclass(frozen=True, slots=True)
class ServiceSilent:
    """The PC/SC service does not answer any more, so that no card would be seen."""

    about: ClassVar = Told(SignOfLife.NEVER)


@dataclass(frozen=True, slots=True)
class ServiceAnswered:
    """It does again, or still does."""

    about: ClassVar = Told(SignOfLife.NEVER)


@dataclass(frozen=True, slots=True)
class CardKnown(CardAnswer):
    """The first block of the certificate tells whose it is, while the rest is still read and nothing has been judged.

    Enough to look up, never enough to show anything.
    """

    about: ClassVar = Answering((ReadCard,))
    token: LinkToken


@dataclass(frozen=True, slots=True)
class CardRead(CardAnswer):
    """The card is a My Number Card whose certificate is accepted."""

    about: ClassVar = Answering((ReadCard,))
    reading: CardReading


@dataclass(frozen=True, slots=True)
class CardFailed(CardAnswer):
    """The card is refused, or could not be asked."""

    about: ClassVar = Answering((ReadCard, ReadTries, VerifyPin))
    code: Code
    params: tuple[tuple[str, str | int], ...] = ()


@dataclass(frozen=True, slots=True)
class CardSlow:
    """A transmit has not come back for five seconds: only lifting the card frees it."""

    about: ClassVar = Told(SignOfLife.BY_CHANGE)
    insertion: Insertion


@dataclass(frozen=True, slots=True)
class CardWaits:
    """This card is to be read, but one on another reader does not answer, and only lifting that one ends the waiting."""

    about: ClassVar = Told(SignOfLife.BY_CHANGE)
    insertion: Insertion
    behind: str
    """The reader of the card that does not answer."""


@dataclass(frozen=True, slots=True)
class CardsTurn:
    """This card waits no longer: its reading begins."""

    about: ClassVar = Told(SignOfLife.BY_CHANGE)
    insertion: Insertion


@dataclass(frozen=True, slots=True)
class TriesRead(CardAnswer):
    about: ClassVar = Answering((ReadTries,))
    tries_left: int
    """0 is locked."""


@dataclass(frozen=True, slots=True)
class HolderProved(CardAnswer):
    """The PIN was right and the card's signature over a fresh challenge fits the certificate behind `token`."""

    about: ClassVar = Answering((VerifyPin,))
    token: LinkToken


@dataclass(frozen=True, slots=True)
class PinRejected(CardAnswer):
    about: ClassVar = Answering((VerifyPin,))
    tries_left: int


CardEvent = (
    CardPlaced
    | CardLifted
    | ReaderChanged
    | ServiceSilent
    | ServiceAnswered
    | CardKnown
    | CardRead
    | CardFailed
    | CardSlow
    | CardWaits
    | CardsTurn
    | TriesRead
    | HolderProved
    | PinRejected
)
