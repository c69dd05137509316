"""The one thread of a server process that writes operations: it merges the requests that wait into one transaction.

The head row is locked from the first statement to the commit, so that one transaction after the other is as fast as the disk; merged, the
same commit serves all requests that arrived meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from kiosk.registry.answers import Applied, Batch, Commit
from kiosk.registry.ledger import RegistryLedger

MOST_MERGED = 1000
"""Operations in one transaction."""


class Writer:
    def __init__(self, ledger: RegistryLedger, on_commit: Callable[[Commit], None] = lambda commit: None) -> None:
        """`on_commit` is called on the writer's thread after each commit that added to the feed, before the answers are given."""
        raise NotImplementedError

    def submit(self, batch: Batch) -> Future[Applied]:
        """Hand in one request. The future fails with what `RegistryLedger.apply` raises for this request alone; Unavailable, reason
        "closing", after `close`.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Answer what waits, then end the thread."""
        raise NotImplementedError
