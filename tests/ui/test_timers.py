"""Timers delivered as events, however many are pending."""

from __future__ import annotations

import gc
import time

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kiosk.domain.events import Event, TimeUp
from kiosk.domain.model import Ticket
from kiosk.ui.bridge import Timers
from tests.support.wait import SOON, WAIT_MS


class Heard:
    def __init__(self) -> None:
        self.tickets: list[int] = []
        self.at: dict[int, float] = {}

    def __call__(self, event: Event) -> None:
        assert isinstance(event, TimeUp)
        self.tickets.append(event.ticket)
        self.at[event.ticket] = time.monotonic()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def timers(heard: Heard, qapp: QApplication) -> Timers:
    return Timers(heard)


def test_each_rings_once_when_its_time_is_up_and_not_before(timers: Timers, heard: Heard, qtbot: QtBot) -> None:
    began = time.monotonic()
    wanted = {1: 0.3, 2: 0.05, 3: 0.2, 4: 0.05, 5: 0.0}
    for ticket, seconds in wanted.items():
        timers.start(Ticket(ticket), seconds)
    qtbot.waitUntil(lambda: len(heard.tickets) == len(wanted), timeout=WAIT_MS)
    assert heard.tickets == [5, 2, 4, 3, 1]
    assert all(heard.at[ticket] - began >= seconds for ticket, seconds in wanted.items())


def test_one_begun_while_another_rings_is_heard_too(qtbot: QtBot, qapp: QApplication) -> None:
    heard: list[int] = []

    def hear(event: Event) -> None:
        assert isinstance(event, TimeUp)
        heard.append(event.ticket)
        if event.ticket < 4:
            clock.start(Ticket(event.ticket + 1), 0.01)

    clock = Timers(hear)
    clock.start(Ticket(1), 0.01)
    qtbot.waitUntil(lambda: heard == [1, 2, 3, 4], timeout=WAIT_MS)


def test_thousands_that_are_waited_for_cost_little(timers: Timers) -> None:
    """Every sign of life begins one; each is waited for a minute, or an hour."""
    gc.collect()
    before, began = len(gc.get_objects()), time.perf_counter()
    for ticket in range(1, 20_001):
        timers.start(Ticket(ticket), 3600)
    assert time.perf_counter() - began < SOON
    gc.collect()
    # Tuples of numbers are not even looked at by the collector.
    assert len(gc.get_objects()) - before < 100
    assert len(timers.findChildren(QTimer)) == 1
