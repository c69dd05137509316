"""What every answer to one of our questions holds. The questions it answers are in its `about`."""

from __future__ import annotations

from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import Insertion, Ticket


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, matched to its question by `ticket`."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class CardAnswer(Answer):
    """An answer of the card in this insertion."""

    insertion: Insertion
