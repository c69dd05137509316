"""The library's one order of operations, in a database: applied in batches, read as feed, stops and snapshot.

Positions are handed out by the one row of the table `head`, which each writing transaction locks first: in commit order, on SQLite and on
PostgreSQL. A sequence would hand them out before the commit, and a reader's cursor would pass for ever a row that commits later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from kiosk.domain.decide import Epochs
from kiosk.domain.feed import PlacedLink
from kiosk.domain.model import LibraryCardNumber, LinkToken
from kiosk.domain.wire import Position
from kiosk.ledger.audit import AuditedAct
from kiosk.registry.answers import (
    Applied,
    Batch,
    Commit,
    Compacted,
    Contact,
    FeedPage,
    LedgerStatus,
    NoFeed,
    SnapshotPage,
    StopsPage,
    Verification,
)
from kiosk.registry.database import RegistryDatabase

RETENTION = timedelta(days=30)
FEED_PAGE = 500
STOPS_PAGE = 1000
SNAPSHOT_PAGE = 5000


class RegistryLedger:
    """Thread-safe, with one connection for each thread that calls: call from few threads. `apply` belongs to the `Writer`'s thread.

    Every method raises Unavailable: store-full, store-read-only, store-locked, store-damaged, store-foreign, store-unavailable (a lost
    connection too; `reason`), each with `place`, the URL without its password. What was asked may then be asked again.
    """

    def __init__(
        self,
        database: RegistryDatabase,
        site_key: bytes,
        *,
        clock: Callable[[], datetime],
        retention: timedelta = RETENTION,
    ) -> None:
        """Of a database that `found` has been called on once. Raises Unavailable: store-damaged, if it was not."""
        raise NotImplementedError

    @staticmethod
    def found(database: RegistryDatabase, library: str, now: datetime, key_generation: int = 0) -> None:
        """Begin the ledger of a new library in a migrated database: epoch = Unix seconds, cursor 0. Nothing happens if there is one."""
        raise NotImplementedError

    @property
    def library(self) -> str:
        """The identity given to `found`: a backup of another library is recognised by it."""
        raise NotImplementedError

    # --- writing ------------------------------------------------------------------------------------------------------

    def apply(self, batches: Sequence[Batch]) -> tuple[list[Applied], Commit]:
        """Decide on the operations of several requests in one transaction, in order; all of them are answered, or nothing has happened.

        A repeated operation gets its stored answer, restated in the running epoch, refusals too; the same UUID with another content is
        refused for operation-reused. The caller has checked that the operations are the counter's own. Raises besides Unavailable
        RuntimeError, for content that the database does not take: `Writer` then applies the requests one by one.
        """
        raise NotImplementedError

    @contextmanager
    def acting(self) -> Iterator[Callable[[AuditedAct], None]]:
        """One transaction under the locked head, for acts that are no operations (enrolling, revoking): peewee's queries on `database`
        within it are part of it. Yields what adds a row to the audit trail.
        """
        raise NotImplementedError

    def heard(self, counter: str, contact: Contact) -> None:
        """Note that a counter was in contact, in a table of its own. Not under the head's lock."""
        raise NotImplementedError

    def keep_safe(self, safe: Position) -> None:
        """Say what every backup holds that may still be put back: the lowest of their positions, restated in the running epoch."""
        raise NotImplementedError

    def begin_epoch(self, outlived: Epochs | None = None) -> Epochs:
        """Begin a new epoch at the position that the database holds, as after putting a backup back; return all epochs.

        `outlived`: the epochs from the file that outlives a restore. Safe becomes cursor 0 until `keep_safe` is called. Link and replacement
        of an earlier epoch are deferred until every active counter has named the new one, or 60 s after the first contact.
        """
        raise NotImplementedError

    def compact(self) -> Compacted:
        """Erase feed entries and stops older than the retention, and the memory of operations after twice that time; in short transactions."""
        raise NotImplementedError

    # --- reading ------------------------------------------------------------------------------------------------------

    def status(self) -> LedgerStatus:
        """One SELECT of one row: what a tail polls."""
        raise NotImplementedError

    def feed(self, known: Position, limit: int = FEED_PAGE) -> FeedPage | NoFeed:
        """The entries after a position of the running epoch."""
        raise NotImplementedError

    def stops(self, known: Position, after: int = 0, limit: int = STOPS_PAGE) -> StopsPage:
        """The stops above what a counter really knows (`Epochs.effective`) and above `after`. All stops of one cursor are on one page."""
        raise NotImplementedError

    def snapshot(self, after: bytes | None = None, limit: int = SNAPSHOT_PAGE) -> SnapshotPage:
        """The links whose tokens follow `after`; from the first for None."""
        raise NotImplementedError

    def find_links(
        self, tokens: Sequence[LinkToken], number: LibraryCardNumber | None = None
    ) -> tuple[tuple[PlacedLink, ...], LedgerStatus]:
        """The links of these tokens and of a number."""
        raise NotImplementedError

    def verify(self, pause: Callable[[], None] = lambda: None) -> Verification:
        """Recompute from the rows what the head row, the feed and the trail say, in one snapshot. Takes long; `pause` is called often."""
        raise NotImplementedError
