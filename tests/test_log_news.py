"""No line in the log at every look for a state that lasts: one when it begins, one when it changes, one when it is over."""

from __future__ import annotations

import logging
from collections.abc import Callable, MutableMapping
from datetime import date
from pathlib import Path
from typing import cast

import pytest

from kiosk.checks.periodic import Look, Rounds
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.events import Event
from kiosk.domain.health import Finding
from kiosk.domain.model import IlsCondition
from kiosk.domain.watched_checks import WATCHED
from kiosk.effects.worker import Worker
from kiosk.incidents import RecurringIncidents
from kiosk.log_news import LogNews
from kiosk.registry.api.trouble import Troubles
from kiosk.slip_cleanup import SlipFolder
from kiosk.smartcard.card_watch import CardWatch
from kiosk.smartcard.reader import ReaderMonitor
from kiosk.smartcard.virtual.reader import VirtualReaders
from tests.support.cards.readers import Ear
from tests.support.ils.scripted_server import Clock, Station, answering, client_of
from tests.support.wait import LIMIT, wait_until

ROUNDS = 100
Lines = Callable[[], list[str]]


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Lines:
    """What stands in the log of a counter."""
    caplog.set_level(logging.INFO)
    return lambda: [record.getMessage() for record in caplog.records if record.name.startswith("kiosk.")]


class Failing:
    """Something that fails for some rounds, in one way and then in another, and then works."""

    def __init__(self, *codes: Code) -> None:
        self._codes, self.rounds = codes, 0

    def __call__(self) -> None:
        self.rounds += 1
        if self.rounds <= ROUNDS * len(self._codes):
            raise Unavailable(self._codes[(self.rounds - 1) // ROUNDS])


def test_news_is_what_was_not_met_last() -> None:
    news = LogNews()
    assert [news.is_news("a", state) for state in (1, 1, 2, 1)] == [True, False, True, True]
    assert news.is_news("b", 1)
    assert [news.is_over("a"), news.is_over("a"), news.is_news("a", 1)] == [True, False, True]


def test_what_was_not_met_for_long_is_over() -> None:
    clock = Clock()
    news = LogNews(60, clock)
    assert news.is_news("a")
    for _ in range(ROUNDS):
        clock.now += 59
        assert not news.is_news("a")
    clock.now += 60
    assert news.is_news("a")


def test_readers_that_cannot_be_watched(lines: Lines) -> None:
    world, fail = VirtualReaders(), Failing(Code.READER_SERVICE_MISSING, Code.READER_DENIED)

    def monitor() -> ReaderMonitor:
        fail()
        return world.monitor()

    watch = CardWatch(monitor, Ear(), longest_pause=0.0)
    watch.start()
    wait_until(lambda: fail.rounds > 2 * ROUNDS, "the readers to be watched")
    wait_until(lambda: len(lines()) > 2, "that to be written")
    assert watch.stop()
    assert lines() == [
        "the readers cannot be watched: reader-service-missing",
        "the readers cannot be watched: reader-denied",
        "the readers are watched again",
    ]


def test_a_check_that_cannot_be_made(lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(cast(MutableMapping[str, float], WATCHED), "clock", 0.0)
    fail, found = Failing(Code.STORE_LOCKED), list[Event]()

    def look() -> Finding:
        fail()
        return Finding("clock.plausible")

    rounds = Rounds([[Look("clock", look)]], found.append, first_after=0.0)
    rounds.start()
    wait_until(lambda: found, "the check to be made")
    rounds.stop()
    assert lines() == ["clock could not be looked at: store-locked", "clock is looked at again"]


def test_a_look_beside_the_work(lines: Lines) -> None:
    fail, posted = Failing(Code.STORE_LOCKED, Code.STORE_DAMAGED), list[Event]()
    worker = Worker("work", posted.append)
    for _ in range(2 * ROUNDS):
        worker.look(lambda: fail(), lambda incident: None)
    wait_until(lambda: fail.rounds == 2 * ROUNDS, "all looks")
    worker.stop(LIMIT)
    assert lines() == ["not looked at: store-locked", "not looked at: store-damaged"]


def test_a_librarys_system_that_is_away(lines: Lines) -> None:
    clock = Clock()
    with Station() as away:
        port = away.port
    with client_of(port, monotonic=clock) as client:
        for _ in range(ROUNDS):
            assert client.keep_alive() is not IlsCondition.READY
            clock.now += 31
    assert len(lines()) == 1
    assert lines()[0].startswith("ils-unreachable")


def test_a_librarys_system_that_answers_nothing_and_then_again(lines: Lines) -> None:
    clock = Clock()
    with Station(*[answering({"99": None})] * ROUNDS, answering({})) as station:
        with client_of(station.port, monotonic=clock, answer_seconds=0.01) as client:
            for _ in range(ROUNDS):
                client.keep_alive()
                clock.now += 601
            for _ in range(3):
                client.keep_alive()
                clock.now += 601
    assert [line.partition(";")[0].partition(" in ")[0] for line in lines()] == [
        "ils-unreachable: no answer within the time",
        "connected",
        "the library's system answers again",
    ]


def test_a_slip_that_cannot_be_deleted(lines: Lines, tmp_path: Path) -> None:
    """A folder of that name, which no system deletes as it does a file."""
    (tmp_path / "slip-20200101-120000.pdf").mkdir()
    slips = SlipFolder(tmp_path, 1)
    for _ in range(ROUNDS):
        slips.sweep(date(2026, 11, 29))
    assert len(lines()) == 1


def test_a_servers_database_that_is_away(lines: Lines) -> None:
    troubles = Troubles()
    for error in (Unavailable(Code.STORE_LOCKED), Unavailable(Code.STORE_DAMAGED), TimeoutError()):
        for _ in range(ROUNDS):
            troubles.told(error)
    assert len(lines()) == 3


@pytest.mark.parametrize("every", [2.0, 3600.0])
def test_a_bug_that_recurs_keeps_its_number_however_seldom_it_is_met(lines: Lines, every: float) -> None:
    clock = Clock()
    bugs = RecurringIncidents(2 * every, clock)
    numbers = set()
    for _ in range(ROUNDS):
        numbers.add(bugs.record(KeyError()).number)
        clock.now += every
    assert len(numbers) == len(lines()) == 1
