"""Real readers, through pyscard's lowest layer. The only module that knows pyscard; nothing of it gets out of here.

PC/SC part 5 and its Windows and pcsc-lite implementations: every function gives a result code, which one table below turns into a
`Code`. Lists of numbers, which pyscard wants, are made and undone here; above there are bytes only.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from smartcard import scard
from smartcard.Exceptions import SmartcardException
from smartcard.pcsc.PCSCExceptions import BaseSCardException
from smartcard.sw.SWExceptions import SWException

from kiosk.domain.errors import Code, Unavailable
from kiosk.smartcard.reader import ReaderState

_PYSCARD_ERRORS = (scard.error, SmartcardException, BaseSCardException, SWException, OSError, SystemError, ValueError, TypeError)
"""Its three trees have no common root; the wrapper beneath also raises Python's own for what it cannot convert."""

_CODES_BY_NAME = {
    Code.READER_SERVICE_MISSING: (
        "E_NO_SERVICE E_SERVICE_STOPPED E_INVALID_HANDLE E_SYSTEM_CANCELLED E_CANCELLED E_SERVER_TOO_BUSY E_NO_MEMORY "
        "F_COMM_ERROR F_INTERNAL_ERROR P_SHUTDOWN"
    ),
    Code.READER_MISSING: "E_READER_UNAVAILABLE E_UNKNOWN_READER E_NO_READERS_AVAILABLE E_READER_UNSUPPORTED",
    Code.READER_DENIED: "E_NO_ACCESS W_SECURITY_VIOLATION",
    Code.CARD_IN_USE: "E_SHARING_VIOLATION",
    Code.CARD_REMOVED: "E_NO_SMARTCARD W_REMOVED_CARD",
    Code.CARD_INTERRUPTED: "W_RESET_CARD E_NOT_TRANSACTED E_COMM_DATA_LOST",
    Code.CARD_UNREADABLE: (
        "W_UNRESPONSIVE_CARD W_UNPOWERED_CARD W_UNSUPPORTED_CARD E_CARD_UNSUPPORTED E_UNKNOWN_CARD E_PROTO_MISMATCH E_NOT_READY E_TIMEOUT"
    ),
}
# Windows gives these as negative numbers, pcsc-lite as positive ones.
_CODES = {getattr(scard, f"SCARD_{name}") & 0xFFFFFFFF: code for code, names in _CODES_BY_NAME.items() for name in names.split()}
_SUCCESS, _TIMEOUT, _CANCELLED = (result & 0xFFFFFFFF for result in (scard.SCARD_S_SUCCESS, scard.SCARD_E_TIMEOUT, scard.SCARD_E_CANCELLED))
_NO_READERS = scard.SCARD_E_NO_READERS_AVAILABLE & 0xFFFFFFFF
_GONE = frozenset({scard.SCARD_E_UNKNOWN_READER & 0xFFFFFFFF, scard.SCARD_E_READER_UNAVAILABLE & 0xFFFFFFFF})

_PROTOCOLS = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
_PCI = {scard.SCARD_PROTOCOL_T0: scard.SCARD_PCI_T0, scard.SCARD_PROTOCOL_T1: scard.SCARD_PCI_T1}
_NEW_READERS = "\\\\?PnP?\\Notification"
"""A reader that is none: a change of it means that readers came or went."""
_NOT_THERE = scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_UNAVAILABLE | scard.SCARD_STATE_IGNORE

_LOOK_AGAIN = 1.0
"""A wait ends after so many seconds and begins anew. It heals what systems lose: a cancel that came too early, and readers plugged in
where PnP is not told (pcsc-lite before 2.0 with readers from a configuration file)."""
_UNTIL_ENDED = 0.2
_ROUNDS, _BREATH = 5, 0.05
"""After so many waits that told nothing new, a breath: a system that keeps saying "changed" must not keep a processor busy."""
_HOLDER_PATIENCE = 2.0
"""How long another program (Windows' certificate propagation, JPKI client software) may go on holding a card just laid."""
_HOLDER_PAUSE = 0.1


