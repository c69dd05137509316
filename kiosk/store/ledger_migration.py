"""Migration 4: the ledger. Drops all links, since their tokens were derived in a way no longer used, and says so in the audit trail.

A token holds nothing from which the new one could be derived; each patron has to register once more. No library was live.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.calendar import JAPAN
from kiosk.domain.model import LibraryCardNumber
from kiosk.ledger.audit import RELEASE, digest_of

REASON = "token-changed"
_HEAD = re.compile(r"[0-9]{1,15} [0-9a-f]{64}")
_TABLES = (
    "DROP TABLE link",
    "DROP TABLE outbox",
    """CREATE TABLE link (
        token BLOB NOT NULL PRIMARY KEY,
        number TEXT NOT NULL,
        since TEXT NOT NULL,
        counter TEXT NOT NULL,
        operation TEXT NOT NULL,
        position INTEGER NOT NULL
    ) WITHOUT ROWID""",
    """CREATE TABLE operation (
        uuid TEXT NOT NULL PRIMARY KEY,
        sequence INTEGER NOT NULL,
        body BLOB NOT NULL,
        state TEXT NOT NULL,
        epoch INTEGER,
        cursor INTEGER,
        code TEXT
    ) WITHOUT ROWID""",
    """CREATE TABLE overlay (
        token BLOB NOT NULL PRIMARY KEY,
        number TEXT,
        since TEXT,
        counter TEXT,
        operation TEXT
    ) WITHOUT ROWID""",
    """CREATE TABLE stop (
        place INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        token BLOB,
        number TEXT,
        cursor INTEGER NOT NULL,
        counter TEXT NOT NULL,
        sequence INTEGER NOT NULL
    )""",
    "CREATE UNIQUE INDEX link_number ON link (number)",
    "CREATE UNIQUE INDEX operation_sequence ON operation (sequence)",
    "CREATE UNIQUE INDEX overlay_number ON overlay (number)",
    "CREATE INDEX stop_token ON stop (token)",
    "CREATE INDEX stop_number ON stop (number)",
)
# The digest of no links, under whatever key. A store that was anchored must not lose it.
_NO_LINKS = f"UPDATE meta SET value = '0 {0:064x}' WHERE name = 'links.digest'"  # noqa: S608
_NOTE = "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"


@dataclass(frozen=True, slots=True)
class DroppedLinks:
    """What this step has done to a store that was in use."""

    links: int = 0
    rows: int = 0
    """Number of audit rows that say so."""


def ledger_step(now: datetime, counter: str, report: Callable[[DroppedLinks], None]) -> Callable[[Any], None]:
    """The step for `migrate`, which dates its audit rows `now` and signs them with the counter's name. `report` is called within the
    transaction, unless the file has just been created.
    """

    def step(connection: Any) -> None:
        numbers = [str(number) for (number,) in connection.execute("SELECT number FROM link ORDER BY number").fetchall()]
        for statement in _TABLES:
            connection.execute(statement)
        # A file that has just been created has nothing to tell.
        if numbers or connection.execute("SELECT 1 FROM meta WHERE name IN ('links.digest', 'audit.head')").fetchone():
            report(_tell(connection, numbers, now, counter))
        connection.execute(_NO_LINKS)

    return step


def _tell(connection: Any, numbers: list[str], now: datetime, counter: str) -> DroppedLinks:
    rows, digest = _end_of_trail(connection)
    at = now.astimezone(UTC).isoformat(timespec="seconds")
    acts = [(RELEASE, REASON, "", LibraryCardNumber(number).masked) for number in numbers]
    told = [*acts, (AdministrativeAct.MIGRATED, None, f"links:{len(numbers)}", None)]
    for act, reason, checked, number in told:
        rows += 1
        values = (rows, at, counter, None, act, "done", reason, checked, number, None)
        previous, digest = digest, digest_of(values, digest)
        connection.execute(f"INSERT INTO audit VALUES ({', '.join('?' * 12)})", (*values, previous, digest))  # noqa: S608
    connection.execute(_NOTE, ("audit.head", f"{rows} {digest.hex()}"))
    connection.execute(_NOTE, ("links.dropped", f"{len(numbers)} {at}"))
    month = f"{now.astimezone(JAPAN):%Y-%m}"
    for act, count in Counter(act for act, *_ in told).items():
        connection.execute(
            """INSERT INTO tally (month, act, count) VALUES (?, ?, ?)
                ON CONFLICT (month, act) DO UPDATE SET count = count + excluded.count""",
            (month, act, count),
        )
    return DroppedLinks(len(numbers), len(told))


def _end_of_trail(connection: Any) -> tuple[int, bytes]:
    """Where the trail goes on. One that was tampered with stays so: the next check finds it, as it would have before."""
    last = connection.execute("SELECT place, hash FROM audit ORDER BY place DESC LIMIT 1").fetchone() or (0, bytes(32))
    head = connection.execute("SELECT value FROM meta WHERE name = 'audit.head'").fetchone()
    if head is not None and _HEAD.fullmatch(head[0]):
        rows, digest = head[0].split()
        if int(rows) >= last[0]:
            return int(rows), bytes.fromhex(digest)
    return int(last[0]), bytes(last[1]) if isinstance(last[1], bytes) else bytes(32)
