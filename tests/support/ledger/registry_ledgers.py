"""A ledger of the library's server in a database of either kind: a pytest plugin, with a clock that tests move."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from kiosk.domain.errors import Code
from kiosk.domain.operations import AcceptedAt, RefusedFor
from kiosk.domain.wire import Operation, Position
from kiosk.registry.answers import Batch, Contact
from kiosk.registry.database import RegistryDatabase
from kiosk.registry.ledger import RegistryLedger
from kiosk.registry.models import CounterRow, CounterState
from tests.support.ledger.acts import CounterActs
from tests.support.ledger.counters import MADE
from tests.support.ledger.new_epoch import begin_epoch

KEY = bytes(range(32))
Told = int | str
"""The cursor of an accepted operation; the code of a refused one; "deferred"."""


class TrialLedger:
    """One server process, and what a test asks of it."""

    def __init__(self, database: RegistryDatabase) -> None:
        self.database, self.now = database, MADE
        RegistryLedger.found(database, KEY, "library", self.now)
        self.ledger = RegistryLedger(database, KEY, clock=self.clock)

    def clock(self) -> datetime:
        return self.now

    def pass_days(self, days: float) -> None:
        self.now += timedelta(days=days)

    def counter(self, name: str) -> CounterActs:
        """Enrols it, if it is not."""
        told = {"name": name, "state": CounterState.ACTIVE, "enrolled": MADE.isoformat(), "changed": MADE.isoformat()}
        with self.ledger.acting():
            CounterRow.insert(told).on_conflict_ignore().execute(self.database.database)
        return CounterActs(name, self.ledger.head().position)

    def tell(self, *operations: Operation) -> list[Told]:
        """What becomes of operations, in one batch."""
        return told(self.answers(operations), operations)

    def answers(self, operations: Sequence[Operation]) -> dict[UUID, object]:
        (applied,), _ = self.ledger.apply([Batch(tuple(operations))])
        return dict(applied.answers)

    def begin_epoch(self) -> Position:
        begin_epoch(self.database, KEY, self.now)
        return self.ledger.head().position

    def reach_head(self, counter: CounterActs) -> None:
        """The counter has followed the feed, and says so."""
        counter.known = self.ledger.head().position
        self.ledger.heard_all({counter.name: Contact(counter.known)})

    def cursor(self) -> int:
        return self.ledger.head().position.cursor

    def links(self) -> dict[int, int]:
        """Cards and the numbers they are linked with."""
        page = self.ledger.snapshot()
        assert page.done
        return {int.from_bytes(placed.link.token.digest, "big"): int(placed.link.number.text) for placed in page.links}


def told(answers: dict[UUID, object], operations: Sequence[Operation]) -> list[Told]:
    return [_told(answers[operation.origin.uuid]) for operation in operations]


def _told(answer: object) -> Told:
    match answer:
        case AcceptedAt(position):
            return position.cursor
        case RefusedFor(Code() as code):
            return code.value
        case _:
            return "deferred"


@pytest.fixture
def trial(registry_database: RegistryDatabase) -> TrialLedger:
    return TrialLedger(registry_database)


@pytest.fixture
def open_trial(open_registry: Callable[[], RegistryDatabase]) -> Callable[[], TrialLedger]:
    """Another server process over the same database, each time."""
    return lambda: TrialLedger(open_registry())
