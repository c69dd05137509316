"""The row that holds the head of the ledger, and which every writing transaction locks first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from peewee import Database, PostgresqlDatabase

from kiosk.domain.decide import Epochs
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.wire import Position
from kiosk.ledger.audit import FIRST, AuditHead
from kiosk.ledger.bulk import Value
from kiosk.ledger.database import ask
from kiosk.ledger.digest import LinkSum
from kiosk.registry.answers import Head
from kiosk.registry.row_sums import NO_ROWS, RowHash, RowSums

COLUMNS = ("epoch", "cursor", "links", "total", "safe", "floor", "key_generation", "stops_until", "sums", "trail", "seal")
_READ = f"SELECT {', '.join(COLUMNS)} FROM head WHERE one = 1"  # noqa: S608 - our own names
_WRITE = f"UPDATE head SET {' = ?, '.join(COLUMNS)} = ? WHERE one = 1"  # noqa: S608 - our own names


@dataclass(frozen=True, slots=True)
class HeadRow:
    epochs: Epochs
    cursor: int
    links: LinkSum
    safe: int
    """A cursor of the running epoch."""
    floor: int
    key_generation: int
    stops_until: int | None = None
    """In a new epoch, until all counters have sent their stops: Unix seconds until which links made before are deferred; 0 before the first
    contact.
    """
    sums: RowSums = NO_ROWS
    """Of all rows that count."""
    trail: AuditHead = FIRST
    """Where the audit trail ends."""
    is_sealed: bool = False
    """Whether the row, and the cuts, are as a program with the site key wrote them; false for whoever has no key."""

    @property
    def epoch(self) -> int:
        return self.epochs.current

    @property
    def position(self) -> Position:
        return Position(self.epoch, self.cursor)

    def as_head(self, seal: Callable[[LinkSum], bytes]) -> Head:
        return Head(
            position=self.position,
            count=self.links.count,
            digest=seal(self.links).hex(),
            safe=Position(self.epoch, self.safe),
            epochs=self.epochs,
            floor=self.floor,
            key_generation=self.key_generation,
            awaits_stops=self.stops_until is not None,
        )


class HeadTable:
    def __init__(self, hashes: RowHash | None = None) -> None:
        """Without `hashes` it can only be read."""
        self._hashes = hashes
        self._epochs = Epochs(-1)
        """The last read: epochs change with their number only."""

    def found(self, database: Database, library: str, epoch: int, key_generation: int) -> None:
        """Write the row, unless there is one."""
        values = (library, *self._values(HeadRow(Epochs(epoch), 0, LinkSum(), 0, 0, key_generation, is_sealed=True)))
        sql = f"INSERT INTO head (one, library, {', '.join(COLUMNS)}) VALUES (1{', ?' * len(values)})"  # noqa: S608 - our own names
        ask(database, f"{sql} ON CONFLICT (one) DO NOTHING", values)

    def find_library(self, database: Database) -> str | None:
        """Whose ledger it is; None if none was begun."""
        row = ask(database, "SELECT library FROM head").fetchone()
        return None if row is None else str(row[0])

    def library(self, database: Database) -> str:
        if (library := self.find_library(database)) is None:
            raise Unavailable(Code.STORE_DAMAGED)
        return library

    def read(self, database: Database) -> HeadRow:
        return self._row(database, ask(database, _READ).fetchone())

    def lock(self, database: Database) -> HeadRow:
        """Read the row as the first statement of a transaction, which holds it to its end."""
        return self.ask_lock(database)()

    def ask_lock(self, database: Database) -> Callable[[], HeadRow]:
        """Begin to `lock`, and return what awaits the answer: what is asked after it sees what was committed before."""
        # BEGIN IMMEDIATE has locked SQLite already.
        cursor = ask(database, _READ + (" FOR UPDATE" if isinstance(database, PostgresqlDatabase) else ""))
        return lambda: self._row(database, cursor.fetchone())

    def write(self, database: Database, row: HeadRow) -> None:
        """A row that was not sealed when it was read is not sealed anew: what was changed behind the program would be hidden by it."""
        ask(database, _WRITE, self._values(row))

    def begin(self, database: Database, row: HeadRow, epochs: Epochs) -> HeadRow:
        """Begin a new epoch where the row stands. Safe is 0 until somebody looks at the backups. Links and replacements of an earlier epoch
        are deferred until every active counter has named the new one, or for a minute from the first contact on.
        """
        ask(database, "DELETE FROM epoch")
        for number, cut in epochs.cuts:
            ask(database, "INSERT INTO epoch (number, cut) VALUES (?, ?)", (number, cut))
        begun = replace(row, epochs=epochs, safe=0, stops_until=0)
        self.write(database, begun)
        return begun

    def _row(self, database: Database, row: tuple[Any, ...] | None) -> HeadRow:
        if row is None:
            raise Unavailable(Code.STORE_DAMAGED)
        try:
            head = read_head(row, self._epochs_of(database, row[0]), self._hashes)
        except ValueError as error:
            raise Unavailable(Code.STORE_DAMAGED) from error
        if self._hashes is not None and self._hashes.generation not in (None, head.key_generation):
            # The key was rotated since this was opened: what would be written, or compared, is under another one.
            raise Unavailable(Code.SITE_KEY_GENERATION)
        return head

    def _values(self, row: HeadRow) -> tuple[Value, ...]:
        if self._hashes is None:
            raise ValueError("the head is written with the site key")
        values = _values(row)
        return (*values, self._hashes.seal((row.epochs.cuts, *values)) if row.is_sealed else "")

    def _epochs_of(self, database: Database, epoch: int) -> Epochs:
        if self._epochs.current != epoch:
            cuts = ask(database, "SELECT number, cut FROM epoch ORDER BY number").fetchall()
            self._epochs = Epochs(epoch, tuple((number, cut) for number, cut in cuts))
        return self._epochs


def read_head(row: Sequence[Any], epochs: Epochs, hashes: RowHash | None) -> HeadRow:
    """What a row says, given in the order of COLUMNS. Raises ValueError."""
    *told, seal = row
    _, cursor, links, total, safe, floor, key_generation, stops_until, sums, trail = told
    summed, sums, trail = LinkSum.decoded(f"{links} {total}"), RowSums.decoded(str(sums)), AuditHead.decoded(str(trail))
    is_sealed = hashes is not None and seal == hashes.seal((epochs.cuts, *told))
    return HeadRow(epochs, cursor, summed, safe, floor, key_generation, stops_until, sums, trail, is_sealed)


def _values(row: HeadRow) -> tuple[Value, ...]:
    links, total = row.links.encoded().split()
    told = (row.epoch, row.cursor, int(links), total, row.safe, row.floor, row.key_generation, row.stops_until)
    return (*told, row.sums.encoded(), row.trail.encoded())
