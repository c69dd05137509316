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

from kiosk.domain.decide import Closed, Epochs, Opened, OpenLink, Stop, Stopped
from kiosk.domain.effects import Act, RecordAct
from kiosk.domain.errors import Code
from kiosk.domain.feed import FeedEntry, PlacedLink, PlacedStop
from kiosk.domain.model import LibraryCardNumber, LinkToken, ReplaceReason, Revocation, UnlinkReason
from kiosk.domain.operations import AcceptedAt, RefusedFor
from kiosk.domain.registry_wire import LedgerStatus
from kiosk.domain.wire import Position
from kiosk.store.enrolment import Joined, finish_joining, join, keep_secret
from kiosk.store.key_location import KeyPlace, key_place
from kiosk.store.keys import KeyRecord
from kiosk.store.repository import Repository
from tests.support.store.enrolled import KEYS, status

Work = Callable[[Repository], object]


def saving(operation: int, card: int, number: int, replaces: ReplaceReason | None = None) -> Work:
    token, digits = LinkToken(bytes([card]) * 32), LibraryCardNumber(f"{number:010}")
    shown = (UUID(int=1), UUID(int=2)) if replaces else ()
    return lambda store: store.save_link(UUID(int=operation), token, digits, revocation=Revocation.GOOD, replaces=replaces, shown=shown)


# One transaction each: a first link, another, one that closes both of them, one that is closed, a use.
ACTS: tuple[Work, ...] = (
    saving(1, 1, 1001),
    saving(2, 2, 1002),
    saving(3, 1, 1002, ReplaceReason.RENEWED),
    lambda store: store.close_link(UUID(int=4), LibraryCardNumber("0000001002"), UnlinkReason.LOST),
    saving(5, 3, 1003),
)
USE: Work = lambda store: store.record(RecordAct(Act.USE, LibraryCardNumber("0000001003")))  # noqa: E731

SINCE = datetime(2026, 11, 23, 3, tzinfo=UTC)


def opened(card: int, number: int, operation: int) -> OpenLink:
    return OpenLink(LinkToken(bytes([card]) * 32), LibraryCardNumber(f"{number:010}"), SINCE, "窓口1", UUID(int=operation))


FEED = (
    FeedEntry(1, UUID(int=1), "窓口1", 1, (Opened(opened(1, 1001, 1)),)),
    FeedEntry(2, UUID(int=90), "窓口2", 1, (Opened(opened(7, 1007, 90)),)),
    FeedEntry(3, UUID(int=4), "窓口1", 4, (Stopped(LibraryCardNumber("0000001002")),)),
    FeedEntry(4, UUID(int=91), "窓口2", 2, (Closed.of(opened(7, 1007, 90)),)),
)


def following(upto: int, safe: int) -> Work:
    """As a counter does that asks for what comes after its position."""
    return lambda store: store.follow(
        [entry for entry in FEED if store.position().cursor < entry.cursor <= upto], Position(store.position().epoch, safe)
    )


NEW = Epochs(1, ((0, 2),))
LEFT = (PlacedLink(opened(1, 1001, 1), 1), PlacedLink(opened(7, 1007, 90), 2))
CLOSED = FeedEntry(3, UUID(int=92), "窓口2", 3, (Closed.of(opened(7, 1007, 90)),))


def at(cursor: int, *links: PlacedLink) -> LedgerStatus:
    return status(Position(1, cursor), links, epochs=NEW)


def beginning(store: Repository) -> None:
    if store.staged() is None and store.position().epoch != NEW.current:
        store.stage_begin(at(2))


def staging(page: int) -> Work:
    """One of two pages, each of one link, unless it has arrived already."""

    def stage(store: Repository) -> None:
        staged = store.staged()
        if staged is not None and staged.count == page and not staged.is_loaded:
            store.stage_page([LEFT[page]], done=page == 1)

    return stage


def replaying(store: Repository) -> None:
    staged = store.staged()
    if staged is not None and staged.reached.cursor < CLOSED.cursor:
        store.stage_feed([CLOSED])


def swapping(store: Repository) -> None:
    if store.staged() is not None:
        assert store.stage_swap(at(3, LEFT[0]))


def erasing(store: Repository) -> None:
    while store.erase_old():
        pass


