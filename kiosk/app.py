"""Composition root: builds the parts of one counter, starts them in order and stops them in reverse."""

from __future__ import annotations

import gc
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from types import TracebackType

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from kiosk.checks.displays import check_displays
from kiosk.checks.periodic import Looks, Rounds, bounds_of, counter_looks, first_facts
from kiosk.checks.readers import ReaderReports
from kiosk.checks.stored_data import check_store
from kiosk.config import Home, Settings, counter_rules
from kiosk.domain.calendar import day_in_japan
from kiosk.domain.clock import ClockBounds
from kiosk.domain.events import Broke, CheckFound, DayBegan, Event, Ticked
from kiosk.domain.health import bug_in, unseen
from kiosk.domain.model import IlsCondition, LibraryCardNumber, RegistryCondition
from kiosk.domain.slip import Slip
from kiosk.domain.states import Counter, CounterFacts
from kiosk.effects import Conductor, LibrarySystem, Outside
from kiosk.effects.worker import Worker
from kiosk.equipment import judge_for, now, open_handover, open_library, open_repository
from kiosk.incidents import RecurringIncidents
from kiosk.log import forbid_core_dumps
from kiosk.slip_cleanup import SlipFolder, swept
from kiosk.smartcard.card_thread import CardThread
from kiosk.smartcard.card_watch import CardWatch
from kiosk.smartcard.heartbeat import Heartbeat
from kiosk.smartcard.judge import CardJudge
from kiosk.smartcard.pcsc import PcscMonitor, PcscReaders
from kiosk.smartcard.reader import CardReaders, ReaderMonitor
from kiosk.store.lock import RunningLock
from kiosk.store.repository import Repository
from kiosk.ui.bridge import Bridge, Timers
from kiosk.ui.displays import Displays
from kiosk.ui.garbage_collection import GarbageCollector
from kiosk.ui.installed_devices import displays_now
from kiosk.ui.sound import Sounds
from kiosk.ui.startup_failure import StartupFailureWindow
from kiosk.ui.timing import Timing

_TICK_MS = 5000
_LIBRARY_BEAT_MS = 2000
"""How often the connection to the library system is checked. `heartbeat_seconds` sets how often something is sent over it."""


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
    library: LibrarySystem | None = None
    hand_over: Callable[[LibraryCardNumber], None] | None = None
    print_slip: Callable[[Slip], None] | None = None


