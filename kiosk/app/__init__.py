"""Composition root: shows the windows, then opens and starts what works behind them; stops everything in reverse.

A page is shown before anything is loaded that does not draw it. It says that the reader is being checked until one has answered, and what
is pressed before the rest runs waits in Qt's queue. What this module imports at its top is therefore held by a test.
"""

from __future__ import annotations

import gc
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, cast

from PySide6.QtGui import QSessionManager
from PySide6.QtWidgets import QApplication

from kiosk.config import Home, Ils, Settings, counter_rules
from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.domain.events import Broke, CounterRevoked, Event
from kiosk.domain.model import IlsCondition
from kiosk.domain.pin import Pin
from kiosk.domain.states import Counter, CounterFacts
from kiosk.ending_signals import heard
from kiosk.equipment import counter_facts, erase_counter, today
from kiosk.incidents import RecurringIncidents
from kiosk.ledger.running_lock import RunningLock
from kiosk.memory_dumps import forbid_memory_dumps
from kiosk.ui.bridge import Bridge
from kiosk.ui.displays import Displays
from kiosk.ui.garbage_collection import GarbageCollector
from kiosk.ui.quitting import quit_soon
from kiosk.ui.timing import Timing

if TYPE_CHECKING:
    from kiosk.app.engine import Engine, Equipment
    from kiosk.effects import Conductor


_log = logging.getLogger("kiosk.app")
_UNLOCKED_SECONDS, _LOOK_AGAIN_SECONDS = 3.0, 0.05
"""How long the lock of a process that is no more may last: on Windows until resources allow to unlock it.
https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-lockfileex
"""


class Program:
    """One complete counter. Call `start` and `stop` on the GUI thread."""

    def __init__(
        self,
        settings: Settings,
        facts: CounterFacts,
        equipment: AbstractContextManager[Equipment],
        timing: Timing | None = None,
        begun: Callable[[], None] = lambda: None,
    ) -> None:
        """`facts` are shown at once. Then `equipment` is entered (until `stop`), the engine is started, and `begun` is called.

        `timing`: the keyboards' clock; real time by default.
        """
        self._settings, self._equipment, self._begun = settings, equipment, begun
        self.trouble: Exception | None = None
        """Why the counter could not begin, or go on. It has then asked the application to end."""
        self.is_revoked = False
        """The library's server has revoked this counter: what it keeps is to be erased once everything is closed."""
        self._engine: Engine | None = None
        self._ended = False
        self._opened = ExitStack()
        self._garbage = GarbageCollector()
        self._bridge = Bridge()
        self._bridge.happened.connect(self._happen)
        ils = IlsCondition.NONE if settings.ils.system is Ils.NONE else IlsCondition.STARTING
        self._first = Counter(rules=counter_rules(settings), today=today(), facts=facts, ils=ils)
        self.displays = Displays(settings.display, self._happen, self._confirm_pin, timing, self._displays_changed)
        self._hooks = sys.excepthook, threading.excepthook

    @property
    def conductor(self) -> Conductor:
        """Begins the counter if no page has been shown yet. Raises `trouble`."""
        self._begin()
        if self._engine is None:
            raise self.trouble or RuntimeError("the counter has ended")
        return self._engine.conductor

    def start(self) -> None:
        forbid_memory_dumps()
        # Before any other thread exists.
        self._garbage.start()
        self._hook_bugs()
        self.displays.show(self._begin)
        self.displays.show_state(self._first)

    def stop(self) -> None:
        """Stop and close everything, at most once."""
        if self._ended:
            return
        self._ended = True
        begun = time.monotonic()
        # There is nobody left to show pending results to.
        self._bridge.happened.disconnect(self._happen)
        with ExitStack() as rest:
            rest.callback(self._let_go)
            rest.callback(self._opened.close)
            if self._engine is not None:
                rest.callback(self._engine.stop)
            # The windows first: nobody's number stays visible, or in the clipboard, while others are waited for.
            self.displays.close()
        _log.info("the counter has ended, in %.1f s", time.monotonic() - begun)

    def _let_go(self) -> None:
        self._garbage.stop()
        sys.excepthook, threading.excepthook = self._hooks

    def _begin(self) -> None:
        """Open the equipment and start the engine, at most once."""
        if self._ended or self._engine is not None or self.trouble is not None:
            return
        from kiosk.app.engine import Engine

        try:
            equipment = self._opened.enter_context(self._equipment)
            engine = Engine(self._settings, equipment, self._bridge, self.displays)
            engine.start()
        except Exception as error:
            self.trouble = error
            quit_soon("it could not begin", 1)
        else:
            self._engine = engine
            self._begun()
            self._garbage.look()

    def _happen(self, event: Event) -> None:
        if self._ended:
            return
        self._begin()
        if self._engine is not None:
            self._engine.conductor.happen(event)
        if isinstance(event, CounterRevoked) and self.trouble is None:
            self.is_revoked, self.trouble = True, Refused(Code.COUNTER_REVOKED)
            quit_soon("it is revoked", 1)

    def _confirm_pin(self, pin: Pin) -> None:
        self.conductor.confirm_pin(pin)

    def _displays_changed(self) -> None:
        if self._engine is not None:
            self._engine.look_at_displays()

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


