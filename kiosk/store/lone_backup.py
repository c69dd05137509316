"""A counter's backup as the library's server reads it, to take in the links of a counter that was alone. Neither it, nor anything beside
it, is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, unique
from pathlib import Path

from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.ledger.audit import AuditEntry, AuditHead, AuditTrail
from kiosk.ledger.migration_runner import version_of
from kiosk.ledger.notes import read_note
from kiosk.ledger.paging import paged
from kiosk.store.backup import check_whole
from kiosk.store.cipher import CipherDatabase, open_file
from kiosk.store.database_files import leftovers
from kiosk.store.error_table import translated
from kiosk.store.examination import Examination
from kiosk.store.integrity import read_doubt
from kiosk.store.keys import Keys
from kiosk.store.ledger_notes import LedgerNotes
from kiosk.store.links import LinkValues
from kiosk.store.metadata import IDENTITY
from kiosk.store.migrations import VERSION
from kiosk.store.recovery import sealed_beside, unseal

_LINKS = "SELECT token, number, since, counter, operation, position FROM link WHERE token > ? ORDER BY token LIMIT ?"
_PAGE = 1000


@unique
class Unfit(StrEnum):
    """Why nothing is taken from a backup. Each has a sentence `command.registry.adopt.unfit.<value>`."""

    ENROLLED = "enrolled"
    """What is in it came from a library's server."""
    DOUBTED = "doubted"
    """Staff have not confirmed it: cards reported lost may be linked in it."""
    EARLIER = "earlier"
    """Made by an earlier version, which kept links in another form."""


class BackupUnfit(Exception):
    def __init__(self, reason: Unfit) -> None:
        super().__init__()
        self.reason = reason


@dataclass(frozen=True, slots=True)
class LoneBackup:
    """One that is open. Raises Unavailable, as all of this module."""

    site_key: bytes = field(repr=False)
    """Under which its tokens were computed."""
    store: str
    """The identity of the store, which its copies share."""
    trail: AuditHead
    counter: str
    """Its name when the backup was made."""
    made: datetime
    """By the counter's clock."""
    database: CipherDatabase = field(repr=False)

    def count(self) -> int:
        return int(self.database.ask("SELECT count(*) FROM link").fetchone()[0])

    def links(self) -> Iterator[LinkValues]:
        """In the order of their tokens."""
        after = b""
        while rows := self.database.ask(_LINKS, (after, _PAGE)).fetchall():
            yield from rows
            after = rows[-1][0]

    def acts(self, after: int) -> Iterator[AuditEntry]:
        """The rows of its trail behind this one."""
        return paged(AuditTrail(self.database).page, after, lambda entry: entry.place)

    def hash_at(self, place: int) -> bytes | None:
        return AuditTrail(self.database).hash_at(place)


def keys_for(backup: Path, site_keys: Iterable[bytes]) -> Keys | None:
    """The keys beside the backup, opened by the first site key that does; None if none does, or the file of keys is damaged.

    Raises Unavailable: store-key-missing; OSError.
    """
    sealed = sealed_beside(backup)
    for site_key in site_keys:
        try:
            return unseal(sealed, site_key)
        except Refused:
            continue
    return None


@contextmanager
def opened_lone(backup: Path, keys: Keys) -> Iterator[LoneBackup]:
    """Open a backup after checking everything in it: each page, the audit trail, and the links against it.

    Raises BackupUnfit; Refused: recovery-leftover; Unavailable, with what is wrong with it.
    """
    with translated(backup):
        if left := leftovers(backup):
            raise Refused(Code.RECOVERY_LEFTOVER, file=str(left[0]))
        check_whole(backup, keys.database)
        with closing(open_file(backup, keys.database, reading=True)) as connection:
            if version_of(connection, VERSION) < VERSION:
                raise BackupUnfit(Unfit.EARLIER)
        database = CipherDatabase(backup, keys.database, reading=True)
        try:
            yield _fit(backup, keys, database)
        finally:
            database.close_all()


def _fit(backup: Path, keys: Keys, database: CipherDatabase) -> LoneBackup:
    if LedgerNotes(database).registry is not None:
        raise BackupUnfit(Unfit.ENROLLED)
    if read_doubt(database) is not None:
        raise BackupUnfit(Unfit.DOUBTED)
    problem = Examination(backup, keys).run(aside=False)
    if problem is not None:
        raise Unavailable(problem.code, **{"place": str(backup), **dict(problem.params)})
    head = AuditTrail(database).head()
    last = next(iter(AuditTrail(database).page(head.rows - 1)), None)
    if last is None:  # each backup holds its own row
        raise Unavailable(Code.STORE_DAMAGED, place=str(backup))
    return LoneBackup(keys.site, read_note(database, IDENTITY) or "", head, last.counter, datetime.fromisoformat(last.at), database)
