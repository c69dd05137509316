"""The audit trail, a hash chain: each row contains the hash of the previous one, and the last hash is stored separately.

`verify` detects every row that was changed, deleted, inserted, moved or cut off at the end. Whoever holds the store's key can rebuild the
whole chain; auditors should therefore note down `head` from time to time.

The tests run it on SQLCipher, on plain SQLite and on PostgreSQL.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from peewee import Database

from kiosk.ledger.bulk import BYTES, COUNT, TEXT, insert
from kiosk.ledger.database import ask
from kiosk.ledger.notes import ask_note, parsed, write_note
from kiosk.ledger.paging import PAGE, paged

AUDIT_HEAD = "audit.head"
"""The note that holds the number of rows and the hash of the last."""
FIRST_DIGEST = bytes(32)
"""What the first row of a trail follows."""
_COLUMNS = ("place", "at", "counter", "operator", "act", "result", "reason", "checked", "number", "operation")
_NAMES = ", ".join(_COLUMNS)
_TYPES = dict.fromkeys(_COLUMNS, TEXT) | {"place": COUNT, "previous": BYTES, "hash": BYTES}

REGISTER = "register"
RELEASE = "release"
STOP = "stop"
"""A number without a link was stopped, at every counter."""
WITHDRAW = "withdraw"
"""What an act before had done here was undone: the library's server refused it, for the code given as reason."""


@dataclass(frozen=True, slots=True)
class AuditedAct:
    """The content of one row. `number` is already masked."""

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
class AuditEntry(AuditedAct):
    """A row read back from the store."""

    place: int = 0


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The end of the trail, to be noted down: number of rows and hash of the last."""

    rows: int
    digest: bytes

    def encoded(self) -> str:
        """Serialize for a note."""
        return f"{self.rows} {self.digest.hex()}"

    @classmethod
    def decoded(cls, text: str) -> AuditHead:
        """Parse what `encoded` returned. Raises ValueError."""
        rows, digest = text.split()
        return cls(int(rows), bytes.fromhex(digest))


FIRST = AuditHead(0, FIRST_DIGEST)
"""Of a trail without rows."""


def digest_of(values: tuple[Any, ...], previous: bytes) -> bytes:
    """SHA-256 over a label, the columns in order and the previous hash.

    Each column is length-prefixed, so that columns cannot run into each other; NULL differs from an empty string.
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


