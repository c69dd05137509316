"""Benchmark of showing patrons who have a great many loans. Usage: python -m tests.bench.listing SESSIONS LOANS FOLDER

Each session opens 貸出延長, waits for the titles of all loans and scans a few of them for renewal. Prints what `lending.py` prints; a part
is a session.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from kiosk.domain.model import Service
from kiosk.domain.states import UNANSWERED, PatronShown
from kiosk.ui.staff.serving.services import Services
from tests.bench.lending import Scanner, measure
from tests.bench.library import on_loan

RENEWED = 5


@dataclass
class Lister(Scanner):
    """`loans` is how many sessions there are, `a_session` how many loans a patron has."""

    renewed: int = 0

    def _is_over(self) -> bool:
        return self.session + 1 >= self.loans

    def _scan_next(self, flow: PatronShown) -> None:
        dealings = flow.dealings
        if flow.service is not Service.RENEWAL:
            self.renewed = 0
            next(iter(self.program.displays.staff.findChildren(Services))).tiles[Service.RENEWAL].click()
        elif dealings.loans is None or dealings.undescribed:
            return
        elif self.renewed < RENEWED:
            if not any(entry.progress in UNANSWERED for entry in dealings.entries):
                self._scan(on_loan(self.session, self.renewed))
                self.renewed += 1
        elif not any(entry.progress in UNANSWERED for entry in dealings.entries):
            assert len(dealings.loans) == self.a_session, len(dealings.loans)
            self._end()

    def _end(self) -> None:
        super()._end()
        self._measure()


def list_loans(sessions: int, loans: int, folder: Path) -> dict[str, Any]:
    library = ("-m", "tests.bench.library", str(sessions), "1", str(loans))
    return measure(folder, library, partial(Lister, loans=sessions, a_session=loans))


if __name__ == "__main__":
    print(json.dumps(list_loans(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))), flush=True)
