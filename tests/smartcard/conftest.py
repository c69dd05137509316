"""Fixtures: cards, a judge that trusts them, and the readers on which they are placed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from kiosk.smartcard.authority import Authority
from kiosk.smartcard.card_watch import CardWatch
from kiosk.smartcard.judge import CardJudge
from kiosk.smartcard.revocation import NoRevocation
from kiosk.smartcard.virtual.demo_cards import Deck
from tests.support.cards.card_thread import AskedCardThread
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


@pytest.fixture
def counters(judge: CardJudge) -> Iterator[Callable[..., AskedCardThread]]:
    """Starts card threads and stops them when the test ends; one that does not end fails it."""
    started: list[AskedCardThread] = []

    def start(world: World, slow_after: float = 5.0) -> AskedCardThread:
        started.append(AskedCardThread(world, judge, slow_after))
        return started[-1]

    yield start
    assert [counter.thread.stop() for counter in started] == [True] * len(started)
