"""Authenticates what the ledger keeps in the file beside the links: its notes, this counter's operations, and stops.

The rows are summed as the links are (`ledger/digest.py`), so that one act costs the same however many of them there are.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from typing import Any

from kiosk.ledger.notes import parsed, read_note, write_note
from kiosk.store.cipher import CipherDatabase
from kiosk.store.link_digest import LinkDigest
from kiosk.store.metadata import LEDGER, LEDGER_SEAL, LINKS_DIGEST, ROWS

_MODULUS = 1 << 256
_NOTES = f"SELECT name, value FROM meta WHERE name GLOB '{LEDGER}*' AND name != '{LEDGER_SEAL}' ORDER BY name"  # noqa: S608
_TABLES = {"operation": "SELECT * FROM operation", "stop": "SELECT * FROM stop"}


class LedgerSeal:
    """Every method runs within the caller's transaction."""

    def __init__(self, database: CipherDatabase, digest: LinkDigest) -> None:
        self._database, self._digest = database, digest

    def changed(self, table: str, *, added: Iterable[tuple[Any, ...]] = (), removed: Iterable[tuple[Any, ...]] = ()) -> None:
        """Count rows in and out, each as it lies in its table."""
        change = self._sum(table, added) - self._sum(table, removed)
        if change:
            write_note(self._database, ROWS, f"{(self._kept() + change) % _MODULUS:064x}")

    def renew(self) -> None:
        """At the end of whatever changed the ledger. Nothing is sealed in a store in which nothing was done."""
        if read_note(self._database, LEDGER_SEAL) is not None or not self._is_new():
            write_note(self._database, LEDGER_SEAL, self._sealed())

    def holds(self) -> bool:
        """Whether notes and rows were written with both keys. Reads all rows."""
        seal = read_note(self._database, LEDGER_SEAL)
        if seal is None:
            return self._is_new()
        return hmac.compare_digest(seal.encode(), self._sealed().encode()) and self._kept() == self._counted()

    def take_rows_as_they_are(self) -> None:
        write_note(self._database, ROWS, f"{self._counted():064x}")

    def _is_new(self) -> bool:
        return not self._database.ask(_NOTES).fetchall() and all(not self._rows(table) for table in _TABLES)

    def _sealed(self) -> str:
        notes = [tuple(map(str, row)) for row in self._database.ask(_NOTES).fetchall()]
        return self._digest.seal_note("ledger", repr((notes, read_note(self._database, LINKS_DIGEST))))

    def _kept(self) -> int:
        note = read_note(self._database, ROWS)
        return 0 if note is None else parsed(note, lambda text: int(text, 16))

    def _counted(self) -> int:
        return sum(self._sum(table, self._rows(table)) for table in _TABLES) % _MODULUS

    def _rows(self, table: str) -> list[tuple[Any, ...]]:
        return list(self._database.ask(_TABLES[table]).fetchall())

    def _sum(self, table: str, rows: Iterable[tuple[Any, ...]]) -> int:
        return sum(self._digest.hashes(table, rows))
