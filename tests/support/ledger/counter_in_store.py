"""A counter over the real store, enrolled, on a fast disk."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from shutil import copytree
from uuid import UUID

from kiosk.domain.decide import Epochs, OpenLink
from kiosk.domain.errors import Code, Refused
from kiosk.domain.feed import PlacedLink, PlacedStop, Snapshot
from kiosk.domain.model import LibraryCardNumber, Link, LinkToken, ReplaceReason, Revocation, UnlinkReason
from kiosk.domain.operations import OwnOperation
from kiosk.domain.wire import Position
from kiosk.store.cipher import open_file
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository
from tests.support.ledger.counters import MADE, LedgerCounter
from tests.support.ledger.server import Answer, FeedPage
from tests.support.store.enrolled import load

KEYS = Keys(bytes(range(32)), bytes(range(32, 64)))
FAST_DISK = Path("/dev/shm")  # noqa: S108 - what is left there ends with its folder


class CounterInStore:
    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._path = folder / "kiosk.db"
        self.store = self._open()

    def _open(self) -> Repository:
        return Repository(self._path, KEYS, self.name, lambda: MADE)

    def link(self, uuid: UUID, token: LinkToken, number: LibraryCardNumber) -> Code | None:
        try:
            self.store.save_link(uuid, token, number, revocation=Revocation.GOOD)
        except Refused as refused:
            return refused.code
        return None

    def replace(self, uuid: UUID, token: LinkToken, number: LibraryCardNumber, shown: frozenset[UUID]) -> Code | None:
        try:
            reason = ReplaceReason.RENEWED
            self.store.save_link(uuid, token, number, revocation=Revocation.GOOD, replaces=reason, shown=tuple(shown))
        except Refused as refused:
            return refused.code
        return None

    def unlink(self, uuid: UUID, number: LibraryCardNumber) -> Code | None:
        try:
            self.store.close_link(uuid, number, UnlinkReason.LOST)
        except Refused as refused:
            return refused.code
        return None

    def hear_answer(self, answer: Answer) -> None:
        self.store.answer({answer.uuid: answer.state}, answer.epoch)

    def hear_page(self, page: FeedPage) -> None:
        # Not the next, or of another epoch: nothing may change then, which the history looks at.
        with suppress(ValueError):
            self.store.follow(page.entries, page.safe)

    def hear_epoch(self, epochs: Epochs) -> None:
        with suppress(ValueError):
            self.store.begin_epoch(epochs)

    def hear_stops(self, stops: Sequence[PlacedStop], epoch: int) -> None:
        self.store.hear_stops(stops, epoch)

    def hear_snapshot(self, snapshot: Snapshot, safe: Position) -> None:
        with suppress(ValueError):
            load(self.store, snapshot, safe, keys=KEYS)

    def refusal_seen(self, uuid: UUID) -> None:
        self.store.forget_refusal(uuid)

    def restart(self) -> None:
        self.store.close()
        self.store = self._open()
        self._is_sound()

    def kept(self) -> Sequence[OwnOperation]:
        return self.store.operations()

    def of_token(self, token: LinkToken) -> OpenLink | None:
        return _open_link(self.store.find(token))

    def of_number(self, number: LibraryCardNumber) -> OpenLink | None:
        return _open_link(self.store.find_by_number(number))

    def links(self) -> Mapping[LinkToken, PlacedLink]:
        """Read past the program, which shows them only through the overlay."""
        self._is_sound()
        with closing(open_file(self._path, KEYS.database, reading=True)) as connection:
            rows = connection.execute("SELECT token, number, since, counter, operation, position FROM link").fetchall()
        return {
            LinkToken(token): PlacedLink(
                OpenLink(LinkToken(token), LibraryCardNumber(number), datetime.fromisoformat(since), counter, UUID(operation)), position
            )
            for token, number, since, counter, operation, position in rows
        }

    def _is_sound(self) -> None:
        """The overlay is what the operations make of the links, the digest fits them, the trail is whole."""
        found = self.store.examine(aside=False)
        assert found is None, found


def _open_link(link: Link | None) -> OpenLink | None:
    return None if link is None else OpenLink(link.token, link.number, link.since, link.counter, link.operation)


class Stores:
    """Counters of one history after the other. Each begins with a copy of a store that is enrolled and empty."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._used, self._open = folder, 0, list[CounterInStore]()

    def __call__(self, name: str) -> LedgerCounter:
        if len(self._open) == 2:
            self.close()
        self._used += 1
        empty = self._folder / name
        if not empty.exists():
            with Repository(empty / "kiosk.db", KEYS, name, lambda: MADE) as store:
                store.enrol("https://registry.example", name)
        self._open.append(CounterInStore(name, copytree(empty, self._folder / str(self._used))))
        return self._open[-1]

    def close(self) -> None:
        for counter in self._open:
            counter.store.close()
        self._open = []


@contextmanager
def stores() -> Iterator[Stores]:
    """In memory where there is a folder for that: the store does all it does, and the disk does not wait."""
    with tempfile.TemporaryDirectory(dir=FAST_DISK if os.access(FAST_DISK, os.W_OK) else None) as folder:
        opened = Stores(Path(folder))
        try:
            yield opened
        finally:
            opened.close()
