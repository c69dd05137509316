"""Requests whose answers were lost, with the state before each, from which the outcome is inferred later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kiosk.domain.circulation import Due
from kiosk.domain.dataclass import dataclass
from kiosk.domain.model import LibraryCardNumber, Service
from kiosk.library.ils.holds import Holds

_LONGEST = 3600.0
"""Retention in seconds. By then staff have checked in their own system."""


@dataclass(frozen=True, slots=True)
class Before:
    """The state before a request, as far as it helps to tell whether it was carried out."""

    due: Due | None = None
    loans: int | None = None
    holds: Holds | None = None
    accepted: bool = False
    """The server answered yes, so not seeing it yet is no reason to send it again."""


@dataclass(frozen=True, slots=True)
class Question:
    """Identifies a request."""

    service: Service
    number: LibraryCardNumber
    item: str


class Doubts:
    """Pending doubts, in memory only, for as long as somebody may ask."""

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
        """Drop a doubt whose outcome is known."""
        self._before.pop(question, None)
        self._ends.pop(question, None)

    def counted(self, done: Question) -> None:
        """Account for a loan or hold known to be done: it no longer explains a higher count for others in doubt."""
        for question, before in self._before.items():
            if (question.service, question.number) == (done.service, done.number):
                loans = None if before.loans is None else before.loans + 1
                self._before[question] = replace(before, loans=loans, holds=None)

    def begin(self, number: LibraryCardNumber) -> None:
        """Start serving a patron. The counts of others may change unobserved from now on; which holds they had remains evidence."""
        for question, before in self._before.items():
            if question.number != number:
                holds = None if before.holds is None else replace(before.holds, count=None)
                self._before[question] = replace(before, loans=None, holds=holds)

    def tidy(self) -> None:
        """Drop expired doubts."""
        now = self._monotonic()
        for question in [question for question, end in self._ends.items() if now >= end]:
            self.settle(question)
