"""In-process readers: method calls place and remove cards; everything else, including faults, behaves as in PC/SC."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from kiosk.domain.errors import Code, Unavailable
from kiosk.smartcard.reader import ReaderState
from kiosk.smartcard.virtual.card import Trouble, VirtualCard

READER = "Virtual Reader 00 00"


@dataclass(frozen=True)
class Timing:
    """Duration of one exchange over ISO 14443 Type B, which sends ten bits per byte."""

    bits_per_second: int = 106_000
    exchange_seconds: float = 0.008

    def seconds(self, octets: int) -> float:
        return self.exchange_seconds + octets * 10 / self.bits_per_second


@dataclass
class _Slot:
    """One reader and the card on it."""

    card: VirtualCard | None = None
    mute: bool = False
    changes: int = 0
    held: bool = False
    """Held exclusively by another program."""
    connection: VirtualConnection | None = None
    plugged: int = field(default=0)


class VirtualReaders:
    """A PC/SC service with its readers. Thread-safe; `readers` and `monitor` open contexts for the card threads."""

    def __init__(self, *names: str, timing: Timing | None = None, extended: bool = True) -> None:
        self.timing = timing
        self.extended = extended
        self.card_seconds = 0.0
        """Total transmission time of all exchanges."""
        self._change = threading.Condition(threading.RLock())
        self._slots = {name: _Slot() for name in names or (READER,)}
        self._unplugged: dict[str, _Slot] = {}
        self._running, self._denied, self._service = True, False, 0

    # --- what people and machines do to readers -------------------------------------------------------------------------

    def lay(self, card: VirtualCard, reader: str = READER, *, mute: bool = False) -> None:
        """Place a card on a reader, removing any other first. A `mute` card cannot be powered."""
        with self._change:
            self.lift(reader)
            slot = self._slots[reader]
            slot.card, slot.mute, slot.changes = card, mute, slot.changes + 1
            self._change.notify_all()

    def lift(self, reader: str = READER) -> None:
        """Remove the card, if any."""
        with self._change:
            slot = self._slots[reader]
            if slot.card is not None:
                slot.card.power_down()
                slot.card, slot.mute, slot.changes = None, False, slot.changes + 1
                slot.connection = None
            self._change.notify_all()

    def unplug(self, reader: str = READER) -> None:
        """Unplug the reader; a card on it stays there."""
        with self._change:
            slot = self._unplugged[reader] = self._slots.pop(reader)
            if slot.card is not None:
                slot.card.power_down()
            slot.connection, slot.held = None, False
            self._change.notify_all()

    def replug(self, reader: str = READER) -> None:
        with self._change:
            slot = self._slots[reader] = self._unplugged.pop(reader)
            slot.changes += 1
            self._change.notify_all()

    def stop_service(self) -> None:
        """Simulate pcscd being killed: every context and connection is dead."""
        with self._change:
            self._running, self._service = False, self._service + 1
            for slot in self._slots.values():
                if slot.card is not None:
                    slot.card.power_down()
                slot.connection, slot.held = None, False
            self._change.notify_all()

    def start_service(self) -> None:
        with self._change:
            self._running = True
            self._change.notify_all()

    def deny(self, denied: bool = True) -> None:
        """Simulate the system denying access to the readers, as polkit does."""
        with self._change:
            self._denied = denied
            self._change.notify_all()

    def hold(self, reader: str = READER, held: bool = True) -> None:
        """Simulate another program holding the card exclusively, or releasing it."""
        with self._change:
            self._slots[reader].held = held
            self._change.notify_all()

    def card(self, reader: str = READER) -> VirtualCard | None:
        """The card on the reader, or None."""
        with self._change:
            return self._slots[reader].card

    @property
    def names(self) -> tuple[str, ...]:
        with self._change:
            return tuple(self._slots)

    # --- what the program opens -----------------------------------------------------------------------------------------

    def readers(self) -> VirtualContext:
        """Open a context. Raises Unavailable: reader-service-missing, reader-denied."""
        with self._change:
            self._check_service(self._service)
            return VirtualContext(self, self._service)

    def monitor(self) -> VirtualMonitor:
        """Open a context for waiting. Raises Unavailable: reader-service-missing, reader-denied."""
        with self._change:
            self._check_service(self._service)
            return VirtualMonitor(self, self._service)

    def _check_service(self, service: int) -> None:
        if self._denied:
            raise Unavailable(Code.READER_DENIED)
        if not self._running or service != self._service:
            raise Unavailable(Code.READER_SERVICE_MISSING)

    def _states(self) -> tuple[ReaderState, ...]:
        return tuple(ReaderState(name, slot.card is not None, slot.mute, slot.changes) for name, slot in self._slots.items())

    def _connect(self, service: int, reader: str) -> VirtualConnection:
        with self._change:
            self._check_service(service)
            slot = self._slots.get(reader)
            if slot is None:
                raise Unavailable(Code.READER_MISSING)
            if slot.card is None:
                raise Unavailable(Code.CARD_REMOVED)
            if slot.held or slot.connection is not None:
                raise Unavailable(Code.CARD_IN_USE)
            if slot.mute:
                raise Unavailable(Code.CARD_UNREADABLE)
            slot.card.power_up()
            slot.connection = VirtualConnection(self, reader, service)
            return slot.connection

    def _find(self, connection: VirtualConnection) -> VirtualCard:
        """The card of a connection that is still valid. Raises Unavailable with the reason why it is not."""
        self._check_service(connection.service)
        slot = self._slots.get(connection.reader)
        if slot is None:
            raise Unavailable(Code.READER_MISSING)
        if slot.connection is not connection or slot.card is None:
            raise Unavailable(Code.CARD_REMOVED)
        return slot.card

    def _transmit(self, connection: VirtualConnection, command: bytes) -> bytes:
        with self._change:
            answer = self._find(connection).answer(command)
            self._find(connection)
            if answer.trouble is Trouble.LIFTED:
                self.lift(connection.reader)
            self._wait(connection, answer.delay if answer.trouble is None else None)
            seconds = self.timing.seconds(len(command) + len(answer.data)) if self.timing else 0.0
        began = time.perf_counter()
        if seconds:
            # The transmission time, outside the lock so that everything else continues.
            time.sleep(seconds)  # noqa: TID251 - it is the time that passes
        with self._change:
            self.card_seconds += time.perf_counter() - began
            self._find(connection)
        return answer.data

    def _wait(self, connection: VirtualConnection, seconds: float | None) -> None:
        """Delay the answer by `seconds`, or for ever (None): then only the end of the connection ends the wait."""
        ends = None if seconds is None else time.monotonic() + seconds
        while ends is None or time.monotonic() < ends:
            self._find(connection)
            self._change.wait(None if ends is None else max(0.0, ends - time.monotonic()))

    def _close(self, connection: VirtualConnection) -> None:
        with self._change:
            slot = self._slots.get(connection.reader)
            if slot is not None and slot.connection is connection:
                slot.connection = None
                if slot.card is not None:
                    slot.card.power_down()


class VirtualConnection:
    """A `CardConnection`. After its first error it keeps raising that error."""

    def __init__(self, world: VirtualReaders, reader: str, service: int) -> None:
        self._world, self.reader, self.service = world, reader, service
        self._dead: Code | None = None

    @property
    def extended(self) -> bool:
        return self._world.extended

    def transmit(self, command: bytes) -> bytes:
        if self._dead is not None:
            raise Unavailable(self._dead)
        try:
            return self._world._transmit(self, command)
        except Unavailable as error:
            self._dead = error.code
            raise

    def close(self) -> None:
        self._dead = self._dead or Code.CARD_REMOVED
        self._world._close(self)


class VirtualContext:
    """A `CardReaders` context."""

    def __init__(self, world: VirtualReaders, service: int) -> None:
        self._world, self._service = world, service

    def connect(self, reader: str) -> VirtualConnection:
        return self._world._connect(self._service, reader)

    def release(self) -> None:
        """Do nothing: there is no resource to release."""


class VirtualMonitor:
    """A `ReaderMonitor`. Like SCardCancel, `cancel` has no effect unless a wait is in progress."""

    def __init__(self, world: VirtualReaders, service: int) -> None:
        self._world, self._service = world, service
        self._waiting = self._cancelled = False

    def wait(self, known: tuple[ReaderState, ...]) -> tuple[ReaderState, ...]:
        world = self._world
        with world._change:
            self._waiting, self._cancelled = True, False
            try:
                while True:
                    world._check_service(self._service)
                    states = world._states()
                    if states != known or self._cancelled:
                        return states
                    world._change.wait()
            finally:
                self._waiting = False

    def cancel(self) -> None:
        with self._world._change:
            self._cancelled = self._waiting
            self._world._change.notify_all()

    def release(self) -> None:
        """Do nothing: there is no resource to release."""
