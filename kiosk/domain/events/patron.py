"""What the patron did."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.model import Language


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
