"""Up: sends what was done here, and keeps the answers."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from kiosk.domain.errors import Code
from kiosk.domain.operations import AcceptedAt, RefusedFor
from kiosk.domain.outbox import Fate, Patience, fate, next_batch
from kiosk.domain.pacing import Pace
from kiosk.domain.registry_wire import Answer, Answers, Deferred
from kiosk.domain.wire import Operation, UnlinkOperation
from kiosk.store.sync.client import RegistryClient, Said
from kiosk.store.sync.exchange import Exchange, InVain


@dataclass(slots=True)
class Push:
    exchange: Exchange
    monotonic: Callable[[], float] = time.monotonic
    draw: Callable[[], float] = random.random
    patience: Patience = field(default_factory=Patience)
    pace: Pace = field(default_factory=Pace)
    """Of its own: a server that answers everything else must not be asked the more often for it."""
    only_unlinkings: bool = False
    """A new epoch has begun: first those, from every counter."""

    def step(self, client: RegistryClient) -> bool:
        """Send what may be sent now, in one request. Returns whether that settled any of it. Raises EpochBegan, ShutOut, Revoked."""
        batch = self._batch()
        if not batch:
            return False
        try:
            settled = self._send(client, batch)
        except InVain as vain:
            self.pace = self.pace.brought_nothing(self.monotonic(), self.draw(), vain.wait)
            return False
        self.pace = self.pace.moved() if settled else self.pace.brought_nothing(self.monotonic(), self.draw())
        return settled

    def _send(self, client: RegistryClient, batch: Sequence[Operation]) -> bool:
        """Returns whether any was settled."""
        self.exchange.asks()
        self.exchange.sequence = max(self.exchange.sequence, *(operation.origin.sequence for operation in batch))
        said, uuids = client.submit(batch), [operation.origin.uuid for operation in batch]
        if isinstance(said, Answers):
            self.exchange.heed(said.status)
            return self._keep(uuids, said)
        match fate(said.status, said.error):
            case Fate.HALVED:
                self.patience = self.patience.choked(uuids, self.monotonic(), self.draw())
            case Fate.ONE_REFUSED:
                self._refuse_one(batch, said)
                return True
        raise self.exchange.refusal(said)

    def has_unlinkings(self) -> bool:
        """Whether some are still to be sent, now or later."""
        waiting = self.exchange.store.outgoing()
        return any(each.is_pending and isinstance(each.own.operation, UnlinkOperation) for each in waiting)

    def next_due(self) -> float | None:
        """When, by the monotonic clock, something may be sent that may not be now; None if nothing waits for its time."""
        now = self.monotonic()
        return self.pace.due if self.pace.due > now else self.patience.next_due(now)

    def _batch(self) -> tuple[Operation, ...]:
        if self.exchange.is_shut_out or self.monotonic() < self.pace.due or not self.exchange.store.pending_count():
            return ()
        waiting = self.exchange.store.outgoing()
        return next_batch(waiting, self.patience, self.monotonic(), only_unlinkings=self.only_unlinkings)

    def _keep(self, uuids: Sequence[UUID], said: Answers) -> bool:
        epoch = said.status.epochs.current
        answers: dict[UUID, Answer] = {}
        for uuid in uuids:
            answer = said.answers.get(uuid, Deferred())
            # One that contradicts its own status is no answer.
            is_wrong = isinstance(answer, AcceptedAt) and answer.position.epoch != epoch
            answers[uuid] = Deferred() if is_wrong else answer
        news = self.exchange.store.answer(answers, epoch)
        settled = {own.operation.origin.uuid for own in news}
        put_off = [uuid for uuid in uuids if uuid not in settled]
        self.patience = self.patience.answered(uuids, put_off, self.monotonic(), self.draw())
        self.exchange.settled(news)
        return bool(settled)

    def _refuse_one(self, batch: Sequence[Operation], said: Said) -> None:
        """The server cannot read one of them, and never will: it leaves the queue, and staff are told."""
        if said.index is None or said.index >= len(batch):
            raise InVain(said.retry_after)
        code = Code.OPERATION_NEWER if said.error == Code.OPERATION_NEWER else Code.OPERATION_UNREADABLE
        store = self.exchange.store
        self.exchange.settled(store.answer({batch[said.index].origin.uuid: RefusedFor(code)}, self.exchange.membership.epochs.current))
