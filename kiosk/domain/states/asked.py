"""What a state has asked the outside, and waits to be answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from kiosk.domain.effects import Question
from kiosk.domain.model import Insertion, Ticket


@dataclass(frozen=True, slots=True)
class Asked:
    question: type[Question]
    ticket: Ticket
    insertion: Insertion | None = None
    """Of the card that was asked; None where no card was."""


class AsksNothing:
    """A state that waits for no answer."""

    __slots__ = ()
    waits_for: ClassVar[tuple[Asked, ...]] = ()
