"""Sums of keyed hashes of all rows that count, and the seal of the head that holds them: what is changed behind the program shows.

Kept up by whoever writes rows, from what it writes and deletes, never from what it finds: a row that somebody else changed stays a
difference for ever. Whoever has the database without the site key can neither compute a hash nor the seal.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from peewee import Database

from kiosk.ledger.bulk import Value
from kiosk.ledger.key_derivation import derived
from kiosk.registry.backup.tables import TABLES, pages_of

SUMMED = ("counter", "link", "stop", "operation", "feed")
_MODULUS = 1 << 256
_ENCODED = re.compile(f"[0-9a-f]{{64}}(?: [0-9a-f]{{64}}){{{len(SUMMED) - 1}}}")


@dataclass(frozen=True, slots=True)
class RowSums:
    """One sum for each table. Not for others than the database: two of them give away the hash of what lies between."""

    totals: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(SUMMED, 0))

    def and_then(self, table: str, added: int = 0, removed: int = 0) -> RowSums:
        return replace(self, totals={**self.totals, table: (self.totals[table] + added - removed) % _MODULUS})

    def encoded(self) -> str:
        return " ".join(f"{self.totals[table]:064x}" for table in SUMMED)

    @classmethod
    def decoded(cls, text: str) -> RowSums:
        """Parse what `encoded` returned. Raises ValueError for anything else."""
        if _ENCODED.fullmatch(text) is None:
            raise ValueError("no sums of rows")
        return cls({table: int(total, 16) for table, total in zip(SUMMED, text.split(), strict=True)})


NO_ROWS = RowSums()


class RowHash:
    """The hash of a row, and the seal of what the head says, under keys derived from one site key."""

    def __init__(self, site_key: bytes, generation: int | None = None) -> None:
        """`generation`: of the site key, by which it shows that the ledger has another one by now."""
        self.generation = generation
        key = derived(site_key, b"kiosk-registry-rows-1")
        # Keyed BLAKE2b (RFC 7693): a third of the time of HMAC-SHA-256, and each operation writes three rows.
        self._begun = {table: hashlib.blake2b(key=key, digest_size=32, person=table.encode()) for table in SUMMED}
        self._seal = derived(site_key, b"kiosk-registry-head-1")

    def of(self, table: str, rows: Iterable[Sequence[Value]]) -> int:
        """The sum of the hashes of rows, whose columns come in the order of the schema."""
        total, begun = 0, self._begun[table]
        for row in rows:
            hashed = begun.copy()
            # Tells texts from bytes and numbers, and where each ends; the same for every version of Unicode.
            hashed.update(ascii(tuple(row)).encode())
            total += int.from_bytes(hashed.digest(), "big")
        return total % _MODULUS

    def of_database(self, database: Database, pause: Callable[[], None] = lambda: None) -> RowSums:
        """The sums of all rows that are there. Takes long; `pause` is called often."""
        sums = NO_ROWS
        for table in TABLES:
            if table.name in SUMMED:
                for page in pages_of(database, table):
                    sums = sums.and_then(table.name, self.of(table.name, page.rows))
                    pause()
        return sums

    def seal(self, values: tuple[Any, ...]) -> str:
        """Of what the head says: numbers, texts, and tuples of them."""
        return hmac.digest(self._seal, ascii(values).encode(), "sha256").hex()
