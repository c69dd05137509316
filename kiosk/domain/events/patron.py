"""What the patron did."""

from __future__ import annotations

from typing import ClassVar

from kiosk.domain.events.about import CHANGED_AGAIN, CHARACTERS, ENDS_NOTHING, HELD_IN_ANY_CASE, Acting, By, GoesOn, Said
from kiosk.domain.fieldless import Fieldless
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import Language


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    """The language of the patron's window was switched."""

    about: ClassVar = Said(By.EITHER, CHANGED_AGAIN, GoesOn.NO)
    language: Language


class DisplayTaken(Fieldless):
    """はじめる, on the single display turned to the patron."""

    __slots__ = ()
    about: ClassVar = Said(By.EITHER, Acting.ALWAYS, GoesOn.NO)


class LinkAgreed(Fieldless):
    """The patron has seen what will be linked and continues to the PIN."""

    __slots__ = ()
    about: ClassVar = Said(By.PATRON, Acting.ALWAYS, GoesOn.NO)


class LastTryChosen(Fieldless):
    """Warned that one more mistake locks the card, the patron opens the pad."""

    __slots__ = ()
    about: ClassVar = Said(By.PATRON, Acting.ALWAYS, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class PadTyped:
    """A digit was entered on the pad, or deleted."""

    about: ClassVar = Said(By.PATRON, CHARACTERS, GoesOn.NO)
    count: int
    """How many digits the pad holds; the digits themselves stay there."""


class PadCleared(Fieldless):
    """The pad discarded input that was too fast, too long or not a digit: most likely a barcode."""

    __slots__ = ()
    about: ClassVar = Said(By.PATRON, CHARACTERS, GoesOn.NO)


class PadConfirmed(Fieldless):
    """The patron pressed the pad's confirm key on four digits. The digits travel beside this event, never in it."""

    __slots__ = ()
    about: ClassVar = Said(
        By.PATRON,
        HELD_IN_ANY_CASE,
        GoesOn.NO,
    )


class GoOnPressed(Fieldless):
    """続ける, on the idle warning. Any other touch or key has the same effect through `Touched`."""

    __slots__ = ()
    about: ClassVar = Said(By.EITHER, ENDS_NOTHING, GoesOn.NO)


class Touched(Fieldless):
    """A key or touch with no other meaning: somebody is present."""

    __slots__ = ()
    about: ClassVar = Said(By.EITHER, ENDS_NOTHING, GoesOn.NO)


PatronEvent = LanguageChosen | DisplayTaken | LinkAgreed | LastTryChosen | PadTyped | PadCleared | PadConfirmed | GoOnPressed | Touched