def _call(function: Callable[..., Any], *arguments: Any) -> tuple[int, list[Any]]:
    """The unsigned result of a PC/SC function and what else it gave. Raises Unavailable when pyscard itself gives up."""
    try:
        given = function(*arguments)
        result, values = (given[0], list(given[1:])) if isinstance(given, list | tuple) else (given, [])
        return int(result) & 0xFFFFFFFF, values
    except _PYSCARD_ERRORS as error:
        result = getattr(error, "hresult", None)
        raise _trouble(result & 0xFFFFFFFF if isinstance(result, int) and result != -1 else None, Code.READER_SERVICE_MISSING) from error


def code_of(result: int) -> Code | None:
    """What a PC/SC result means here, signed (Windows) or unsigned; None for one that no call of ours should lead to."""
    return _CODES.get(result & 0xFFFFFFFF)


def _trouble(result: int | None, otherwise: Code) -> Unavailable:
    code = otherwise if result is None else code_of(result) or otherwise
    if code is Code.CARD_ANSWER_UNEXPECTED:
        return Unavailable(code, sw=f"{result or 0:08X}")
    return Unavailable(code)


def _check(result: int, otherwise: Code = Code.READER_SERVICE_MISSING) -> None:
    if result != _SUCCESS:
        trouble = _trouble(result, otherwise)
        raise Unavailable(Code.READER_SERVICE_MISSING) if trouble.code is Code.READER_DENIED else trouble


def _check_allowed(result: int, otherwise: Code = Code.READER_SERVICE_MISSING) -> None:
    """For the two functions that may be refused, SCardEstablishContext and SCardConnect.

    pcsc-lite takes it for a refusal as well when a pcscd that is just ending hangs up, so the service is asked once more.
    """
    if code_of(result) is Code.READER_DENIED:
        threading.Event().wait(_UNTIL_ENDED)
        again, values = _call(scard.SCardEstablishContext, scard.SCARD_SCOPE_USER)
        if again == _SUCCESS:
            _release(int(values[0]))
        elif code_of(again) is not Code.READER_DENIED:
            result = again
    if result != _SUCCESS:
        raise _trouble(result, otherwise)


def _establish() -> int:
    result, values = _call(scard.SCardEstablishContext, scard.SCARD_SCOPE_USER)
    _check_allowed(result)
    return int(values[0])


def _release(context: int) -> None:
    with contextlib.suppress(Unavailable):
        _call(scard.SCardReleaseContext, context)


class PcscConnection:
    """See `CardConnection`. Used by one thread."""

    def __init__(self, handle: int, protocol: int) -> None:
        self._handle: int | None = handle
        self._protocol = protocol
        self._dead: Unavailable | None = None

    @property
    def extended(self) -> bool:
        # Apple's own CCID driver fails on long APDUs; T=0 has no form for them.
        return self._protocol == scard.SCARD_PROTOCOL_T1 and sys.platform != "darwin"

    def transmit(self, command: bytes) -> bytes:
        if self._dead is None:
            try:
                return self._transmit(command)
            except Unavailable as error:
                self._dead = error.with_traceback(None)
                self._dead.__context__ = self._dead.__cause__ = None
        # Raised anew: the frames of the first have seen the command, which may be a VERIFY, and nothing may keep them.
        raise Unavailable(self._dead.code, **self._dead.params)

    def _transmit(self, command: bytes) -> bytes:
        numbers = list(command)
        try:
            result, values = _call(scard.SCardTransmit, self._handle, _PCI[self._protocol], numbers)
        finally:
            numbers[:] = bytes(len(numbers))
            numbers.clear()
        _check(result, Code.CARD_ANSWER_UNEXPECTED)
        answer = bytes(values[0])
        if len(answer) < 2:
            raise Unavailable(Code.CARD_INTERRUPTED)
        return answer

    def close(self) -> None:
        handle, self._handle = self._handle, None
        self._dead = self._dead or Unavailable(Code.CARD_REMOVED)
        if handle is not None:
            with contextlib.suppress(Unavailable):
                _call(scard.SCardDisconnect, handle, scard.SCARD_UNPOWER_CARD)


