"""Baselines of the library's server: a script of set-based statements that writes the same rows under a locked head row, and the same for
single operations with a sequence and no lock.

It looks for stops and for links in the way, as the server does, but keeps no answers, chains no trail and computes no digest.
"""

from __future__ import annotations

from typing import Any

TABLES = """
CREATE TABLE head (n bigint); INSERT INTO head VALUES (0);
CREATE SEQUENCE line;
CREATE TABLE operation (uuid text PRIMARY KEY, content bytea, counter text, cursor bigint);
CREATE TABLE link (token bytea PRIMARY KEY, number text UNIQUE, since text, counter text, operation text, position bigint);
CREATE TABLE stop (cursor bigint, token bytea, number text);
CREATE INDEX ON stop (token); CREATE INDEX ON stop (number);
CREATE TABLE feed (cursor bigint PRIMARY KEY, operation text, counter text, body text);
CREATE TABLE audit (place bigint PRIMARY KEY, at text, counter text, act text, number text, operation text)"""
_OPERATION = "INSERT INTO operation SELECT u, t, %s, c FROM unnest(%s::text[], %s::bytea[], %s::bigint[]) AS n(u, t, c)"
_LINK = "INSERT INTO link SELECT t, n, %s, %s, u, c FROM unnest(%s::bytea[], %s::text[], %s::text[], %s::bigint[]) AS n(t, n, u, c)"
_FEED = "INSERT INTO feed SELECT c, u, %s, b FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS n(c, u, b)"
_AUDIT = "INSERT INTO audit SELECT c, %s, %s, 'register', n, u FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS n(c, n, u)"
SETTINGS = "SET enable_seqscan = off; SET jit = off"
"""Of each connection: the same care for plans that were made while the tables were empty."""
SINCE = "2026-11-23T03:00:00+00:00"
Row = tuple[str, bytes, str, str]
"""UUID, token, number, and what the feed says."""


def insert(connection: Any, rows: list[Row], counter: str, *, sequence: bool = False) -> None:
    uuids, tokens, numbers, bodies = map(list, zip(*rows, strict=True))
    with connection.transaction():
        if sequence:
            cursors = [connection.execute("SELECT nextval('line')").fetchone()[0]]
        else:
            (last,) = connection.execute("UPDATE head SET n = n + %s RETURNING n", (len(rows),)).fetchone()
            cursors = list(range(last - len(rows) + 1, last + 1))
        connection.execute("SELECT 1 FROM operation WHERE uuid = ANY(%s)", (uuids,)).fetchall()
        connection.execute("SELECT 1 FROM stop WHERE token = ANY(%s) OR number = ANY(%s)", (tokens, numbers)).fetchall()
        connection.execute("SELECT 1 FROM link WHERE token = ANY(%s) OR number = ANY(%s)", (tokens, numbers)).fetchall()
        for statement, values in (
            (_OPERATION, (counter, uuids, tokens, cursors)),
            (_LINK, (SINCE, counter, tokens, numbers, uuids, cursors)),
            (_FEED, (counter, cursors, uuids, bodies)),
            (_AUDIT, (SINCE, counter, cursors, numbers, uuids)),
        ):
            connection.execute(statement, values)
