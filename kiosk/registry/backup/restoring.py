"""Puts a backup back: on an empty machine with the recovery sheet alone, or over a ledger of the same library. A new epoch begins with it.

Everything is read and checked before anything is changed. The keys come first: a machine that has them and no ledger serves nobody, and
the restore can be repeated. Rows and epoch are one transaction. A kill leaves what was there before, or all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from peewee import Database

from kiosk.config.file_replacement import rename
from kiosk.config.private_files import save_private
from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.domain.new_epoch import epochs_after, number_after
from kiosk.domain.wire import Position
from kiosk.ledger.audit import AuditTrail
from kiosk.ledger.digest import LinkHash
from kiosk.ledger.disk_errors import disk_translated
from kiosk.registry.backup.contents import Contents
from kiosk.registry.backup.document import Page
from kiosk.registry.backup.folder import seen_in
from kiosk.registry.backup.reading import records_of, unusable, verify
from kiosk.registry.backup.safe import safe_with
from kiosk.registry.backup.tables import allow_pauses, empty_all, write_page
from kiosk.registry.counters import server_act, told
from kiosk.registry.database import RegistryDatabase
from kiosk.registry.head_row import HeadRow, HeadTable
from kiosk.registry.models import CounterState
from kiosk.registry.presence import refuse_if_served
from kiosk.registry.remembered import (
    MovedList,
    Remembered,
    common_at_most,
    common_with,
    latest_epoch,
    latest_of,
    lost_lists,
    merged,
    remembered_of,
    write_counters,
    write_revoked,
)
from kiosk.registry.remembered_file import RememberedFile
from kiosk.registry.rotation.wrapping import Wrapping
from kiosk.registry.row_sums import RowHash
from kiosk.registry.site_key import SiteKey, SiteKeyFile
from kiosk.registry.verification import sum_of_links, verify_rows


@dataclass(frozen=True, slots=True)
class Machine:
    """Where a server's things are."""

    keys: Path
    """The folder of keys."""
    backups: Path
    open: Callable[[], RegistryDatabase]
    """Opens the database, and creates it where there is none."""
    file: Path | None = None
    """Of SQLite: one that is damaged gives way to a new one."""
    server: str = ""
    """Distinguishes servers over one database."""


@dataclass(frozen=True, slots=True)
class Restored:
    """The result of a restore."""

    contents: Contents
    now: Remembered
    """The ledger as it stands in the new epoch."""
    before: Remembered | None
    """What this machine knew before."""
    set_aside: tuple[Path, ...] = ()
    """Files of a damaged database, under their new names."""

    @property
    def lacking(self) -> int | None:
        """How many operations, accepted since, this machine knew of. Counters send again those they still keep. None: unknown."""
        if self.before is None or self.before.ahead is not None:
            return None
        return self._above_the_cut(self.before.position.cursor)

    @property
    def lost_lists(self) -> tuple[MovedList, ...]:
        """What was taken in since: nobody sends it again."""
        return lost_lists(self.before, self.now)

    @property
    def forgotten(self) -> int:
        """How many of them counters may have forgotten, since other backups held them: only a newer backup has those."""
        if self.before is None:
            return 0
        held = self.contents.manifest.position
        if self.before.ahead is not None and held.epoch == self.before.epochs.current:
            # The cut is lower than what is known to be lost.
            return max(0, self.before.safe - held.cursor)
        return self._above_the_cut(self.before.safe)

    def _above_the_cut(self, cursor: int) -> int:
        assert self.before is not None  # noqa: S101 - both callers have looked
        entries = cursor - self.now.epochs.effective(Position(self.before.epochs.current, cursor))
        return max(0, entries - sum(lost.cursor <= cursor for lost in self.lost_lists))


