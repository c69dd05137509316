"""Findings of health checks, as stable words shared by the windows and `kiosk doctor`. Which there are: `health_outcomes`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import datetime

from kiosk.domain.health_outcomes import OUTCOMES as OUTCOMES
from kiosk.domain.health_outcomes import Condition as Condition
from kiosk.domain.lazy_dataclass import dataclass

UNSEEN, OVERDUE, BUG = "unseen", "overdue", "bug"
"""Outcomes of every check: not checked yet; no result in time; and a bug in the check itself."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a check. `params` fill its messages and hold nothing personal; a `code` among them is a `Code` with own messages."""

    outcome: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    at: datetime | None = None
    """When it was checked, aware; if overdue, when last. None: never."""

    @property
    def check(self) -> str:
        return self.outcome.partition(".")[0]

    @property
    def word(self) -> str:
        return self.outcome.partition(".")[2]

    @property
    def condition(self) -> Condition:
        if self.found_nothing:
            return Condition.WRONG if self.word == BUG else Condition.UNKNOWN
        return OUTCOMES[self.outcome]

    @property
    def found_nothing(self) -> bool:
        """Whether the check gave no result: not run yet, overdue, or failed through a bug."""
        return self.word in (UNSEEN, OVERDUE, BUG)

    @property
    def is_well(self) -> bool:
        return self.condition is Condition.OK

    def number(self, name: str) -> int | None:
        """A number that was counted; None if it was not."""
        return value if isinstance(value := self.params.get(name), int) else None


def unseen(check: str) -> Finding:
    return Finding(f"{check}.{UNSEEN}")


def overdue(check: str, last: datetime | None = None) -> Finding:
    return Finding(f"{check}.{OVERDUE}", at=last)


def bug_in(check: str, incident: str, **known: str | int) -> Finding:
    """The finding of a check that failed through a bug. `known`: parameters found all the same."""
    return Finding(f"{check}.{BUG}", {"incident": incident, **known})


def worst(findings: Iterable[Finding]) -> Condition:
    return max((finding.condition for finding in findings), key=list(Condition).index, default=Condition.OK)


def cares(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """What needs attention, worst first, otherwise in the given order."""
    found = (finding for finding in findings if finding.condition in (Condition.CARE, Condition.WRONG))
    return tuple(sorted(found, key=lambda finding: -list(Condition).index(finding.condition)))
