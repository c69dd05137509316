"""What the windows are told of sync, and how long the counter may go on without the server. Thread-safe."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from kiosk.domain.events import (
    CounterRetiring,
    Event,
    LedgerDiffered,
    LedgerLoading,
    OperationAccepted,
    OperationRefused,
    RegistryChanged,
    RegistryClockRead,
)
from kiosk.domain.model import RefusedOperation, RegistryCondition
from kiosk.domain.operations import AcceptedAt, OwnOperation
from kiosk.domain.registry_contact import Contact, clock_difference, condition

_PATIENCE = 2
"""Attempts in a row that must fail before it is said: a connection that breaks is often there again at once."""


@dataclass(slots=True)
class Reports:
    post: Callable[[Event], None]
    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    max_offline: timedelta
    _contact: Contact = field(default_factory=Contact)
    _answered_at: float | None = None
    """By the monotonic clock."""
    _latest: datetime | None = None
    _shut_out: datetime | None = None
    _failures: int = 0
    _told: tuple[RegistryCondition, datetime | None] | None = None
    _ahead: int = 0
    _retiring: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, heard: datetime | None, latest: datetime | None, shut_out: datetime | None) -> None:
        """What the store knows from earlier runs."""
        with self._lock:
            self._contact = Contact(heard, shut_out=shut_out is not None)
            self._latest, self._shut_out = latest, shut_out
        self.look()

    def look(self) -> None:
        """Tell the condition, if it has changed: time alone changes it. Call every few seconds, from any thread."""
        with self._lock:
            contact, now = self._contact, self.now()
            if self._answered_at is not None:
                contact = replace(contact, silence=timedelta(seconds=self.monotonic() - self._answered_at))
            is_now = condition(contact, now, self._latest, self.max_offline)
            # What is measured against the latest time seen must not move with a clock that is being put back.
            self._latest = max(now, self._latest or now)
            since = self._shut_out if is_now is RegistryCondition.SHUT_OUT else contact.last
            # Each answer is later than the one before; that alone is no news.
            if self._told is None or self._told[0] is not is_now:
                self._told = is_now, since
                self.post(RegistryChanged(is_now, since))

    @property
    def is_current(self) -> bool:
        with self._lock:
            return self._told is not None and self._told[0] is RegistryCondition.CURRENT

    def answered(self, told: datetime, before: datetime, after: datetime, *, has_stops: bool) -> None:
        """The server has answered between these readings of our clock, and its own said `told`.

        `has_stops`: this counter knows what was stopped elsewhere. Until then an answer ends no time alone.
        """
        with self._lock:
            self._contact = replace(self._contact, fails=False, shut_out=False, outdated=False)
            self._failures, self._shut_out = 0, None
            if has_stops:
                self._contact, self._answered_at = replace(self._contact, last=after), self.monotonic()
                # The server was there at this moment, whatever the clock showed before.
                self._latest = after
            ahead = clock_difference(told, before, after)
            is_news, self._ahead = abs(ahead - self._ahead) > 5, ahead
        if is_news:
            self.post(RegistryClockRead(ahead))
        self.look()

    def caught_up(self) -> None:
        with self._lock:
            self._contact = replace(self._contact, in_step=True)
        self.look()

    def fell_behind(self) -> None:
        """The links cannot be brought up to date but by a snapshot."""
        with self._lock:
            self._contact = replace(self._contact, in_step=False)
        self.look()

    def failed(self) -> None:
        """An attempt found no server, or one that makes no sense."""
        with self._lock:
            self._failures += 1
            if self._failures >= _PATIENCE:
                self._contact = replace(self._contact, fails=True, in_step=False)
        self.look()

    def is_outdated(self) -> None:
        """A server has answered that knows less than this counter."""
        with self._lock:
            self._contact = replace(self._contact, outdated=True, in_step=False)
        self.look()

    def is_shut_out(self, since: datetime) -> None:
        with self._lock:
            self._contact = replace(self._contact, shut_out=True)
            self._shut_out = self._shut_out or since
        self.look()

    def retires(self) -> None:
        if not self._retiring:
            self._retiring = True
            self.post(CounterRetiring())

    def differs(self) -> None:
        """The links here are not the server's."""
        self.post(LedgerDiffered(self.now()))

    def loading(self, loaded: int, total: int) -> None:
        self.post(LedgerLoading(min(loaded, total), total))

    def settled(self, news: Sequence[OwnOperation], refused: Sequence[RefusedOperation]) -> None:
        """Operations of this counter were answered. `refused`: what staff have not seen yet."""
        told = {one.operation: one for one in refused}
        for own in news:
            uuid = own.operation.origin.uuid
            if isinstance(own.state, AcceptedAt):
                self.post(OperationAccepted(uuid))
            elif uuid in told:
                self.post(OperationRefused(told[uuid]))