def restore(
    machine: Machine, backup: Path, site_key: bytes, now: datetime, *, replaces: bool = False, revoke: Sequence[str] = ()
) -> Restored:
    """Restore a backup; no server may run on the database. `replaces`: the ledger that is there is given up. `revoke`: names of counters
    that are shut out from the first moment.

    Raises Refused: registry-backup-unusable, registry-occupied, registry-serving, counter-unknown (`name`); Unavailable; OSError for the
    backup. Then the ledger has not changed.
    """
    contents = verify(backup, site_key)
    known = {name for name, _ in contents.counters}
    for name in revoke:
        if name not in known:
            raise Refused(Code.COUNTER_UNKNOWN, name=name)
    keys = _keys_of(machine, site_key, contents, backup)
    remembered = _of_library(RememberedFile(machine.keys).load(), contents, backup)
    put = partial(_put, machine, contents, backup, keys, now, remembered, replaces=replaces, revoke=revoke)
    try:
        return put()
    except Unavailable as error:
        if error.code is not Code.STORE_DAMAGED or not replaces or machine.file is None:
            raise
        moved = _set_aside(machine.file, now)
        return replace(put(), set_aside=moved)


def _put(
    machine: Machine,
    contents: Contents,
    backup: Path,
    keys: _Keys,
    now: datetime,
    remembered: Remembered | None,
    *,
    replaces: bool,
    revoke: Sequence[str],
) -> Restored:
    database = machine.open()
    try:
        with database.reading() as snapshot:
            refuse_if_served(snapshot)
            present = _of_library(remembered_of(snapshot), contents, backup)
        if present is not None and not replaces:
            raise Refused(Code.REGISTRY_OCCUPIED, reason="ledger")
        before = latest_of(remembered, present)
        _save_keys(machine, contents, keys.wanted)
        with database.writing() as transaction:
            refuse_if_served(transaction)
            _load(transaction, contents, backup, keys)
            found = _begin(transaction, machine, keys.wanted, before, None, AdministrativeAct.RESTORE, now, revoke)
    finally:
        database.close()
    RememberedFile(machine.keys).save(found)
    return Restored(contents, found, before)


def begin_epoch(machine: Machine, site_key: SiteKey, cut: int | None, now: datetime) -> Remembered:
    """Begin a new epoch without a backup, after the database lost something; no server may run on it. `cut`: up to where the order is
    known to be the one of before; by default as far as the operations prove that this machine remembers. A lower cut costs nothing but that
    counters send more of their operations again. Returns the ledger as it stands then.

    Raises Refused: registry-serving, position-unknown (`cut` lies above the head); Unavailable: store-missing, where no ledger was begun;
    site-key-generation.
    """
    database = machine.open()
    try:
        with database.writing() as transaction:
            refuse_if_served(transaction)
            present = remembered_of(transaction)
            if present is None:
                raise Unavailable(Code.STORE_MISSING, file=database.place)
            if cut is not None and cut > present.position.cursor:
                raise Refused(Code.POSITION_UNKNOWN, cursor=cut, head=present.position.cursor)
            kept = RememberedFile(machine.keys).load()
            proven = common_with(transaction, kept) if cut is None else cut
            found = _begin(transaction, machine, site_key, latest_of(kept, present), proven, AdministrativeAct.EPOCH_BEGUN, now)
    finally:
        database.close()
    RememberedFile(machine.keys).save(found)
    return found


def _set_aside(path: Path, now: datetime) -> tuple[Path, ...]:
    """Rename a damaged database and what belongs to it: a log left beside a new file would be applied to that."""
    moved = []
    with disk_translated(path):
        for suffix in ("-wal", "-shm", "-journal", ""):
            left = path.with_name(f"{path.name}{suffix}")
            if left.exists():
                target = path.with_name(f"{path.name}-damaged-{now:%Y%m%d-%H%M%S}{suffix}")
                rename(left, target)
                moved.append(target)
    return tuple(moved)


@dataclass(frozen=True, slots=True)
class _Keys:
    of_backup: SiteKey
    wanted: SiteKey
    """Those the ledger is under afterwards: a backup of before a rotation is brought under the key since."""


