"""Real readers, through the lowest layer of pyscard. The only module that imports pyscard; none of its types leave it.

PC/SC part 5 as implemented by Windows and pcsc-lite: every function returns a result code, which one table maps to a `Code`. pyscard takes
and returns bytes as lists of int; they are converted here.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any

from smartcard import scard
from smartcard.Exceptions import SmartcardException
from smartcard.pcsc.PCSCExceptions import BaseSCardException
from smartcard.sw.SWExceptions import SWException

from kiosk.domain.errors import Code, Unavailable
from kiosk.smartcard.reader import ReaderState

_PYSCARD_ERRORS = (scard.error, SmartcardException, BaseSCardException, SWException, OSError, SystemError, ValueError, TypeError)
"""pyscard's three exception hierarchies share no base; its C wrapper also raises built-in exceptions for values it cannot convert."""

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
# Windows returns these as negative numbers, pcsc-lite as positive ones.
_CODES = {getattr(scard, f"SCARD_{name}") & 0xFFFFFFFF: code for code, names in _CODES_BY_NAME.items() for name in names.split()}
_SUCCESS, _TIMEOUT, _CANCELLED = (result & 0xFFFFFFFF for result in (scard.SCARD_S_SUCCESS, scard.SCARD_E_TIMEOUT, scard.SCARD_E_CANCELLED))
_NO_READERS = scard.SCARD_E_NO_READERS_AVAILABLE & 0xFFFFFFFF
_GONE = frozenset({scard.SCARD_E_UNKNOWN_READER & 0xFFFFFFFF, scard.SCARD_E_READER_UNAVAILABLE & 0xFFFFFFFF})
_STOPPED = frozenset({scard.SCARD_E_NO_SERVICE & 0xFFFFFFFF, scard.SCARD_E_SERVICE_STOPPED & 0xFFFFFFFF})

_PROTOCOLS = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
_PCI = {scard.SCARD_PROTOCOL_T0: scard.SCARD_PCI_T0, scard.SCARD_PROTOCOL_T1: scard.SCARD_PCI_T1}
_NEW_READERS = "\\\\?PnP?\\Notification"
"""The pseudo-reader that reports readers being added or removed. What the upper half of its state holds differs: on Windows the number of
readers ([MS-RDPESC] 2.2.7), in pcsc-lite from 2.3 the number of such events, before that nothing.
"""
_NOT_THERE = scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_UNAVAILABLE | scard.SCARD_STATE_IGNORE

_LOOK_AGAIN = 1.0
"""Seconds after which a wait is restarted. Covers what PC/SC implementations lose: a cancel issued too early, and readers plugged in where
PnP notification is missing (pcsc-lite before 2.0 with readers from a configuration file).
"""
_UNTIL_ENDED = 0.2
_AT_ONCE, _BREATH, _LONGEST_BREATH = 5, 0.05, 0.25
"""A system that keeps reporting "changed" for what is no change to us must not cause a busy loop: so many waits in a row may end early,
then each is followed by a pause (seconds), longer by so much each time. The longest is how late a card may be noticed there.
"""


def _call(function: Callable[..., Any], *arguments: Any) -> tuple[int, list[Any]]:
    """Call a PC/SC function; return its unsigned result code and its other return values. Raises Unavailable when pyscard itself raises."""
    try:
        given = function(*arguments)
        result, values = (given[0], list(given[1:])) if isinstance(given, list | tuple) else (given, [])
        return int(result) & 0xFFFFFFFF, values
    except _PYSCARD_ERRORS as error:
        result = getattr(error, "hresult", None)
        raise _trouble(result & 0xFFFFFFFF if isinstance(result, int) and result != -1 else None, Code.READER_SERVICE_MISSING) from error


