"""Split a byte stream, received in arbitrary chunks, into lines."""

from __future__ import annotations

import re

from kiosk.library.sip2.layouts import LAYOUTS, Layout
from kiosk.library.sip2.message import Malformed

LONGEST = 256 * 1024
"""Maximum line length in bytes: enough for the titles of several hundred loans, and a bound on memory for noise without line ends."""

# CR and LF end a line only where a message can end; notes to patrons and titles contain both.
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
"""The start of a message with a date, which no line of free text matches."""


class Framer:
    """Splits at CR, CRLF or LF where a message can end, independent of chunk boundaries; an incomplete line is buffered.

    Some servers omit the final `|` or the checksum. Such an end cannot be told from a CR within text until more arrives, or nothing does:
    `may_be_over` reports the case, and `flush` returns the line as it is. Feeding raises Malformed once a line exceeds `longest`; the
    connection is then unusable.
    """

    def __init__(self, longest: int = LONGEST) -> None:
        self._longest = longest
        self._line = bytearray()
        self._searched = 0
        """Length of the prefix already searched for a line end."""
        self._first_break: int | None = None
        self.sealed = False
        """Whether every message is known to end with sequence number and checksum, so that `|` is no end."""

    @property
    def pending(self) -> bool:
        """Whether an incomplete line is buffered."""
        return bool(self._line)

    @property
    def may_be_over(self) -> bool:
        return self._line.endswith((b"\r", b"\r\n"))

    def feed(self, data: bytes) -> list[bytes]:
        """Return the lines completed by `data`, without terminators, NULs and empty lines."""
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
        """Return the buffered data as lines."""
        line = bytes(self._line)
        self._line.clear()
        self._searched, self._first_break = 0, None
        return _messages(line)

    def _end(self, start: int) -> int | None:
        """The end of the line starting at `start`, or None: messages end where they are complete, anything else at its first CR."""
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
        """Fast path for ordinary lines."""
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
    """Split a line into messages: the start of a message after a break ends the previous one."""
    starts = [0, *(found.end() for found in _BREAK.finditer(line) if _DATED.match(line, found.end()))]
    parts = (line[start:end].strip(b"\r\n") for start, end in zip(starts, [*starts[1:], len(line)], strict=True))
    return [part for part in parts if part]
