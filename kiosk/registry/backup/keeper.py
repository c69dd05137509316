"""What keeps a ledger restorable while its server runs: backups by timetable, what counters may forget, what outlives a restore."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from threading import Event

from kiosk.config import file_trouble
from kiosk.config.file_lock import held
from kiosk.config.private_files import read_private
from kiosk.config.registry_home import RegistryHome
from kiosk.config.registry_settings import RegistrySettings
from kiosk.domain.errors import Code, KioskError, Refused, Unavailable
from kiosk.domain.new_epoch import LARGEST_HEARD
from kiosk.domain.wire import Position
from kiosk.incidents import RecurringIncidents
from kiosk.log_news import LogNews
from kiosk.registry import presence
from kiosk.registry.backup.document import KeptFile
from kiosk.registry.backup.failure import failure_of, load_failure, save_failure
from kiosk.registry.backup.folder import Found, Kept, delete_old, seen_in
from kiosk.registry.backup.making import make_backup
from kiosk.registry.backup.safe import safe_among, safe_with, server_name
from kiosk.registry.backup.timetable import Timetable, pause_after
from kiosk.registry.failover import Failover, note_timeline
from kiosk.registry.head_row import HeadTable
from kiosk.registry.ledger import RegistryLedger
from kiosk.registry.remembered import Ahead, common_at_least
from kiosk.registry.remembered_file import RememberedFile
from kiosk.registry.row_sums import RowHash
from kiosk.registry.said import Said, check_said

_log = logging.getLogger(__name__)
_EVERY_SECONDS = 5.0
AUTHORITY = "authority.pem"
"""In the folder of keys: an empty machine needs it, since counters trust no other."""


@dataclass(frozen=True, slots=True)
class BackupPlan:
    """Where and when backups are made, and how many are kept."""

    folder: Path
    keys: Path
    """The folder of keys, for what lies beside them."""
    lock: Path
    failure: Path
    timetable: Timetable
    keep: int
    server: str = ""
    """Distinguishes servers over one database."""


def plan_of(home: RegistryHome, settings: RegistrySettings) -> BackupPlan:
    """What a server's home and registry.toml say."""
    return BackupPlan(
        folder=home.backups(settings.backup),
        keys=home.keys(settings.keys),
        lock=home.folder / "backup.lock",
        failure=home.folder / "backup-failure.json",
        timetable=Timetable(settings.backup.hour, settings.backup.every_hours),
        keep=settings.backup.keep,
        server=server_name(home.folder),
    )


