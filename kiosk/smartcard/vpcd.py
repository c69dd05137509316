"""Connect an in-process card to pcscd's virtual reader (vpcd of the vsmartcard project), so that any PC/SC program can use it.

vpcd listens, the card connects. Each message in either direction is a two-byte big-endian length followed by that many bytes. A one-byte
message from vpcd is a control code, a longer one a command APDU; only GET_ATR and APDUs are answered.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from enum import IntEnum, unique
from typing import Protocol

from kiosk.hang_up import hang_up
from kiosk.smartcard.virtual.card import Answer, Trouble

HOST = "127.0.0.1"
PORTS = (35963, 35964)
"""One port for each vpcd slot; pcscd lists them as `Virtual PCD 00 00` and `Virtual PCD 00 01`."""

_LIMIT = 5.0
_NO_ATR = bytes(64)
"""Longer than any valid ATR: vpcd reports a card but fails to power it, which is how a mute card behaves."""


@unique
class _Control(IntEnum):
    POWER_OFF = 0
    POWER_ON = 1
    RESET = 2
    GET_ATR = 4


class PluggableCard(Protocol):
    """The interface of a card towards vpcd."""

    @property
    def atr(self) -> bytes:
        """Answer to reset (ISO 7816-3 §8)."""

    def power_up(self) -> None: ...

    def power_down(self) -> None: ...

    def reset(self) -> None: ...

    def answer(self, command: bytes) -> Answer: ...


def connect_to_slot(slot: int) -> socket.socket:
    """Connect to slot 0 or 1 of the virtual reader. Raises OSError when no pcscd with vpcd runs on this machine."""
    return socket.create_connection((HOST, PORTS[slot]), timeout=_LIMIT)


class PluggedCard:
    """A card in a virtual slot, until `pull`."""

    def __init__(self, card: PluggableCard, line: socket.socket, *, mute: bool = False) -> None:
        """Takes ownership of `line`, a connection to vpcd. A `mute` card is present but cannot be powered."""
        self._card = card
        self._line = line
        self._line.settimeout(None)
        self._mute = mute
        self._powered = False
        self._gone = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="vpcd", daemon=True)
        self._thread.start()

    def pull(self) -> None:
        """Remove the card; a command in progress gets no answer. Idempotent; callable from any thread."""
        self._gone.set()
        hang_up(self._line)
        if threading.current_thread() is not self._thread:
            self._thread.join(_LIMIT)

    @property
    def plugged(self) -> bool:
        """False once the card was removed or pcscd closed the connection."""
        return not self._gone.is_set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the card is no longer plugged; return whether that is so."""
        return self._gone.wait(seconds)

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            # A function per message, so that nothing of the last one (a PIN) stays referenced while waiting for the next.
            while self._serve_one():
                pass
        self._gone.set()
        self._power_down()
        self._line.close()

    def _serve_one(self) -> bool:
        message = self._receive()
        answer = None if message is None else self._answer(message)
        if answer is not None and not self._gone.is_set():
            self._line.sendall(len(answer).to_bytes(2, "big") + answer)
        return message is not None

    def _receive(self) -> bytes | None:
        head = self._exactly(2)
        return None if head is None else self._exactly(int.from_bytes(head, "big"))

    def _exactly(self, count: int) -> bytes | None:
        received = bytearray()
        while len(received) < count:
            if hasattr(socket, "TCP_QUICKACK"):
                # vpcd sends length and payload separately; without quick ACK the payload is delayed by 40 ms (Nagle and delayed ACK).
                self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            part = self._line.recv(count - len(received))
            if not part:
                return None
            received += part
        return bytes(received)

    def _answer(self, message: bytes) -> bytes | None:
        if len(message) > 1:
            return self._transmit(message)
        controls: dict[int, Callable[[], bytes | None]] = {
            _Control.POWER_OFF: self._power_down,
            _Control.POWER_ON: self._power_up,
            _Control.RESET: self._reset,
            _Control.GET_ATR: lambda: _NO_ATR if self._mute else self._card.atr,
        }
        return controls[message[0]]() if message and message[0] in controls else None

    def _transmit(self, command: bytes) -> bytes | None:
        # Without power there is no answer. Otherwise a card placed before pcscd noticed the swap would answer for the previous one.
        answer = self._card.answer(command) if self._powered else Answer(b"", trouble=Trouble.LIFTED)
        if answer.trouble is Trouble.SILENT:
            return None
        if answer.trouble is Trouble.LIFTED or not answer.data:
            self.pull()
            return None
        if answer.delay:
            self._gone.wait(answer.delay)
        return answer.data

    def _power_up(self) -> None:
        if not self._mute and not self._powered:
            self._powered = True
            self._card.power_up()

    def _power_down(self) -> None:
        if self._powered:
            self._powered = False
            self._card.power_down()

    def _reset(self) -> None:
        if self._powered:
            self._card.reset()
        else:
            self._power_up()