class AuditTrail:
    """The audit rows of one database. `add` is called in the transaction of the act it records.

    Of two transactions that add at the same time one fails, on the place of its row; whoever may not have that takes a lock first: SQLite
    does with BEGIN IMMEDIATE. What reads several rows wants one snapshot: a transaction on SQLite, REPEATABLE READ on PostgreSQL.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, act: AuditedAct) -> None:
        self.add_all([act])

    def add_all(self, acts: Sequence[AuditedAct], head: AuditHead | None = None) -> AuditHead:
        """Add rows in order, as one statement. `head`: where the trail ends, if that is known. Returns where it ends now."""
        head, rows = self.head() if head is None else head, []
        for act in acts:
            place = head.rows + 1
            values = (place, act.at, act.counter, act.operator, act.act, act.result, act.reason, act.checked, act.number, act.operation)
            digest = digest_of(values, head.digest)
            rows.append((*values, head.digest, digest))
            head = AuditHead(place, digest)
        if rows:
            insert(self._database, "audit", _TYPES, rows)
            write_note(self._database, AUDIT_HEAD, head.encoded())
        return head

    def find(self, operation: UUID) -> AuditEntry | None:
        """The row of this operation, if it was carried out."""
        query = f"SELECT {', '.join(_COLUMNS)} FROM audit WHERE operation = ?"  # noqa: S608 - our own names
        row = ask(self._database, query, (str(operation),)).fetchone()
        return None if row is None else AuditEntry(**dict(zip(_COLUMNS, row, strict=True)))

    def knows(self, operation: UUID) -> bool:
        """Whether this operation has already been carried out."""
        return ask(self._database, "SELECT 1 FROM audit WHERE operation = ?", (str(operation),)).fetchone() is not None

    def head(self) -> AuditHead:
        return self.ask_head()()

    def ask_head(self) -> Callable[[], AuditHead]:
        """Ask for `head`, and return what awaits the answer."""
        awaited = ask_note(self._database, AUDIT_HEAD)

        def head() -> AuditHead:
            note = awaited()
            return FIRST if note is None else parsed(note, AuditHead.decoded)

        return head

    def latest(self, rows: int = 200) -> str | None:
        """The latest timestamp among the last `rows` rows, or None. A clock behind it was wrong then or is wrong now."""
        found = ask(self._database, "SELECT at FROM audit ORDER BY place DESC LIMIT ?", (rows,)).fetchall()
        return max((str(at) for (at,) in found), default=None)

    def page(self, after: int, since: str = "") -> list[AuditEntry]:
        """The next page of rows after `after`, restricted to those at or after `since`."""
        # The empty text keeps SQLite from using the index on time and sorting all rows for each page.
        query = f"SELECT {_NAMES} FROM audit WHERE place > ? AND at || '' >= ? ORDER BY place LIMIT ?"  # noqa: S608 - our own names
        rows = ask(self._database, query, (after, since, PAGE)).fetchall()
        return [AuditEntry(**dict(zip(_COLUMNS, row, strict=True))) for row in rows]

    def times(self, after: int) -> list[tuple[int, str]]:
        """Place and timestamp of the next page of rows after `after`."""
        rows = ask(self._database, "SELECT place, at FROM audit WHERE place > ? ORDER BY place LIMIT ?", (after, PAGE)).fetchall()
        return [(int(place), str(at)) for place, at in rows]

    def go_on(self) -> None:
        """Continue the chain from the last row present, after staff have confirmed a damaged end of the trail."""
        last = ask(self._database, "SELECT place, hash FROM audit ORDER BY place DESC LIMIT 1").fetchone()
        if last is not None and last[0] > self.head().rows:
            write_note(self._database, AUDIT_HEAD, f"{last[0]} {_hash(last[1]).hex()}")

    def hash_at(self, place: int) -> bytes | None:
        """The hash of row `place`; None if there is no such row. Row 0 is the start of the chain."""
        if place == 0:
            return FIRST_DIGEST
        row = ask(self._database, "SELECT hash FROM audit WHERE place = ?", (place,)).fetchone()
        return None if row is None else _hash(row[0])

    def verify(self, since: int = 0, pause: Callable[[], None] = lambda: None) -> int | None:
        """Return the first row that is altered or missing; None if the trail is intact.

        `since` starts at that row and trusts what precedes it. `pause` is called periodically.
        """
        expected, previous = since or 1, None if since else FIRST_DIGEST
        # A full check starts below row 1, so that rows inserted before it are found.
        for *values, told_before, told in paged(self._links, since - 1 if since else -(1 << 62), lambda row: int(row[0])):
            before, digest = _hash(told_before), _hash(told)
            follows = previous is None or before == previous
            if values[0] != expected or not follows or digest != digest_of(tuple(values), before):
                return expected
            expected, previous = expected + 1, digest
            if expected % 64 == 0:
                pause()
        head = self.head()
        if (head.rows, head.digest) != (expected - 1, previous):
            return min(expected, head.rows + 1)
        return None

    def _links(self, after: int) -> list[tuple[Any, ...]]:
        """The next page of rows, with their hashes: PostgreSQL's driver fetches the whole answer of a query at once."""
        query = f"SELECT {_NAMES}, previous, hash FROM audit WHERE place > ? ORDER BY place LIMIT ?"  # noqa: S608 - our own names
        return list(ask(self._database, query, (after, PAGE)).fetchall())


def _hash(value: object) -> bytes:
    """The hash in a column, as bytes whatever the driver calls them. SQLite keeps anything in any column: what is no hash is empty."""
    return bytes(value) if isinstance(value, bytes | bytearray | memoryview) else b""