class PcscReaders:
    """See `CardReaders`."""

    def __init__(self, patience: float = _HOLDER_PATIENCE) -> None:
        """`patience`: seconds for another program to let go of a card. Raises Unavailable: reader-service-missing, reader-denied."""
        self._patience = patience
        self._context = _establish()
        self._released = threading.Event()

    def connect(self, reader: str) -> PcscConnection:
        end = time.monotonic() + self._patience
        while True:
            result, values = _call(scard.SCardConnect, self._context, reader, scard.SCARD_SHARE_EXCLUSIVE, _PROTOCOLS)
            if code_of(result) is not Code.CARD_IN_USE or time.monotonic() >= end:
                break
            self._released.wait(_HOLDER_PAUSE)
        _check_allowed(result, Code.CARD_UNREADABLE)
        handle, protocol = int(values[0]), int(values[1])
        if protocol not in _PCI:
            _call(scard.SCardDisconnect, handle, scard.SCARD_UNPOWER_CARD)
            raise Unavailable(Code.CARD_UNREADABLE)
        return PcscConnection(handle, protocol)

    def release(self) -> None:
        if not self._released.is_set():
            self._released.set()
            _release(self._context)


class PcscMonitor:
    """See `ReaderMonitor`. `wait` belongs to one thread, `cancel` to any other."""

    def __init__(self) -> None:
        """Raises Unavailable: reader-service-missing, reader-denied."""
        self._context = _establish()
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._open = True

    def wait(self, known: tuple[ReaderState, ...]) -> tuple[ReaderState, ...]:
        rounds = 0
        while True:
            raw = self._look()
            states = tuple(_state(name, bits) for name, bits in raw)
            if states != known or self._cancelled.is_set():
                self._cancelled.clear()
                return states
            rounds += 1
            if rounds % _ROUNDS == 0:
                self._cancelled.wait(_BREATH)
            self._block(raw)

    def _look(self) -> list[tuple[str, int]]:
        """Every reader with its state as PC/SC gives it, at this moment."""
        result, values = _call(scard.SCardListReaders, self._context, [])
        if result == _NO_READERS:
            return []
        _check(result)
        names = sorted(str(name) for name in values[0])
        if not names:
            return []
        result, values = _call(scard.SCardGetStatusChange, self._context, 0, [(name, scard.SCARD_STATE_UNAWARE) for name in names])
        if result in _GONE:
            # Unplugged between the two calls: the next look will not list it.
            self._cancelled.wait(0.02)
            return self._look_at_each(names)
        if result != _TIMEOUT:
            _check(result)
        return [(str(name), int(bits)) for name, bits, _atr in values[0] if not bits & _NOT_THERE]

    def _look_at_each(self, names: list[str]) -> list[tuple[str, int]]:
        seen: list[tuple[str, int]] = []
        for name in names:
            result, values = _call(scard.SCardGetStatusChange, self._context, 0, [(name, scard.SCARD_STATE_UNAWARE)])
            if result not in _GONE:
                _check(result)
                seen += [(name, int(bits)) for _name, bits, _atr in values[0] if not bits & _NOT_THERE]
        return seen

    def _block(self, raw: list[tuple[str, int]]) -> None:
        """Until anything is otherwise than `raw`. The upper half of a state counts events, so that none between look and wait is lost."""
        states = [(name, bits & ~scard.SCARD_STATE_CHANGED) for name, bits in raw]
        # Windows keeps the number of readers in the upper half of this one.
        states.append((_NEW_READERS, len(raw) << 16 if sys.platform == "win32" else scard.SCARD_STATE_UNAWARE))
        result, _values = _call(scard.SCardGetStatusChange, self._context, int(_LOOK_AGAIN * 1000), states)
        if result not in (_TIMEOUT, _CANCELLED, *_GONE):
            _check(result)

    def cancel(self) -> None:
        self._cancelled.set()
        with self._lock, contextlib.suppress(Unavailable):
            if self._open:
                _call(scard.SCardCancel, self._context)

    def release(self) -> None:
        with self._lock:
            was_open, self._open = self._open, False
        if was_open:
            _release(self._context)


def _state(name: str, bits: int) -> ReaderState:
    present = bool(bits & (scard.SCARD_STATE_PRESENT | scard.SCARD_STATE_MUTE))
    return ReaderState(name, present, bool(bits & scard.SCARD_STATE_MUTE), bits >> 16 & 0xFFFF)
