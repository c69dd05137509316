"""What every answer to a question of ours holds. Which questions it answers is said in its `about`."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.model import Insertion, Ticket


@dataclass(frozen=True, slots=True)
class Answer:
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class CardAnswer(Answer):
    """Said by a card, in this insertion."""

    insertion: Insertion
