"""The life of a counter's own operation, from the act until it may be forgotten.

    pending -> accepted at P -> gone, once the counter has reached P and a backup of the library's server holds it
    pending -> refused       -> seen by staff -> gone

An answer changes the state of its operation and nothing else: the links come from the feed, whose rows a counter applies in order.
"""

from __future__ import annotations

from datetime import datetime

from kiosk.domain.decide import Epochs
from kiosk.domain.errors import Code
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.wire import Operation, Position


@dataclass(frozen=True, slots=True)
class Pending:
    """No answer has arrived."""


@dataclass(frozen=True, slots=True)
class AcceptedAt:
    """The operation holds, at this position."""

    position: Position


@dataclass(frozen=True, slots=True)
class RefusedFor:
    """The operation was declined; staff have not seen it yet."""

    code: Code


State = Pending | AcceptedAt | RefusedFor


@dataclass(frozen=True, slots=True)
class OwnOperation:
    """An operation of this counter that is not gone yet."""

    operation: Operation
    state: State = Pending()


@dataclass(frozen=True, slots=True)
class UnsentUnlinking:
    """An unlinking of this counter that has no answer yet, as staff are told of it."""

    masked: str
    """The library card number, masked."""
    at: datetime
    """When staff carried it out; aware."""


def is_unapplied(state: State, reached: Position) -> bool:
    """Whether the operation may still become part of the links, or already is but has not arrived here."""
    match state:
        case Pending():
            return True
        case AcceptedAt(position):
            return not has_reached(reached, position)
        case RefusedFor():  # pragma: no branch
            return False


def is_gone(state: State, reached: Position, safe: Position) -> bool:
    """Whether the operation may be forgotten. `safe`: the position that a backup of the server holds."""
    return isinstance(state, AcceptedAt) and has_reached(reached, state.position) and has_reached(safe, state.position)


def has_reached(reached: Position, position: Position) -> bool:
    return reached.epoch == position.epoch and reached.cursor >= position.cursor


def answered(state: State, answer: AcceptedAt | RefusedFor) -> State:
    """The state after an answer, which may be repeated. Raises ValueError for a second answer that differs from the first: one operation
    has one answer, as long as the epoch lasts.
    """
    match state:
        case Pending():
            return answer
        case AcceptedAt() | RefusedFor() if state == answer:
            return state
    raise ValueError("an operation has one answer")


def after_cuts(state: State, epochs: Epochs) -> State:
    """The state in the epoch that runs now: what was accepted above one of the cuts since was lost, and is sent again.

    All of them count. A counter may sleep through two, and a position that the second left alone may have been lost at the first.
    """
    if isinstance(state, AcceptedAt):
        cursor = epochs.effective(state.position)
        return AcceptedAt(Position(epochs.current, cursor)) if cursor == state.position.cursor else Pending()
    return state