@contextmanager
def running(program: Program) -> Iterator[Program]:
    """Meanwhile the program runs. It has stopped when the application says that it quits, which may be before its loop returns."""
    application = cast(QApplication, QApplication.instance())
    # At log-off and shutdown Windows may end the process once WM_ENDSESSION was answered, and Qt's loop never return. Qt says that it quits
    # while it handles that message. https://learn.microsoft.com/windows/win32/shutdown/wm-endsession
    application.aboutToQuit.connect(program.stop)
    application.commitDataRequest.connect(_session_may_end)
    try:
        # Within, since a window that is up already would cover the one that says what failed.
        program.start()
        yield program
    finally:
        application.commitDataRequest.disconnect(_session_may_end)
        application.aboutToQuit.disconnect(program.stop)
        program.stop()


def _session_may_end(manager: QSessionManager) -> None:
    # Nothing is stopped yet, since somebody else may still refuse (WM_QUERYENDSESSION).
    # https://learn.microsoft.com/windows/win32/shutdown/wm-queryendsession
    _log.info("the desktop is about to end the session")


def run_counter(application: QApplication, home: Home, settings: Settings, *, restarted: bool = False) -> int:
    """Run the counter on real readers until it is closed. Raises Unavailable: already-running, or a problem of the store.

    `restarted`: it has crashed a moment ago.
    """
    with _lock_of(home, _UNLOCKED_SECONDS if restarted else 0.0):
        equipment = _real_equipment(home, settings, restarted=restarted)
        # What exists once it has begun lives to the end: exclude it from collection, which would stall the windows.
        program = Program(settings, replace(counter_facts(settings), restarted=restarted), equipment, begun=gc.freeze)
        with ended_by_signals(), running(program):
            code = application.exec()
        if program.is_revoked:
            erase_counter(home, settings)
        if program.trouble is not None:
            raise program.trouble
        return code


def _lock_of(home: Home, patience: float) -> RunningLock:
    """Raises Unavailable: already-running, after `patience` seconds."""
    end = time.monotonic() + patience
    while True:
        try:
            return RunningLock(home.lock)
        except Unavailable as error:
            if error.code is not Code.ALREADY_RUNNING or time.monotonic() > end:
                raise
        threading.Event().wait(_LOOK_AGAIN_SECONDS)


@contextmanager
def _real_equipment(home: Home, settings: Settings, *, restarted: bool) -> Iterator[Equipment]:
    from kiosk.app.opening import real_equipment
    from kiosk.awake import kept_awake

    with kept_awake(), real_equipment(home, settings, restarted=restarted) as equipment:
        yield equipment


def ended_by_signals() -> AbstractContextManager[None]:
    """Meanwhile end the program in an orderly way on logoff and Ctrl-C. (Python handles a signal when it next runs: within a second.)

    Not for longer: a window that says why the counter did not start has no timer in which Python would run.
    """
    return heard(lambda number, frame: quit_soon(f"signal {number}"))


def show_until_closed(application: QApplication, title: str, lines: list[str]) -> None:
    """Show why the counter did not start in a window, until it is closed."""
    from kiosk.ui.startup_failure import StartupFailureWindow

    window = StartupFailureWindow(title, lines)
    window.show()
    application.exec()