class Program:
    """One complete counter. Call `start` and `stop` on the GUI thread."""

    def __init__(self, settings: Settings, equipment: Equipment, timing: Timing | None = None) -> None:
        """`timing`: the keyboards' clock; real time by default."""
        self._repository = equipment.repository
        self._garbage = GarbageCollector()
        self._bridge = Bridge()
        post = self._bridge.post
        self._card = CardThread(equipment.readers, equipment.judge, post)
        self._watch = CardWatch(equipment.monitor, post, settings.reader.name or None)
        self._heartbeat = Heartbeat(equipment.monitor, ReaderReports(post, settings.reader.name))
        self._rounds = Rounds(equipment.looks, post)
        self._sounds = Sounds(settings.display.sounds)
        self._timers = Timers(post)
        self._examination = Worker("examination", post)
        outside = Outside(
            card=self._card,
            links=equipment.repository,
            post=post,
            start_timer=self._timers.start,
            play=self._sounds.play,
            show_state=lambda counter: self.displays.show_state(counter),
            look_at_store=lambda: check_store(equipment.repository),
            library=equipment.library,
            hand_over=equipment.hand_over,
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
        self._settings, self._own_displays = settings, equipment.own_displays
        self.displays = Displays(settings.display, self.conductor.happen, self.conductor.confirm_pin, timing, self._look_at_displays)
        self._bridge.happened.connect(self.conductor.happen)
        self._hooks = sys.excepthook, threading.excepthook
        self._minute = QTimer(interval=60_000)
        self._minute.timeout.connect(self._minute_passed)
        self._tick = QTimer(interval=_TICK_MS)
        self._tick.timeout.connect(lambda: self.conductor.happen(Ticked()))
        self._library_beat = QTimer(interval=_LIBRARY_BEAT_MS)
        self._library_beat.timeout.connect(self.conductor.keep_library_alive)

    def start(self) -> None:
        forbid_core_dumps()
        # Before any other thread exists.
        self._garbage.start()
        self._hook_bugs()
        self.displays.show()
        self.displays.show_state(self.conductor.counter)
        self.conductor.happen(Ticked())
        self._examine()
        self._card.start()
        self._watch.start()
        self._heartbeat.start()
        self._rounds.start()
        self._look_at_displays()
        self._minute.start()
        self._tick.start()
        self.conductor.keep_library_alive()
        self._library_beat.start()

    def stop(self) -> None:
        """Stop checks, work, card and windows, in this order: nothing new is accepted while pending work ends."""
        for timer in (self._minute, self._tick, self._library_beat):
            timer.stop()
        self._rounds.stop()
        self._heartbeat.stop()
        self._watch.stop()
        self._repository.stop_examining()
        self._examination.stop()
        self.conductor.stop()
        self._card.stop()
        # There is nobody left to show pending results to.
        self._bridge.happened.disconnect(self.conductor.happen)
        self._timers.stop()
        self._sounds.stop()
        self.displays.close()
        self._garbage.stop()
        sys.excepthook, threading.excepthook = self._hooks

    def _examine(self) -> None:
        """Examine the whole store while cards are served. A finding is shown at once."""

        def examine() -> Event | None:
            return None if self._repository.examine() is None else CheckFound(check_store(self._repository))

        # A failed examination is itself a store problem, reported by the next check.
        self._examination.look(examine, lambda incident: CheckFound(bug_in("store", incident.number)))

    def _look_at_displays(self) -> None:
        if self._own_displays:
            seen = displays_now()
            self.conductor.happen(CheckFound(check_displays(self._settings.display, seen, self.displays.arranged)))

    def _minute_passed(self) -> None:
        if today() != self.conductor.counter.today:
            self.conductor.happen(DayBegan(today()))
            self._examine()
        elif self._repository.is_unexamined:
            self._examine()
        self._look_at_displays()

    def _hook_bugs(self) -> None:
        """Turn every uncaught exception into a log entry and the "ask the staff" page, never a traceback in front of a patron."""

        bugs = RecurringIncidents()

        def report(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
            caught = (error or kind()).with_traceback(trace)
            # A recurring bug keeps its number, which leaves the windows unchanged: one that breaks while showing it is not sent it
            # forever.
            self._bridge.post(Broke(bugs.record(caught).number))

        sys.excepthook = report
        threading.excepthook = lambda caught: report(caught.exc_type, caught.exc_value, caught.exc_traceback)


def awaiting(equipment: Equipment) -> CounterFacts:
    """The facts at start-up, with an unseen finding for every pending check, so that even one that hangs the first time is noticed."""
    known = {finding.check for finding in equipment.facts.findings}
    checks = {"service", "reader", "store", *(look.check for looks in equipment.looks for look in looks)} - known
    return replace(equipment.facts, findings=(*equipment.facts.findings, *(unseen(check) for check in sorted(checks))))


@contextmanager
def running(program: Program) -> Iterator[Program]:
    program.start()
    try:
        yield program
    finally:
        program.stop()


def today() -> date:
    return day_in_japan(now())


def run_counter(application: QApplication, home: Home, settings: Settings) -> int:
    """Run the counter on real readers until it is closed. Raises Unavailable: already-running, or a problem of the store."""
    with RunningLock(home.lock):
        repository, keys = open_repository(home, settings)
        with repository:
            judge = judge_for(home, settings, keys.site)
            bounds = bounds_of(judge, repository)
            equipment = Equipment(
                readers=PcscReaders,
                monitor=PcscMonitor,
                judge=judge,
                repository=repository,
                facts=first_facts(settings, judge),
                clock=bounds,
                looks=counter_looks(home, settings, judge, repository, keys.site, bounds),
                library=open_library(home, settings),
                hand_over=open_handover(settings),
                print_slip=slip_printer(home, settings),
            )
            end_on_signals(application)
            with judge.revocation.watching(), slips_swept(home, settings), running(Program(settings, equipment)):
                # Objects created so far live to the end: exclude them from collection, which would stall the windows.
                gc.freeze()
                return application.exec()


def slips_swept(home: Home, settings: Settings) -> AbstractContextManager[None]:
    """Meanwhile delete overdue PDF slips, including those of earlier runs and of settings that no longer ask for any."""
    return swept(SlipFolder(home.slip_folder(settings.slip), settings.slip.pdf_days), today)


def slip_printer(home: Home, settings: Settings) -> Callable[[Slip], None] | None:
    """A function that prints slips as configured; None if slips are off."""
    if settings.slip.to == "off":
        return None
    from kiosk.ui.slip import SlipPrinter

    return SlipPrinter(settings.slip, home.slip_folder(settings.slip), settings.counter.name, now).print


def end_on_signals(application: QApplication) -> None:
    """End the program in an orderly way on logoff and Ctrl-C. (Python handles a signal when it next runs: within a second.)"""
    for number in (signal.SIGTERM, signal.SIGINT):
        # Through the event loop: an exit requested before `exec` has started would be lost.
        signal.signal(number, lambda number, frame: QTimer.singleShot(0, application, lambda: application.exit(0)))


def show_trouble(application: QApplication, title: str, lines: list[str]) -> None:
    """Show why the counter did not start in a window, until it is closed."""
    window = StartupFailureWindow(title, lines)
    window.show()
    application.exec()
