"""A feed in memory, as a database would have it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from kiosk.domain.decide import Epochs
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.feed import FeedEntry
from kiosk.domain.wire import Position
from kiosk.registry.answers import Commit, Entries, Head, NoFeed, Why


def entry(cursor: int) -> FeedEntry:
    return FeedEntry(cursor, UUID(int=cursor), "本館1", cursor, ())


@dataclass
class Feed:
    """A feed in memory, as a database would have it: `append` commits."""

    epoch: int = 1
    count: int = 0
    is_away: bool = False
    reads: int = 0
    out: frozenset[str] = frozenset()
    before_answering: Callable[[], object] = field(default=lambda: None)
    encoded: list[int] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def append(self, count: int = 1) -> Commit:
        with self.lock:
            self.count += count
            return Commit(tuple(entry(cursor) for cursor in range(self.count - count + 1, self.count + 1)), self._head())

    def head(self) -> Head:
        with self.lock:
            if self.is_away:
                raise Unavailable(Code.STORE_LOCKED, place="")
            self.reads += 1
            head = self._head()
        self.before_answering()
        return head

    def feed(self, known: Position, limit: int) -> Entries | NoFeed:
        with self.lock:
            if known.epoch != self.epoch:
                return NoFeed(Why.EPOCH_CHANGED, self._head())
            return Entries(tuple(entry(cursor) for cursor in range(known.cursor + 1, self.count + 1))[:limit], self._head())

    def shut_out(self) -> frozenset[str]:
        return self.out

    def _head(self) -> Head:
        return Head(Position(self.epoch, self.count), 0, "0" * 64, Position(self.epoch), Epochs(self.epoch), 0, 1)

    def encode(self, one: FeedEntry) -> bytes:
        self.encoded.append(one.cursor)
        return str(one.cursor).encode()
