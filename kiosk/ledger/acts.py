"""What the audit trail says of an operation: one row for each link it closes, and one of its own."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.decide import Accepted, Closed
from kiosk.domain.model import LibraryCardNumber
from kiosk.domain.wire import LinkOperation, Operation, ReplaceOperation, UnlinkOperation
from kiosk.ledger.audit import REGISTER, RELEASE, STOP, AuditedAct


@dataclass(frozen=True, slots=True)
class ActRow:
    """An audit row before it is dated."""

    act: str
    number: LibraryCardNumber
    reason: str | None
    checked: tuple[str, ...] = ()
    is_own: bool = True
    """The row of the operation itself, which carries its UUID."""


def rows_of(operation: Operation, accepted: Accepted) -> list[ActRow]:
    """The rows of an accepted operation, in order; its own is the last."""
    closed = [change.number for change in accepted.changes if isinstance(change, Closed)]
    if isinstance(operation, UnlinkOperation):
        others = [ActRow(RELEASE, number, operation.reason, is_own=False) for number in closed if number != operation.number]
        return [*others, ActRow(RELEASE if operation.number in closed else STOP, operation.number, operation.reason)]
    reason = operation.reason if isinstance(operation, ReplaceOperation) else None
    given_way = [ActRow(RELEASE, number, reason, is_own=False) for number in closed]
    return [*given_way, ActRow(REGISTER, operation.number, reason, _checked(operation))]


def may_be_row_of(operation: Operation, row: AuditedAct) -> bool:
    """Whether `row`, written under the operation's UUID, can be its own, as far as it tells: it holds no token, and the number masked."""
    told = (row.reason, row.checked, row.number)
    if isinstance(operation, UnlinkOperation):
        return row.act in (RELEASE, STOP) and told == (operation.reason, "", operation.number.masked)
    reason = operation.reason if isinstance(operation, ReplaceOperation) else None
    return row.act == REGISTER and told == (reason, " ".join(_checked(operation)), operation.number.masked)


def _checked(operation: LinkOperation | ReplaceOperation) -> tuple[str, ...]:
    return "certificate", f"revocation:{operation.revocation}", "pin", *(["guardian"] if operation.by_guardian else [])
