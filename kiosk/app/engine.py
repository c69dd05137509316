"""What works behind the windows: the conductor, the threads of card and reader, checks and timers. Loaded once a page is shown."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from PySide6.QtCore import QTimer

from kiosk.checks.displays import check_displays
from kiosk.checks.periodic import Looks, Rounds
from kiosk.checks.readers import ReaderReports
from kiosk.checks.stored_data import check_store
from kiosk.config import Settings, counter_rules
from kiosk.domain.clock import ClockBounds
from kiosk.domain.events import CheckFound, DayBegan, Event, RestartNeeded, Ticked
from kiosk.domain.handed import Handed
from kiosk.domain.health import bug_in, unseen
from kiosk.domain.model import AnyService, IlsCondition, LibraryCardNumber, RegistryCondition
from kiosk.domain.slip import Slip
from kiosk.domain.states import Counter, CounterFacts
from kiosk.domain.verified_patron import VerifiedPatron, verified_here
from kiosk.effects import Conductor, FieldTeacher, LibrarySystem, Outside, Registry
from kiosk.effects.worker import Worker
from kiosk.equipment import today
from kiosk.smartcard.card_thread import CardThread
from kiosk.smartcard.card_watch import CardWatch
from kiosk.smartcard.heartbeat import Heartbeat
from kiosk.smartcard.judge import CardJudge
from kiosk.smartcard.reader import CardReaders, ReaderMonitor
from kiosk.store.repository import Repository
from kiosk.ui.bridge import Bridge, Timers
from kiosk.ui.displays import Displays
from kiosk.ui.installed_devices import displays_now
from kiosk.ui.sound import Sounds

_log = logging.getLogger(__name__)
_TICK_MS = 5000
_LIBRARY_BEAT_MS = 2000
"""How often the connection to the library system is checked. `heartbeat_seconds` sets how often something is sent over it."""
_STOP_SECONDS = 3.5
"""For everything that waits for others, so that the store is closed in time: at log-off and shutdown Windows lets a program work for five.
https://learn.microsoft.com/windows/win32/shutdown/shutdown-changes-for-windows-vista
"""


class Sync(Registry, Protocol):
    """The thread that keeps this counter in step with the library's server. Every method returns at once, `stop` within `limit` seconds."""

    def start(self) -> None: ...
    def look(self) -> None: ...
    def stop(self, limit: float) -> None: ...


