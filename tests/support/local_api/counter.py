"""A counter as the interface for other programs knows it: a real store, the real thread and process, and what they found."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from kiosk.domain.events import CheckFound, Event
from kiosk.domain.health import Finding
from kiosk.domain.local_client import LocalClient, fresh_token, token_hash
from kiosk.domain.model import Insertion, LibraryCardNumber
from kiosk.domain.verified_patron import VerifiedPatron
from kiosk.local_api.local_api_thread import LocalApiThread
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository
from tests.support.ports import free_port
from tests.support.wait import LIMIT

PAGE = "https://lib.example.jp"
NUMBER = LibraryCardNumber("2104067853")


class CounterWithApi:
    """Listens once it is made."""

    def __init__(self, folder: Path, port: int) -> None:
        self.store = Repository(folder / "kiosk.db", Keys(bytes(range(32)), bytes(range(32, 64))), "窓口1", lambda: datetime.now(UTC))
        self.port, self.program_token, self.page_token = port, fresh_token(), fresh_token()
        self.store.add_local_client(LocalClient("program", token_hash(self.program_token)))
        self.store.add_local_client(LocalClient("page", token_hash(self.page_token), (PAGE,)))
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._insertions = count(1)
        self.api = LocalApiThread(port, self.store, self._events.put)

    def found(self) -> Finding:
        """The next finding."""
        event = self._events.get(timeout=LIMIT)
        assert isinstance(event, CheckFound)
        return event.finding

    def latest(self) -> Finding | None:
        """The last finding since the last question, if there is one."""
        found = None
        while not self._events.empty():
            found = self.found()
        return found

    def serve(self, number: LibraryCardNumber = NUMBER) -> None:
        """The card of the next patron was verified."""
        self.api.show(VerifiedPatron(Insertion(next(self._insertions), "reader"), number))

    def leave(self) -> None:
        self.api.show(None)

    def hand_outs(self) -> list[tuple[str | None, str | None]]:
        """Client and masked number of each, from the audit trail."""
        return [(row.reason, row.number) for row in self.store.audit_rows() if row.act == "hand-out"]


@contextmanager
def counter_with_api(folder: Path, *, listens: bool = True, port: int | None = None) -> Iterator[CounterWithApi]:
    counter = CounterWithApi(folder, port or free_port())
    with counter.store:
        counter.api.start()
        try:
            if listens:
                assert counter.found() == Finding("local-api.on", {"port": counter.port, "count": 2})
            yield counter
        finally:
            counter.api.stop(LIMIT)
