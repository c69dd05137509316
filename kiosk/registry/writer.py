"""The one thread of a server process that writes operations: it merges the requests that wait into one transaction.

The head row is locked from the first statement to the commit, so one transaction after the other is as slow as the disk; merged, one commit
serves all requests that arrived during the one before.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Condition, Thread

from kiosk.domain.errors import Code, Unavailable
from kiosk.incidents import record_incident
from kiosk.registry.answers import Applied, Batch, Commit
from kiosk.registry.ledger import RegistryLedger

MOST_MERGED = 1000
"""Operations in one transaction."""
_PATIENCE = 0.002
"""Seconds for which a transaction waits to hold as many requests as the one before."""


@dataclass(frozen=True, slots=True)
class _Request:
    batch: Batch
    answer: Future[Applied] = field(default_factory=Future)


class Writer:
    def __init__(self, ledger: RegistryLedger, on_commit: Callable[[Commit], None] = lambda commit: None) -> None:
        """`on_commit` is called on the writer's thread after each commit that added to the feed, before the answers are given."""
        self._ledger, self._on_commit = ledger, on_commit
        self._waiting: dict[str, deque[_Request]] = {}
        """By counter, in the order of their turns: one that sends much has others wait for one request of its own, not for all."""
        self._count = 0
        """Of all that wait."""
        self._changed = Condition()
        self._is_closing = False
        self._merged = 0
        """Requests in the last transaction."""
        self._thread = Thread(target=self._run, name="registry-writer", daemon=True)
        self._thread.start()

    def submit(self, batch: Batch) -> Future[Applied]:
        """Hand in one request. The future fails with what `RegistryLedger.apply` raises for this request alone; Unavailable, reason
        "closing", after `close`.
        """
        request = _Request(batch)
        with self._changed:
            if self._is_closing:
                request.answer.set_exception(Unavailable(Code.STORE_UNAVAILABLE, reason="closing"))
            else:
                counter = batch.operations[0].origin.counter if batch.operations else ""
                self._waiting.setdefault(counter, deque()).append(request)
                self._count += 1
                self._changed.notify()
        return request.answer

    def close(self) -> None:
        """Answer what waits, then end the thread."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        try:
            while requests := self._next():
                self._serve([request for request in requests if request.answer.set_running_or_notify_cancel()])
        finally:
            self._ledger.database.close()

    def _next(self) -> list[_Request]:
        """What waits, as far as it fits into one transaction; nothing at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_closing)
            # Those that were answered together tend to come back together.
            self._changed.wait_for(lambda: self._count >= self._merged or self._is_closing, _PATIENCE)
            taken: list[_Request] = []
            operations = 0
            while self._waiting:
                counter, queue = next(iter(self._waiting.items()))
                operations += len(queue[0].batch.operations)
                if taken and operations > MOST_MERGED:
                    break
                taken.append(queue.popleft())
                # Its next turn comes after all others'.
                del self._waiting[counter]
                if queue:
                    self._waiting[counter] = queue
            self._merged = len(taken)
            self._count -= len(taken)
            return taken

    def _serve(self, requests: Sequence[_Request]) -> None:
        if not requests:
            return
        try:
            applied, commit = self._apply([request.batch for request in requests])
        except Unavailable as error:
            # A damaged row concerns those who need it. Anything else is not for one of them: each would wait as long once more.
            self._fail(requests, error, singly=error.code is Code.STORE_DAMAGED)
        except Exception as error:
            self._fail(requests, error, singly=True)
        else:
            self._tell(commit)
            for request, answer in zip(requests, applied, strict=True):
                request.answer.set_result(answer)

    def _fail(self, requests: Sequence[_Request], error: Exception, *, singly: bool) -> None:
        """`singly`: one of them may be the cause. Then each is tried alone."""
        for request in requests:
            if singly and len(requests) > 1:
                self._serve([request])
            else:
                request.answer.set_exception(error)

    def _tell(self, commit: Commit) -> None:
        try:
            if commit.entries:
                self._on_commit(commit)
        except Exception as error:
            # What was committed is answered all the same.
            record_incident(error)

    def _apply(self, batches: Sequence[Batch]) -> tuple[list[Applied], Commit]:
        try:
            return self._ledger.apply(batches)
        except Unavailable as error:
            if error.params.get("reason") != "connection":
                raise
        # On a new connection. Perhaps the commit had come through: then the answers are those it stored.
        return self._ledger.apply(batches)
