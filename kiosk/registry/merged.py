"""Requests of several counters in one transaction: whose they are, and what each is answered."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.domain.wire import Operation
from kiosk.registry.answers import Applied, Batch, CounterShutOut, Head
from kiosk.registry.batch import Decided
from kiosk.registry.models import CounterState
from kiosk.registry.rows import SECRET, STATE, Row


def check_secrets(batches: Sequence[Batch], counters: Sequence[Row]) -> None:
    """Raises CounterShutOut for operations whose secret is none of these rows', or of a counter that may write no more.

    Called under the head's lock, as whoever revokes a counter writes: nothing of a counter is committed after that.
    """
    may_write = {row[SECRET] for row in counters if row[STATE] in (CounterState.ACTIVE, CounterState.RETIRING)}
    for batch in batches:
        if batch.operations and batch.secret is not None and batch.secret not in may_write:
            raise CounterShutOut


def highest_sequences(operations: Sequence[Operation]) -> dict[str, int]:
    """Of each counter."""
    highest: dict[str, int] = {}
    for operation in operations:
        origin = operation.origin
        highest[origin.counter] = max(highest.get(origin.counter, 0), origin.sequence)
    return highest


def shared_out(batches: Sequence[Batch], result: Decided, head: Head, counters: Sequence[Row]) -> list[Applied]:
    """Each request's part of what was decided, in order. `counters`: their rows before it."""
    answers = iter(result.answers)
    retiring = {row[SECRET] for row in counters if row[STATE] == CounterState.RETIRING}
    return [
        Applied(
            answers={operation.origin.uuid: next(answers) for operation in batch.operations},
            head=head,
            sequence=max((operation.origin.sequence for operation in batch.operations), default=0),
            is_retiring=batch.secret in retiring,
        )
        for batch in batches
    ]
