"""Questions a state has put to the outside and is waiting on."""

from __future__ import annotations

from typing import ClassVar

from kiosk.domain.effects import Question
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import Insertion, Ticket


@dataclass(frozen=True, slots=True)
class Asked:
    """One open question and the ticket its answer will carry."""

    question: type[Question]
    ticket: Ticket
    insertion: Insertion | None = None
    """The insertion that was asked; None if no card was."""


class AsksNothing:
    """Mixin for a state that waits for no answer."""

    __slots__ = ()
    waits_for: ClassVar[tuple[Asked, ...]] = ()
