"""Requests whose answers were lost, and how it stood before them: that tells later what became of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kiosk.domain.circulation import Due
from kiosk.domain.dataclass import dataclass
from kiosk.domain.model import LibraryCardNumber, Service
from kiosk.library.ils.holds import Holds

_LONGEST = 3600.0
"""Seconds. By then staff have looked in their system."""


@dataclass(frozen=True, slots=True)
class Before:
    """How it stood before a request was sent, as far as that tells afterwards whether it was carried out."""

    due: Due | None = None
    loans: int | None = None
    holds: Holds | None = None
    accepted: bool = False
    """The server has said yes: not to see it yet is no reason to ask for it again."""


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked for."""

    service: Service
    number: LibraryCardNumber
    item: str


class Doubts:
    """In memory only, and no longer than somebody may still ask."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._before: dict[Question, Before] = {}
        self._ends: dict[Question, float] = {}

    def get(self, question: Question) -> Before | None:
        self.tidy()
        return self._before.get(question)

    def keep(self, question: Question, before: Before) -> None:
        self._before[question] = before
        self._ends[question] = self._monotonic() + _LONGEST

    def settle(self, question: Question) -> None:
        """It is known what became of it."""
        self._before.pop(question, None)
        self._ends.pop(question, None)

    def counted(self, done: Question) -> None:
        """One more loan or hold of this patron: it explains no other that is still in doubt."""
        for question, before in self._before.items():
            if (question.service, question.number) == (done.service, done.number):
                loans = None if before.loans is None else before.loans + 1
                self._before[question] = replace(before, loans=loans, holds=None)

    def begin(self, number: LibraryCardNumber) -> None:
        """This patron is served from now on. How many loans and holds others have may have changed since; which they had tells still."""
        for question, before in self._before.items():
            if question.number != number:
                holds = None if before.holds is None else replace(before.holds, count=None)
                self._before[question] = replace(before, loans=None, holds=holds)

    def tidy(self) -> None:
        """Forget what nobody asks about any more."""
        now = self._monotonic()
        for question in [question for question, end in self._ends.items() if now >= end]:
            self.settle(question)
