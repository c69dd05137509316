"""Stops: those that the feed told of, kept while an operation made before them is on its way, and those heard ahead of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from kiosk.domain.decide import Stop
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.feed import PlacedStop
from kiosk.domain.model import LibraryCardNumber, LinkToken
from kiosk.store.cipher import CipherDatabase
from kiosk.store.ledger_seal import LedgerSeal

AT_ONCE = 500
"""Stops erased by one transaction: a large library's server tells tens of thousands before the first snapshot."""
_TABLE = "stop"
_COLUMNS = "token, number, cursor, counter, sequence"
_ADD = f"""INSERT INTO stop ({_COLUMNS}) SELECT ?1, ?2, ?3, ?4, ?5
    WHERE NOT EXISTS (SELECT 1 FROM stop WHERE number = ?2 AND cursor = ?3 AND token IS ?1) RETURNING *"""  # noqa: S608 - our own names


class StopTable:
    def __init__(self, database: CipherDatabase, seal: LedgerSeal) -> None:
        self._database, self._seal = database, seal

    def add(self, stops: Iterable[PlacedStop]) -> list[PlacedStop]:
        """Record that a token and a number, or a number alone, were stopped; return what is news."""
        news = []
        for placed in stops:
            stop, token = placed.stop, None if placed.token is None else placed.token.digest
            values = (token, placed.number.text, stop.cursor, stop.counter, stop.sequence)
            news += [(placed, tuple(row)) for row in self._database.ask(_ADD, values).fetchall()]
        self._seal.changed(_TABLE, added=[row for _, row in news])
        return [placed for placed, _ in news]

    def of(self, token: LinkToken | None, number: LibraryCardNumber) -> tuple[Stop, ...]:
        """The stops of a token and those of a number."""
        query = "SELECT cursor, counter, sequence FROM stop WHERE token = ? OR number = ? ORDER BY place"
        rows = self._database.ask(query, (token.digest if token else None, number.text)).fetchall()
        return tuple(Stop(*row) for row in rows)

    def has(self, token: LinkToken) -> bool:
        return bool(self._database.ask("SELECT 1 FROM stop WHERE token = ? LIMIT 1", (token.digest,)).fetchall())

    def above(self, cursor: int) -> list[PlacedStop]:
        """All that the feed has not passed at `cursor`. Raises Unavailable: store-damaged."""
        query = f"SELECT {_COLUMNS} FROM stop WHERE cursor > ? ORDER BY place"  # noqa: S608 - our own names
        return [_placed(row) for row in self._database.ask(query, (cursor,)).fetchall()]

    def above_of(self, cursor: int, tokens: Iterable[LinkToken], numbers: Iterable[LibraryCardNumber]) -> list[PlacedStop]:
        """Those of these tokens and numbers. Raises Unavailable: store-damaged."""
        found = dict[int, PlacedStop]()
        keys: list[tuple[str, bytes | str]] = [("token", token.digest) for token in tokens]
        keys += [("number", number.text) for number in numbers]
        for column, value in keys:
            query = f"SELECT place, {_COLUMNS} FROM stop WHERE {column} = ? AND cursor > ?"  # noqa: S608 - our own names
            found |= {row[0]: _placed(row[1:]) for row in self._database.ask(query, (value, cursor)).fetchall()}
        return [found[place] for place in sorted(found)]

    def wrap(self, wrapped: Callable[[LinkToken], LinkToken]) -> None:
        """Bring all tokens under another site key."""
        rows = self._database.ask("SELECT * FROM stop WHERE token IS NOT NULL").fetchall()
        after = []
        for place, token, *_ in rows:
            again = "UPDATE stop SET token = ? WHERE place = ? RETURNING *"
            after += self._database.ask(again, (wrapped(LinkToken(bytes(token))).digest, place)).fetchall()
        self._seal.changed(_TABLE, added=after, removed=rows)

    def has_passed(self, cursor: int) -> bool:
        """Whether there are stops at or below a cursor."""
        return self._database.ask("SELECT 1 FROM stop WHERE cursor <= ? LIMIT 1", (cursor,)).fetchone() is not None

    def forget_passed(self, cursor: int) -> None:
        """Delete some of the stops at or below a cursor."""
        some = "SELECT place FROM stop WHERE cursor <= ? LIMIT ?"
        self._delete(f"place IN ({some})", cursor, AT_ONCE)

    def forget_above(self, cursor: int) -> None:
        """Delete all stops above a cursor."""
        self._delete("cursor > ?", cursor)

    def _delete(self, which: str, *values: int) -> None:
        gone = self._database.ask(f"DELETE FROM stop WHERE {which} RETURNING *", values).fetchall()  # noqa: S608 - our own names
        self._seal.changed(_TABLE, removed=gone)


def _placed(row: tuple[Any, ...]) -> PlacedStop:
    match row:
        case bytes() | None as token, str(number), int(cursor), str(counter), int(sequence):
            return PlacedStop(Stop(cursor, counter, sequence), None if token is None else LinkToken(token), LibraryCardNumber(number))
    # This program did not write it.
    raise Unavailable(Code.STORE_DAMAGED)
