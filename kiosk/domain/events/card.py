"""Events of the reader and the card."""

from __future__ import annotations

from typing import ClassVar

from kiosk.domain.effects import ReadCard, ReadTries, VerifyPin
from kiosk.domain.errors import Code
from kiosk.domain.events.about import Answering, SignOfLife, Told
from kiosk.domain.events.answer import CardAnswer
from kiosk.domain.fieldless import Fieldless
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import CardReading, Insertion, LinkToken, ReaderCondition


@dataclass(frozen=True, slots=True)
class CardPlaced:
    """A card was placed on a reader, or found there."""

    about: ClassVar = Told(SignOfLife.BY_CHANGE)
    insertion: Insertion
    found: bool = False
    """The card was there when the reader was first seen: nobody need have placed it."""


@dataclass(frozen=True, slots=True)
class CardLifted:
    """A card was removed from its reader."""

    about: ClassVar = Told(SignOfLife.BY_CHANGE)
    insertion: Insertion


@dataclass(frozen=True, slots=True)
class ReaderChanged:
    """Readers were connected or disconnected; `names` lists those present now."""

    about: ClassVar = Told(SignOfLife.NEVER)
    condition: ReaderCondition
    names: tuple[str, ...] = ()
    wanted: str = ""
    """The reader the configuration names, where it names one."""
    incident: str = ""
    """Of BROKEN: its number."""


class ServiceSilent(Fieldless):
    """The PC/SC service has stopped responding, so no card would be noticed."""

    __slots__ = ()
    about: ClassVar = Told(SignOfLife.NEVER)


class ServiceAnswered(Fieldless):
    """The PC/SC service responds again, or still does."""

    __slots__ = ()
    about: ClassVar = Told(SignOfLife.NEVER)


@dataclass(frozen=True, slots=True)
class CardKnown(CardAnswer):
    """The first block of the certificate narrows down which card this is, while the rest is still being read and nothing has been judged.

    Enough to look up the patron, never enough to show anything.
    """

    about: ClassVar = Answering((ReadCard,))
    tokens: tuple[LinkToken, ...]
    """The candidates, all different: one for each authority here that may have issued the certificate."""


@dataclass(frozen=True, slots=True)
class CardRead(CardAnswer):
    """The card is a My Number Card and its certificate is accepted."""

    about: ClassVar = Answering((ReadCard,))
    reading: CardReading


@dataclass(frozen=True, slots=True)
class CardFailed(CardAnswer):
    """The card is rejected, or could not be read."""

    about: ClassVar = Answering((ReadCard, ReadTries, VerifyPin))
    code: Code
    params: tuple[tuple[str, str | int], ...] = ()


@dataclass(frozen=True, slots=True)
class CardSlow:
    """A transmit has been pending for five seconds; only removing the card ends it."""

    about: ClassVar = Told(SignOfLife.BY_CHANGE)
    insertion: Insertion


@dataclass(frozen=True, slots=True)
class CardInUse:
    """Another program has been holding the card for two seconds; it is read as soon as that lets it go, or given up after fifteen."""

    about: ClassVar = Told(SignOfLife.BY_CHANGE)
    insertion: Insertion


@dataclass(frozen=True, slots=True)
class CardWaits:
    """This card is to be read, but one on another reader does not respond, and only removing that one ends the wait."""

    about: ClassVar = Told(SignOfLife.BY_CHANGE)
    insertion: Insertion
    behind: str
    """The reader of the unresponsive card."""


@dataclass(frozen=True, slots=True)
class CardsTurn:
    """The card no longer waits: reading begins."""

    about: ClassVar = Told(SignOfLife.BY_CHANGE)
    insertion: Insertion


@dataclass(frozen=True, slots=True)
class TriesRead(CardAnswer):
    """The card reported how many PIN tries are left."""

    about: ClassVar = Answering((ReadTries,))
    tries_left: int
    """0 if locked."""


@dataclass(frozen=True, slots=True)
class HolderProved(CardAnswer):
    """The PIN was right, and the card's signature over a fresh challenge verifies with the certificate behind `token`."""

    about: ClassVar = Answering((VerifyPin,))
    token: LinkToken


@dataclass(frozen=True, slots=True)
class PinRejected(CardAnswer):
    """The PIN was wrong; `tries_left` are left, 0 if the card is now locked."""

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
    | CardInUse
    | CardWaits
    | CardsTurn
    | TriesRead
    | HolderProved
    | PinRejected
)
