"""This counter's own operations, from the act until they may be forgotten."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.domain.operations import AcceptedAt, OwnOperation, Pending, RefusedFor, State
from kiosk.domain.wire import Operation, Position, decode, encode
from kiosk.store.cipher import CipherDatabase
from kiosk.store.models import OperationRow

_SELECT = "SELECT body, state, epoch, cursor, code FROM operation"


class OperationTable:
    def __init__(self, database: CipherDatabase) -> None:
        self._database = database

    def add(self, operation: Operation) -> None:
        origin = operation.origin
        row = {"uuid": str(origin.uuid), "sequence": origin.sequence, "body": encode(operation), **_columns(Pending())}
        OperationRow.insert(row).execute(self._database)

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

    def is_pending(self, uuid: UUID) -> bool:
        row = self._database.ask("SELECT state FROM operation WHERE uuid = ?", (str(uuid),)).fetchone()
        return row is not None and row[0] == "pending"

    def rows(self) -> list[tuple[Any, ...]]:
        """The rows as they lie in the table."""
        return list(self._database.ask("SELECT * FROM operation ORDER BY uuid").fetchall())

    def count_pending(self) -> int:
        return int(self._database.ask("SELECT count(*) FROM operation WHERE state = 'pending'").fetchone()[0])

    def keep(self, uuid: UUID, state: State) -> None:
        OperationRow.update(_columns(state)).where(OperationRow.uuid == str(uuid)).execute(self._database)

    def forget(self, uuid: UUID) -> None:
        self._database.ask("DELETE FROM operation WHERE uuid = ?", (str(uuid),))


def _own(row: tuple[Any, ...]) -> OwnOperation:
    """Raises Unavailable: store-damaged, for a row that this program did not write."""
    try:
        match row:
            case bytes(body), "pending", None, None, None:
                return OwnOperation(decode(body), Pending())
            case bytes(body), "accepted", int(epoch), int(cursor), None:
                return OwnOperation(decode(body), AcceptedAt(Position(epoch, cursor)))
            case bytes(body), "refused", None, None, str(code):
                return OwnOperation(decode(body), RefusedFor(Code(code)))
    except (Refused, ValueError) as error:
        raise Unavailable(Code.STORE_DAMAGED) from error
    raise Unavailable(Code.STORE_DAMAGED)


def _columns(state: State) -> dict[str, object]:
    match state:
        case AcceptedAt(position):
            return {"state": "accepted", "epoch": position.epoch, "cursor": position.cursor, "code": None}
        case RefusedFor(code):
            return {"state": "refused", "epoch": None, "cursor": None, "code": code}
        case Pending():  # pragma: no branch
            return {"state": "pending", "epoch": None, "cursor": None, "code": None}
