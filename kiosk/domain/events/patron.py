"""What the patron did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from kiosk.domain.events.about import CHANGED_AGAIN, CHARACTERS, ENDS_NOTHING, HELD_IN_ANY_CASE, Acting, By, GoesOn, Said
from kiosk.domain.model import Language


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    """The language of the patron's window was switched."""

    about: ClassVar = Said(By.EITHER, CHANGED_AGAIN, GoesOn.NO)
    language: Language


@dataclass(frozen=True, slots=True)
class DisplayTaken:
    """はじめる, on the single display turned to the patron."""

    about: ClassVar = Said(By.EITHER, Acting.ALWAYS, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class LinkAgreed:
    """The patron has seen what will be linked and continues to the PIN."""

    about: ClassVar = Said(By.PATRON, Acting.ALWAYS, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class LastTryChosen:
    """Warned that one more mistake locks the card, the patron opens the pad."""

    about: ClassVar = Said(By.PATRON, Acting.ALWAYS, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class PadTyped:
    """A digit was entered on the pad, or deleted."""

    about: ClassVar = Said(By.PATRON, CHARACTERS, GoesOn.NO)
    count: int
    """How many digits the pad holds; the digits themselves stay there."""


@dataclass(frozen=True, slots=True)
class PadCleared:
    """The pad discarded input that was too fast, too long or not a digit: most likely a barcode."""

    about: ClassVar = Said(By.PATRON, CHARACTERS, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class PadConfirmed:
    """The patron pressed the pad's confirm key on four digits. The digits travel beside this event, never in it."""

    about: ClassVar = Said(
        By.PATRON,
        HELD_IN_ANY_CASE,
        GoesOn.NO,
    )


@dataclass(frozen=True, slots=True)
class GoOnPressed:
    """続ける, on the idle warning. Any other touch or key has the same effect through `Touched`."""

    about: ClassVar = Said(By.EITHER, ENDS_NOTHING, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class Touched:
    """A key or touch with no other meaning: somebody is present."""

    about: ClassVar = Said(By.EITHER, ENDS_NOTHING, GoesOn.NO)


PatronEvent = LanguageChosen | DisplayTaken | LinkAgreed | LastTryChosen | PadTyped | PadCleared | PadConfirmed | GoOnPressed | Touched
