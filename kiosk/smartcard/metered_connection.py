"""A card connection that is timed, counted, logged and watched for cards that do not answer."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from kiosk.incidents import report_incident
from kiosk.smartcard.reader import CardConnection

log = logging.getLogger("kiosk.smartcard.apdu")


class SlowWatch:
    """A watchdog: calls back once when an operation takes longer than its limit. One thread, asleep while no operation runs."""

    def __init__(self, seconds: float, say: Callable[[], None]) -> None:
        """`say` is called on the watchdog's thread after `seconds`."""
        self._seconds, self._say = seconds, say
        self._change = threading.Condition()
        self._ends: float | None = None
        self._open = True
        self._thread = threading.Thread(target=self._run, name="card-slow", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._change:
            self._open = False
            self._change.notify()
        self._thread.join(self._seconds)

    @contextmanager
    def over(self) -> Iterator[None]:
        with self._change:
            self._ends = time.monotonic() + self._seconds
            self._change.notify()
        try:
            yield
        finally:
            with self._change:
                self._ends = None

    def _run(self) -> None:
        while True:
            with self._change:
                while self._open and (self._ends is None or time.monotonic() < self._ends):
                    self._change.wait(None if self._ends is None else max(0.0, self._ends - time.monotonic()))
                if not self._open:
                    return
                self._ends = None
            try:
                self._say()
            except Exception as error:
                report_incident(error)


class MeteredConnection:
    """A `CardConnection` that wraps another.

    Logs the header and length of each command and the length and status word of each answer, never their data, so that no PIN, certificate
    or signature reaches the log.
    """

    def __init__(self, connection: CardConnection, slow: SlowWatch | None = None) -> None:
        self._connection, self._slow = connection, slow
        self.commands = 0
        self.nanoseconds = 0
        """Time spent in reader and card."""

    @property
    def extended(self) -> bool:
        return self._connection.extended

    def transmit(self, command: bytes) -> bytes:
        began = time.monotonic_ns()
        self.commands += 1
        status = "no answer"
        length = 0
        try:
            answer = self._send(command)
            status, length = answer[-2:].hex(), len(answer)
            return answer
        finally:
            took = time.monotonic_ns() - began
            self.nanoseconds += took
            log.debug("%s, %d bytes -> %d bytes, %s, %.1f ms", command[:4].hex(), len(command), length, status, took / 1e6)

    def _send(self, command: bytes) -> bytes:
        if self._slow is None:
            return self._connection.transmit(command)
        with self._slow.over():
            return self._connection.transmit(command)

    def close(self) -> None:
        self._connection.close()
