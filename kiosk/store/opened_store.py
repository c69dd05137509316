"""An open store: its connections, its transactions, and the check that it is the store last seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Lock
from typing import Self
from uuid import UUID

from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.model import LibraryCardNumber
from kiosk.domain.states import Problem
from kiosk.ledger.audit import AuditedAct, AuditTrail
from kiosk.ledger.notes import read_note
from kiosk.store.anchor import AnchorFile
from kiosk.store.cipher import CipherDatabase
from kiosk.store.error_table import translated
from kiosk.store.examination import Examination
from kiosk.store.foreign_changes import ForeignChanges, check_company
from kiosk.store.integrity import Integrity
from kiosk.store.keys import Keys
from kiosk.store.link_digest import LinkDigest
from kiosk.store.link_ledger import LinkLedger
from kiosk.store.metadata import IDENTITY
from kiosk.store.monthly_counts import Figures
from kiosk.store.opening import prepare
from kiosk.store.parts import ENTRIES, ROWS, STOPS, WEIGHT, Parts
from kiosk.store.staging import Staging

PAUSE_SECONDS = 0.005
_ACT = Parts(1)


class OpenedStore:
    """An open store. Thread-safe. Every method raises `Unavailable` with one of the store's codes."""

    def __init__(
        self,
        path: Path,
        keys: Keys,
        counter_name: str,
        clock: Callable[[], datetime],
        *,
        anchor: AnchorFile | None = None,
        known: str | None = None,
    ) -> None:
        """With an `anchor`, the store is compared with its last known state; while it is in doubt, no card is found or registered until
        `accept_doubt`. `known` is the store identity recorded with the keys: if it is set and the anchor is missing, the store is in doubt.
        """
        self._path, self._key, self._keys = path, keys.database, keys
        self._counter = counter_name
        self._clock = clock
        with translated(path):
            check_company(path)
            self._migration = prepare(path, keys, clock(), counter_name)
        self._database = CipherDatabase(path, keys.database)
        # SQLite lets whoever waits try again now and then, which may take long beside a thread that writes one part after the other.
        self._turn = Lock()
        self._row_parts, self._replay_parts = Parts(ROWS, acts=WEIGHT, is_synced=False), Parts(ENTRIES, acts=WEIGHT)
        self._feed_parts, self._stop_parts = Parts(ENTRIES), Parts(STOPS)
        self._audit = AuditTrail(self._database)
        self._figures = Figures(self._database)
        self._digest = LinkDigest(self._database, keys)
        self._ledger = LinkLedger(self._database, self._digest)
        self._staging = Staging(self._database, self._digest)
        self._standing = Integrity(self._database, self._audit, self._digest, anchor, known)
        self._examination = Examination(path, keys)
        self._unexamined: Code | None = None
        self._files = ForeignChanges(path)
        try:
            self._take_stock()
        except BaseException:
            self._close()
            raise

    def close(self) -> None:
        """Close all connections. Queries still running on abandoned threads are aborted."""
        with translated(self._path):
            self._close()

    def _close(self) -> None:
        try:
            self._database.close_all()
        finally:
            self._files.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def identity(self) -> str:
        with self._reading():
            return read_note(self._database, IDENTITY) or ""

    @property
    def links_dropped_now(self) -> int:
        """How many links were dropped by the migration that this opening made."""
        return self._migration.links

    @property
    def left_at(self) -> datetime | None:
        """The latest timestamp among the last acts recorded before the store was opened (aware UTC), or None."""
        return None if self._left_at is None else datetime.fromisoformat(self._left_at)

    @property
    def doubt(self) -> Problem | None:
        """The problem that staff have to confirm before cards are served, or None."""
        return self._standing.doubt

    @property
    def is_in_order(self) -> bool:
        """Whether the store is not in doubt and its anchor is up to date."""
        return self.doubt is None and self._standing.is_anchored

    def troubles(self) -> tuple[Code, ...]:
        """Problems besides `doubt`, worst first. The store works in spite of them."""
        found = [] if self._unexamined is None else [self._unexamined]
        if not self._standing.is_anchored:
            found.append(Code.ANCHOR_UNWRITTEN)
        # A lock is temporary, so it comes last.
        return tuple(sorted(found, key=lambda code: code is Code.STORE_LOCKED))

    def examine(self, *, aside: bool = True) -> Problem | None:
        """Run the full integrity check; a problem found puts the store in doubt. Slow: call on a thread of its own, unless `aside` is
        False.
        """
        try:
            self._check_files()
            found = self._examination.run(self._standing.last_ends(), aside=aside)
        except Unavailable as error:
            self._unexamined = error.code
            raise
        self._unexamined = None
        if found is not None:
            self._standing.find(found)
            with self._writing():
                self._standing.doubt_it(found)
        return found

    @property
    def is_unexamined(self) -> bool:
        """Whether the last integrity check could not be completed."""
        return self._unexamined is not None

    def stop_examining(self) -> None:
        self._examination.stop()

    def accept_doubt(self, found: Code, *, operator: str | None = None) -> None:
        """Record that staff have examined the problem `found` and accept the store as it is. No-op if the doubt is about something else."""
        with self._writing() as now:
            doubt = self._standing.settle(found)
            if doubt is not None:
                told = [f"{name}:{value}" for name, value in doubt.params]
                self._tell(now, AdministrativeAct.ACCEPTED, None, reason=doubt.code, checked=told, operator=operator)

    def _take_stock(self) -> None:
        with translated(self._path):
            kept = self._standing.load_anchor()
            with self._database.atomic("DEFERRED"):
                settled = self._standing.look(kept)
                # Read before anything is written with the current clock.
                self._left_at = self._audit.latest()
            self._files.begin()
            if settled:
                return
            kept = self._standing.load_anchor()
        with self._writing() as now:
            self._standing.begin(kept)
            # What the migration of this opening wrote was no interruption.
            if self._standing.rows_ahead > self._migration.rows:
                self._tell(now, AdministrativeAct.CAUGHT_UP, None, reason=None)

    def _refuse_doubted(self) -> None:
        if self._standing.doubt is not None:
            raise Unavailable(Code.STORE_DOUBTED)

    def note(self, deed: AdministrativeAct, detail: str | None = None, *, operation: UUID | None = None) -> None:
        """Record an act concerning the store, its keys or its trust settings. `detail` must not be personal. Idempotent per `operation`."""
        with self._writing() as now:
            if operation is None or not self._audit.knows(operation):
                self._tell(now, deed, None, reason=detail, operation=operation)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """A read transaction: one consistent snapshot."""
        with translated(self._path), self._database.atomic("DEFERRED"):
            yield

    @contextmanager
    def _writing(self, parts: Parts = _ACT) -> Iterator[datetime]:
        """A write transaction: atomic and durable, on the files still in place. Waits for other writers only at the start.

        `parts`: of which it is one. Those that a power failure may undo do not wait for the disk, with the lock in hand.
        """
        with translated(self._path):
            self._check_files()
            committing = nullcontext() if parts.is_synced else self._database.unsynced()
            with self._turn, committing, parts.timed(), self._database.atomic("IMMEDIATE"):
                self._standing.begin_act()
                yield self._clock()
                end = self._standing.end_of_act()
            self._check_files()
            self._standing.follow(end)
            with self._files.bringing_in(parts.acts) as is_due:
                if is_due:
                    self._database.bring_in()

    def _let_others_write(self) -> None:
        """Between two parts of what is written in many."""
        Event().wait(PAUSE_SECONDS)

    def _check_files(self) -> None:
        """Check that the files are the ones opened. Raises Unavailable: store-replaced."""
        with translated(self._path):
            try:
                self._files.check()
            except Unavailable:
                if self._files.is_written_over:
                    self._standing.mark()
                raise

    def _tell(
        self,
        now: datetime,
        act: str,
        number: LibraryCardNumber | None,
        *,
        reason: str | None,
        refused: bool = False,
        checked: list[str] | None = None,
        operator: str | None = None,
        operation: UUID | None = None,
    ) -> None:
        """Add an audit row and update the monthly counts."""
        result = "refused" if refused else "done"
        masked = number.masked if number else None
        known_by = str(operation) if operation else None
        self._audit.add(AuditedAct(utc(now), self._counter, operator, act, result, reason, " ".join(checked or ()), masked, known_by))
        if not refused:
            self._figures.count(act, now, reason=reason)


def utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
