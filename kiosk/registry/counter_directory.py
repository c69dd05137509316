"""Which counters there are, as the server asks it with every request."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.registry.database import RegistryDatabase
from kiosk.registry.models import CounterRow, CounterState


@dataclass(frozen=True, slots=True)
class KnownCounter:
    """A counter that was enrolled, in whatever state."""

    name: str
    state: CounterState
    sequence: int
    """The highest seen of it."""


class CounterDirectory:
    """Thread-safe, with one connection for each thread that calls. Every method raises Unavailable."""

    def __init__(self, database: RegistryDatabase) -> None:
        self._database = database

    def find(self, secret_hash: bytes) -> KnownCounter | None:
        """The counter whose secret has this hash."""
        query = CounterRow.select(CounterRow.name, CounterRow.state, CounterRow.sequence).where(CounterRow.secret == secret_hash)
        with self._database.reading() as database:
            row = query.tuples().first(database)
        return None if row is None else KnownCounter(row[0], CounterState(row[1]), row[2])

    def revoked(self) -> frozenset[str]:
        """The names of all counters that were shut out."""
        with self._database.reading() as database:
            rows = CounterRow.select(CounterRow.name).where(CounterRow.state == CounterState.REVOKED).tuples().execute(database)
            return frozenset(name for (name,) in rows)
