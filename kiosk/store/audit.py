"""The audit trail: each row carries the hash of the one before, and the last hash is kept apart, so that no row can be changed, taken
out, put in, moved or cut off at the end without `verify` saying so. Somebody who holds the store's key can rebuild the whole chain:
an auditor therefore notes down `head` now and then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

from kiosk.domain.dataclass import dataclass
from kiosk.store.cipher import CipherDatabase
from kiosk.store.models import AuditRow
from kiosk.store.notes import AUDIT_HEAD, parsed, read_note, write_note
from kiosk.store.paging import PAGE

_FIRST = bytes(32)
_COLUMNS = ("place", "at", "counter", "operator", "act", "result", "reason", "checked", "number", "operation")


REGISTER = "register"
RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Act:
    """What one row tells. `number` is masked already."""

    at: str
    counter: str
    operator: str | None
    act: str
    result: str
    reason: str | None
    checked: str
    number: str | None
    operation: str | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry(Act):
    """A row as it is read back."""

    place: int = 0


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The end of the trail, to be noted down: so many rows, ending with this hash."""

    rows: int
    digest: bytes


def digest_of(values: tuple[Any, ...], previous: bytes) -> bytes:
    """SHA-256 over a label, the columns in order and the hash of the row before. Each column with its length, so none can run into
    the next; a missing one differs from an empty one.
    """
    told = [b"kiosk-audit-1\x00"]
    for value in values:
        if value is None:
            told.append(b"\x00")
        else:
            text = str(value).encode()
            told += (b"\x01" + len(text).to_bytes(4, "big"), text)
    told.append(previous)
    return hashlib.sha256(b"".join(told)).digest()


def _head(note: str) -> AuditHead:
    rows, digest = note.split()
    return AuditHead(int(rows), bytes.fromhex(digest))


class AuditTrail:
    """Rows of one store. `add` belongs into the transaction of the act it tells of."""

    def __init__(self, database: CipherDatabase) -> None:
        self._database = database

    def add(self, act: Act) -> None:
        head = self.head()
        place = head.rows + 1
        values = (place, *(getattr(act, name) for name in _COLUMNS[1:]))
        digest = digest_of(values, head.digest)
        row = {**dict(zip(_COLUMNS, values, strict=True)), "previous": head.digest, "hash": digest}
        AuditRow.insert(row).execute(self._database)
        write_note(self._database, AUDIT_HEAD, f"{place} {digest.hex()}")

    def knows(self, operation: UUID) -> bool:
        """Whether this operation was carried out already."""
        return bool(AuditRow.select().where(AuditRow.operation == str(operation)).limit(1).count(self._database))

    def head(self) -> AuditHead:
        note = read_note(self._database, AUDIT_HEAD)
        return AuditHead(0, _FIRST) if note is None else parsed(note, _head)

    def latest(self, rows: int = 200) -> str | None:
        """The latest time in the last so many rows: a clock that went back was not right before or is not right now."""
        query = AuditRow.select(AuditRow.at).order_by(AuditRow.place.desc()).limit(rows)
        return max((str(at) for (at,) in query.tuples().execute(self._database)), default=None)

    def page(self, after: int, since: str = "") -> list[AuditEntry]:
        """The next ones behind a place, of those since then."""
        # The "+" keeps SQLite from sorting all rows by time for each page.
        query = f"SELECT {', '.join(_COLUMNS)} FROM audit WHERE place > ? AND +at >= ? ORDER BY place LIMIT ?"  # noqa: S608 - our own names
        rows = self._database.ask(query, (after, since, PAGE)).fetchall()
        return [AuditEntry(**dict(zip(_COLUMNS, row, strict=True))) for row in rows]

    def times(self, after: int) -> list[tuple[int, str]]:
        """Place and time of the next rows behind a place."""
        rows = self._database.ask("SELECT place, at FROM audit WHERE place > ? ORDER BY place LIMIT ?", (after, PAGE)).fetchall()
        return [(int(place), str(at)) for place, at in rows]

    def go_on(self) -> None:
        """Let the next row follow the last one that is there, when somebody has confirmed what is wrong with the end of the trail."""
        last = self._database.ask("SELECT place, hash FROM audit ORDER BY place DESC LIMIT 1").fetchone()
        if last is not None and last[0] > self.head().rows:
            write_note(self._database, AUDIT_HEAD, f"{last[0]} {bytes(last[1]).hex()}")

    def hash_at(self, place: int) -> bytes | None:
        """The hash of this row; None when there is no such row. Row 0 is the beginning."""
        if place == 0:
            return _FIRST
        row = self._database.ask("SELECT hash FROM audit WHERE place = ?", (place,)).fetchone()
        return None if row is None else bytes(row[0])

    def verify(self, since: int = 0, pause: Callable[[], None] = lambda: None) -> int | None:
        """The first row that is not as it was written, or the first that is missing; None when the whole trail holds.

        With `since`, from that row on, whatever came before it. `pause` is called now and then.
        """
        names = ", ".join((*_COLUMNS, "previous", "hash"))
        expected, previous = since or 1, None if since else _FIRST
        # From the beginning, a row put in before the first one is seen as well.
        query = f"SELECT {names} FROM audit WHERE place >= ? ORDER BY place"  # noqa: S608 - our own names
        for *values, before, digest in self._database.ask(query, (since or -(1 << 62),)):
            follows = previous is None or bytes(before) == previous
            if values[0] != expected or not follows or bytes(digest) != digest_of(tuple(values), bytes(before)):
                return expected
            expected, previous = expected + 1, bytes(digest)
            if expected % 64 == 0:
                pause()
        head = self.head()
        if (head.rows, head.digest) != (expected - 1, previous):
            return min(expected, head.rows + 1)
        return None