def _keys_of(machine: Machine, site_key: bytes, contents: Contents, backup: Path) -> _Keys:
    manifest, present = contents.manifest, SiteKeyFile(machine.keys).load()
    told = SiteKey(site_key, manifest.library, manifest.key_generation, earlier=manifest.earlier)
    if present is None:
        return _Keys(told, told)
    before = present.as_of(site_key)
    if before is None and told.as_of(present.key) is None:
        raise Refused(Code.REGISTRY_OCCUPIED, reason="other-key")
    if present.library != manifest.library:
        raise unusable(backup, "other-library")
    return _Keys(told, told) if before is None else _Keys(before, present)


def _of_library(known: Remembered | None, contents: Contents, backup: Path) -> Remembered | None:
    if known is not None and known.library != contents.manifest.library:
        raise unusable(backup, "other-library")
    return known


def _save_keys(machine: Machine, contents: Contents, site_key: SiteKey) -> None:
    """The keys that an empty machine lacks. Those that are there stay: an authority that is there is what counters trust since."""
    SiteKeyFile(machine.keys).save(site_key)
    for kept in contents.files:
        path = machine.keys / Path(kept.name).name
        with disk_translated(path):
            save_private(path, kept.content)


def _load(database: Database, contents: Contents, backup: Path, keys: _Keys) -> None:
    allow_pauses(database)
    empty_all(database)
    records, wrapping = records_of(backup, keys.of_backup.key), Wrapping(keys.of_backup, keys.wanted)
    # The file was read before; what is loaded is what was checked then, or nothing.
    if next(records) != contents.manifest:
        raise unusable(backup, "damaged")
    for record in records:
        if isinstance(record, Page):
            write_page(database, wrapping.page(record))


def _begin(
    database: Database,
    machine: Machine,
    site_key: SiteKey,
    before: Remembered | None,
    cut: int | None,
    act: AdministrativeAct,
    now: datetime,
    revoke: Iterable[str] = (),
) -> Remembered:
    """Begin the epoch within the transaction that made it necessary."""
    # By its generation: a key that was rotated elsewhere meanwhile seals nothing.
    hashes = RowHash(site_key.key, site_key.generation)
    head = HeadTable(hashes)
    row = head.lock(database)
    altered = "" if cut is None else _altered(database, row, site_key.key)
    number = number_after(max(row.epoch, latest_epoch(before)), int(now.timestamp()))
    held = common_at_most(database, before, row) if cut is None else cut
    epochs = epochs_after(row.epochs, held, None if before is None else before.epochs, number)
    begun = head.begin(database, row, epochs)
    loaded = remembered_of(database)
    assert loaded is not None  # noqa: S101 - its head was just written
    seen = seen_in(machine.backups, site_key.key, loaded.library)
    backups = None if seen is None else seen.backups
    safe = min(safe_with(database, machine.server, backups, epochs, now), begun.cursor)
    changed = told(now)
    counters = merged(loaded.counters, () if before is None else before.counters)
    shut_out = frozenset(revoke)
    counters = tuple(replace(one, state=CounterState.REVOKED, changed=changed) if one.name in shut_out else one for one in counters)
    write_counters(database, counters)
    revoked = loaded.revoked | (frozenset() if before is None else before.revoked)
    write_revoked(database, revoked)
    trail = AuditTrail(database).add_all([server_act(now, act, f"epoch:{number} cursor:{held}{altered}")])
    # Whoever begins an epoch takes what stands for what holds: it is sealed as it is, and the trail says what was altered before.
    links, sums = sum_of_links(database, LinkHash(site_key.key)), hashes.of_database(database)
    head.write(database, replace(begun, links=links, safe=safe, sums=sums, trail=trail, is_sealed=True))
    return replace(loaded, safe=safe, counters=counters, revoked=revoked, trail=trail)


def _altered(database: Database, row: HeadRow, site_key: bytes) -> str:
    findings = verify_rows(database, row, LinkHash(site_key), RowHash(site_key), AuditTrail(database)).findings
    return f" altered:{' '.join(findings)}" if findings else ""
