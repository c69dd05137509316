"""Which failures there are now, decided from what is known. Pure. What is not known neither begins nor ends anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import NamedTuple

from kiosk.registry.status.overview import Figures

SETTLED_AFTER = timedelta(minutes=10)
"""After the server began: until then counters that could not reach it have not said so yet."""


@unique
class Kind(StrEnum):
    COUNTER_SILENT = "counter-silent"
    COUNTER_DIFFERS = "counter-differs"
    BACKUP_OVERDUE = "backup-overdue"
    LEDGER_ALTERED = "ledger-altered"


class Failure(NamedTuple):
    kind: Kind
    subject: str
    """The name of a counter; of a backup, what tells this server from others over the same database; else empty."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What was looked at, and what was found."""

    present: frozenset[Failure]
    known: frozenset[Kind]
    """A failure of another kind may be there or not."""
    server: str

    def is_over(self, failure: Failure) -> bool:
        is_mine = failure.kind is not Kind.BACKUP_OVERDUE or failure.subject == self.server
        return failure.kind in self.known and is_mine and failure not in self.present


def judge(figures: Figures, silent_after: timedelta, running_since: datetime, server: str) -> Judged:
    known = {Kind.COUNTER_DIFFERS}
    if figures.now - running_since >= SETTLED_AFTER:
        known.add(Kind.COUNTER_SILENT)
    if figures.backups is not None and figures.backups.is_read:
        known.add(Kind.BACKUP_OVERDUE)
    if figures.nightly is not None and figures.nightly.ended:
        known.add(Kind.LEDGER_ALTERED)
    present = frozenset(failure for failure in _present(figures, silent_after, server) if failure.kind in known)
    return Judged(present, frozenset(known), server)


def _present(figures: Figures, silent_after: timedelta, server: str) -> Iterator[Failure]:
    for counter in figures.counters:
        if not counter.is_active:
            continue
        if figures.now - (counter.enrolled if counter.heard is None else counter.heard.at) > silent_after:
            yield Failure(Kind.COUNTER_SILENT, counter.name)
        if counter.heard is not None and counter.heard.differs:
            yield Failure(Kind.COUNTER_DIFFERS, counter.name)
    if figures.backups is not None and figures.backups.is_overdue:
        yield Failure(Kind.BACKUP_OVERDUE, server)
    if figures.nightly is not None and figures.nightly.found:
        yield Failure(Kind.LEDGER_ALTERED, "")
