"""The order of things: stops first, then what was done here, then what was done elsewhere, and a wait for more of both."""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.outbox import jittered
from kiosk.domain.pacing import Pace
from kiosk.domain.registry_wire import LONGEST_WAIT, FeedPage
from kiosk.store.sync.aside import Aside
from kiosk.store.sync.bell import Bell
from kiosk.store.sync.client import RegistryClient, Said
from kiosk.store.sync.exchange import EpochBegan, Exchange, InVain, KeysNeeded, ShutOut, SnapshotNeeded
from kiosk.store.sync.pull import Pull
from kiosk.store.sync.push import Push
from kiosk.store.sync.snapshot import SnapshotLoad

_LOOK_EVERY = 1.0
"""Seconds between two looks into the store for what another process has done in it (`kiosk links unlink`)."""
_STOPS_EVERY = 2.0
"""Seconds between two questions for stops while a snapshot is loaded and cards are served from the links before it."""
_STOPS_ANYWAY_EVERY = 10.0
"""The same while only a snapshot would help and the next attempt at one is not due: the feed brings no stops then."""
_UNTOLD = 120.0
"""Seconds for which a new epoch is not named while stops made here are still to be sent: twice as long as others wait for them."""
_ERASE_EVERY = 0.05
_QUICK = 1.0
"""A wait for news that ends sooner without any was none."""
_SILENCE = 15.0
"""Seconds by which the answer to a wait may be late."""
_PART_SECONDS = 0.1
"""Between two looks at what is done here, while an answer comes in parts."""
_APART = 0.2
"""Seconds over which counters that heard the same news spread what they ask next."""
_AGAIN, _LONGEST_AGAIN = 60.0, 3600.0
"""Seconds after a snapshot that did not help until the next one."""


