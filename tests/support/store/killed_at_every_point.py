"""Run by test_kill.py. For each point in turn, a fork of this process sets up a counter, registers and unlinks, reports each act once
confirmed, and is killed at that point; until one runs to completion. Communicates through files, one folder per fork.
"""

from __future__ import annotations

import ctypes
import itertools
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlcipher3 import dbapi2

from kiosk.domain.effects import Act, RecordAct
from kiosk.domain.model import LibraryCardNumber, LinkToken, ReplaceReason, Revocation, UnlinkReason
from kiosk.store.key_location import key_place
from kiosk.store.repository import Repository

Work = Callable[[Repository], object]


def saving(operation: int, card: int, number: int, replaces: ReplaceReason | None = None) -> Work:
    token, digits = LinkToken(bytes([card]) * 32), LibraryCardNumber(f"{number:010}")
    return lambda store: store.save_link(UUID(int=operation), token, digits, revocation=Revocation.GOOD, replaces=replaces)


# One transaction each: a first link, another, one that closes both of them, one that is closed, a use.
ACTS: tuple[Work, ...] = (
    saving(1, 1, 1001),
    saving(2, 2, 1002),
    saving(3, 1, 1002, ReplaceReason.RENEWED),
    lambda store: store.close_link(UUID(int=4), LibraryCardNumber("0000001002"), UnlinkReason.LOST),
    saving(5, 3, 1003),
)
USE: Work = lambda store: store.record(RecordAct(Act.USE, LibraryCardNumber("0000001003")))  # noqa: E731


def open_counter(folder: Path, has_registry: bool) -> Repository:
    """As equipment.py does, with a fixed clock."""
    path = folder / "data" / "kiosk.db"
    place = key_place(path, "file", folder / "keys")
    keys = place.open_keys()
    clock = lambda: datetime(2026, 11, 23, 3, tzinfo=UTC)  # noqa: E731
    store = Repository(path, keys, "窓口1", clock, has_registry=has_registry, anchor=place.anchor(keys))
    place.remember(store.identity)
    return store


def live(folder: Path, has_registry: bool) -> None:
    with (folder / "said").open("w") as said:
        store = open_counter(folder, has_registry)
        for act in (*ACTS, USE):
            act(store)
            said.write("confirmed\n")
            said.flush()
        store.close()


def kill_at_statement(n: int) -> None:
    connect, count = dbapi2.connect, itertools.count(1)

    def begin(_: str) -> None:
        if next(count) == n:
            os.kill(os.getpid(), signal.SIGKILL)

    def connect_traced(*where: Any, **how: Any) -> Any:
        connection = connect(*where, **how)
        connection.set_trace_callback(begin)
        return connection

    dbapi2.connect = connect_traced


def kill_at_sync(n: int, after: bool) -> None:
    ctypes.CDLL(None).arm(n, int(after))


POINTS: dict[str, Callable[[int], None]] = {
    "statement": kill_at_statement,
    "before-sync": lambda n: kill_at_sync(n, False),
    "after-sync": lambda n: kill_at_sync(n, True),
}


def run(kind: str, folder: Path, has_registry: bool) -> None:
    n, ended = 0, False
    while not ended:
        n += 1
        here = folder / f"{kind}-{n:04}"
        here.mkdir()
        child = os.fork()
        if child == 0:
            POINTS[kind](n)
            live(here, has_registry)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        ended = os.WIFEXITED(status)
        if ended and os.WEXITSTATUS(status):
            sys.exit(f"{here.name} failed by itself")


if __name__ == "__main__":
    run(sys.argv[1], Path(sys.argv[2]), sys.argv[3] == "registry")
