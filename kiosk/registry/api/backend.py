"""What the routes stand on: the ledger and its writer, the tail, the counters; and the few threads that read the database."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from kiosk.domain.feed import FeedEntry
from kiosk.domain.registry_json import entry_json
from kiosk.domain.registry_wire import LedgerStatus
from kiosk.domain.wire import Position
from kiosk.registry.answers import Contact, Entries, Head, NoFeed
from kiosk.registry.api.access import Asker
from kiosk.registry.api.contacts import Contacts
from kiosk.registry.api.shared_lookup import SharedLookup
from kiosk.registry.counter_directory import CounterDirectory, KnownCounter
from kiosk.registry.counters import Counters
from kiosk.registry.enrolment import Enrolment
from kiosk.registry.ledger import RegistryLedger
from kiosk.registry.tail import Tail
from kiosk.registry.writer import Writer

THREADS = 4
"""That read the database, each with a connection of its own. They are busy for milliseconds at a time; what waits for news has none."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Library:
    """What the server knows of its library. `clock`: aware."""

    ledger: RegistryLedger
    counters: Counters
    enrolment: Enrolment
    authority: bytes
    """PEM of the authority that counters trust: public."""
    clock: Callable[[], datetime]
    hear_ahead: Callable[[str, Position], None] = lambda counter, known: None
    """Takes down that a counter knows more than the ledger, on a thread that may wait. May raise what `RememberedFile` raises."""


class Backend:
    """Belongs to the event loop while `running`."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._executor = ThreadPoolExecutor(THREADS, "registry-read")
        self._directory = CounterDirectory(library.ledger.database)
        self.tail = Tail(_Feed(library.ledger, self._directory), self._executor, encoded_entry)
        self._counters = SharedLookup[bytes, KnownCounter](lambda hashes: self.off_loop(lambda: self._directory.find(hashes)))
        self._turns: dict[str, asyncio.Lock] = {}
        self.contacts = Contacts(self._write_contacts)
        self.writer = Writer(library.ledger, self.tail.committed)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(self.tail.follow()), asyncio.create_task(self.contacts.keep_writing())]
        try:
            yield
        finally:
            self.tail.close()
            await asyncio.to_thread(self.writer.close)
            self.contacts.close()
            await asyncio.gather(*tasks)
            self._executor.shutdown()

    async def off_loop(self, call: Callable[[], T]) -> T:
        """Call what takes longer than a moment, or reads the database, on one of the threads."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, call)

    def turn(self, asker: Asker) -> asyncio.Lock:
        """Held while something is done for a counter: one thing at a time, as it asks itself, so that others have their turns."""
        return self._turns.setdefault(asker.name, asyncio.Lock())

    async def in_turn(self, asker: Asker, call: Callable[[], T]) -> T:
        """The same as `off_loop`, in the counter's turn."""
        async with self.turn(asker):
            return await self.off_loop(call)

    async def asker(self, secret_hash: bytes) -> Asker | None:
        found = await self._counters.find(secret_hash)
        return None if found is None else Asker(found.name, found.state, found.sequence)

    def status(self, head: Head, asker: Asker, sequence: int = 0) -> LedgerStatus:
        """`head` as it is told to one counter. `sequence`: where it is newer than what was known of the asker."""
        return head.told(self.library.clock(), max(asker.sequence, sequence), retiring=asker.retiring)

    def compare(self, asker: Asker, known: Position, head: Head) -> None:
        """Whether a counter knows more than the ledger, whose head was read since it asked. On a thread that may wait."""
        if (known.epoch, known.cursor) > (head.position.epoch, head.position.cursor):
            self.library.hear_ahead(asker.name, known)

    async def _write_contacts(self, contacts: Mapping[str, Contact]) -> None:
        await self.off_loop(lambda: self.library.ledger.heard_all(contacts))


@dataclass(frozen=True, slots=True)
class _Feed:
    """The source of the tail."""

    ledger: RegistryLedger
    directory: CounterDirectory

    def head(self) -> Head:
        return self.ledger.head()

    def feed(self, known: Position, limit: int) -> Entries | NoFeed:
        return self.ledger.feed(known, limit)

    def shut_out(self) -> frozenset[str]:
        return self.directory.revoked()


def encoded_entry(entry: FeedEntry) -> bytes:
    return encoded(entry_json(entry))


def encoded(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
