"""The steps of the store's schema, which kiosk/ledger/migration_runner.py applies. A released step never changes.

peewee 4's own runner (playhouse.migrations) loads scripts from a folder, which a frozen program lacks; keeps history by script name, so
that a store of a newer version goes unnoticed; and makes no backup. Tests use its schema comparison (playhouse.schema_diff).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from kiosk.ledger.migration_runner import Step
from kiosk.store.keys import Keys
from kiosk.store.ledger_migration import DroppedLinks, ledger_step
from kiosk.store.sync_migration import sync_step

_FIRST = (
    """CREATE TABLE link (
        token BLOB NOT NULL PRIMARY KEY,
        number TEXT NOT NULL,
        since TEXT NOT NULL,
        counter TEXT NOT NULL,
        operation TEXT NOT NULL
    ) WITHOUT ROWID""",
    """CREATE TABLE outbox (
        place INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        uuid TEXT NOT NULL,
        kind TEXT NOT NULL,
        body TEXT NOT NULL,
        created TEXT NOT NULL,
        tries INTEGER NOT NULL
    )""",
    """CREATE TABLE audit (
        place INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        at TEXT NOT NULL,
        counter TEXT NOT NULL,
        operator TEXT,
        act TEXT NOT NULL,
        result TEXT NOT NULL,
        reason TEXT,
        checked TEXT NOT NULL,
        number TEXT,
        operation TEXT,
        previous BLOB NOT NULL,
        hash BLOB NOT NULL
    )""",
    """CREATE TABLE meta (
        name TEXT NOT NULL PRIMARY KEY,
        value TEXT NOT NULL
    ) WITHOUT ROWID""",
    "CREATE UNIQUE INDEX link_number ON link (number)",
    "CREATE UNIQUE INDEX outbox_uuid ON outbox (uuid)",
    "CREATE UNIQUE INDEX audit_operation ON audit (operation)",
)

# Monthly counts spare the status page a scan of the whole trail. Months are Japanese (UTC+9, no DST).
_TALLY = (
    """CREATE TABLE tally (
        month TEXT NOT NULL,
        act TEXT NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (month, act)
    ) WITHOUT ROWID""",
    """INSERT INTO tally (month, act, count)
        SELECT strftime('%Y-%m', at, '+9 hours'), act, count(*) FROM audit WHERE result = 'done' GROUP BY 1, 2""",
    "CREATE INDEX audit_at ON audit (at)",
)

# A unique identity. The digest of links needs a key and is created when the store is opened (link_digest.py).
_IDENTITY = ("INSERT INTO meta (name, value) VALUES ('store.identity', lower(hex(randomblob(16))))",)

VERSION = 5
"""The schema version of this program; stored in the file as `user_version`."""


def steps(keys: Keys, now: datetime, counter: str, report: Callable[[DroppedLinks], None]) -> tuple[Step, ...]:
    """All steps, in order. `now` and the counter's name are those of the audit rows that a step writes; `report` hears of dropped links."""
    return _FIRST, _TALLY, _IDENTITY, ledger_step(now, counter, report), sync_step(keys)
