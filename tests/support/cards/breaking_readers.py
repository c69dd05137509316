"""Readers that raise unexpected exceptions: none that our code names or the interface allows."""

from __future__ import annotations

import threading
from collections import Counter

from kiosk.smartcard.reader import CardConnection, CardReaders, ReaderMonitor, ReaderState
from tests.support.cards.readers import InProcess

SECRET = "serial 117823888"


class BreakingReaders(InProcess):
    """`break_next` makes the next calls of that name fail (open, connect, transmit, close, watch, wait), only on the thread of that name if
    one is given.
    """

    def __init__(self) -> None:
        super().__init__()
        self._open_readers, self._open_monitor = self.world.readers, self.world.monitor
        self.readers, self.monitor = self._readers, self._monitor
        self._bugs = Counter[str]()
        self._thread = ""

    def break_next(self, call: str, times: int = 1, thread: str = "") -> None:
        self._bugs[call], self._thread = times, thread

    def check(self, call: str) -> None:
        if self._bugs[call] and self._thread in ("", threading.current_thread().name):
            self._bugs[call] -= 1
            raise RuntimeError(SECRET)

    def _readers(self) -> CardReaders:
        self.check("open")
        return _Readers(self, self._open_readers())

    def _monitor(self) -> ReaderMonitor:
        self.check("watch")
        return _Monitor(self, self._open_monitor())


class _Readers:
    def __init__(self, world: BreakingReaders, whole: CardReaders) -> None:
        self._world, self._whole = world, whole

    def connect(self, reader: str) -> CardConnection:
        self._world.check("connect")
        return _Connection(self._world, self._whole.connect(reader))

    def release(self) -> None:
        self._whole.release()


class _Connection:
    def __init__(self, world: BreakingReaders, whole: CardConnection) -> None:
        self._world, self._whole = world, whole

    @property
    def extended(self) -> bool:
        return self._whole.extended

    def transmit(self, command: bytes) -> bytes:
        self._world.check("transmit")
        return self._whole.transmit(command)

    def close(self) -> None:
        self._whole.close()
        self._world.check("close")


class _Monitor:
    def __init__(self, world: BreakingReaders, whole: ReaderMonitor) -> None:
        self._world, self._whole = world, whole

    def wait(self, known: tuple[ReaderState, ...]) -> tuple[ReaderState, ...]:
        states = self._whole.wait(known)
        self._world.check("wait")
        return states

    def cancel(self) -> None:
        self._whole.cancel()

    def release(self) -> None:
        self._whole.release()