class BackupKeeper:
    """`guard` and `run` belong to a thread each, the others to either or to a command's."""

    def __init__(self, plan: BackupPlan, ledger: RegistryLedger, site_key: bytes, clock: Callable[[], datetime]) -> None:
        self.plan, self._ledger, self._site_key, self._clock = plan, ledger, site_key, clock
        self._library = ledger.library
        self._remembered, self._news = RememberedFile(plan.keys), LogNews()

    def check(self) -> None:
        """Before a server answers anybody. Raises Refused: registry-put-back, registry-serving (it is being restored); Unavailable."""
        self._ledger.database.read(presence.announce)
        self._check_order()
        self._look_at_seal()

    def _check_order(self) -> None:
        """Raises Refused: registry-put-back, unless a failover explains it and a new epoch mends it; Unavailable."""
        database = self._ledger.database
        said = self._ledger.said.said()
        try:
            self._compare(said)
        except Refused as put_back:
            if put_back.code is not Code.REGISTRY_PUT_BACK:
                raise
            if not self._has_failed_over(said):
                # The epoch may have begun meanwhile, on another thread of this server, and be remembered: then nothing is lacking any more.
                self._compare(said)
        else:
            note_timeline(database, self._clock())
            if self.is_behind():
                self._has_failed_over(said)

    def _compare(self, said: Said | None) -> None:
        """Raises Refused: registry-put-back, if the database lacks what was told; Unavailable."""
        self.remember()
        with self._ledger.database.reading() as snapshot:
            check_said(snapshot, said)

    def _has_failed_over(self, said: Said | None) -> bool:
        if (kept := self._remembered.load()) is None:
            return False
        marks = self._ledger.said.marks(kept.epochs.current)
        if not Failover(kept, marks, said, self._site_key, self._clock()).settle(self._ledger.database):
            return False
        self.remember()
        return True

    def _look_at_seal(self) -> None:
        """The nightly check tells more, and too late for who is at work on the database just now."""
        is_sealed = self._ledger.database.read(HeadTable(RowHash(self._site_key)).read).is_sealed
        if is_sealed:
            self._news.is_over("seal")
        elif self._news.is_news("seal"):
            _log.error("altered behind the program: head")

    def guard(self, stopped: Event, end: Callable[[KioskError], None]) -> None:
        """`check` every few seconds until `stopped`. Never looks at the folder of backups: a share that hangs must not keep it.

        `end` is called once if the server may not go on: the ledger was put back under it, is being put back, or its file was exchanged.
        """
        self._repeat(self.check, stopped, end)

    def run(self, stopped: Event) -> None:
        """Look after the backups until `stopped`, or until the server may not go on."""
        self._repeat(self.tick, stopped, lambda error: None)

    def _repeat(self, work: Callable[[], None], stopped: Event, end: Callable[[KioskError], None]) -> None:
        """What fails is tried again; a bug is reported, and does not end it."""
        bugs = RecurringIncidents()
        while not stopped.is_set():
            try:
                work()
                if self._news.is_over(work.__name__):
                    _log.info("the ledger is looked after again")
            except KioskError as error:
                if isinstance(error, Refused) or error.code is Code.LEDGER_EXCHANGED:
                    _log.error("the server may not go on: %s", error.code)
                    end(error)
                    break
                if self._news.is_news(work.__name__, error.code):
                    _log.warning("the ledger is not looked after: %s", error.code)
            except Exception as error:
                bugs.record(error)
            stopped.wait(_EVERY_SECONDS)
        self.leave()

    def leave(self) -> None:
        """The server no longer works on the database from this thread."""
        try:
            self._ledger.database.read(presence.withdraw)
        except KioskError:
            pass  # the connection is gone, and with it the announcement
        finally:
            self._ledger.database.close()

    def tick(self) -> None:
        """Raises KioskError: registry-serving, registry-put-back, the store's codes. A failed backup is noted, not raised."""
        self.check()
        if self._is_due():
            self._try()
        self.keep_safe()

    def remember(self) -> None:
        """Write down what outlives a restore. Raises Refused: registry-put-back; Unavailable."""
        self._remembered.take(self._ledger.database)

    def hear_ahead(self, counter: str, known: Position) -> None:
        """A counter knows a position that the ledger does not have: what was accepted in between is lost here, or another server has it.

        The server goes on for those who know no more than it does: nobody who may ask can end it by a claim. Those who know more take
        nothing from it until another epoch begins. From any thread. Raises Unavailable: then nothing is remembered.
        """
        if known.epoch > LARGEST_HEARD:
            return
        head = self._ledger.head()
        ahead = Ahead(known, counter, common_at_least(head.epochs, head.floor))
        if self._remembered.hear(ahead):
            told = counter, known.epoch, known.cursor, head.position.epoch, head.position.cursor
            _log.error("the ledger is behind its counters: %s knows %d/%d, here it ends at %d/%d", *told)

    def back_up(self, folder: Path | None = None) -> Kept:
        """Make a backup now, in the folder of the timetable or in another, which is not looked after. Raises Unavailable: backup-failed."""
        target = folder or self.plan.folder
        try:
            with held(self.plan.lock, 0):
                kept = make_backup(self._ledger.database, self._site_key, self._files(), target, self._clock(), self._ledger.earlier)
                if folder is None:
                    if not self.is_behind():
                        delete_old(self.found().as_of(self._clock()), self.plan.keep)
                    save_failure(self.plan.failure, None)
        except TimeoutError as error:
            raise Unavailable(Code.BACKUP_FAILED, place=str(target), reason="under-way") from error
        except OSError as error:
            raise Unavailable(Code.BACKUP_FAILED, place=str(target), reason=file_trouble(error, target).value) from error
        self.keep_safe()
        return kept

    def keep_safe(self) -> None:
        """Tell counters, through the head, what all backups hold that are kept. Writes only what is new."""
        if self.is_behind():
            return
        seen = self._seen()
        found = None if seen is None else seen.backups
        if not self._is_safe_new(found):
            return
        with self._ledger.database.writing() as database:
            head = HeadTable(RowHash(self._site_key))
            row = head.lock(database)
            safe = min(safe_with(database, self.plan.server, found, row.epochs, self._clock()), row.cursor)
            if safe != row.safe:
                head.write(database, replace(row, safe=safe))

    def is_behind(self) -> bool:
        """Whether the backups may be of an order that was lost here: then they make nothing safe, and none of them is given up."""
        known = self._remembered.load()
        return known is not None and known.ahead is not None

    def _is_safe_new(self, found: Sequence[Kept] | None) -> bool:
        """Asked every few seconds, so without the lock that whoever writes operations waits for."""
        with self._ledger.database.reading() as database:
            row = HeadTable().read(database)
            safe = safe_among(database, self.plan.server, found, row.epochs, self._clock())
        return safe.is_note_new or min(safe.cursor, row.cursor) != row.safe

    def found(self) -> Found:
        """The backups in the folder of the timetable; none where it cannot be read."""
        return self._seen() or Found()

    def _seen(self) -> Found | None:
        return seen_in(self.plan.folder, self._site_key, self._library)

    def _is_due(self) -> bool:
        now = self._clock()
        newest = self.found().as_of(now).newest
        if not self.plan.timetable.is_due(None if newest is None else _local(newest.manifest.made), _local(now)):
            return False
        failed = load_failure(self.plan.failure)
        # One that lies ahead was noted by a wrong clock.
        return failed is None or not failed.last <= now < failed.last + pause_after(failed.count)

    def _try(self) -> None:
        try:
            self.back_up()
            if self._news.is_over("backup"):
                _log.info("backups are made again")
        except KioskError as error:
            reason = str(error.params.get("reason", ""))
            if self._news.is_news("backup", (error.code, reason)):
                _log.warning("no backup: %s %s", error.code, reason)
            failed, now = load_failure(self.plan.failure), self._clock()
            save_failure(self.plan.failure, failure_of(error, now) if failed is None else failed.after(error, now))

    def _files(self) -> list[KeptFile]:
        path = self.plan.keys / AUTHORITY
        try:
            return [KeptFile(AUTHORITY, read_private(path))]
        except FileNotFoundError:
            return []  # the library brings its own certificate


def _local(moment: datetime) -> datetime:
    return moment.astimezone().replace(tzinfo=None)
