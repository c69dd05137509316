"""Begins the next site key: one transaction over all rows that hold a token, with which a new epoch begins.

The key lies beside the ledger's before the transaction begins, as the one that is to follow; the ledger says which of the two it is under.
A kill at any point leaves the ledger under the one or under the other, and whoever opens it next writes down which.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from peewee import Database

from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.errors import Code, KioskError, Unavailable
from kiosk.domain.new_epoch import epochs_after, number_after
from kiosk.ledger.audit import AuditTrail
from kiosk.ledger.bulk import insert
from kiosk.ledger.database import ask
from kiosk.ledger.digest import LinkHash, LinkSum
from kiosk.registry.backup.document import Page
from kiosk.registry.backup.tables import TABLES, Table, allow_pauses, pages_of
from kiosk.registry.codes_for_many import forget_all
from kiosk.registry.counters import server_act
from kiosk.registry.database import RegistryDatabase
from kiosk.registry.head_row import HeadRow, HeadTable
from kiosk.registry.moving.moving_in import LedgerAltered, widen_cache
from kiosk.registry.presence import refuse_if_served
from kiosk.registry.remembered import Remembered, latest_epoch
from kiosk.registry.rotation.wrapping import Wrapping
from kiosk.registry.row_sums import NO_ROWS, SUMMED, RowHash, RowSums
from kiosk.registry.site_key import SiteKey, SiteKeyFile
from kiosk.registry.status.sessions import end_all_sessions

_ASIDE = "wrapped"
"""The table in which links wait until all of the old ones are gone: their key changes, and with it their order."""

_PARTS = 16
"""In which the links are brought back; tokens are as good as random."""


@dataclass(frozen=True, slots=True)
class Rotated:
    site_key: SiteKey
    """The keys since."""
    links: int
    epoch: int


def prepare(file: SiteKeyFile, site_key: SiteKey, now: datetime) -> SiteKey:
    """Save the key that is to follow, if none is to yet, beside the ledger's, which changes nothing. Returns what is there then.

    Raises Unavailable.
    """
    if site_key.next is None:
        site_key = replace(site_key, next=(number_after(site_key.generation, int(now.timestamp())), secrets.token_bytes(32)))
    return file.save(site_key)


def rotate(database: RegistryDatabase, file: SiteKeyFile, site_key: SiteKey, kept: Remembered | None, now: datetime) -> Rotated:
    """Bring the ledger under the key that `prepare` has saved. No server may run on the database. `kept`: what this machine remembers of
    the ledger, which continues it.

    Raises LedgerAltered; Refused: registry-serving. Then the ledger has not changed. Raises Unavailable: then it is under the one key or
    under the other, as after a kill.
    """
    after = site_key.rotated()
    widen_cache(database)
    with database.writing() as transaction:
        allow_pauses(transaction)
        refuse_if_served(transaction)
        row = HeadTable(RowHash(site_key.key, site_key.generation)).lock(transaction)
        if not row.is_sealed:
            raise LedgerAltered
        number = number_after(max(row.epoch, latest_epoch(kept)), int(now.timestamp()))
        epochs = epochs_after(row.epochs, row.cursor, None if kept is None else kept.epochs, number)
        wrapped = _Wrapped(transaction, site_key, after, row)
        wrapped.write_all()
        # What was made with a code cannot be proved under another key, and no administrator's account can be opened.
        forget_all(transaction)
        end_all_sessions(transaction)
        heads = HeadTable(RowHash(after.key))
        begun = heads.begin(transaction, replace(row, key_generation=after.generation), epochs)
        checked = f"epoch:{number} cursor:{begun.cursor} rewritten:{wrapped.links.count}"
        trail = AuditTrail(transaction).add_all([server_act(now, AdministrativeAct.KEY_ROTATED, checked)], row.trail)
        heads.write(transaction, replace(begun, links=wrapped.links, sums=wrapped.sums, trail=trail))
    saved = file.save(after)
    with suppress(KioskError):  # the ledger is under its new key
        database.tidy()
    return Rotated(saved, wrapped.links.count, number)


class _Wrapped:
    """All rows under the new key, and the sums of them. What is read has to be what the head says, or it would be taken for what holds."""

    def __init__(self, database: Database, before: SiteKey, after: SiteKey, row: HeadRow) -> None:
        self._database, self._wrapping, self._row = database, Wrapping(before, after), row
        self._before, self._after = RowHash(before.key), RowHash(after.key)
        self._of_before, self._of_after = LinkHash(before.key), LinkHash(after.key)
        self._found, self.sums = NO_ROWS, NO_ROWS
        self._held, self.links = LinkSum(), LinkSum()

    def write_all(self) -> None:
        """Raises LedgerAltered; Unavailable: store-damaged."""
        try:
            for table in TABLES:
                if table.name in SUMMED:
                    self._write(table)
        except ValueError as error:
            raise Unavailable(Code.STORE_DAMAGED) from error
        if self._found != self._row.sums or self._held != self._row.links:
            raise LedgerAltered

    def _write(self, table: Table) -> None:
        target = table.name
        if table.name == "link":
            target = _ASIDE
            ask(self._database, f"CREATE TABLE {_ASIDE} AS SELECT * FROM link WHERE 1 = 0")  # noqa: S608 - our own names
        for page, wrapped in self._pages(table):
            if wrapped is not page:
                _replace(self._database, table, page, wrapped, target)
        if target == _ASIDE:
            self._bring_back(table)

    def _bring_back(self, table: Table) -> None:
        """In parts, in the order in which the table grows fastest: sorted whole, a million links would take 200 MB."""
        columns = ", ".join(table.columns)
        for part in range(_PARTS):
            above, below = bytes([256 // _PARTS * part]), bytes([256 // _PARTS * (part + 1) - 1]) + b"\xff" * 32
            some = f"SELECT {columns} FROM {_ASIDE} WHERE token >= ? AND token <= ? ORDER BY token"  # noqa: S608 - our own names
            ask(self._database, f"INSERT INTO link ({columns}) {some}", (above, below))
        ask(self._database, f"DROP TABLE {_ASIDE}")

    def _pages(self, table: Table) -> Iterator[tuple[Page, Page]]:
        for page in pages_of(self._database, table):
            wrapped = self._wrapping.page(page)
            self._found = _with(self._found, page, self._before)
            self.sums = _with(self.sums, wrapped, self._after)
            if table.name == "link":
                self._held += self._of_before.of_all(page.of("token", "number", "position"))  # type: ignore[arg-type]
                self.links += self._of_after.of_all(wrapped.of("token", "number", "position"))  # type: ignore[arg-type]
            yield page, wrapped


def _with(sums: RowSums, page: Page, hashes: RowHash) -> RowSums:
    return sums.and_then(page.table, added=hashes.of(page.table, page.rows))


def _replace(database: Database, table: Table, page: Page, wrapped: Page, target: str) -> None:
    """Write the rows of one page anew, in their own table or in another one."""
    key = ", ".join([*table.columns][: table.key])
    marks = ", ".join("?" * table.key)
    first, last = page.rows[0][: table.key], page.rows[-1][: table.key]
    ask(database, f"DELETE FROM {table.name} WHERE ({key}) >= ({marks}) AND ({key}) <= ({marks})", (*first, *last))  # noqa: S608 - our own names
    insert(database, target, table.columns, wrapped.rows)
