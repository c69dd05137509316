"""The library's one order of operations, in a database: applied in batches, read as feed, stops and snapshot.

Positions are handed out by the one row of the table `head`, which each writing transaction locks first: in commit order, on SQLite and on
PostgreSQL. A sequence would hand them out before the commit, and a reader's cursor would pass for ever a row that commits later.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from peewee import Database

from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.key_chain import KeyChain
from kiosk.domain.model import LibraryCardNumber, LinkToken
from kiosk.domain.new_epoch import number_after
from kiosk.domain.registry_wire import MOST_ENTRIES, MOST_LINKS
from kiosk.domain.wire import Position, encode
from kiosk.ledger.acts import rows_of
from kiosk.ledger.audit import AuditedAct, AuditTrail
from kiosk.ledger.digest import LinkHash
from kiosk.ledger.notes import write_note
from kiosk.log_news import LogNews
from kiosk.registry.answers import Applied, Batch, Commit, Compacted, Contact, Entries, Head, Links, NoFeed, Stops, Verification, Why
from kiosk.registry.batch import Decided, Frame, decided
from kiosk.registry.compaction import compact
from kiosk.registry.contacts import is_deferring, note
from kiosk.registry.content_hash import ContentHash
from kiosk.registry.database import RegistryDatabase
from kiosk.registry.head_row import HeadRow, HeadTable
from kiosk.registry.merged import check_secrets, highest_sequences, shared_out
from kiosk.registry.notes import DOUBLED
from kiosk.registry.row_sums import RowHash, RowSums
from kiosk.registry.rows import (
    SEQUENCE,
    Row,
    ask_counters,
    ask_standing,
    feed_after,
    links_after,
    links_of,
    raise_sequences,
    stops_after,
    write,
)
from kiosk.registry.said import SaidOrder, ask_standing_of
from kiosk.registry.site_key import SiteKey
from kiosk.registry.verification import verify_rows

RETENTION = timedelta(days=30)
_log = logging.getLogger(__name__)
_OVER_AFTER = 600.0
"""Seconds after which a counter that was doubled and is so again is news."""
_STOPS_AT_ONE_CURSOR = 3
"""A replacement closes two links; an unlinking may close two and stop a number besides."""


class RegistryLedger:
    """Thread-safe, with one connection for each thread that calls: call from few threads. `apply` belongs to the `Writer`'s thread.

    Every method raises Unavailable: store-full, store-read-only, store-locked, store-damaged, store-foreign, store-unavailable, and
    database-unreachable (a lost connection too), each with `place`, the URL without its password. What was asked may then be asked again.
    """

    def __init__(
        self,
        database: RegistryDatabase,
        site_key: bytes,
        *,
        clock: Callable[[], datetime],
        retention: timedelta = RETENTION,
        keys: SiteKey | None = None,
    ) -> None:
        """Of a database that `found` has been called on once; raises Unavailable (store-damaged) if it was not. `keys`: the site key with
        those before it, without which no operation of an earlier generation is understood.
        """
        self.database = database
        self.earlier = () if keys is None else keys.earlier
        self.chain = KeyChain() if keys is None else keys.chain
        self._hash, self._contents = LinkHash(site_key), ContentHash([*(key for _, key in self.earlier), site_key])
        self._clock, self._retention = clock, retention
        self._rows = RowHash(site_key, None if keys is None else keys.generation)
        self._news = LogNews(_OVER_AFTER)
        self._head, self._trail = HeadTable(self._rows), AuditTrail(database.database)
        self.said = SaidOrder()
        """What was read and written here of the feed, and so may have been told."""
        self.library = database.read(self._head.library)
        """The identity given to `found`: a backup of another library is recognised by it."""

    @staticmethod
    def found(database: RegistryDatabase, site_key: bytes, library: str, now: datetime, key_generation: int = 0) -> None:
        """Begin the ledger of a new library in a migrated database: epoch = Unix seconds, cursor 0. Nothing happens if there is one."""
        with database.writing() as opened:
            HeadTable(RowHash(site_key)).found(opened, library, number_after(0, int(now.timestamp())), key_generation)

    # --- writing ------------------------------------------------------------------------------------------------------

    def apply(self, batches: Sequence[Batch]) -> tuple[list[Applied], Commit]:
        """Decide on the operations of several requests in one transaction, in order; all of them are answered, or nothing has happened.

        A repeated operation gets its stored answer, restated in the running epoch, refusals too; the same UUID with another content is
        refused for operation-reused, and another one at its place in the counter's sequence for counter-doubled (but an unlinking, which
        counts). The caller has checked that the operations are the counter's own. Raises besides Unavailable
        RuntimeError, for content that the database does not take, and CounterShutOut: `Writer` then applies the requests one by one.
        """
        now = self._clock()
        said = self.said.said()
        told = [operation for batch in batches for operation in batch.operations]
        operations = [self.chain.carried(operation, self.chain.newest) for operation in told]
        with self.database.writing_pipelined() as database:
            # All is asked before the first answer is awaited, and all is written before the last is.
            locked, standing = self._head.ask_lock(database), ask_standing(database, operations)
            highest = highest_sequences(operations)
            counters, stands_there = ask_counters(database, sorted(highest)), ask_standing_of(database, said)
            # While the database finds it.
            contents = [self._contents.of(encode(operation)) for operation in told]
            waits, row = is_deferring(database, locked(), int(now.timestamp()))
            frame = Frame(row.cursor, row.epochs, row.floor, row.key_generation, waits)
            stands, before, found = standing(row.floor), counters(), stands_there()
            if said is not None and said.is_lost_at(row.position, row.floor, found):
                # Nothing is put in the place of what was told: whoever guards the ledger says what becomes of it.
                raise Unavailable(Code.DATABASE_UNREACHABLE, place=self.database.place, reason="put-back")
            check_secrets(batches, before)
            result = decided(frame, stands, zip(operations, contents, strict=True))
            row = self._advanced(row, result)
            if result.remembered:
                sums = write(database, result, int(now.timestamp()), self._rows, row.sums)
                raise_sequences(database, highest)
                sums = self._with_sequences(sums, before, highest)
                row = replace(row, sums=sums, trail=self._trail.add_all(_audited(result, now), row.trail))
            for counter in sorted(result.doubled):
                write_note(database, DOUBLED + counter, now.astimezone(UTC).isoformat(timespec="seconds"))
            self._head.write(database, row)
        self.said.add(row.epoch, result.entries)
        for counter in sorted(result.doubled):
            if self._news.is_news(counter):
                _log.warning("two computers work under one name: counter %s", counter)
        head = row.as_head(self._hash.seal)
        return shared_out(batches, result, head, before), Commit(tuple(result.entries), head)

    def _advanced(self, row: HeadRow, result: Decided) -> HeadRow:
        links, of = row.links, self._hash.of
        for placed in result.closed:
            links = links.minus(of(placed.link.token.digest, placed.link.number.text, placed.cursor))
        for placed in result.opened:
            links = links.plus(of(placed.link.token.digest, placed.link.number.text, placed.cursor))
        return replace(row, cursor=row.cursor + len(result.entries), links=links)

    def _with_sequences(self, sums: RowSums, counters: Sequence[Row], highest: Mapping[str, int]) -> RowSums:
        """As `raise_sequences` leaves the counters."""
        lower = [row for row in counters if row[SEQUENCE] < highest[row[0]]]
        raised = [(*row[:SEQUENCE], highest[row[0]], *row[SEQUENCE + 1 :]) for row in lower]
        return sums.and_then("counter", self._rows.of("counter", raised), self._rows.of("counter", lower))

    @contextmanager
    def acting(self) -> Iterator[Callable[[AuditedAct], None]]:
        """One transaction under the locked head, for acts that are no operations (enrolling, revoking): peewee's queries on
        `database.database` within it are part of it. Yields what adds a row to the audit trail.
        """
        with self.database.writing() as database:
            row = self._head.lock(database)
            before, trail = ask_counters(database)(), row.trail

            def add(act: AuditedAct) -> None:
                nonlocal trail
                trail = self._trail.add_all([act], trail)

            yield add
            of = self._rows.of
            sums = row.sums.and_then("counter", of("counter", ask_counters(database)()), of("counter", before))
            if (sums, trail) != (row.sums, row.trail):
                self._head.write(database, replace(row, sums=sums, trail=trail))

    def heard_all(self, contacts: Mapping[str, Contact]) -> None:
        """Note that counters were in contact, in one transaction and a table of its own. Not under the head's lock, unless a new epoch
        waits for contacts.
        """
        now = self._clock()
        with self.database.writing() as database:
            for counter, contact in sorted(contacts.items()):
                note(database, counter, contact, now)
        if self.database.read(self._head.read).stops_until == 0:
            with self.database.writing() as database:
                _, row = is_deferring(database, self._head.lock(database), int(now.timestamp()))
                self._head.write(database, row)

    def compact(self) -> Compacted:
        """Erase feed entries and stops older than the retention, and the memory of operations after twice that time, in short
        transactions.
        """
        return compact(self.database, self._head, self._rows, self._clock(), self._retention)

    # --- reading ------------------------------------------------------------------------------------------------------

    def head(self) -> Head:
        """One SELECT of one row: what a tail polls."""
        return self.database.read(self._as_head)

    def _as_head(self, database: Database) -> Head:
        return self._head.read(database).as_head(self._hash.seal)

    def feed(self, known: Position, limit: int = MOST_ENTRIES) -> Entries | NoFeed:
        """The entries after a position of the running epoch."""

        def read(database: Database) -> Entries | NoFeed:
            # The head first: what lies at or below it is committed and does not change any more.
            head = self._as_head(database)
            if known.epoch != head.position.epoch:
                return NoFeed(Why.EPOCH_CHANGED, head)
            if not head.floor <= known.cursor <= head.position.cursor:
                return NoFeed(Why.SNAPSHOT_NEEDED, head)
            entries = feed_after(database, known.cursor, head.position.cursor, limit)
            wanted = min(limit, head.position.cursor - known.cursor)
            if [entry.cursor for entry in entries] != list(range(known.cursor + 1, known.cursor + wanted + 1)):
                # Erased meanwhile, or behind the program: never a gap.
                return NoFeed(Why.SNAPSHOT_NEEDED, head)
            self.said.add(head.position.epoch, entries)
            return Entries(tuple(entries), head)

        return self.database.read(read)

    def stops(self, known: Position, after: int = 0, limit: int = MOST_ENTRIES) -> Stops:
        """The stops above what a counter really knows (`Epochs.effective`) and above `after`. All stops of one cursor are on one page."""

        def read(database: Database) -> Stops:
            head = self._as_head(database)
            above = max(head.epochs.effective(known), after)
            most = max(limit, _STOPS_AT_ONE_CURSOR)
            stops = stops_after(database, above, most + 1)
            if len(stops) <= most:
                return Stops(tuple(stops), None, head)
            # The last cursor may be cut in two: it goes to the next page.
            last = stops[-1].stop.cursor
            whole = tuple(placed for placed in stops if placed.stop.cursor != last)
            return Stops(whole, whole[-1].stop.cursor, head)

        return self.database.read(read)

    def has_followed(self, known: Position, operation: UUID) -> bool:
        """Whether the operation that a counter heard last, at a position of this epoch, stands there. True also where the position says
        nothing, or it is not kept any more.
        """

        def read(database: Database) -> bool:
            head = self._head.read(database)
            if known.epoch != head.epoch or not head.floor < known.cursor <= head.cursor:
                return True
            return all(entry.operation == operation for entry in feed_after(database, known.cursor - 1, known.cursor, 1))

        return self.database.read(read)

    def snapshot(self, after: bytes = b"", limit: int = MOST_LINKS) -> Links:
        """The links whose tokens follow `after`."""

        def read(database: Database) -> Links:
            head = self._as_head(database)
            links = links_after(database, after, limit + 1)
            return Links(tuple(links[:limit]), len(links) <= limit, head)

        return self.database.read(read)

    def find_links(self, tokens: Sequence[LinkToken], number: LibraryCardNumber | None = None) -> Links:
        """The links of these tokens and of a number. `done` is true."""

        def read(database: Database) -> Links:
            head = self._as_head(database)
            numbers = [] if number is None else [number.text]
            return Links(tuple(links_of(database, [token.digest for token in tokens], numbers)), True, head)

        return self.database.read(read)

    def verify(self, pause: Callable[[], None] = lambda: None) -> Verification:
        """Recompute from the rows what the head row, the feed and the trail say, in one snapshot. Takes long; `pause` is called often."""
        with self.database.reading() as database:
            return verify_rows(database, HeadTable(self._rows).read(database), self._hash, self._rows, self._trail, pause)


def _audited(result: Decided, now: datetime) -> list[AuditedAct]:
    at = now.astimezone(UTC).isoformat(timespec="seconds")
    return [
        AuditedAct(
            at=at,
            counter=operation.origin.counter,
            operator=operation.origin.operator,
            act=row.act,
            result="done",
            reason=row.reason,
            checked=" ".join(row.checked),
            number=row.number.masked,
            operation=str(operation.origin.uuid) if row.is_own else None,
        )
        for operation, accepted in result.acts
        for row in rows_of(operation, accepted)
    ]