@dataclass(slots=True)
class Session:
    """One thread's work with one server. `talk` answers at once; `listen` holds the wait for news meanwhile."""

    exchange: Exchange
    talk: RegistryClient
    listen: RegistryClient
    bell: Bell
    stopping: threading.Event
    monotonic: Callable[[], float] = time.monotonic
    draw: Callable[[], float] = random.random
    pace: Pace = field(default_factory=Pace)
    push: Push = field(init=False)
    pull: Pull = field(init=False)
    snapshot: SnapshotLoad = field(init=False)
    _stops_heard: float | None = field(default=None, init=False)
    """When, by the monotonic clock; None since the connection broke."""
    _tell_epoch_by: float | None = field(default=None, init=False)
    """A new epoch has begun here, and the server does not know yet that all stops have been sent in it. It is told by then, by the
    monotonic clock, even if they have not.
    """
    _wants_snapshot: bool = field(default=False, init=False)
    _has_gap: bool = field(default=False, init=False)
    """The feed cannot go on from the links: only a snapshot can."""
    _snapshots: int = field(default=0, init=False)
    """Asked for in a short time."""
    _snapshot_at: float | None = field(default=None, init=False)
    _no_snapshot_before: float = field(default=0.0, init=False)
    _erasing: bool = field(default=True, init=False)
    """A kill may have left old rows behind."""

    def __post_init__(self) -> None:
        self.push = Push(self.exchange, self.monotonic, self.draw)
        self.pull = Pull(self.exchange)
        self.snapshot = SnapshotLoad(self.exchange, self.pull)
        membership = self.exchange.store.membership()
        if membership is not None and membership.reached.epoch != membership.epochs.current:
            # A program before this one may not have come to it.
            self._send_stops_first()

    # --- one round ------------------------------------------------------------------------------------------------------

    def round(self) -> None:
        """One exchange, the first that is due, and a wait where there is nothing to do. Raises Unavailable, if no server was found or the
        store has a problem; ShutOut, Revoked.
        """
        try:
            self._pause()
            if self.stopping.is_set():
                return
            moved = self._step()
        except InVain as vain:
            self.brought_nothing(vain.wait)
            self.exchange.reports.failed()
        except EpochBegan as began:
            self._begin_epoch(began)
        except KeysNeeded:
            self._take_keys()
        except SnapshotNeeded:
            self._has_gap = True
            self.exchange.reports.fell_behind()
            self._want_snapshot()
        else:
            self.pace = self.pace.moved() if moved else self.pace.reached()

    def _take_keys(self) -> None:
        try:
            self.pull.take_keys(self.talk)
        except (InVain, KeysNeeded, EpochBegan) as vain:
            # Another server than before, or one that was put back meanwhile, is listened to from the beginning.
            self.brought_nothing(vain.wait if isinstance(vain, InVain) else 0.0)
            self.exchange.reports.failed()
        else:
            self.pace = self.pace.moved()

    def brought_nothing(self, wait: float = 0.0) -> None:
        self.pace = self.pace.brought_nothing(self.monotonic(), self.draw(), wait)

    def found_nobody(self) -> None:
        """No server was there: when it is, stops come first again."""
        self.pace = self.pace.found_nobody(self.monotonic(), self.draw())
        self._stops_heard, self.exchange.has_stops = None, False

    def shut_out(self, seconds: float) -> None:
        """Ask later whether it still is, whatever is done here meanwhile: by a question for stops, which holds nothing of a patron."""
        self.pace = Pace(self.monotonic() + seconds)
        self.exchange.is_shut_out, self.exchange.has_stops = True, False
        self._stops_heard = None

    def _pause(self) -> None:
        while not self.stopping.is_set() and (left := self.pace.due - self.monotonic()) > 0:
            self.bell.wait(left)
            if not self.bell.was_rung():
                continue
            self.pace = self.pace.hurried(self.monotonic())
            # What keeps this counter from following the feed need not keep it from sending what was just done.
            while not self.pace.unreached and self.push.step(self.talk):
                pass

    def _step(self) -> bool:
        """Returns whether it brought this counter forward, so that nothing speaks against going on at once."""
        awaits = self._has_gap or self.exchange.membership.awaits_snapshot
        loads = (awaits or self._wants_snapshot) and self.monotonic() >= self._no_snapshot_before
        if self.monotonic() >= self._stops_due(loads=loads, awaits=awaits):
            self.pull.hear_stops(self.talk)
            self._stops_heard = self.monotonic()
            return False
        if self.push.step(self.talk):
            return True
        if self._tell_epoch_by is not None:
            if self.push.has_unlinkings() and self.monotonic() < self._tell_epoch_by:
                return self._rest(self._tell_epoch_by)
            self.pull.announce(self.talk)
            self.push.only_unlinkings, self._tell_epoch_by = False, None
            return False
        if self.exchange.retiring and not self.exchange.store.pending_count():
            self.exchange.take_status(self.talk.leave())
            raise ShutOut
        if loads:
            return self._load()
        if awaits:
            return self._rest(self._no_snapshot_before)
        if self.exchange.membership.is_lost:
            # A question for the feed would not tell the server what it lacks. No answer counts until another epoch begins.
            self.pull.hear_stops(self.talk)
            return False
        return self._follow()

    def _rest(self, until: float) -> bool:
        """Nothing can be done but to hear stops and to send."""
        due = until, self._stops_due(loads=False, awaits=True), self.push.next_due() or math.inf
        self.pace = Pace(min(due), self.pace.in_vain)
        return False

    def _stops_due(self, *, loads: bool, awaits: bool) -> float:
        """By the monotonic clock; infinite while the feed brings them."""
        if self._stops_heard is None:
            return -math.inf
        return self._stops_heard + (_STOPS_EVERY if loads else _STOPS_ANYWAY_EVERY if awaits else math.inf)

    def _begin_epoch(self, began: EpochBegan) -> None:
        """One way for a counter that is new and one whose server was restored: send stops, then what is left, then take a snapshot."""
        self.exchange.store.begin_epoch(began.status.epochs)
        self.exchange.reports.fell_behind()
        self._send_stops_first()
        self._stops_heard, self.exchange.has_stops = None, False
        self._wants_snapshot, self._has_gap, self._no_snapshot_before = False, False, 0.0
        # A server that names another one in each answer would be asked without a pause.
        self.brought_nothing()

    def _send_stops_first(self) -> None:
        self.push.only_unlinkings, self._tell_epoch_by = True, self.monotonic() + _UNTOLD

    # --- snapshot -------------------------------------------------------------------------------------------------------

    def _load(self) -> bool:
        try:
            if self.snapshot.step(self.talk):
                self._wants_snapshot = self._has_gap = False
                self._erasing, self._snapshot_at = True, self.monotonic()
        except InVain as vain:
            # A pause for everything would be one for stops as well.
            self._erasing = True
            self._want_snapshot(vain.wait)
            self.exchange.reports.failed()
            return False
        return True

    def _want_snapshot(self, asked: float = 0.0) -> None:
        """The more of them do not help, the longer until the next: a server that never agrees with its own is not asked for ever. `asked`:
        seconds that it asks to wait.
        """
        if self._snapshot_at is not None and self.monotonic() - self._snapshot_at > 2 * _LONGEST_AGAIN:
            self._snapshots = 0
        longest = _AGAIN if self._has_gap or self.exchange.membership.awaits_snapshot else _LONGEST_AGAIN
        pause = min(2.0 ** min(self._snapshots, 12), longest)
        self._wants_snapshot, self._snapshots = True, self._snapshots + 1
        now, draw = self.monotonic(), self.draw()
        self._no_snapshot_before = max(now + jittered(pause, draw), Pace().brought_nothing(now, draw, asked).due)

    # --- the feed -------------------------------------------------------------------------------------------------------

    def _follow(self) -> bool:
        """Wait for news of the feed while watching for what is done here."""
        # A connection that is new may have something to read that is no answer (TLS 1.3 tickets), so it is first asked without a wait.
        waits = self.exchange.reports.is_current and self.listen.is_warm
        wait, began = self._longest_wait() if waits else 0, self.monotonic()
        self.exchange.asks()
        self.listen.ask_for_feed(self.exchange.membership.reached, self.pull.standing(), wait)
        self._wait_for_news(wait)
        if self.stopping.is_set():
            return False
        if wait:
            # The answer says nothing about the clocks for as long as it was waited for.
            self.exchange.asks()
        brought = self.pull.follow(self._hear(wait))
        if self.exchange.differs and not self._wants_snapshot:
            # A snapshot would take away in silence what was done here, was accepted, and got lost.
            self.pull.confirm_own(self.talk)
            self._want_snapshot()
        if brought:
            self._spread()
        elif wait and self.monotonic() - began < _QUICK:
            self.brought_nothing()
        elif not wait and not self.exchange.reports.is_current:
            raise InVain
        return brought or self.monotonic() - began >= _QUICK

    def _longest_wait(self) -> int:
        if not self._wants_snapshot:
            return LONGEST_WAIT
        return max(1, min(LONGEST_WAIT, math.ceil(self._no_snapshot_before - self.monotonic())))

    def _wait_for_news(self, wait: int) -> None:
        """Until the answer is there, send what is done here meanwhile. Raises Unavailable if nothing comes when something should have."""
        end = self.monotonic() + wait + _SILENCE
        while not self.stopping.is_set() and (sock := self.listen.socket) is not None:
            left = end - self.monotonic()
            if left <= 0:
                self.listen.connection.close()
                raise Unavailable(Code.REGISTRY_UNREACHABLE)
            if self.bell.wait(min(left, _ERASE_EVERY if self._erasing else _LOOK_EVERY), sock):
                return
            self.bell.was_rung()
            if self._erasing:
                self._erasing = self.exchange.store.erase_old()
            while self.push.step(self.talk) and not self.stopping.is_set():
                pass

    def _hear(self, wait: int) -> FeedPage | Said:
        """The answer, of which a part is there at least. A server that takes its time over the rest keeps nothing from being sent."""
        with Aside(lambda: self.listen.hear_feed(wait), self.listen.connection.interrupt) as answer:
            while not answer.is_there(_PART_SECONDS):
                while self.push.step(self.talk) and not self.stopping.is_set():
                    pass
        return answer.result()

    def _spread(self) -> None:
        """Counters that heard the same news do not all come back in the same moment."""
        self.bell.wait(_APART * self.draw())