def code_of(result: int) -> Code | None:
    """The `Code` for a PC/SC result, signed (Windows) or unsigned; None for a result that none of our calls should produce."""
    if sys.platform == "win32" and result & 0xFFFFFFFF in _STOPPED:
        # Windows stops the service when the last reader is unplugged and starts it when one is plugged in, so this says that there is none.
        # https://technet.microsoft.com/library/hh849637.aspx (Smart Card Service start and stop behavior)
        return Code.READER_MISSING
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
    """Check the result of a function that may be denied: SCardEstablishContext, SCardConnect.

    pcsc-lite also reports a denial when a pcscd that is shutting down closes the connection, so the service is asked once more.
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
    """A `CardConnection` to a real card. Not thread-safe."""

    def __init__(self, handle: int, protocol: int) -> None:
        self._handle: int | None = handle
        self._protocol = protocol
        self._dead: Unavailable | None = None

    @property
    def extended(self) -> bool:
        # Apple's CCID driver fails on extended APDUs; T=0 cannot carry them.
        return self._protocol == scard.SCARD_PROTOCOL_T1 and sys.platform != "darwin"

    def transmit(self, command: bytes) -> bytes:
        if self._dead is None:
            try:
                return self._transmit(command)
            except Unavailable as error:
                self._dead = error.with_traceback(None)
                self._dead.__context__ = self._dead.__cause__ = None
        # A new exception: the frames of the original hold the command, possibly a VERIFY, and must not be kept alive.
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
    """The `CardReaders` of the system."""

    def __init__(self) -> None:
        """Establish a context. Raises Unavailable: reader-service-missing, reader-missing, reader-denied."""
        self._context = _establish()
        self._open = True

    def connect(self, reader: str) -> PcscConnection:
        result, values = _call(scard.SCardConnect, self._context, reader, scard.SCARD_SHARE_EXCLUSIVE, _PROTOCOLS)
        _check_allowed(result, Code.CARD_UNREADABLE)
        handle, protocol = int(values[0]), int(values[1])
        if protocol not in _PCI:
            _call(scard.SCardDisconnect, handle, scard.SCARD_UNPOWER_CARD)
            raise Unavailable(Code.CARD_UNREADABLE)
        return PcscConnection(handle, protocol)

    def release(self) -> None:
        was_open, self._open = self._open, False
        if was_open:
            _release(self._context)


class PcscMonitor:
    """The `ReaderMonitor` of the system. `wait` is called by one thread, `cancel` by any other."""

    def __init__(self) -> None:
        """Establish a context. Raises Unavailable: reader-service-missing, reader-missing, reader-denied."""
        self._context = _establish()
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._open = True
        self._new_readers = [(_NEW_READERS, scard.SCARD_STATE_UNAWARE)]
        self._is_asked = False

    def wait(self, known: tuple[ReaderState, ...]) -> tuple[ReaderState, ...]:
        early = 0
        if not self._is_asked:
            self._is_asked = True
            self._ask_new_readers()
        while True:
            raw = self._look()
            states = tuple(_state(name, bits) for name, bits in raw)
            if states != known or self._cancelled.is_set():
                self._cancelled.clear()
                return states
            early = early + 1 if self._block(raw) else 0
            if early > _AT_ONCE:
                self._cancelled.wait(min(_BREATH * (early - _AT_ONCE), _LONGEST_BREATH))

    def _ask_new_readers(self) -> None:
        """Ask for the pseudo-reader's state, before the readers are listed: one that comes in between then ends the wait.

        Microsoft asks for zero (https://learn.microsoft.com/windows/win32/api/winscard/ns-winscard-scard_readerstatea), which on the same
        page "results in an immediate return": zero asks for the state, and what then came back is waited on.
        """
        result, values = _call(scard.SCardGetStatusChange, self._context, 0, self._new_readers)
        if result in (_SUCCESS, _TIMEOUT):
            self._note_new_readers(int(bits) for _name, bits, _atr in values[0])

    def _note_new_readers(self, found: Iterable[int]) -> None:
        """Wait for the next change from here. Where there is no such pseudo-reader, the readers are only listed again now and then."""
        self._new_readers = [(_NEW_READERS, bits & ~scard.SCARD_STATE_CHANGED) for bits in found if not bits & _NOT_THERE]

    def _look(self) -> list[tuple[str, int]]:
        """The current raw state of every reader."""
        result, values = _call(scard.SCardListReaders, self._context, [])
        if result == _NO_READERS:
            return []
        _check(result)
        names = sorted(str(name) for name in values[0])
        if not names:
            return []
        result, values = _call(scard.SCardGetStatusChange, self._context, 0, [(name, scard.SCARD_STATE_UNAWARE) for name in names])
        if result in _GONE:
            # Unplugged between the two calls: ask for each reader separately.
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

    def _block(self, raw: list[tuple[str, int]]) -> bool:
        """Block until the state differs from what is given; return whether something changed before it was time to look again.

        The upper half of a state counts events, so nothing is lost between look and wait.
        """
        states = [*((name, bits & ~scard.SCARD_STATE_CHANGED) for name, bits in raw), *self._new_readers]
        if not states:
            self._cancelled.wait(_LOOK_AGAIN)
            return False
        result, values = _call(scard.SCardGetStatusChange, self._context, int(_LOOK_AGAIN * 1000), states)
        if result == _TIMEOUT:
            return False
        if result not in (_CANCELLED, *_GONE):
            _check(result)
            told = [int(bits) for name, bits, _atr in values[0] if name == _NEW_READERS and bits & scard.SCARD_STATE_CHANGED]
            if told:
                self._note_new_readers(told)
        return True

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
