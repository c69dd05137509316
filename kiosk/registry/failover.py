"""After a failover of PostgreSQL: what was told and is not there any more begins a new epoch, without anybody being asked.

Patroni may lose a commit even under `synchronous_mode` (its documentation, "Replication modes"): one whose wait for the standby was
cancelled, or that was written while there was no standby. Nobody has a backup of that moment, so there is nothing to decide: as long as
counters still hold all that is lost, they send it again in the new epoch, each operation with its UUID, stops first. A database that was
put back by hand runs in the same timeline, and is left to people (`registry-put-back`).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from peewee import Database

from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.new_epoch import epochs_after, number_after
from kiosk.ledger.audit import AuditTrail
from kiosk.ledger.database import ask
from kiosk.ledger.notes import read_note, write_note
from kiosk.registry.counters import server_act
from kiosk.registry.database import RegistryDatabase
from kiosk.registry.head_row import HeadRow, HeadTable
from kiosk.registry.notes import TIMELINE
from kiosk.registry.remembered import (
    Mark,
    Remembered,
    latest_epoch,
    lost_lists,
    merged,
    remembered_of,
    was_put_back,
    write_counters,
    write_revoked,
)
from kiosk.registry.row_sums import RowHash
from kiosk.registry.rows import ask_counters
from kiosk.registry.said import Said, ask_standing_of, last_common

_log = logging.getLogger(__name__)
_RECENT = timedelta(days=1)
"""In which counters that were switched off come back and know more; and later a ledger that lacks something was put back by hand."""


@dataclass(frozen=True, slots=True)
class _Timeline:
    """Which the ledger was last seen in."""

    number: int
    epoch: int
    """That ran when it was first seen in it, after a failover; 0 once another has begun because of that, or if there was none."""
    since: int
    """Unix seconds."""

    def encoded(self) -> str:
        return f"{self.number} {self.epoch} {self.since}"

    @classmethod
    def decoded(cls, note: str | None) -> _Timeline | None:
        """None for what nobody of ours wrote."""
        try:
            number, epoch, since = map(int, (note or "").split())
        except ValueError:
            return None
        return cls(number, epoch, since)


def note_timeline(database: RegistryDatabase, now: datetime) -> None:
    """Notice a failover. Raises Unavailable: store-read-only, on a standby."""
    if not database.is_postgresql or not database.read(_is_new):
        return
    with database.writing() as transaction:
        epoch, before, running = HeadTable().lock(transaction).epoch, _noted(transaction), _running(transaction)
        if _is_new(transaction):
            is_promoted = before is not None and running > before.number
            write_note(transaction, TIMELINE, _Timeline(running, epoch if is_promoted else 0, int(now.timestamp())).encoded())
            if is_promoted:
                _log.warning("the database has failed over: timeline %d", running)


@dataclass(frozen=True, slots=True)
class Failover:
    """`kept`: what this machine remembers; `marks`, `said`: what this process has said of the order."""

    kept: Remembered
    marks: Sequence[Mark]
    said: Said | None
    site_key: bytes
    now: datetime

    def settle(self, database: RegistryDatabase) -> bool:
        """Begin an epoch if something was lost in a failover, and all of it is still with counters. Returns whether one began, here or by
        another server. Raises Unavailable.
        """
        if not database.is_postgresql:
            return False
        with database.writing() as transaction:
            return self._settled(transaction)

    def _settled(self, database: Database) -> bool:
        hashes = RowHash(self.site_key)
        heads = HeadTable(hashes)
        row = heads.lock(database)
        if row.epoch > self.kept.epochs.current:
            return True
        present = remembered_of(database)
        # A head that somebody else wrote is not sealed anew, and nobody knows what it says.
        if present is None or not row.is_sealed or not self._failed_over(database, row.epoch):
            return False
        if self._is_put_back(database, row):
            cut = last_common(database, (*self.kept.marks, *self.marks), row)
            # What backups held counters may have forgotten, and nobody sends a list again: then a backup is the better way.
            if cut < self.kept.safe or lost_lists(self.kept, present):
                return False
        elif self.kept.ahead is not None:
            # Only a counter knows. It may ask for this once in a failover, so that no stolen secret begins one epoch after the other.
            cut = min(self.kept.ahead.common, row.cursor)
        else:
            return False
        number = number_after(max(row.epoch, latest_epoch(self.kept)), int(self.now.timestamp()))
        begun = heads.begin(database, row, epochs_after(row.epochs, cut, self.kept.epochs, number))
        rows_before = ask_counters(database)()
        write_counters(database, merged(present.counters, self.kept.counters))
        write_revoked(database, self.kept.revoked)
        sums = begun.sums.and_then("counter", hashes.of("counter", ask_counters(database)()), hashes.of("counter", rows_before))
        act = server_act(self.now, AdministrativeAct.EPOCH_BEGUN, f"epoch:{number} cursor:{cut} failover")
        heads.write(database, replace(begun, sums=sums, trail=AuditTrail(database).add_all([act], row.trail)))
        write_note(database, TIMELINE, _Timeline(_running(database), 0, int(self.now.timestamp())).encoded())
        _log.error("lost in a failover: epoch %d begins, of the one before %d holds", number, cut)
        return True

    def _is_put_back(self, database: Database, row: HeadRow) -> bool:
        if was_put_back(database, self.kept):
            return True
        return self.said is not None and self.said.is_lost_at(row.position, row.floor, ask_standing_of(database, self.said)())

    def _failed_over(self, database: Database, epoch: int) -> bool:
        """In a timeline that was not there before, or not for long, and in which no epoch has begun because of that."""
        noted, running = _noted(database), _running(database)
        if noted is None or noted.number != running:
            return noted is not None and noted.number < running
        return noted.epoch == epoch and 0 <= self.now.timestamp() - noted.since < _RECENT.total_seconds()


def _noted(database: Database) -> _Timeline | None:
    return _Timeline.decoded(read_note(database, TIMELINE))


def _is_new(database: Database) -> bool:
    noted = _noted(database)
    return noted is None or noted.number != _running(database)


def _running(database: Database) -> int:
    """PostgreSQL's timeline, which each promotion counts up: the first eight digits of a WAL file's name.

    https://www.postgresql.org/docs/15/continuous-archiving.html#BACKUP-TIMELINES
    """
    if ask(database, "SELECT pg_is_in_recovery()").fetchone()[0]:
        raise Unavailable(Code.STORE_READ_ONLY)
    return int(str(ask(database, "SELECT pg_walfile_name(pg_current_wal_lsn())").fetchone()[0])[:8], 16)
