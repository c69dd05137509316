"""Sync as a program of its own clock: every pause passes at once, so that hours of a stubborn server are over in seconds."""

from __future__ import annotations

import queue
import random
import selectors
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kiosk.domain.errors import Unavailable
from kiosk.domain.events import Event
from kiosk.store.repository import Repository
from kiosk.store.sync.bell import Bell
from kiosk.store.sync.client import RegistryClient
from kiosk.store.sync.connection import Connection, Limits
from kiosk.store.sync.exchange import Exchange, ShutOut
from kiosk.store.sync.reports import Reports
from kiosk.store.sync.server_url import ServerUrl
from kiosk.store.sync.session import Session
from tests.support.sync.scripted_registry import ScriptedRegistry

_AT_ONCE = 0.01
"""Seconds for which an answer is really waited for while the server holds it back."""
_WORKING = 10.0
"""The same while it works on the answer, at most."""


class JumpingBell(Bell):
    """Lets time pass instead of waiting for it, but hears what a connection has to say. How fast this computer answers is no part of it."""

    def __init__(self, is_held: Callable[[], bool]) -> None:
        super().__init__()
        self._is_held = is_held
        self.now = 0.0
        self.pauses = list[float]()
        """Seconds of each wait beside nothing."""

    def wait(self, seconds: float, beside: socket.socket | None = None) -> bool:
        if beside is not None and (super().wait(_AT_ONCE, beside) or self._is_answered(beside)):
            return True
        if beside is None:
            self.pauses.append(seconds)
        self.now += max(0.0, seconds)
        return False

    def _is_answered(self, connection: socket.socket) -> bool:
        """Before the server holds back its answer."""
        end = time.monotonic() + _WORKING
        with selectors.DefaultSelector() as answer:
            answer.register(connection, selectors.EVENT_READ)
            while not self._is_held() and time.monotonic() < end:
                if answer.select(_AT_ONCE):
                    return True
        return False


@dataclass
class PacedSession:
    """One session with one server. Use `close` at the end."""

    store: Repository
    server: ScriptedRegistry
    secret: str = "kioskc-" + "a" * 43

    def __post_init__(self) -> None:
        self.bell = JumpingBell(self.server.is_holding)
        self.posted: queue.SimpleQueue[Event] = queue.SimpleQueue()
        begun = datetime.now(UTC)
        where, limits = ServerUrl.parse(self.server.url), Limits(connect=5, silence=5, whole=5)
        self._connections = [Connection.verified(where, self.server.authority, limits) for _ in range(2)]
        clients = [RegistryClient(each, self.secret, "0.1.0") for each in self._connections]

        def now() -> datetime:
            return begun + timedelta(seconds=self.bell.now)

        self.reports = Reports(self.posted.put, now, self.monotonic, timedelta(hours=24))
        draw = random.Random(11).random
        exchange = Exchange(self.store, self.reports, now, self.monotonic)
        self.session = Session(exchange, clients[0], clients[1], self.bell, threading.Event(), self.monotonic, draw)

    def monotonic(self) -> float:
        return self.bell.now

    def run(self, seconds: float, begin_round: Callable[[], None] = lambda: None) -> None:
        """Round after round, as the thread does, until so much time has passed."""
        end = self.bell.now + seconds
        while self.bell.now < end:
            begin_round()
            try:
                self.session.round()
            except ShutOut:
                self.session.shut_out(90.0)
                self.store.mark_shut_out(datetime.now(UTC))
            except Unavailable:
                self.reports.failed()
                self.session.found_nobody()

    def close(self) -> None:
        for connection in self._connections:
            connection.close()
        self.bell.close()
