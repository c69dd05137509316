"""What every answer of the library's server means, whatever was asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar

from kiosk.domain.operations import OwnOperation
from kiosk.domain.outbox import Fate, fate
from kiosk.domain.registry_wire import LedgerStatus
from kiosk.store.enrolled_store import Membership
from kiosk.store.staging_store import StagingStore
from kiosk.store.sync.client import Said
from kiosk.store.sync.reports import Reports

_NOTED_EVERY = 60.0
"""Seconds between two notes in the store that the server has answered."""
_BELIEVED_AFTER = 10
"""Answers one after the other that lack what the server once said, and do not tell a later time than those before them."""


class Answered(Protocol):
    @property
    def status(self) -> LedgerStatus: ...


V = TypeVar("V", bound=Answered)


class InVain(Exception):
    """The reply brought this counter nothing. `wait`: seconds that it asks for."""

    def __init__(self, wait: float = 0.0) -> None:
        super().__init__()
        self.wait = wait


class EpochBegan(Exception):
    """Another epoch runs at the server than here."""

    def __init__(self, status: LedgerStatus) -> None:
        super().__init__()
        self.status = status


class KeysNeeded(Exception):
    """The server's ledger is under a site key that this counter was not given yet."""


class SnapshotNeeded(Exception):
    """The feed does not reach back to where this counter is."""


class ShutOut(Exception):
    """The server knows no counter with this secret, or one that has left. Nothing is erased."""


class Revoked(Exception):
    """The server has revoked this counter, by its name."""


class Exchange:
    """Holds for one thread what one answer leaves for the next."""

    def __init__(self, store: StagingStore, reports: Reports, now: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        self.store, self.reports, self._now, self._monotonic = store, reports, now, monotonic
        self._asked = now()
        self._answered: LedgerStatus | None = None
        self._noted: float | None = None
        self._latest: datetime | None = None
        """The latest time that the server told in an answer that was heeded."""
        self._behind = 0
        """Answers since then that lack what the server once said."""
        known = store.membership()
        self.is_shut_out = known is not None and known.shut_out is not None
        """Nothing that was done here is sent until the server knows this counter again."""
        self.sequence = 0
        """The highest of this counter's own that the server is known to know."""
        self.retiring = False
        self.has_stops = False
        """What was stopped elsewhere has been heard since the server was last away."""
        self.differs = False
        """The links here are not the server's at the same position. It is told so until they are."""

    @property
    def membership(self) -> Membership:
        membership = self.store.membership()
        if membership is None:
            raise ShutOut
        return membership

    def asks(self) -> None:
        """A question is being sent: its answer is measured from now on."""
        self._asked = self._now()

    def take(self, answer: V | Said) -> V:
        """The answer, if it is one. Raises what another reply means."""
        if isinstance(answer, Said):
            raise self.refusal(answer)
        self.heed(answer.status)
        return answer

    def take_status(self, answer: LedgerStatus | Said) -> None:
        if isinstance(answer, Said):
            raise self.refusal(answer)
        self.heed(answer)

    def refusal(self, said: Said) -> Exception:
        """What a reply means that is no answer. A status in it is heeded, which may raise EpochBegan."""
        meant = fate(said.status, said.error)
        if meant is Fate.SHUT_OUT:
            return ShutOut()
        if meant is Fate.ERASED:
            # Another counter's name: the secret was mixed up, or the server was.
            return Revoked() if said.counter == self.membership.counter else ShutOut()
        if said.ledger is not None and said.error == "order-parted":
            self.found_outdated(said.ledger.epochs.current)
        elif said.ledger is not None and said.error == "key-generation-unknown":
            self.reports.is_outdated()
        elif said.ledger is not None:
            self.heed(said.ledger)
            if said.error == "snapshot-needed":
                return SnapshotNeeded()
        return InVain(said.retry_after)

    def heed(self, status: LedgerStatus) -> None:
        """What every answer carries. Raises KeysNeeded; EpochBegan; InVain, if the server lacks what it once said or contradicts itself."""
        membership, current = self.membership, status.epochs.current
        if status.head.epoch != current or status.safe.epoch != current:
            raise InVain
        if membership.knows_more_than(status):
            self._behind += 1
            if membership.is_lost or self._is_later(status) or self._behind >= _BELIEVED_AFTER:
                self.found_outdated(current)
            raise InVain
        self._latest, self._behind = max(status.time, self._latest or status.time), 0
        answered, self._answered = self._now(), status
        self.reports.answered(status.time, self._asked, answered, has_stops=self.has_stops)
        if self.has_stops and (self._noted is None or self._monotonic() - self._noted >= _NOTED_EVERY):
            self._noted = self._monotonic()
            self.store.heard_at(answered)
        self.is_shut_out = False
        if membership.shut_out is not None:
            self.store.mark_shut_out(None)
        if status.sequence > self.sequence:
            self.sequence = status.sequence
            self.store.raise_sequence(status.sequence)
        if status.retiring != membership.retiring:
            self.store.mark_retiring(retiring=status.retiring)
        self.retiring = status.retiring
        if status.retiring:
            self.reports.retires()
        if status.key_generation != membership.newest_generation:
            # Before anything else of the epoch that began with it: what it says of cards could not be understood.
            raise KeysNeeded
        if current > membership.epochs.current:
            raise EpochBegan(status)

    def _is_later(self, status: LedgerStatus) -> bool:
        """An answer to a question of before, which a line or a proxy has held back, tells nothing of the server as it is now."""
        return self._latest is None or status.time > self._latest

    def found_outdated(self, epoch: int) -> None:
        """The server, in this epoch, lacks what it once said. An earlier epoch is that of a server that was replaced."""
        if epoch == self.membership.epochs.current:
            self.store.mark_lost(epoch)
        self.reports.is_outdated()

    def heard_stops(self) -> None:
        """What was stopped elsewhere is known here now: from this answer on the counter is not alone any more."""
        self.has_stops = True
        if self._answered is not None:
            self.heed(self._answered)

    def settled(self, news: list[OwnOperation]) -> None:
        """Operations were answered: tell the windows."""
        if news:
            self.reports.settled(news, self.store.refused_operations())
