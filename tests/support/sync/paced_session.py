"""Sync as a program of its own clock: every pause passes at once, so that hours of a stubborn server are over in seconds."""

from __future__ import annotations

import queue
import random
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
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
from kiosk.store.sync.tls import Authority

_AT_ONCE = 0.01
"""Seconds for which an answer is really waited for."""


class JumpingBell(Bell):
    """Lets time pass instead of waiting for it, but hears what a connection has to say."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.pauses = list[float]()
        """Seconds of each wait beside nothing."""

    def wait(self, seconds: float, beside: socket.socket | None = None) -> bool:
        if beside is not None and super().wait(_AT_ONCE, beside):
            return True
        if beside is None:
            self.pauses.append(seconds)
        self.now += max(0.0, seconds)
        return False


@dataclass
class PacedSession:
    """One session with one server. Use `close` at the end."""

    store: Repository
    url: str
    authority: Authority
    secret: str = "kioskc-" + "a" * 43
    bell: JumpingBell = field(default_factory=JumpingBell)

    def __post_init__(self) -> None:
        self.posted: queue.SimpleQueue[Event] = queue.SimpleQueue()
        begun = datetime.now(UTC)
        where, limits = ServerUrl.parse(self.url), Limits(connect=5, silence=5, whole=5)
        self._connections = [Connection.verified(where, self.authority, limits) for _ in range(2)]
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
