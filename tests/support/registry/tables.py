"""What lies in the databases of the library's server and of its counters, read by statements of the tests' own."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import sqlcipher3

Link = tuple[bytes, str, str, str, str, int]
"""Token, number, since, counter, operation and position."""
_LINKS = "SELECT token, number, since, counter, operation, position FROM link"


@dataclass(frozen=True, slots=True)
class Fed:
    """An entry of the feed, without what it changed."""

    cursor: int
    operation: str
    counter: str
    sequence: int


@dataclass(frozen=True, slots=True)
class Registry:
    """Everything the server's database says, in one snapshot."""

    epoch: int
    cursor: int
    count: int
    floor: int
    cuts: tuple[tuple[int, int], ...]
    links: tuple[Link, ...]
    feed: tuple[Fed, ...]
    answers: dict[str, int | str]
    """Of each operation: the cursor at which it was accepted, or the code for which it was refused."""


def read_registry(url: str) -> Registry:
    with closing(_opened(url)) as connection:
        head = _rows(connection, "SELECT epoch, cursor, links, floor FROM head")[0]
        cuts = _rows(connection, "SELECT number, cut FROM epoch ORDER BY number")
        links = _rows(connection, _LINKS)
        feed = _rows(connection, "SELECT cursor, operation, counter, sequence FROM feed ORDER BY cursor")
        answers = _rows(connection, "SELECT uuid, cursor, code FROM operation")
    return Registry(
        epoch=head[0],
        cursor=head[1],
        count=head[2],
        floor=head[3],
        cuts=tuple((number, cut) for number, cut in cuts),
        links=tuple(map(_link, links)),
        feed=tuple(Fed(*row) for row in feed),
        answers={uuid: code if cursor is None else cursor for uuid, cursor, code in answers},
    )


def read_store(path: Path, key: bytes) -> tuple[Link, ...]:
    """The links that the feed brought to a counter."""
    with closing(sqlcipher3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute("PRAGMA cipher_compatibility = 4")
        return tuple(map(_link, connection.execute(_LINKS).fetchall()))


def _opened(url: str) -> Any:
    if url.startswith("sqlite:///"):
        connection = sqlite3.connect(f"file:{url.removeprefix('sqlite:///')}?mode=ro", uri=True, isolation_level=None, timeout=10)
        connection.execute("BEGIN")
        return connection
    found = psycopg.connect(url, connect_timeout=10)
    found.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    return found


def _rows(connection: Any, sql: str) -> list[tuple[Any, ...]]:
    return list(connection.execute(sql).fetchall())


def _link(row: tuple[Any, ...]) -> Link:
    token, number, since, counter, operation, position = row
    return bytes(token), str(number), str(since), str(counter), str(operation), int(position)
