"""Windows' smart card service, as Microsoft documents it, behind pyscard's functions: for what neither pcscd nor Wine can show.

    windows = WindowsScard("Reader 0"); windows.install(monkeypatch)
    windows.lay(card, "Reader 0")
    windows.unplug("Reader 0")      # the service stops, and the contexts of before are dead for ever
    windows.plug("Reader 0")        # it starts

The service runs only while a reader is attached (https://technet.microsoft.com/library/hh849637.aspx). The pseudo reader's state holds the
number of readers in its upper half ([MS-RDPESC] 2.2.7); all others hold the count of insertions and removals. Results are negative numbers.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Sequence

import pytest
from smartcard import scard

from kiosk.smartcard.virtual.card import VirtualCard

NOTIFICATION = "\\\\?PnP?\\Notification"
States = Sequence[tuple[str, int]]
Answer = tuple[int, list[tuple[str, int, list[int]]]]


def _negative(result: int) -> int:
    result &= 0xFFFFFFFF
    return result - (1 << 32) if result >> 31 else result


class WindowsScard:
    def __init__(self, *readers: str) -> None:
        self.without_service = scard.SCARD_E_NO_SERVICE
        """What is said to whoever asks for a context while the service is stopped."""
        self.counted: Callable[[int], int] = lambda readers: readers << 16
        """The pseudo reader's state for so many readers."""
        self.held_until = 0.0
        """Until this instant (monotonic) another program holds every card."""
        self.calls: list[str] = []
        self.asked: list[int] = []
        """The states of the pseudo reader that were handed in, of waits only."""
        self._change = threading.Condition()
        self._readers = dict.fromkeys(readers, 0)
        """Each with its insertions and removals."""
        self._cards: dict[str, VirtualCard] = {}
        self._connected: dict[int, str] = {}
        self._unavailable: set[str] = set()
        self._service = 1 if readers else 0
        """Counted up at each start; 0 while stopped."""
        self._started = self._service
        self._contexts: dict[int, int] = {}
        self._cancelled: set[int] = set()

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "platform", "win32")
        for name in (name for name in dir(self) if name.startswith("SCard")):
            monkeypatch.setattr(scard, name, getattr(self, name))

    # --- what people do ---------------------------------------------------------------------------------------------------

    def plug(self, reader: str) -> None:
        with self._change:
            self._readers[reader] = 0
            if not self._service:
                self._started += 1
                self._service = self._started
            self._change.notify_all()

    def unplug(self, reader: str) -> None:
        with self._change:
            del self._readers[reader]
            self._cards.pop(reader, None)
            if not self._readers:
                self._service = 0
            self._change.notify_all()

    def lay(self, card: VirtualCard, reader: str) -> None:
        with self._change:
            self._cards[reader] = card
            self._readers[reader] += 1
            self._change.notify_all()

    def make_unavailable(self, reader: str) -> None:
        """It stays in the list and is counted, but says nothing of cards."""
        with self._change:
            self._unavailable.add(reader)
            self._change.notify_all()

    # --- pyscard's functions ------------------------------------------------------------------------------------------------

    def SCardEstablishContext(self, scope: int) -> tuple[int, int]:
        with self._change:
            self.calls.append("SCardEstablishContext")
            if not self._service:
                return _negative(self.without_service), 0
            context = len(self._contexts) + 1
            self._contexts[context] = self._service
            return 0, context

    def SCardReleaseContext(self, context: int) -> int:
        return 0

    def SCardListReaders(self, context: int, groups: Sequence[str]) -> tuple[int, list[str]]:
        with self._change:
            self.calls.append("SCardListReaders")
            return self._dead(context), ([] if self._dead(context) else list(self._readers))

    def SCardGetStatusChange(self, context: int, milliseconds: int, states: States) -> Answer:
        with self._change:
            self.calls.append("SCardGetStatusChange")
            end = time.monotonic() + milliseconds / 1000
            if milliseconds:
                self.asked += [state for name, state in states if name == NOTIFICATION]
            while True:
                if dead := self._dead(context):
                    return dead, [(name, 0, []) for name, _state in states]
                if context in self._cancelled:
                    self._cancelled.discard(context)
                    return _negative(scard.SCARD_E_CANCELLED), []
                seen = [self._seen(name, known) for name, known in states]
                if any(state & scard.SCARD_STATE_CHANGED for _name, state, _atr in seen):
                    return 0, seen
                if time.monotonic() >= end:
                    return _negative(scard.SCARD_E_TIMEOUT), seen
                self._change.wait(end - time.monotonic())

    def SCardCancel(self, context: int) -> int:
        with self._change:
            self._cancelled.add(context)
            self._change.notify_all()
            return 0

    def SCardConnect(self, context: int, reader: str, mode: int, protocols: int) -> tuple[int, int, int]:
        with self._change:
            self.calls.append("SCardConnect")
            if dead := self._dead(context):
                return dead, 0, 0
            if time.monotonic() < self.held_until:
                return _negative(scard.SCARD_E_SHARING_VIOLATION), 0, 0
            if reader not in self._readers:
                return _negative(scard.SCARD_E_UNKNOWN_READER), 0, 0
            if reader not in self._cards:
                return _negative(scard.SCARD_E_NO_SMARTCARD), 0, 0
            self._cards[reader].power_up()
            handle = len(self._connected) + 1
            self._connected[handle] = reader
            return 0, handle, scard.SCARD_PROTOCOL_T1

    def SCardTransmit(self, handle: int, protocol: int, command: list[int]) -> tuple[int, list[int]]:
        with self._change:
            card = self._cards.get(self._connected[handle])
            return (_negative(scard.SCARD_W_REMOVED_CARD), []) if card is None else (0, list(card.transmit(bytes(command))))

    def SCardDisconnect(self, handle: int, disposition: int) -> int:
        return 0

    # --- within -------------------------------------------------------------------------------------------------------------

    def _dead(self, context: int) -> int:
        return 0 if self._service and self._contexts.get(context) == self._service else _negative(scard.SCARD_E_SERVICE_STOPPED)

    def _seen(self, name: str, known: int) -> tuple[str, int, list[int]]:
        if name == NOTIFICATION:
            state = self.counted(len(self._readers))
        elif name not in self._readers:
            state = scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_IGNORE
        elif name in self._unavailable:
            state = scard.SCARD_STATE_UNAVAILABLE
        else:
            card = scard.SCARD_STATE_PRESENT if name in self._cards else scard.SCARD_STATE_EMPTY
            state = card | self._readers[name] << 16
        return name, state | (scard.SCARD_STATE_CHANGED if state != known else 0), []
