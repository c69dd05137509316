"""Command and response APDUs (ISO/IEC 7816-4 §5): encoding, parsing, and one exchange including its follow-up commands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from kiosk.domain.errors import Code, Unavailable

SELECT = 0xA4
READ_BINARY = 0xB0
VERIFY = 0x20
CHANGE_REFERENCE_DATA = 0x24
RESET_RETRY_COUNTER = 0x2C
PERFORM_SECURITY_OPERATION = 0x2A
GET_RESPONSE = 0xC0

_SPENDS_TRIES = frozenset({VERIFY, CHANGE_REFERENCE_DATA, RESET_RETRY_COUNTER})
_MOST_DATA = 0x10000


class Transmitter(Protocol):
    """Anything that sends a command APDU to a card and returns the response APDU."""

    def transmit(self, command: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Command:
    """A parsed command APDU. `le` is None when no response data is expected. `data` may be a PIN and is kept out of the repr."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = field(default=b"", repr=False)
    le: int | None = None
    extended: bool = False


@dataclass(frozen=True, slots=True)
class Response:
    """A response APDU: its data and the status word (ISO 7816-4 §5.1)."""

    data: bytes = field(repr=False)
    sw: int

    @property
    def done(self) -> bool:
        return self.sw == 0x9000

    @property
    def tries(self) -> int | None:
        """The retry counter of a 63Cx status, otherwise None."""
        return self.sw & 0xF if self.sw & 0xFFF0 == 0x63C0 else None


def build(cla: int, ins: int, p1: int, p2: int, data: bytes = b"", le: int | None = None) -> bytes:
    """Encode a command APDU, in extended form (§5.1) only where the short form cannot hold it. `le` 256 and 65,536 are encoded as zeros."""
    if len(data) > 0xFFFF or not (le is None or 1 <= le <= 0x10000):
        raise ValueError("this length has no form in an APDU")
    header = bytes((cla, ins, p1, p2))
    if len(data) <= 0xFF and (le is None or le <= 0x100):
        body = bytes((len(data),)) + data if data else b""
        return header + body + (b"" if le is None else bytes((le & 0xFF,)))
    body = len(data).to_bytes(2, "big") + data if data else b""
    return header + b"\x00" + body + (b"" if le is None else (le & 0xFFFF).to_bytes(2, "big"))


def parse(command: bytes) -> Command:
    """Parse a command APDU. Raises ValueError when its lengths are inconsistent (a card answers 6700)."""
    if len(command) < 4:
        raise ValueError("an APDU has a header of four bytes")
    cla, ins, p1, p2 = command[:4]
    body = command[4:]
    if not body:
        return Command(cla, ins, p1, p2)
    if len(body) == 1:
        return Command(cla, ins, p1, p2, le=body[0] or 0x100)
    extended = body[0] == 0 and len(body) >= 3
    if extended and len(body) == 3:
        return Command(cla, ins, p1, p2, le=int.from_bytes(body[1:], "big") or 0x10000, extended=True)
    lc, start = (int.from_bytes(body[1:3], "big"), 3) if extended else (body[0], 1)
    data, rest = body[start : start + lc], body[start + lc :]
    if lc == 0 or len(data) < lc or len(rest) not in ((0, 2) if extended else (0, 1)):
        raise ValueError("the lengths in this APDU do not fit")
    most = 0x10000 if extended else 0x100
    return Command(cla, ins, p1, p2, data, (int.from_bytes(rest, "big") or most) if rest else None, extended)


def send(connection: Transmitter, command: bytes) -> Response:
    """Send one command exactly once, whatever the status word. Raises Unavailable(card-interrupted) when the answer lacks a status word."""
    answer = connection.transmit(command)
    if len(answer) < 2:
        # When the card is pulled during a command, pcscd with vpcd reports success and an empty answer; other stacks return a truncated
        # one.
        raise Unavailable(Code.CARD_INTERRUPTED)
    return Response(answer[:-2], int.from_bytes(answer[-2:], "big"))


def exchange(connection: Transmitter, command: bytes) -> Response:
    """Send one command and complete its answer: GET RESPONSE after 61xx, one retry with the correct Le after 6Cxx (§5.3.4).

    A command that may use up a PIN try is never sent twice. Raises Unavailable: card-interrupted, card-answer-unexpected.
    """
    response = _send_with_right_length(connection, command)
    data = bytearray(response.data)
    while response.sw >> 8 == 0x61:
        response = _send_with_right_length(connection, build(0x00, GET_RESPONSE, 0, 0, le=response.sw & 0xFF or 0x100))
        if response.sw >> 8 == 0x61 and (not response.data or len(data) > _MOST_DATA):
            raise unexpected(response)
        data += response.data
    return Response(bytes(data), response.sw)


def _send_with_right_length(connection: Transmitter, command: bytes) -> Response:
    response = send(connection, command)
    if response.sw >> 8 != 0x6C:
        return response
    asked = parse(command)
    if asked.le is None or asked.ins in _SPENDS_TRIES:
        return response
    return send(connection, build(asked.cla, asked.ins, asked.p1, asked.p2, asked.data, response.sw & 0xFF or 0x100))


def unexpected(response: Response) -> Unavailable:
    """The exception for a status word that is not expected at this point."""
    return Unavailable(Code.CARD_ANSWER_UNEXPECTED, sw=f"{response.sw:04X}")
