"""How the tables came to be, step by step, in SQL. A step is never changed once it was shipped.

peewee 4 has a runner of its own (playhouse.migrations). It loads scripts from a folder, which a frozen program does not have, keeps its
history by script name, so that a store from a newer version cannot be told, and makes no backup. Hence these lines; its comparison of
models with tables (playhouse.schema_diff) is used in the tests.
"""

from __future__ import annotations

from typing import Any

from kiosk.domain.errors import Code, Unavailable

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

# Figures by month, so that the status page does not read the whole trail. Months are those of Japan (UTC+9, without summer time).
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

# What tells this store from every other. The digest of its links needs a key: it is begun when the store is opened (digest.py).
_IDENTITY = ("INSERT INTO meta (name, value) VALUES ('store.identity', lower(hex(randomblob(16))))",)

STEPS: tuple[tuple[str, ...], ...] = (_FIRST, _TALLY, _IDENTITY)
VERSION = len(STEPS)
"""The version of the tables this program knows; kept in the file as `user_version`."""


def version_of(connection: Any) -> int:
    """Raises Unavailable: store-newer, store-damaged (a file of ours always has a version)."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > VERSION:
        raise Unavailable(Code.STORE_NEWER, version=version, known=VERSION)
    if version < 1:
        raise Unavailable(Code.STORE_DAMAGED)
    return version


def migrate(connection: Any) -> None:
    """Take the steps that are missing, all or none, while everybody else waits."""
    connection.execute("BEGIN EXCLUSIVE")
    try:
        # Asked again now that nobody else can write: another program may have been here a moment ago.
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        for number, step in enumerate(STEPS[version:], version + 1):
            for statement in step:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