class LocalApi(Protocol):
    """Tells other programs on this computer who is served. Every method returns at once, `stop` within `limit` seconds."""

    def start(self) -> None: ...
    def show(self, verified: VerifiedPatron | None) -> None: ...
    def stop(self, limit: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Equipment:
    """What a counter runs on: real readers and the library's trust anchors for `run`, a virtual reader and its own authority for `demo`."""

    readers: Callable[[], CardReaders]
    monitor: Callable[[], ReaderMonitor]
    judge: CardJudge
    repository: Repository
    facts: CounterFacts
    clock: ClockBounds = field(default_factory=ClockBounds)
    looks: Looks = ()
    """Checks repeated besides those of the readers and the store: see `kiosk.checks.periodic`."""
    own_displays: bool = True
    """Whether the number of displays is checked; a demo makes do with one."""
    sync: Callable[[Callable[[Event], None]], Sync] | None = None
    """Makes the thread that speaks with the library's server, from what posts events; None on a counter that is alone."""
    local_api: Callable[[Callable[[Event], None]], LocalApi] | None = None
    """Makes what speaks with other programs on this computer, from what posts events; None if that is off."""
    forget_crashes: Callable[[], None] = lambda: None
    """Staff have seen what the check `crashes` has found."""
    library: LibrarySystem | None = None
    hand_over: Callable[[LibraryCardNumber, AnyService | None], Handed] | None = None
    fields: FieldTeacher | None = None
    print_slip: Callable[[Slip], None] | None = None
    watch: Callable[[Counter], None] = lambda counter: None
    """Is told of each state once the windows show it."""


class Engine:
    """Shows the counter's state in `displays` and hears what `bridge` carries. Call `start` and `stop` on the GUI thread."""

    def __init__(self, settings: Settings, equipment: Equipment, bridge: Bridge, displays: Displays) -> None:
        self._settings, self._own_displays, self._displays = settings, equipment.own_displays, displays
        self._repository, self._watch_state = equipment.repository, equipment.watch
        post = bridge.post
        self._card = CardThread(equipment.readers, equipment.judge, post)
        self._watch = CardWatch(equipment.monitor, post, settings.reader.name or None)
        self._heartbeat = Heartbeat(equipment.monitor, ReaderReports(post, settings.reader.name))
        self._rounds = Rounds(equipment.looks, post)
        self._sounds = Sounds(settings.display.sounds)
        self._timers = Timers(post)
        self._examination = Worker("examination", post)
        self._sync = None if equipment.sync is None else equipment.sync(post)
        self._local_api = None if equipment.local_api is None else equipment.local_api(post)
        outside = Outside(
            card=self._card,
            links=equipment.repository,
            post=post,
            start_timer=self._timers.start,
            play=self._sounds.play,
            show_state=self._show_state,
            look_at_store=lambda: check_store(equipment.repository),
            registry=self._sync,
            forget_crashes=equipment.forget_crashes,
            library=equipment.library,
            hand_over=equipment.hand_over,
            fields=equipment.fields,
            print_slip=equipment.print_slip,
        )
        ils = IlsCondition.NONE if equipment.library is None else IlsCondition.STARTING
        registry = RegistryCondition.STARTING if equipment.repository.is_enrolled() else RegistryCondition.NONE
        counter = Counter(
            rules=counter_rules(settings),
            today=today(),
            clock=equipment.clock,
            facts=awaiting(equipment),
            ils=ils,
            registry=registry,
            refused_operations=equipment.repository.refused_operations(),
        )
        self.conductor = Conductor(counter, outside)
        self._minute = QTimer(interval=60_000)
        self._minute.timeout.connect(self._minute_passed)
        self._tick = QTimer(interval=_TICK_MS)
        self._tick.timeout.connect(self._ticked)
        self._library_beat = QTimer(interval=_LIBRARY_BEAT_MS)
        self._library_beat.timeout.connect(self.conductor.keep_library_alive)

    def start(self) -> None:
        if self.conductor.counter.facts.restarted:
            _log.info("started again after a crash: a card that lies there is read once it is placed again")
        self.conductor.happen(Ticked())
        self._examine()
        self._card.start()
        self._watch.start()
        self._heartbeat.start()
        self._rounds.start()
        self.look_at_displays()
        if self._sync is not None:
            self._sync.start()
        if self._local_api is not None:
            self._local_api.start()
        self._minute.start()
        self._tick.start()
        self.conductor.keep_library_alive()
        self._library_beat.start()

    def stop(self) -> None:
        """Stop checks, card and work, in this order: no queued command reaches the card while pending work ends.

        Queued writes are finished. What others do not answer is given up within `_STOP_SECONDS`.
        """
        end = time.monotonic() + _STOP_SECONDS

        def left(reserved: float = 0.0) -> float:
            return max(0.1, end - reserved - time.monotonic())

        for timer in (self._minute, self._tick, self._library_beat):
            timer.stop()
        self._timers.stop()
        if self._local_api is not None:
            self._local_api.stop(0.3)
        self._rounds.stop(0.2)
        self._heartbeat.stop(0.3)
        self._watch.stop(0.5)
        self._card.stop(0.5)
        self._repository.stop_examining()
        self._examination.stop()
        self.conductor.stop(left(0.6))
        if self._sync is not None:
            self._sync.stop(left(0.3))
        self._sounds.stop(left())

    def _show_state(self, counter: Counter) -> None:
        # First, so that no bug in a window keeps a number with others.
        if self._local_api is not None:
            self._local_api.show(verified_here(counter))
        self._displays.show_state(counter)
        self._watch_state(counter)

    def look_at_displays(self) -> None:
        if self._own_displays:
            seen = displays_now()
            self.conductor.happen(CheckFound(check_displays(self._settings.display, seen, self._displays.arranged)))

    def _examine(self) -> None:
        """Examine the whole store while cards are served. A finding is shown at once."""

        def examine() -> Event | None:
            return None if self._repository.examine() is None else CheckFound(check_store(self._repository))

        # A failed examination is itself a store problem, reported by the next check.
        self._examination.look(examine, lambda incident: CheckFound(bug_in("store", incident.number)))

    def _ticked(self) -> None:
        self.conductor.happen(Ticked())
        if self._sync is not None:
            self._sync.look()

    def _look_for_enrolment(self) -> None:
        """Enrolled beside this program, which goes on as a counter that is alone: its links would be nobody's."""

        def look() -> Event | None:
            return RestartNeeded() if self._repository.is_enrolled() else None

        self._examination.look(look, lambda incident: None)

    def _minute_passed(self) -> None:
        if self._sync is None:
            self._look_for_enrolment()
        if today() != self.conductor.counter.today:
            self.conductor.happen(DayBegan(today()))
            self._examine()
        elif self._repository.is_unexamined:
            self._examine()
        self.look_at_displays()


def awaiting(equipment: Equipment) -> CounterFacts:
    """The facts at start-up, with an unseen finding for every pending check, so that even one that hangs the first time is noticed."""
    known = {finding.check for finding in equipment.facts.findings}
    beside = () if equipment.local_api is None else ("local-api",)
    checks = {"service", "reader", "store", *beside, *(look.check for looks in equipment.looks for look in looks)} - known
    return replace(equipment.facts, findings=(*equipment.facts.findings, *(unseen(check) for check in sorted(checks))))
