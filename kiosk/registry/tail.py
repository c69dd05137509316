"""The newest part of the feed, followed once for all counters that wait for news of it.

A counter that waits costs a future in memory, never a thread or a connection to the database. What it has is compared with what is known
here, and then it waits, without a pause in between, on the one thread of the event loop, where what is known changes too: no news can fall
between.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Protocol

from kiosk.domain.errors import KioskError
from kiosk.domain.feed import FeedEntry
from kiosk.domain.registry_wire import MOST_ENTRIES
from kiosk.domain.wire import Position
from kiosk.incidents import RecurringIncidents
from kiosk.registry.answers import Commit, Entries, Head, NoFeed

POLL_SECONDS = 0.1
"""How late what another server committed may be seen here."""
KEPT = 4 * MOST_ENTRIES
"""So many entries are kept in memory. Who is further behind is answered from the database."""


class Source(Protocol):
    """Where the tail reads, on a thread of its executor. Each method may raise what the database raises."""

    def head(self) -> Head: ...

    def feed(self, known: Position, limit: int) -> Entries | NoFeed: ...

    def shut_out(self) -> frozenset[str]:
        """The counters that may ask nothing any more."""
        ...


class _Kept:
    """An entry, encoded once for all who ask for it, by whichever comes first."""

    __slots__ = ("_encode", "_encoded", "entry")

    def __init__(self, entry: FeedEntry, encode: Callable[[FeedEntry], bytes]) -> None:
        self.entry, self._encode = entry, encode
        self._encoded: bytes | None = None

    @property
    def encoded(self) -> bytes:
        if self._encoded is None:
            self._encoded = self._encode(self.entry)
        return self._encoded


@dataclass(frozen=True, slots=True)
class _Known:
    head: Head
    shut_out: frozenset[str] = frozenset()
    entries: tuple[_Kept, ...] = ()
    """The last before the head, without a gap: a cursor each."""

    def and_then(self, entries: tuple[_Kept, ...], head: Head, shut_out: frozenset[str]) -> _Known:
        """After entries up to a head. What does not follow without a gap is not kept: the database has it."""
        follows = bool(entries) and _cursors(entries) == (self.head.position.cursor + 1, head.position.cursor)
        if follows and head.position.epoch == self.head.position.epoch:
            return _Known(head, shut_out, (*self.entries, *entries)[-KEPT:])
        return _Known(head, shut_out)

    @property
    def begins(self) -> int:
        """Every entry above this cursor is kept."""
        return self.head.position.cursor - len(self.entries)


class Tail:
    """All but `poke` and `committed` belongs to the event loop."""

    def __init__(self, source: Source, executor: Executor, encode: Callable[[FeedEntry], bytes], poll: float = POLL_SECONDS) -> None:
        self._source, self._executor, self._encode, self._poll = source, executor, encode, poll
        self._incidents = RecurringIncidents()
        self._known: _Known | None = None
        self._waiting: dict[str, asyncio.Future[bool]] = {}
        self._reading = asyncio.Lock()
        self._reads_begun = 0
        self._poked = asyncio.Event()
        self._is_closed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self.is_failing = True
        """Whether the last look at the database failed, or there was none: what is known may be old."""

    @property
    def waiting(self) -> int:
        """How many counters wait."""
        return len(self._waiting)

    async def follow(self) -> None:
        """Read what is new, at once when poked and after every `poll` seconds, until `close`."""
        self._loop = asyncio.get_running_loop()
        while not self._is_closed:
            self._poked.clear()
            try:
                await self.read()
            except KioskError:
                # The next look follows, and who asks meanwhile is told.
                pass
            except Exception as error:
                self._incidents.record(error)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._poll):
                    await self._poked.wait()

    def committed(self, commit: Commit) -> None:
        """This process committed to the feed: known without a look at the database. From any thread."""
        self._soon(lambda: self._add(commit))

    def close(self) -> None:
        """Let all go who wait, and whoever comes."""
        self._is_closed = True
        self._poked.set()
        self._wake(news=False)

    def _soon(self, call: Callable[[], object]) -> None:
        if self._loop is not None:
            # The loop may have ended meanwhile.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(call)

    def _add(self, commit: Commit) -> None:
        known = self._known
        if known is None or commit.head.position.cursor != known.head.position.cursor + len(commit.entries):
            # Another server's commits lie between.
            self._poked.set()
        elif commit.entries:
            self._learn(known.and_then(self._kept(commit.entries), commit.head, known.shut_out))

    async def read(self) -> Head:
        """Read what is new and wake who waits for it. All who ask while one look is under way share the next."""
        before = self._reads_begun
        async with self._reading:
            if self._reads_begun == before or self.is_failing:
                self._reads_begun += 1
                await self._look()
        return self.head

    async def _look(self) -> None:
        known = self._known
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._executor, self._read_beyond, known)
        except BaseException:
            self.is_failing = True
            raise
        self.is_failing = False
        if self._known is not known and self._known is not None and _place(found.head) <= _place(self._known.head):
            # Commits of this process were faster.
            found = replace(self._known, shut_out=found.shut_out)
        self._learn(found)

    def _read_beyond(self, known: _Known | None) -> _Known:
        head, shut_out = self._source.head(), self._source.shut_out()
        if known is None or head.position.epoch != known.head.position.epoch or head.position.cursor < known.head.position.cursor:
            return _Known(head, shut_out)
        if head.position == known.head.position:
            return _Known(head, shut_out, known.entries)
        page = self._source.feed(known.head.position, KEPT)
        return _Known(page.head, shut_out) if isinstance(page, NoFeed) else known.and_then(self._kept(page.entries), page.head, shut_out)

    def _kept(self, entries: tuple[FeedEntry, ...]) -> tuple[_Kept, ...]:
        return tuple(_Kept(entry, self._encode) for entry in entries)

    def _learn(self, found: _Known) -> None:
        known, self._known = self._known, found
        if known is None or found.head.position != known.head.position:
            self._wake(news=True)
        for counter in found.shut_out & self._waiting.keys():
            self._let_go(self._waiting[counter], news=False)

    @property
    def _now(self) -> _Known:
        if self._known is None:
            raise LookupError("nothing was read yet")
        return self._known

    @property
    def head(self) -> Head:
        """What is known now. Raises LookupError before the first look."""
        return self._now.head

    def is_shut_out(self, counter: str) -> bool:
        return counter in self._now.shut_out

    async def wait_beyond(self, position: Position, seconds: float, counter: str) -> None:
        """Return when the ledger is elsewhere than at `position`, after `seconds`, when the counter is shut out, or when all are let go.

        Of one counter only the newest request waits: an earlier one is let go, since its connection was probably lost.
        """
        loop = asyncio.get_running_loop()
        earlier = self._waiting.pop(counter, None)
        if earlier is not None:
            self._let_go(earlier, news=False)
        ends = loop.time() + seconds
        while not self._is_closed and self.head.position == position and not self.is_shut_out(counter) and loop.time() < ends:
            future = self._waiting[counter] = loop.create_future()
            timer = loop.call_at(ends, self._let_go, future, False)
            try:
                if not await future:
                    return
            finally:
                timer.cancel()
                if self._waiting.get(counter) is future:
                    del self._waiting[counter]

    def entries_after(self, cursor: int) -> bytes | None:
        """At most MOST_ENTRIES encoded entries above a cursor of the epoch that runs, joined by commas; None if not all are in memory."""
        known = self._now
        if cursor < known.begins:
            return None
        first = cursor - known.begins
        return b",".join([kept.encoded for kept in known.entries[first : first + MOST_ENTRIES]])

    def _wake(self, *, news: bool) -> None:
        waiting, self._waiting = self._waiting, {}
        for future in waiting.values():
            self._let_go(future, news)

    @staticmethod
    def _let_go(future: asyncio.Future[bool], news: bool) -> None:
        if not future.done():
            future.set_result(news)


def _cursors(entries: tuple[_Kept, ...]) -> tuple[int, int]:
    return entries[0].entry.cursor, entries[-1].entry.cursor


def _place(head: Head) -> tuple[int, int]:
    return head.position.epoch, head.position.cursor
