"""Baseline of many counters that send one operation each: the same rows by as many connections, numbered by a sequence and without a lock.

Usage: bare_sequence.py DSN CONNECTIONS SECONDS. Prints operations a second. Such numbers become visible in another order than they were
given in, which is why the server does not number in this way.
"""

import secrets
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import psycopg

with psycopg.connect(sys.argv[1], autocommit=True) as first:
    first.execute("CREATE SEQUENCE IF NOT EXISTS numbered START 1000000000")


def write(until: float) -> int:
    done = 0
    with psycopg.connect(sys.argv[1], autocommit=True) as connection:
        while time.monotonic() < until:
            token, number, operation = secrets.token_bytes(32), f"8{secrets.randbelow(10**12):012}", str(uuid.uuid4())
            with connection.transaction():
                connection.execute("SELECT token, number FROM link WHERE token = %s OR number = %s", (token, number)).fetchall()
                connection.execute("SELECT token, number FROM stop WHERE token = %s OR number = %s", (token, number)).fetchall()
                (cursor,) = connection.execute("SELECT nextval('numbered')").fetchone() or (0,)
                connection.execute("INSERT INTO link VALUES (%s, %s, '2026', 'east', %s, %s)", (token, number, operation, cursor))
                connection.execute("INSERT INTO feed VALUES (%s, %s, 'east', %s, 1, '{}')", (cursor, operation, cursor))
                connection.execute("INSERT INTO operation VALUES (%s, %s, 'east', %s, 1, %s, NULL)", (operation, token, cursor, cursor))
            done += 1
    return done


count, seconds = int(sys.argv[2]), float(sys.argv[3])
with ThreadPoolExecutor(count) as pool:
    begun = time.monotonic()
    done = sum(pool.map(write, [begun + seconds] * count))
    print(done / (time.monotonic() - begun))
