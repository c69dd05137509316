"""Whoever wants to write, while the process that started this one does: the longest time without a chance.

Usage: lock_watch.py DATABASE < key in hexadecimal. Prints "ready"; at the end of its input two longest times in seconds: by the clock, and
without the time for which either of the two only waited for a processor, which says more of their neighbours than of them.
"""

import os
import sys
import threading
import time
from pathlib import Path

import sqlcipher3


def waited() -> float:
    """Seconds for which the two were ready to run, and did not. Told of a wait once it is over."""
    told = [Path(f"/proc/{process}/schedstat").read_text("ascii") for process in (os.getpid(), os.getppid())]
    return sum(int(line.split()[1]) for line in told) / 1e9


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
longest = working = 0.0
free, idle = time.perf_counter(), waited()
locked = free
while not ended.is_set():
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlcipher3.OperationalError:
        # Only as long as it was locked whenever we looked.
        locked = time.perf_counter()
        ended.wait(0.001)
    else:
        connection.execute("ROLLBACK")
        longest, working = max(longest, locked - free), max(working, locked - free - (waited() - idle))
        ended.wait(0.001)
        free, idle = time.perf_counter(), waited()
        locked = free
print(longest, working)
