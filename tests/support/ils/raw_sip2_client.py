"""A raw connection to a SIP2 server: bytes out, bytes in, checksums computed here."""

from __future__ import annotations

import socket
from datetime import datetime
from types import TracebackType

from kiosk.demo.ils import PATRONS, Login
from kiosk.domain.calendar import JAPAN
from tests.support.wait import LIMIT

MOMENT = datetime(2026, 11, 23, 9, 50, 31, tzinfo=JAPAN)
STAMP = "20261123    095031"
BLANKS = " " * 18
LOGIN = Login("kiosk", "kioskpwd")
OWN = PATRONS["own"]


def numbered(text: str, number: int, encoding: str = "utf-8") -> bytes:
    """A line with sequence number and checksum, without its terminator."""
    line = text.encode(encoding) + b"AY%dAZ" % number
    return line + b"%04X" % (0x10000 - sum(line) % 0x10000)


class Wire:
    """A raw connection to a server on the loopback."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=LIMIT)
        self._kept = b""

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def line(self, end: bytes = b"\r") -> bytes:
        """The next line without its terminator. Raises EOFError if the server closes before it is complete."""
        while end not in self._kept:
            data = self.socket.recv(4096)
            if not data:
                raise EOFError(self._kept)
            self._kept += data
        line, _, self._kept = self._kept.partition(end)
        return line

    def rest(self) -> bytes:
        """Everything until the server closes."""
        while data := self.socket.recv(4096):
            self._kept += data
        kept, self._kept = self._kept, b""
        return kept

    def ask(self, text: str, encoding: str = "utf-8") -> str:
        """Send a request without sequence number and checksum, and return the reply."""
        self.send(text.encode("ascii") + b"\r")
        return self.line().decode(encoding)

    def log_in(self) -> None:
        assert self.ask("9300CNkiosk|COkioskpwd|CPCOUNTER1|") == "941"


def values(reply: str, code: str) -> list[str]:
    """The values of all fields with this code, in a reply without "|" in a value."""
    head = {"64": 61, "24": 37, "18": 26, "12": 24, "30": 24, "66": 29, "16": 22, "10": 24, "98": 36}[reply[:2]]
    return [piece[2:] for piece in reply[head:].split("|") if piece[:2] == code]


def patron(number: str, summary: str = " " * 10, more: str = "") -> str:
    """A Patron Information request (63)."""
    return f"63000{STAMP}{summary}AOCHUO|AA{number}|{more}"


def checkout(number: str, item: str) -> str:
    return f"11YN{STAMP}{BLANKS}AOCHUO|AA{number}|AB{item}|AC|BON|BIN|"


def renewal(number: str, item: str) -> str:
    return f"29NN{STAMP}{BLANKS}AOCHUO|AA{number}|AB{item}|AC|BON|"


def hold(number: str, item: str, *, mode: str = "+", pickup: str = "CHUO", more: str = "") -> str:
    return f"15{mode}{STAMP}BS{pickup}|BY2|AOCHUO|AA{number}|{more}AB{item}|AC|BON|"


def checkin(item: str) -> str:
    return f"09N{STAMP}{STAMP}APCOUNTER1|AOCHUO|AB{item}|AC|BIN|"


def information(item: str) -> str:
    return f"17{STAMP}AOCHUO|AB{item}|AC|"
