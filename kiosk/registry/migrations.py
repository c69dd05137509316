"""The steps of the server's schema, in the words of either database. A released step never changes."""

from __future__ import annotations

from enum import Enum, unique

from kiosk.ledger.migration_runner import Step


@unique
class Dialect(Enum):
    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


_WORDS = {
    Dialect.SQLITE: {"BYTES": "BLOB", "COUNT": "INTEGER", "KEYED": " WITHOUT ROWID"},
    Dialect.POSTGRESQL: {"BYTES": "BYTEA", "COUNT": "BIGINT", "KEYED": ""},
}
"""What the same thing is called in each."""

# `head` is the row that every writing transaction locks. A tombstone's place is its cursor and its place among the changes there.
# The trail has no unique UUID, as a counter's has: an operation may be repeated after its UUID was forgotten here.
_FIRST = (
    """CREATE TABLE head (
        one COUNT NOT NULL PRIMARY KEY CHECK (one = 1),
        library TEXT NOT NULL,
        epoch COUNT NOT NULL,
        cursor COUNT NOT NULL,
        links COUNT NOT NULL,
        total TEXT NOT NULL,
        safe COUNT NOT NULL,
        floor COUNT NOT NULL,
        key_generation COUNT NOT NULL,
        stops_until COUNT,
        sums TEXT NOT NULL,
        trail TEXT NOT NULL,
        seal TEXT NOT NULL
    )""",
    """CREATE TABLE epoch (
        number COUNT NOT NULL PRIMARY KEY,
        cut COUNT NOT NULL
    )""",
    """CREATE TABLE link (
        token BYTES NOT NULL PRIMARY KEY,
        number TEXT NOT NULL,
        since TEXT NOT NULL,
        counter TEXT NOT NULL,
        operation TEXT NOT NULL,
        position COUNT NOT NULL
    )KEYED""",
    """CREATE TABLE feed (
        cursor COUNT NOT NULL PRIMARY KEY,
        operation TEXT NOT NULL,
        counter TEXT NOT NULL,
        sequence COUNT NOT NULL,
        at COUNT NOT NULL,
        body TEXT NOT NULL
    )""",
    """CREATE TABLE stop (
        cursor COUNT NOT NULL,
        part COUNT NOT NULL,
        token BYTES,
        number TEXT NOT NULL,
        counter TEXT NOT NULL,
        sequence COUNT NOT NULL,
        PRIMARY KEY (cursor, part)
    )KEYED""",
    """CREATE TABLE operation (
        uuid TEXT NOT NULL PRIMARY KEY,
        content BYTES NOT NULL,
        counter TEXT NOT NULL,
        sequence COUNT NOT NULL,
        at COUNT NOT NULL,
        cursor COUNT,
        code TEXT
    )KEYED""",
    """CREATE TABLE counter (
        name TEXT NOT NULL PRIMARY KEY,
        secret BYTES,
        state TEXT NOT NULL,
        enrolled TEXT NOT NULL,
        changed TEXT NOT NULL,
        sequence COUNT NOT NULL,
        key_generation COUNT NOT NULL,
        enrolments COUNT NOT NULL
    )""",
    """CREATE TABLE counter_seen (
        name TEXT NOT NULL PRIMARY KEY,
        at TEXT NOT NULL,
        version TEXT NOT NULL,
        epoch COUNT NOT NULL,
        cursor COUNT NOT NULL,
        pending COUNT NOT NULL,
        differs COUNT NOT NULL
    )""",
    """CREATE TABLE revoked_secret (
        secret BYTES NOT NULL PRIMARY KEY,
        name TEXT NOT NULL
    )KEYED""",
    """CREATE TABLE enrolment_code (
        name TEXT NOT NULL PRIMARY KEY,
        code BYTES NOT NULL,
        until TEXT NOT NULL,
        tries COUNT NOT NULL,
        secret BYTES
    )""",
    """CREATE TABLE audit (
        place COUNT NOT NULL PRIMARY KEY,
        at TEXT NOT NULL,
        counter TEXT NOT NULL,
        operator TEXT,
        act TEXT NOT NULL,
        result TEXT NOT NULL,
        reason TEXT,
        checked TEXT NOT NULL,
        number TEXT,
        operation TEXT,
        previous BYTES NOT NULL,
        hash BYTES NOT NULL
    )""",
    """CREATE TABLE meta (
        name TEXT NOT NULL PRIMARY KEY,
        value TEXT NOT NULL
    )KEYED""",
    "CREATE UNIQUE INDEX link_number ON link (number)",
    "CREATE INDEX stop_token ON stop (token)",
    "CREATE INDEX stop_number ON stop (number)",
    "CREATE UNIQUE INDEX counter_secret ON counter (secret)",
    "CREATE INDEX operation_sequence ON operation (counter, sequence)",
)

_STEPS = (_FIRST,)
VERSION = len(_STEPS)


def steps(dialect: Dialect) -> tuple[Step, ...]:
    """All steps, in order."""

    def said(statement: str) -> str:
        for word, here in _WORDS[dialect].items():
            statement = statement.replace(word, here)
        return statement

    return tuple(tuple(map(said, step)) for step in _STEPS)
