"""Stops that the feed told of, kept while an operation made before them is on its way."""

from __future__ import annotations

from typing import Any

from kiosk.domain.decide import Stop
from kiosk.domain.model import LibraryCardNumber, LinkToken
from kiosk.store.cipher import CipherDatabase
from kiosk.store.models import StopRow


class StopTable:
    def __init__(self, database: CipherDatabase) -> None:
        self._database = database

    def add(self, stop: Stop, token: LinkToken | None, number: LibraryCardNumber) -> None:
        """Record that a token and a number, or a number alone, were stopped."""
        told = {"cursor": stop.cursor, "counter": stop.counter, "sequence": stop.sequence}
        StopRow.insert(token=token and token.digest, number=number.text, **told).execute(self._database)

    def of(self, token: LinkToken | None, number: LibraryCardNumber) -> tuple[Stop, ...]:
        """The stops of a token and those of a number."""
        query = "SELECT cursor, counter, sequence FROM stop WHERE token = ? OR number = ? ORDER BY place"
        rows = self._database.ask(query, (token.digest if token else None, number.text)).fetchall()
        return tuple(Stop(*row) for row in rows)

    def rows(self) -> list[tuple[Any, ...]]:
        """The rows as they lie in the table."""
        return list(self._database.ask("SELECT * FROM stop ORDER BY place").fetchall())

    def forget(self, up_to: int | None) -> None:
        """Delete the stops at or below a cursor; all of them for None."""
        if up_to is None:
            self._database.ask("DELETE FROM stop")
        else:
            self._database.ask("DELETE FROM stop WHERE cursor <= ?", (up_to,))
