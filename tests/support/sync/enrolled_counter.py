"""A counter without windows beside a server of the library: its store, and the thread that keeps both in step."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import TypeVar
from uuid import UUID, uuid4

from kiosk.domain.counter_secret import fresh_secret
from kiosk.domain.events import Event, RegistryChanged
from kiosk.domain.model import LibraryCardNumber, LinkToken, RegistryCondition, ReplaceReason, Revocation, UnlinkReason
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository
from kiosk.store.sync.credentials import Credentials
from kiosk.store.sync.sync_thread import SyncThread
from kiosk.store.sync.tls import Authority
from tests.support.wait import LIMIT

E = TypeVar("E")
DATABASE_KEY = bytes(range(32))


@dataclass
class Clock:
    """A clock that can be wrong."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class EnrolledCounter:
    """Use as a context manager. `start` begins sync; everything done before waits in the store."""

    path: Path
    url: str
    authority: Authority
    name: str
    site_key: bytes
    secret: str = field(default_factory=fresh_secret)
    max_offline: timedelta = timedelta(hours=24)
    clock: Clock = field(default_factory=Clock)
    draw: Callable[[], float] = lambda: 0.5
    events: list[Event] = field(default_factory=list)
    sync: SyncThread | None = None

    def __post_init__(self) -> None:
        self._posted: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self.store = Repository(self.path, Keys(DATABASE_KEY, self.site_key), self.name, self.clock)
        if not self.store.is_enrolled():
            self.store.enrol(self.url, self.name)

    def __enter__(self) -> EnrolledCounter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()
        self.store.close()

    def start(self) -> EnrolledCounter:
        credentials = Credentials(self.secret, self.authority, "0.1.0")
        self.sync = SyncThread(self.store, credentials, self._posted.put, self.max_offline, now=self.clock, draw=self.draw)
        self.sync.start()
        return self

    def stop(self) -> None:
        """End its sync. `events` then holds all that it told."""
        if self.sync is not None:
            self.sync.stop()
            assert not self.sync.is_running
            self.sync = None
            while not self._posted.empty():
                self.events.append(self._posted.get_nowait())

    # --- acts -----------------------------------------------------------------------------------------------------------

    def link(self, token: LinkToken, number: LibraryCardNumber, replaces: ReplaceReason | None = None) -> UUID:
        operation = uuid4()
        by_card, by_number = self.store.links_for([token], number)
        shown = tuple(link.operation for link in (*by_card, by_number) if link is not None)
        self.store.save_link(operation, token, number, revocation=Revocation.GOOD, replaces=replaces, shown=shown)
        self._wake()
        return operation

    def unlink(self, number: LibraryCardNumber) -> UUID:
        operation = uuid4()
        self.store.close_link(operation, number, UnlinkReason.LOST)
        self._wake()
        return operation

    def _wake(self) -> None:
        if self.sync is not None:
            self.sync.wake()

    # --- waits ----------------------------------------------------------------------------------------------------------

    def until(self, fits: Callable[[EnrolledCounter], object], limit: float = LIMIT) -> EnrolledCounter:
        """Until this holds, looked at with each event and every few hundredths of a second."""
        end = time.monotonic() + limit
        while not fits(self):
            left = end - time.monotonic()
            assert left > 0, f"waited {limit:g} s in vain; at {self.store.membership()} after {self.events[-12:]}"
            try:
                self.events.append(self._posted.get(timeout=min(left, 0.03)))
            except queue.Empty:
                continue
        return self

    def until_told(self, kind: type[E]) -> E:
        """Until an event of this kind was posted; the newest."""
        self.until(lambda counter: any(isinstance(event, kind) for event in counter.events))
        return next(event for event in reversed(self.events) if isinstance(event, kind))

    def until_condition(self, condition: RegistryCondition) -> EnrolledCounter:
        return self.until(lambda counter: counter.condition is condition)

    def until_settled(self) -> EnrolledCounter:
        """Until nothing done here waits for an answer, and everything accepted has arrived."""
        return self.until(lambda counter: not counter.store.outgoing() and counter.condition is RegistryCondition.CURRENT)

    @property
    def condition(self) -> RegistryCondition | None:
        told = [event.condition for event in self.events if isinstance(event, RegistryChanged)]
        return told[-1] if told else None

    def links(self) -> dict[str, bytes]:
        """All links shown: token by number."""
        found = {}
        for listed in self.store.list_links(masked=False):
            link = self.store.find_by_number(LibraryCardNumber(listed.number))
            assert link is not None
            found[listed.number] = link.token.digest
        return found
