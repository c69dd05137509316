"""Which counters there are, as the server asks it with every request."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from peewee import Database

from kiosk.ledger.bulk import BYTES, among, execute
from kiosk.registry.database import RegistryDatabase
from kiosk.registry.models import CounterRow, CounterState, RevokedSecretRow

_SELECT = "SELECT secret, name, state, sequence FROM counter"


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

    def find(self, secret_hashes: Collection[bytes]) -> dict[bytes, KnownCounter]:
        """The counters whose secrets have these hashes."""

        def read(database: Database) -> list[tuple[Any, ...]]:
            # In words of its own: asked with every request, and peewee would put it together anew each time.
            wanted, these = among(database, "secret", BYTES, list(secret_hashes))
            rows: list[tuple[Any, ...]] = execute(database, f"{_SELECT} WHERE {wanted}", these).fetchall()
            return rows

        rows = self._database.read(read)
        found = {bytes(secret): KnownCounter(name, CounterState(state), sequence) for secret, name, state, sequence in rows}
        missing = [secret for secret in secret_hashes if secret not in found]
        return found | (self._replaced(missing) if missing else {})

    def _replaced(self, secret_hashes: list[bytes]) -> dict[bytes, KnownCounter]:
        """Those that were revoked before another computer took their names."""
        query = RevokedSecretRow.select().where(RevokedSecretRow.secret.in_(secret_hashes))
        rows = self._database.read(lambda database: list(query.execute(database)))
        return {bytes(row.secret): KnownCounter(row.name, CounterState.REVOKED, 0) for row in rows}

    def revoked(self) -> frozenset[str]:
        """The names of all counters that were shut out."""
        query = CounterRow.select(CounterRow.name).where(CounterRow.state == CounterState.REVOKED).tuples()
        return frozenset(name for (name,) in self._database.read(lambda database: list(query.execute(database))))
