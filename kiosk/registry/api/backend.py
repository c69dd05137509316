"""What the routes stand on: the ledger and its writer, the tail, the counters; and the few threads that read the database."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from kiosk.domain.feed import FeedEntry
from kiosk.domain.registry_json import entry_json
from kiosk.domain.registry_wire import LedgerStatus
from kiosk.domain.wire import Position
from kiosk.registry.answers import Applied, Contact, Entries, Head, NoFeed
from kiosk.registry.api.access import Asker
from kiosk.registry.api.contacts import Contacts
from kiosk.registry.api.shared_lookup import SharedLookup
from kiosk.registry.counter_directory import CounterDirectory, KnownCounter
from kiosk.registry.counters import Counters
from kiosk.registry.enrolment import Enrolment
from kiosk.registry.ledger import RegistryLedger
from kiosk.registry.models import CounterState
from kiosk.registry.status.status_page import StatusPage
from kiosk.registry.tail import Tail
from kiosk.registry.writer import Writer

THREADS = 4
"""That read the database, each with a connection of its own. They are busy for milliseconds at a time; what waits for news has none."""
REMEMBERED = 2.0
"""Seconds for which it is remembered whose a secret is: asked each time, it is a tenth of what a batch of many takes."""
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
    status: StatusPage | None = None
    """None: there is no page for administrators."""


class Backend:
    """Belongs to the event loop while `running`."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._executor = ThreadPoolExecutor(THREADS, "registry-read")
        self._directory = CounterDirectory(library.ledger.database)
        self.tail = Tail(_Feed(library.ledger, self._directory), self._executor, encoded_entry)
        self._counters = SharedLookup[bytes, KnownCounter](lambda hashes: self.off_loop(lambda: self._directory.find(hashes)))
        self._askers: dict[bytes, tuple[Asker, float]] = {}
        """By secret, and when the database was asked for it."""
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

    async def asker(self, secret_hash: bytes, may_be_remembered: bool = False) -> Asker | None:
        """Whose secret it is. `may_be_remembered`: perhaps as it was `REMEMBERED` seconds ago, if it was not shut out since."""
        now = time.monotonic()
        if may_be_remembered and (remembered := self._askers.get(secret_hash)) is not None:
            asker, since = remembered
            if now - since < REMEMBERED and not (self.tail.is_failing or self.tail.is_shut_out(asker.name)):
                return asker
        found = await self._counters.find(secret_hash)
        if found is None:
            return None
        asker = Asker(found.name, found.state, found.sequence, secret_hash)
        if asker.state is CounterState.ACTIVE:
            self._askers[secret_hash] = asker, now
        return asker

    def heard(self, asker: Asker, applied: Applied) -> Asker:
        """The asker as it is after it wrote."""
        state = CounterState.RETIRING if applied.is_retiring else asker.state
        now = replace(asker, state=state, sequence=max(asker.sequence, applied.sequence))
        if asker.secret in self._askers:
            self._askers[asker.secret] = now, self._askers[asker.secret][1]
        return now

    def status(self, head: Head, asker: Asker) -> LedgerStatus:
        """`head` as it is told to one counter."""
        return head.told(self.library.clock(), asker.sequence, retiring=asker.retiring)

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
