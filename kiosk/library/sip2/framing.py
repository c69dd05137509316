"""Lines out of a stream of bytes that arrives in pieces of any size."""

from __future__ import annotations

import re

from kiosk.library.sip2.layouts import LAYOUTS, Layout
from kiosk.library.sip2.message import Malformed

LONGEST = 256 * 1024
"""Bytes of a line. All titles of a patron with some hundred loans fit; noise without an end does not fill the memory."""

# CR and LF end a line only where a message can be at its end; notes to patrons and titles have both within.
_END = re.compile(rb"(?:\||AZ[0-9A-Fa-f]{1,12})(?=[\r\n])")
_SEALED_END = re.compile(rb"AZ[0-9A-Fa-f]{1,12}(?=[\r\n])")
_SEALED = re.compile(rb"AZ[0-9A-Fa-f]{1,12}\Z")
_BARE = re.compile(rb"94[01]|96")
_BREAK = re.compile(rb"[\r\n]")
_BAR = ord("|")
_TAIL = 15


def _beginning(layout: Layout) -> bytes:
    date = rb"[0-9 ]{8}.{4}[0-9 ]{6}"
    return layout.kind.encode() + b"".join(date if part.is_date else b"[A-Z0-9 .+-]{%d}" % part.width for part in layout.fixed)


_BEGINNING = re.compile(b"|".join(map(_beginning, LAYOUTS.values())), re.DOTALL)
_DATED = re.compile(b"|".join(_beginning(layout) for layout in LAYOUTS.values() if any(part.is_date for part in layout.fixed)), re.DOTALL)
"""The beginning of a message with a date, as no line of a text begins."""


class Framer:
    """Cuts at CR, CRLF and LF where a message is at its end, wherever the pieces were cut; the rest is kept for the next piece.

    Some leave out the `|` or the sum at the end, which cannot be told from a CR within a text until more has come, or nothing:
    `may_be_over` says so, and `flush` gives the line for what it is. Feeding raises Malformed once a line is longer than `longest`; the
    connection it comes from is then of no more use.
    """

    def __init__(self, longest: int = LONGEST) -> None:
        self._longest = longest
        self._line = bytearray()
        self._searched = 0
        """So much of it has no end within."""
        self._first_break: int | None = None
        self.sealed = False
        """Whether every message is known to have a number and a sum at its end, so that a `|` is none."""

    @property
    def pending(self) -> bool:
        """Whether the beginning of a line has come without its end."""
        return bool(self._line)

    @property
    def may_be_over(self) -> bool:
        return self._line.endswith((b"\r", b"\r\n"))

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that end within `data`, without their ends, without NULs, without empty ones."""
        self._line += data.replace(b"\0", b"")
        lines: list[bytes] = []
        start = self._behind_breaks(0)
        while (end := self._end(start)) is not None:
            self._check(end - start)
            line = bytes(self._line[start:end])
            if end == self._first_break:
                lines.append(line)
            else:
                lines += _messages(line)
            start = self._behind_breaks(end)
            self._searched, self._first_break = start, None
        del self._line[:start]
        if self._first_break is not None:
            self._first_break -= start
        self._searched = len(self._line)
        self._check(len(self._line))
        return lines

    def flush(self) -> list[bytes]:
        """What has come so far, as lines."""
        line = bytes(self._line)
        self._line.clear()
        self._searched, self._first_break = 0, None
        return _messages(line)

    def _end(self, start: int) -> int | None:
        """Where the line that begins at `start` ends, if it does: a message at its end, what is none at its first CR."""
        line, first = self._line, self._first_break
        if first is None:
            found = _BREAK.search(line, max(start, self._searched))
            if found is None:
                return None
            first = self._first_break = found.start()
            if self._is_complete(start, first):
                return first
        end = (_SEALED_END if self.sealed else _END).search(line, max(first, self._searched - _TAIL))
        limit = len(line) if end is None else end.end()
        cr = line.find(b"\r", first, limit)
        if cr >= 0 and _BEGINNING.match(line, start, cr) is None:
            return cr
        return None if end is None else limit

    def _is_complete(self, start: int, end: int) -> bool:
        """The quick look at what most lines are."""
        line = self._line
        if line[end - 1] == _BAR:
            return not self.sealed
        return _SEALED.search(line, max(start, end - _TAIL), end) is not None or _BARE.fullmatch(line, start, end) is not None

    def _behind_breaks(self, start: int) -> int:
        line, length = self._line, len(self._line)
        while start < length and line[start] in b"\r\n":
            start += 1
        return start

    def _check(self, length: int) -> None:
        if length > self._longest:
            raise Malformed("a line has no end")


def _messages(line: bytes) -> list[bytes]:
    """Those in a line: where one begins behind a break, the one before it was over."""
    starts = [0, *(found.end() for found in _BREAK.finditer(line) if _DATED.match(line, found.end()))]
    parts = (line[start:end].strip(b"\r\n") for start, end in zip(starts, [*starts[1:], len(line)], strict=True))
    return [part for part in parts if part]
