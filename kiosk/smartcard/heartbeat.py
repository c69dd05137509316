"""Poll the PC/SC service to see whether it still answers.

The card watch cannot detect that: it blocks in a wait, and a service that has hung leaves it blocked for ever. Two threads: one polls and
may block as long as the service does; the other (`SlowWatch`) notices that it is blocked.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from kiosk.domain.errors import Code, KioskError
from kiosk.incidents import RecurringIncidents, report_incident
from kiosk.smartcard.metered_connection import SlowWatch
from kiosk.smartcard.reader import ReaderMonitor, ReaderState

EVERY = 2.0
SILENT_AFTER = 5.0
"""Seconds without an answer. The service answers this request within milliseconds, whatever its readers and cards are doing."""


class Ear(Protocol):
    """Receives the results, on the heartbeat's threads."""

    def answered(self, names: tuple[str, ...]) -> None:
        """The service answered; `names` are its readers."""

    def failed(self, code: Code) -> None:
        """The poll failed: reader-service-missing, reader-missing (see `ReaderMonitor`), reader-denied, or reader-silent after SILENT_AFTER
        seconds without an answer.
        """

    def broke(self, incident: str) -> None:
        """A bug of ours keeps the service from being asked; it is asked again."""


def readers_now(monitor: ReaderMonitor) -> tuple[str, ...]:
    """The names of the connected readers."""
    # No such state exists, so the wait returns at once.
    return tuple(state.name for state in monitor.wait((ReaderState("", present=False),)))


def reader_names() -> list[str]:
    """The names of the connected readers, on a context of its own; called through `apart`. Raises Unavailable: reader-service-missing,
    reader-missing, reader-denied.
    """
    from kiosk.smartcard.pcsc import PcscMonitor

    monitor = PcscMonitor()
    try:
        return list(readers_now(monitor))
    finally:
        monitor.release()


class Heartbeat:
    def __init__(self, monitor: Callable[[], ReaderMonitor], ear: Ear, *, every: float = EVERY, silent_after: float = SILENT_AFTER) -> None:
        """`monitor` opens a PC/SC context of its own on the polling thread, and again after each failure. Times are in seconds."""
        self._open_monitor, self._ear, self._every = monitor, ear, every
        self._monitor: ReaderMonitor | None = None
        self._stopping = threading.Event()
        self._bugs = RecurringIncidents()
        self._slow = SlowWatch(silent_after, lambda: self._ear.failed(Code.READER_SILENT))
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        self._slow.start()
        self._thread.start()

    def stop(self, limit: float = 1.0) -> None:
        """Stop polling. A thread blocked in the service for longer than `limit` seconds is abandoned; it reports nothing afterwards."""
        self._stopping.set()
        self._slow.stop()
        self._thread.join(limit)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._ask_and_tell()
            except Exception as error:
                self._monitor = None
                self._tell_bug(error)
            self._stopping.wait(self._every)
        if self._monitor is not None:
            self._monitor.release()

    def _ask_and_tell(self) -> None:
        try:
            with self._slow.over():
                names = self._ask()
        except KioskError as error:
            self._monitor = None
            if not self._stopping.is_set():
                self._ear.failed(error.code)
            return
        if not self._stopping.is_set():
            self._ear.answered(names)

    def _tell_bug(self, error: Exception) -> None:
        try:
            if not self._stopping.is_set():
                self._ear.broke(self._bugs.record(error).number)
        except Exception as untold:
            report_incident(untold)

    def _ask(self) -> tuple[str, ...]:
        if self._monitor is None:
            self._monitor = self._open_monitor()
        monitor = self._monitor
        try:
            return readers_now(monitor)
        except BaseException:
            monitor.release()
            raise
