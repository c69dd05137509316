"""Lines out of a stream of bytes that arrives in pieces of any size."""

from __future__ import annotations

import re

from kiosk.library.sip2.message import Malformed

LONGEST = 256 * 1024
"""Bytes of a line. All titles of a patron with some hundred loans fit; noise without an end does not fill the memory."""

# A line feed ends a line only where a message can be at its end; notes to patrons have line feeds within.
_COMPLETE = re.compile(rb"(?:\||AZ[0-9A-Fa-f]{1,12}|\A94[01]|\A96)\Z")
_TAIL = 14


class Framer:
    """Cuts at CR, CRLF and LF, wherever the pieces were cut; what follows the last end is kept for the next piece.

    Feeding raises Malformed once a line is longer than `longest`; the connection it comes from is then of no more use.
    """

    def __init__(self, longest: int = LONGEST) -> None:
        self._longest = longest
        self._line = bytearray()

    @property
    def pending(self) -> bool:
        """Whether the beginning of a line has come without its end."""
        return bool(self._line)

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that end within `data`, without their ends, without NULs, without empty ones."""
        lines = []
        *ended, last = data.replace(b"\0", b"").split(b"\r")
        for piece in ended:
            lines += self._add(piece)
            if self._line:
                lines.append(bytes(self._line))
                self._line.clear()
        lines += self._add(last)
        return lines

    def _add(self, piece: bytes) -> list[bytes]:
        lines = []
        *before_feeds, last = piece.split(b"\n")
        for part in before_feeds:
            self._extend(part)
            if _COMPLETE.search(self._line[-_TAIL:]):
                lines.append(bytes(self._line))
                self._line.clear()
            elif self._line:
                self._extend(b"\n")
        self._extend(last)
        return lines

    def _extend(self, part: bytes) -> None:
        self._line += part
        if len(self._line) > self._longest:
            raise Malformed("a line has no end")
