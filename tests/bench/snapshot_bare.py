"""Baseline of a snapshot: the same rows, in the same order, into one table with an index, on a plain sqlcipher3 connection with the same
pragmas, in one transaction.

Usage: snapshot_bare.py DATABASE LINKS. Prints seconds.
"""

import sys
import time

import sqlcipher3

from tests.bench.snapshot_rows import rows

connection = sqlcipher3.connect(sys.argv[1], isolation_level=None)
connection.execute(f"PRAGMA key = \"x'{bytes(32).hex()}'\"")
for pragma in (
    "cipher_compatibility = 4",
    "journal_mode = WAL",
    "wal_autocheckpoint = 0",
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",
    "cell_size_check = ON",
    "trusted_schema = OFF",
    "temp_store = MEMORY",
    "cache_size = -16000",
):
    connection.execute(f"PRAGMA {pragma}")
connection.execute(
    """CREATE TABLE link (token BLOB NOT NULL PRIMARY KEY, number TEXT NOT NULL UNIQUE, since TEXT NOT NULL, counter TEXT NOT NULL,
        operation TEXT NOT NULL, position INTEGER NOT NULL) WITHOUT ROWID"""
)
begun, made = time.perf_counter(), 0.0
connection.execute("BEGIN IMMEDIATE")
for page in rows(int(sys.argv[2])):
    paused = time.perf_counter()
    values = [
        (link.token.digest, link.number.text, link.since.isoformat(), link.counter, str(link.operation), place) for link, place in page
    ]
    made += time.perf_counter() - paused
    connection.executemany("INSERT INTO link VALUES (?, ?, ?, ?, ?, ?)", values)
connection.execute("COMMIT")
connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
print(time.perf_counter() - begun - made)
