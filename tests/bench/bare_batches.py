"""Baseline of the server's writing: the same rows into the same tables of PostgreSQL by set-based statements, under the same lock.

Usage: bare_batches.py DSN SIZE. For each line of its input one batch, and its nanoseconds as a line.
"""

import json
import secrets
import sys
import time
import uuid

import psycopg

connection = psycopg.connect(sys.argv[1], autocommit=True)
for _ in sys.stdin:
    cards = [(secrets.token_bytes(32), f"9{secrets.randbelow(10**12):012}", str(uuid.uuid4())) for _ in range(int(sys.argv[2]))]
    tokens, numbers, uuids = (list(column) for column in zip(*cards, strict=True))
    bodies = [json.dumps({"token": token.hex(), "number": number}) for token, number, _ in cards]
    begun = time.perf_counter_ns()
    with connection.transaction():
        cursor, links = connection.execute("SELECT cursor, links FROM head FOR UPDATE").fetchone()
        cursors = list(range(cursor + 1, cursor + len(cards) + 1))
        for query, values in (
            ("SELECT uuid FROM operation WHERE uuid = ANY(%s)", (uuids,)),
            (
                "SELECT token, number FROM link WHERE token = ANY(%s) UNION SELECT token, number FROM link WHERE number = ANY(%s)",
                (tokens, numbers),
            ),
            (
                "SELECT token, number FROM stop WHERE token = ANY(%s) UNION SELECT token, number FROM stop WHERE number = ANY(%s)",
                (tokens, numbers),
            ),
        ):
            assert connection.execute(query, values).fetchall() == []
        for statement, values in (
            (
                "INSERT INTO link SELECT t, n, '2026', 'east', o, c FROM unnest(%s::bytea[], %s::text[], %s::text[], %s::bigint[]) AS r(t, n, o, c)",
                (tokens, numbers, uuids, cursors),
            ),
            (
                "INSERT INTO feed SELECT c, o, 'east', c, 1, b FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS r(c, o, b)",
                (cursors, uuids, bodies),
            ),
            (
                "INSERT INTO operation SELECT o, k, 'east', c, 1, c, NULL FROM unnest(%s::text[], %s::bytea[], %s::bigint[]) AS r(o, k, c)",
                (uuids, tokens, cursors),
            ),
            (
                "INSERT INTO audit SELECT c, '2026', 'east', NULL, 'register', 'done', NULL, '', n, o, k, k FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bytea[]) AS r(c, n, o, k)",
                (cursors, numbers, uuids, tokens),
            ),
        ):
            connection.execute(statement, values)
        connection.execute("UPDATE head SET cursor = %s, links = %s", (cursors[-1], links + len(cards)))
    print(time.perf_counter_ns() - begun, flush=True)
