"""The latest finding of each check, and how long anybody may go by it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from kiosk.domain.health import UNSEEN, WATCHED, Finding, best_before, overdue


class Board:
    """For one thread. A finding that is not renewed in time becomes "overdue": a look that hangs must not leave good news standing."""

    def __init__(
        self,
        findings: tuple[Finding, ...] = (),
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """What was found before the counter began: not looked at yet where nothing is given."""
        self._monotonic, self._now = monotonic, now
        self._since: dict[str, float] = {}
        self._found: dict[str, Finding] = {}
        for finding in findings:
            self.put(finding)

    def put(self, finding: Finding) -> bool:
        """Whether it says anything new, beside the time."""
        before = self._found.get(finding.check)
        self._since[finding.check] = self._monotonic()
        self._found[finding.check] = finding if finding.at or finding.word == UNSEEN else replace(finding, at=self._now())
        return before is None or (before.outcome, before.params) != (finding.outcome, finding.params)

    def tidy(self) -> bool:
        """Let go of what is too old; whether there was anything."""
        moment, changed = self._monotonic(), False
        for check, finding in self._found.items():
            late = overdue(check, finding.at)
            if finding != late and moment - self._since[check] > best_before(check):
                self._found[check], changed = late, True
        return changed

    @property
    def findings(self) -> tuple[Finding, ...]:
        """In the order of WATCHED."""
        return tuple(self._found[check] for check in WATCHED if check in self._found)
