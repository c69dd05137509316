"""Migration 5: what sync needs. A number's token in a table instead of an index, the tables of a snapshot that is being taken over, and a
seal that is renewed without reading every row.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Any

from kiosk.ledger.key_derivation import derived
from kiosk.store.keys import Keys

_TABLES = (
    "DROP INDEX link_number",
    """CREATE TABLE link_number (
        number TEXT NOT NULL PRIMARY KEY,
        token BLOB NOT NULL
    ) WITHOUT ROWID""",
    "INSERT INTO link_number (number, token) SELECT number, token FROM link ORDER BY number",
    """CREATE TABLE staged_link (
        token BLOB NOT NULL PRIMARY KEY,
        number TEXT NOT NULL,
        since TEXT NOT NULL,
        counter TEXT NOT NULL,
        operation TEXT NOT NULL,
        position INTEGER NOT NULL
    ) WITHOUT ROWID""",
    """CREATE TABLE staged_link_number (
        number TEXT NOT NULL PRIMARY KEY,
        token BLOB NOT NULL
    ) WITHOUT ROWID""",
)
_NOTE = "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"


def sync_step(keys: Keys) -> Callable[[Any], None]:
    """The step for `migrate`. A seal that is not that of these keys is left as it is, for the start that follows to find."""

    def step(connection: Any) -> None:
        for statement in _TABLES:
            connection.execute(statement)
        notes = {str(name): str(value) for name, value in connection.execute("SELECT name, value FROM meta").fetchall()}
        seal = notes.get("ledger.seal")
        if seal is None:
            return
        key, identity = derived(keys.database + keys.site, b"kiosk-links-1"), notes.get("store.identity", "")
        operations = [tuple(row) for row in connection.execute("SELECT * FROM operation ORDER BY uuid").fetchall()]
        stops = [tuple(row) for row in connection.execute("SELECT * FROM stop ORDER BY place").fetchall()]
        try:
            told = f"({_told(notes)}, {operations!r}, {stops!r})"
        except ValueError:
            return
        if not hmac.compare_digest(seal.encode(), hmac.digest(key, f"note {identity} ledger {told}".encode(), "sha256").hex().encode()):
            return
        rows = 0
        for table, those in (("operation", operations), ("stop", stops)):
            rows += sum(int.from_bytes(hmac.digest(key, f"row {identity} {table} {row!r}".encode(), "sha256"), "big") for row in those)
        if rows:
            notes["ledger.rows"] = f"{rows % (1 << 256):064x}"
            connection.execute(_NOTE, ("ledger.rows", notes["ledger.rows"]))
        sealed = sorted((name, value) for name, value in notes.items() if name.startswith("ledger.") and name != "ledger.seal")
        told = f"({sealed!r}, {notes.get('links.digest')!r})"
        seal = hmac.digest(key, f"note {identity} ledger {told}".encode(), "sha256").hex()
        connection.execute(_NOTE, ("ledger.seal", seal))

    return step


def _told(notes: dict[str, str]) -> str:
    """What version 4 sealed beside operations and stops, as it spelt it. Raises ValueError for notes it did not write."""
    epoch, cursor = map(int, notes.get("ledger.position", "0 0").split())
    cuts = tuple((int(one), int(at)) for one, _, at in (cut.partition(":") for cut in notes.get("ledger.cuts", "").split()))
    generation, sequence = int(notes.get("ledger.key-generation", 0)), int(notes.get("ledger.sequence", 0))
    links = "None"
    if "links.digest" in notes:
        count, total = notes["links.digest"].split()
        links = f"LinkSum(count={int(count)}, total={int(total, 16)})"
    registry = repr(notes.get("ledger.registry"))
    ledger = f"Position(epoch={epoch}, cursor={cursor}), Epochs(current={epoch}, cuts={cuts!r})"
    return f"({registry}, {ledger}, {generation}, {sequence}, {links})"