UNSYNCED: tuple[Work, ...] = (staging(0), staging(1))
"""What waits for no disk."""

# What the library's server says to that: answers of both kinds, entries with and without them, a new epoch in which something is lost,
# stops ahead of its feed, its snapshot in two pages.
ANSWERS: tuple[Work, ...] = (
    lambda store: store.answer({UUID(int=1): AcceptedAt(Position(0, 1)), UUID(int=2): RefusedFor(Code.STOPPED_SINCE)}, epoch=0),
    following(2, 0),
    lambda store: store.answer({UUID(int=3): RefusedFor(Code.PREMISES_CHANGED)}, epoch=0),
    following(4, 1),
    lambda store: store.begin_epoch(NEW),
    lambda store: store.hear_stops([PlacedStop(Stop(3, "窓口2", 3), None, LibraryCardNumber("0000001007"))], 1),
    beginning,
    *UNSYNCED,
    replaying,
    swapping,
    erasing,
    lambda store: store.forget_refusal(UUID(int=2)),
)


MODES: dict[str, tuple[tuple[Work, ...], tuple[Work, ...]]] = {
    "alone": ((), (*ACTS, USE)),
    "registry": ((), (*ACTS, USE)),
    "answers": ((*ACTS, USE), ANSWERS),
}
"""What is done unharmed first, and what is done until it is killed."""


def place_in(folder: Path) -> KeyPlace:
    return key_place(folder / "data" / "kiosk.db", "file", folder / "keys")


def now() -> datetime:
    return SINCE


LIBRARYS = bytes(range(200, 232))


def join_library(folder: Path) -> None:
    join(place_in(folder), Joined("https://registry.example", "1番窓口", LIBRARYS, 1), "窓口1", now)


def open_counter(folder: Path, mode: str) -> Repository:
    """As equipment.py does, with a fixed clock."""
    place = place_in(folder)
    path = place.database
    finish_joining(place, "窓口1", now)
    if mode == "answers" and place.store.load() is None:
        place.store.save(KeyRecord(KEYS))
    keys = place.open_keys()
    store = Repository(path, keys, "窓口1", now, anchor=place.anchor(keys))
    place.remember(store.identity)
    if mode in ("registry", "answers") and not store.is_enrolled():
        store.enrol("https://registry.example", "窓口1")
    return store


def live(folder: Path, mode: str, arm: Callable[[], None]) -> None:
    if mode == "joining":
        with open_counter(folder, mode) as store:
            store.record(RecordAct(Act.USE, None))
        keep_secret(place_in(folder), "kioskc-x", "")
        arm()
        join_library(folder)
        return
    unharmed, acts = MODES[mode]
    if not unharmed:
        arm()
    with (folder / "said").open("w") as said:
        store = open_counter(folder, mode)
        for act in unharmed:
            act(store)
        if unharmed:
            arm()
        for act in acts:
            act(store)
            said.write("confirmed\n")
            said.flush()
        store.close()


def kill_at_statement(n: int) -> Callable[[], None]:
    connect, count = dbapi2.connect, itertools.count(1)
    armed: list[bool] = []

    def begin(_: str) -> None:
        if armed and next(count) == n:
            os.kill(os.getpid(), signal.SIGKILL)

    def connect_traced(*where: Any, **how: Any) -> Any:
        connection = connect(*where, **how)
        connection.set_trace_callback(begin)
        return connection

    dbapi2.connect = connect_traced
    return lambda: armed.append(True)


def kill_at_sync(n: int, after: bool) -> Callable[[], None]:
    return lambda: ctypes.CDLL(None).arm(n, int(after))


POINTS: dict[str, Callable[[int], Callable[[], None]]] = {
    "statement": kill_at_statement,
    "before-sync": lambda n: kill_at_sync(n, False),
    "after-sync": lambda n: kill_at_sync(n, True),
}


def run(kind: str, folder: Path, mode: str) -> None:
    n, ended = 0, False
    while not ended:
        n += 1
        here = folder / f"{kind}-{n:04}"
        here.mkdir()
        child = os.fork()
        if child == 0:
            live(here, mode, POINTS[kind](n))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        ended = os.WIFEXITED(status)
        if ended and os.WEXITSTATUS(status):
            sys.exit(f"{here.name} failed by itself")


if __name__ == "__main__":
    run(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
