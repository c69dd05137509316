"""Asks the PC/SC service every few seconds whether it is there. The card watch cannot tell: it waits, and a service that has stopped
answering lets it wait for ever.

Two threads: one asks, and may be held for as long as the service likes; the other (`SlowWatch`) notices that it is.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from kiosk.domain.errors import Code, KioskError
from kiosk.smartcard import fault
from kiosk.smartcard.metered import SlowWatch
from kiosk.smartcard.reader import ReaderMonitor, ReaderState

log = logging.getLogger("kiosk.smartcard.heartbeat")

EVERY = 2.0
SILENT_AFTER = 5.0
"""Seconds without an answer. The service itself answers within milliseconds, whatever its readers and cards do."""


class Ear(Protocol):
    """Who is told, on the threads of the heartbeat. Nothing here may raise."""

    def answered(self, names: tuple[str, ...]) -> None:
        """The service has answered, with these readers."""

    def failed(self, code: Code) -> None:
        """reader-service-missing, reader-denied; or reader-silent: it has not answered for SILENT_AFTER seconds."""


def readers_now(monitor: ReaderMonitor) -> tuple[str, ...]:
    """The names of the readers there are."""
    # Waiting for a change from what cannot be returns at once.
    return tuple(state.name for state in monitor.wait((ReaderState("", present=False),)))


def reader_names() -> list[str]:
    """With a context of its own, for `apart`. Raises Unavailable: reader-service-missing, reader-denied."""
    from kiosk.smartcard.pcsc import PcscMonitor

    monitor = PcscMonitor()
    try:
        return list(readers_now(monitor))
    finally:
        monitor.release()


class Heartbeat:
    def __init__(self, monitor: Callable[[], ReaderMonitor], ear: Ear, *, every: float = EVERY, silent_after: float = SILENT_AFTER) -> None:
        """`monitor` is called on the thread that asks, for a context of its own; again after each trouble."""
        self._open_monitor, self._ear, self._every = monitor, ear, every
        self._monitor: ReaderMonitor | None = None
        self._stopping = threading.Event()
        self._slow = SlowWatch(silent_after, lambda: self._ear.failed(Code.READER_SILENT))
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        self._slow.start()
        self._thread.start()

    def stop(self, limit: float = 1.0) -> None:
        """A thread that the service holds is left behind: it can do nothing any more."""
        self._stopping.set()
        self._slow.stop()
        self._thread.join(limit)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with self._slow.over():
                    names = self._ask()
                if not self._stopping.is_set():
                    self._ear.answered(names)
            except KioskError as error:
                self._monitor = None
                if not self._stopping.is_set():
                    self._ear.failed(error.code)
            except Exception as error:
                self._monitor = None
                log.error("a bug while asking for the readers: %s", fault.trace(error))
            self._stopping.wait(self._every)
        if self._monitor is not None:
            self._monitor.release()

    def _ask(self) -> tuple[str, ...]:
        if self._monitor is None:
            self._monitor = self._open_monitor()
        monitor = self._monitor
        try:
            return readers_now(monitor)
        except BaseException:
            monitor.release()
            raise
