"""A store as the library's server sees it: it is told what was done here, and answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from uuid import UUID

from kiosk.domain.decide import Epochs
from kiosk.domain.errors import Code
from kiosk.domain.feed import FeedEntry, PlacedStop
from kiosk.domain.model import OperationKind, RefusedOperation
from kiosk.domain.operations import OwnOperation, RefusedFor, UnsentUnlinking
from kiosk.domain.outbox import Outgoing
from kiosk.domain.registry_wire import Answer
from kiosk.domain.wire import LinkOperation, Operation, Position, ReplaceOperation, UnlinkOperation
from kiosk.ledger.audit import WITHDRAW
from kiosk.ledger.digest import LinkSum
from kiosk.store.enrolled_store import EnrolledStore

_KINDS = {LinkOperation: OperationKind.LINK, ReplaceOperation: OperationKind.REPLACE, UnlinkOperation: OperationKind.UNLINK}


class LedgerStore(EnrolledStore):
    """Each method is one transaction, or several short ones, so that answer, links and what is shown of them change together."""

    def position(self) -> Position:
        """Up to where in the ledger the links hold."""
        with self._reading():
            return self._ledger.notes.position

    def operations(self) -> list[OwnOperation]:
        """The operations made here that are not gone yet, in the order in which they were made."""
        with self._reading():
            return self._ledger.own.all()

    def refused_operations(self) -> tuple[RefusedOperation, ...]:
        """What the library's server has refused and staff have not seen yet, in the order in which it was done."""
        return tuple(_as_told(own.operation, own.state.code) for own in self.operations() if isinstance(own.state, RefusedFor))

    def outgoing(self) -> list[Outgoing]:
        """The operations that have not arrived in the links yet, in the order in which they were made, each with what it changes."""
        with self._reading():
            return self._ledger.outgoing()

    def sum_up(self) -> tuple[Position, int, str]:
        """The links that the feed brought: up to where, how many, and their digest as `LedgerStatus.digest` has it."""
        with self._reading():
            links = self._digest.kept() or LinkSum()
            return self._ledger.notes.position, links.count, self._digest.seal(links).hex()

    def pending_count(self) -> int:
        """Number of operations the library's server has yet to answer."""
        with self._reading():
            return self._ledger.own.count_pending()

    def pending_operations(self) -> list[Operation]:
        """The operations that the library's server has yet to answer, in the order in which they were made."""
        with self._reading():
            return self._ledger.own.pending()

    def unsent_unlinkings(self) -> tuple[UnsentUnlinking, ...]:
        """What was unlinked here and so far stops at this counter alone, oldest first."""
        return tuple(_as_unsent(operation) for operation in self.pending_operations() if isinstance(operation, UnlinkOperation))

    def begin_epoch(self, epochs: Epochs) -> bool:
        """A new epoch runs at the server: what was accepted above the cut is pending again, and a snapshot is awaited. Returns whether
        that was news.

        The links of the earlier epoch stay served until `stage_swap`; `position` stays theirs. Answers count from now on if they are of
        the new epoch. Raises ValueError for an earlier epoch than the one that runs, and on a counter that is alone.
        """
        with self._reading():
            if not self._ledger.is_alone and epochs == self._ledger.notes.epochs:
                return False
        with self._writing():
            self._refuse_alone()
            self._ledger.begin_epoch(epochs)
        return True

    def hear_stops(self, stops: Sequence[PlacedStop], epoch: int) -> None:
        """Stops that the server told of before the feed gets there (`StopsPage`): what they close is hidden at once, and what was made
        here before them is not shown. They go once the feed, or a snapshot, has passed them. Repeats change nothing.

        Of another epoch than the one that runs they are ignored. Raises ValueError on a counter that is alone.
        """
        for part in self._stop_parts.of(stops):
            with self._writing(self._stop_parts):
                self._refuse_alone()
                if epoch == self._ledger.notes.epochs.current:
                    self._ledger.hear(part)
            self._let_others_write()

    def answer(self, answers: Mapping[UUID, Answer], epoch: int) -> list[OwnOperation]:
        """Keep the answers that the server gave, in an epoch, to operations made here; return those that are news.

        Repeated answers, deferred ones and those to operations already gone are ignored, and so are those of another epoch than the one
        that runs (`begin_epoch`): what an earlier one answered may be lost with it. Raises ValueError for an answer that differs from an
        earlier one, or that names a position of another epoch; nothing is kept then.
        """
        with self._writing() as now:
            if epoch != self._ledger.notes.epochs.current:
                return []
            news = self._ledger.answer(answers)
            for own in news:
                if isinstance(own.state, RefusedFor):
                    self._tell(now, WITHDRAW, own.operation.number, reason=own.state.code)
            return news

    def follow(self, entries: Sequence[FeedEntry], safe: Position) -> list[OwnOperation]:
        """Apply the next entries of the feed; return the operations made here that they answer. `safe`: the position that a backup of the
        server holds.

        Raises ValueError for a gap and for another epoch than that of the links, and on a counter that is alone; nothing is applied then.
        For an entry that does not fit the links, too, what was committed before it stays.
        """
        if any(after.cursor != before.cursor + 1 for before, after in pairwise(entries)):
            raise ValueError("an entry does not follow")
        news = list[OwnOperation]()
        for part in self._feed_parts.of(entries) if entries else [()]:
            with self._writing(self._feed_parts):
                self._refuse_alone()
                news += self._ledger.follow(part, safe)
            if len(entries) > len(part):
                self._let_others_write()
        return news

    def forget_refusal(self, operation: UUID) -> None:
        """Forget a refused operation that staff have seen."""
        with self._writing():
            self._ledger.seen(operation)


def _as_unsent(operation: UnlinkOperation) -> UnsentUnlinking:
    return UnsentUnlinking(operation.number.masked, operation.origin.made)


def _as_told(operation: Operation, code: Code) -> RefusedOperation:
    origin = operation.origin
    return RefusedOperation(origin.uuid, _KINDS[type(operation)], code, operation.number.masked, origin.made)
