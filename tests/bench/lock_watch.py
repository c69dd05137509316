"""Whoever wants to write, while somebody else does: the longest time without a chance.

Usage: lock_watch.py DATABASE < key in hexadecimal. Prints "ready"; at the end of its input the longest time, in seconds, for which the file
was locked.
"""

import sys
import threading
import time

import sqlcipher3

key = sys.stdin.readline().strip()
connection = sqlcipher3.connect(sys.argv[1], isolation_level=None)
connection.execute(f"PRAGMA key = \"x'{key}'\"")
connection.execute("PRAGMA cipher_compatibility = 4")
connection.execute("PRAGMA busy_timeout = 0")
connection.execute("PRAGMA wal_autocheckpoint = 0")
connection.execute("SELECT count(*) FROM meta").fetchone()
ended = threading.Event()


def wait_for_the_end() -> None:
    sys.stdin.read()
    ended.set()


threading.Thread(target=wait_for_the_end, daemon=True).start()
print("ready", flush=True)
longest, free = 0.0, time.perf_counter()
while not ended.is_set():
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlcipher3.OperationalError:
        # Only as long as it was locked whenever we looked.
        longest = max(longest, time.perf_counter() - free)
        ended.wait(0.001)
    else:
        connection.execute("ROLLBACK")
        free = time.perf_counter()
        ended.wait(0.001)
        free = time.perf_counter()
print(longest)
