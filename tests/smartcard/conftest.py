"""Cards, a judge that trusts them, and the worlds in which they lie on a reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from kiosk.domain.events import CardKnown
from kiosk.domain.model import Insertion, Pin, Ticket
from kiosk.smartcard.authority import Authority
from kiosk.smartcard.judge import CardJudge
from kiosk.smartcard.revocation import NoRevocation
from kiosk.smartcard.thread import CardThread
from kiosk.smartcard.virtual.deck import Deck
from kiosk.smartcard.watch import CardWatch
from tests.support.cards.readers import BehindPcscd, Ear, InProcess, World


@pytest.fixture(scope="session")
def tray() -> Deck:
    """Cards of one authority that a normal run trusts. Take them with `tray.fresh`, so that tries and faults of another test are gone."""
    return Deck(demo=False)


@pytest.fixture(scope="session")
def judge(tray: Deck) -> CardJudge:
    return CardJudge([Authority(tray.authority.der)], NoRevocation(), bytes(range(32)), lambda: datetime.now(UTC))


@pytest.fixture(params=["in process", pytest.param("behind pcscd", marks=pytest.mark.pcscd)])
def world(request: pytest.FixtureRequest) -> World:
    return InProcess() if request.param == "in process" else BehindPcscd(request.getfixturevalue("pcscd"))


@pytest.fixture
def watching() -> Iterator[Callable[..., tuple[CardWatch, Ear]]]:
    """Starts watches and stops them when the test ends; a watch that does not end fails it."""
    watches: list[CardWatch] = []

    def start(world: World, name: str | None = None) -> tuple[CardWatch, Ear]:
        ear = Ear()
        watch = CardWatch(world.monitor, ear, name)
        watch.start()
        watches.append(watch)
        return watch, ear

    yield start
    assert [watch.stop() for watch in watches] == [True] * len(watches)


class Counter:
    """A card thread with an ear, asked one thing at a time."""

    def __init__(self, world: World, judge: CardJudge, slow_after: float = 5.0) -> None:
        self.ear = Ear()
        self.thread = CardThread(world.readers, judge, self.ear, slow_after=slow_after)
        self.thread.start()
        self._ticket = 0

    def ticket(self) -> Ticket:
        self._ticket += 1
        return Ticket(self._ticket)

    def read(self, insertion: Insertion) -> object:
        """What was said first, but for CardKnown."""
        self.thread.read(self.ticket(), insertion)
        said = self.ear.next()
        return self.ear.next() if isinstance(said, CardKnown) else said

    def tries(self, insertion: Insertion) -> object:
        self.thread.tries(self.ticket(), insertion)
        return self.ear.next()

    def verify(self, insertion: Insertion, pin: str | Pin) -> object:
        self.thread.verify(self.ticket(), insertion, Pin(pin) if isinstance(pin, str) else pin)
        return self.ear.next()


@pytest.fixture
def counters(judge: CardJudge) -> Iterator[Callable[..., Counter]]:
    """Starts card threads and stops them when the test ends; one that does not end fails it."""
    started: list[Counter] = []

    def start(world: World, slow_after: float = 5.0) -> Counter:
        started.append(Counter(world, judge, slow_after))
        return started[-1]

    yield start
    assert [counter.thread.stop() for counter in started] == [True] * len(started)
