"""This counter's own operations, from the act until they may be forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.domain.operations import AcceptedAt, OwnOperation, Pending, RefusedFor, State
from kiosk.domain.wire import Operation, Position, decode, encode
from kiosk.store.cipher import CipherDatabase
from kiosk.store.ledger_seal import LedgerSeal

_TABLE = "operation"
_SELECT = "SELECT body, state, epoch, cursor, code FROM operation"
_ADD = "INSERT INTO operation (uuid, sequence, body, state) VALUES (?, ?, ?, 'pending') RETURNING *"
_KEEP = "UPDATE operation SET state = ?, epoch = ?, cursor = ?, code = ? WHERE uuid = ? RETURNING *"
# A counter that was away for a day has hundreds of them, and looks at all with each entry of the feed.
_decoded = lru_cache(maxsize=4096)(decode)


class OperationTable:
    def __init__(self, database: CipherDatabase, seal: LedgerSeal) -> None:
        self._database, self._seal = database, seal

    def add(self, operation: Operation) -> None:
        origin = operation.origin
        rows = self._database.ask(_ADD, (str(origin.uuid), origin.sequence, encode(operation))).fetchall()
        self._seal.changed(_TABLE, added=rows)

    def find(self, uuid: UUID) -> OwnOperation | None:
        """One operation. Raises Unavailable: store-damaged."""
        row = self._database.ask(f"{_SELECT} WHERE uuid = ?", (str(uuid),)).fetchone()
        return None if row is None else _own(row)

    def all(self) -> list[OwnOperation]:
        """All operations, in the order in which they were made. Raises Unavailable: store-damaged."""
        return [_own(row) for row in self._database.ask(f"{_SELECT} ORDER BY sequence").fetchall()]

    def pending(self) -> list[Operation]:
        """Those that have no answer yet, in the order in which they were made. Raises Unavailable: store-damaged."""
        rows = self._database.ask(f"{_SELECT} WHERE state = 'pending' ORDER BY sequence").fetchall()
        return [_own(row).operation for row in rows]

    def is_empty(self) -> bool:
        return self._database.ask("SELECT 1 FROM operation LIMIT 1").fetchone() is None

    def is_pending(self, uuid: UUID) -> bool:
        row = self._database.ask("SELECT state FROM operation WHERE uuid = ?", (str(uuid),)).fetchone()
        return row is not None and row[0] == "pending"

    def count_pending(self) -> int:
        return int(self._database.ask("SELECT count(*) FROM operation WHERE state = 'pending'").fetchone()[0])

    def keep(self, states: Mapping[UUID, State]) -> None:
        """Keep what has become of operations."""
        before = [row for uuid in states for row in self._database.ask("SELECT * FROM operation WHERE uuid = ?", (str(uuid),)).fetchall()]
        after = [row for uuid, state in states.items() for row in self._database.ask(_KEEP, (*_columns(state), str(uuid))).fetchall()]
        self._seal.changed(_TABLE, added=after, removed=before)

    def forget(self, uuids: Iterable[UUID]) -> None:
        gone = [
            row for uuid in uuids for row in self._database.ask("DELETE FROM operation WHERE uuid = ? RETURNING *", (str(uuid),)).fetchall()
        ]
        self._seal.changed(_TABLE, removed=gone)


def _own(row: tuple[Any, ...]) -> OwnOperation:
    """Raises Unavailable: store-damaged, for a row that this program did not write."""
    try:
        match row:
            case bytes(body), "pending", None, None, None:
                return OwnOperation(_decoded(body), Pending())
            case bytes(body), "accepted", int(epoch), int(cursor), None:
                return OwnOperation(_decoded(body), AcceptedAt(Position(epoch, cursor)))
            case bytes(body), "refused", None, None, str(code):
                return OwnOperation(_decoded(body), RefusedFor(Code(code)))
    except (Refused, ValueError) as error:
        raise Unavailable(Code.STORE_DAMAGED) from error
    raise Unavailable(Code.STORE_DAMAGED)


def _columns(state: State) -> tuple[str, int | None, int | None, str | None]:
    match state:
        case AcceptedAt(position):
            return "accepted", position.epoch, position.cursor, None
        case RefusedFor(code):
            return "refused", None, None, code
        case Pending():  # pragma: no branch
            return "pending", None, None, None
