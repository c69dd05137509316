"""Baseline of a look-up: the same SELECT on a plain sqlcipher3 connection with the same key and pragmas.

Usage: bare_lookup.py DATABASE TOKENS < key in hexadecimal. Prints nanoseconds, one look-up per line.
"""

import sys
import time

import sqlcipher3

connection = sqlcipher3.connect(sys.argv[1], isolation_level=None)
connection.execute(f"PRAGMA key = \"x'{sys.stdin.readline().strip()}'\"")
for pragma in (
    "cipher_compatibility = 4",
    "busy_timeout = 5000",
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",
    "cell_size_check = ON",
    "trusted_schema = OFF",
    "temp_store = MEMORY",
    "cache_size = -16000",
):
    connection.execute(f"PRAGMA {pragma}")
with open(sys.argv[2]) as file:
    for token in [bytes.fromhex(line) for line in file]:
        begun = time.perf_counter_ns()
        connection.execute("SELECT token, number, since, counter, operation FROM link WHERE token = ?", (token,)).fetchone()
        print(time.perf_counter_ns() - begun)
