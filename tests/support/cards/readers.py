"""Readers on which tests place cards: virtual ones in this process, or vpcd's behind a real pcscd; and a recorder of events."""

from __future__ import annotations

import queue
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TypeVar

from kiosk.domain.events import Event
from kiosk.smartcard.pcsc import PcscMonitor, PcscReaders
from kiosk.smartcard.reader import CardReaders, ReaderMonitor
from kiosk.smartcard.virtual.card import VirtualCard
from kiosk.smartcard.virtual.reader import VirtualReaders
from tests.support.pcscd.rig import SLOTS, PcscdRig
from tests.support.wait import LIMIT

Kind = TypeVar("Kind", bound=Event)

HOLDER = """
import sys
from smartcard import scard
_, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
result, card, _ = scard.SCardConnect(context, sys.argv[1], scard.SCARD_SHARE_EXCLUSIVE, scard.SCARD_PROTOCOL_T1)
print(result, flush=True)
sys.stdin.read()
scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)
"""


class World(Protocol):
    """Two readers and what people do with them. Every call returns once the service has noticed."""

    names: tuple[str, str]

    def lay(self, card: VirtualCard, slot: int = 0, *, mute: bool = False) -> None: ...
    def lift(self, slot: int = 0) -> None: ...
    def stop_service(self, *, crash: bool = False) -> None:
        """Stop the service. A card left on the reader is still there when it returns."""

    def start_service(self) -> None: ...
    def unplug(self) -> None:
        """Disconnect all readers."""

    def replug(self) -> None: ...
    def held_by_another(self, slot: int = 0) -> AbstractContextManager[None]: ...
    def readers(self) -> CardReaders: ...
    def monitor(self) -> ReaderMonitor: ...


class InProcess:
    names = ("Virtual Reader 00 00", "Virtual Reader 00 01")

    def __init__(self) -> None:
        self.world = VirtualReaders(*self.names)
        self.readers: Callable[[], CardReaders] = self.world.readers
        self.monitor: Callable[[], ReaderMonitor] = self.world.monitor

    def lay(self, card: VirtualCard, slot: int = 0, *, mute: bool = False) -> None:
        self.world.lay(card, self.names[slot], mute=mute)

    def lift(self, slot: int = 0) -> None:
        self.world.lift(self.names[slot])

    def stop_service(self, *, crash: bool = False) -> None:
        self.world.stop_service()

    def start_service(self) -> None:
        self.world.start_service()

    def unplug(self) -> None:
        for name in self.names:
            self.world.unplug(name)

    def replug(self) -> None:
        for name in self.names:
            self.world.replug(name)

    @contextmanager
    def held_by_another(self, slot: int = 0) -> Iterator[None]:
        self.world.hold(self.names[slot], True)
        yield
        self.world.hold(self.names[slot], False)


class BehindPcscd:
    names = SLOTS

    def __init__(self, rig: PcscdRig) -> None:
        self.rig = rig
        self._cards: dict[int, VirtualCard] = {}

    def lay(self, card: VirtualCard, slot: int = 0, *, mute: bool = False) -> None:
        self.rig.lay(card, slot, mute=mute)
        self._cards[slot] = card

    def lift(self, slot: int = 0) -> None:
        self._cards.pop(slot)
        self.rig.lift(slot)

    def stop_service(self, *, crash: bool = False) -> None:
        if crash:
            self.rig.kill()
        else:
            self.rig.stop()

    def start_service(self) -> None:
        self.rig.start()
        self._lay_again()

    def unplug(self) -> None:
        self.rig.restart(readers=False)

    def replug(self) -> None:
        self.rig.restart()
        self._lay_again()

    def _lay_again(self) -> None:
        for slot, card in self._cards.items():
            self.rig.lay(card, slot)

    @contextmanager
    def held_by_another(self, slot: int = 0) -> Iterator[None]:
        program = [sys.executable, "-c", HOLDER, self.names[slot]]
        with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline().strip() == "0"
            yield
            holder.communicate(timeout=LIMIT)

    def readers(self) -> CardReaders:
        return PcscReaders()

    def monitor(self) -> ReaderMonitor:
        return PcscMonitor()


class Ear:
    """Records events from any thread; the test waits for the one it expects."""

    def __init__(self) -> None:
        self._heard: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.all: list[Event] = []

    def __call__(self, event: Event) -> None:
        self._heard.put(event)

    def next(self, limit: float = LIMIT) -> Event:
        """The next event. Raises queue.Empty, which fails the test, if none comes."""
        event = self._heard.get(timeout=limit)
        self.all.append(event)
        return event

    def until(self, kind: type[Kind], fits: Callable[[Kind], bool] = lambda event: True) -> Kind:
        """The next matching event of that kind; earlier ones are discarded."""
        end = time.monotonic() + LIMIT
        while True:
            event = self.next(max(0.0, end - time.monotonic()))
            if isinstance(event, kind) and fits(event):
                return event
