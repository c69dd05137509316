"""A small library behind SIP2 that counts what it carries out, and a server that misbehaves in every way. Independent of our codec."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum, unique

from tests.support.ils.scripted_server import DATE, LOGIN, STATUS, Line, seal
from tests.support.ils.scripted_server import field as field_of

FIRST_DUE = date(2026, 12, 7)


@dataclass
class SmallLibrary:
    """Carries out every request at once, as often as it is sent: a repeated request counts as two loans, renewals or holds."""

    names: dict[str, str]
    loans: dict[str, dict[str, date]] = field(default_factory=dict)
    holds: Counter[str] = field(default_factory=Counter)
    executed: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """By kind of request, patron and item."""

    def reply(self, request: bytes) -> str:
        kind, patron, item = request[:2].decode(), field_of(request, "AA"), field_of(request, "AB")
        match kind:
            case "93":
                return LOGIN
            case "99":
                return STATUS
            case "63":
                return self._patron(patron)
            case "17":
                return self._item(item)
            case "11" | "29" | "15":
                return self._carry_out(kind, patron, item)
        return "96"

    def _patron(self, patron: str) -> str:
        if patron not in self.names:
            return f"64YYYY          000{DATE}000000000000000000000000AOKENRITSU|AA{patron}|AE|BLN|"
        loans = self.loans.get(patron, {})
        listed = "".join(f"AU{item}|" for item in loans)
        counts = f"00000000{len(loans):04}00000000{self.holds[patron]:04}"
        return f"64              000{DATE}{counts}AOKENRITSU|AA{patron}|AE{self.names[patron]}|BLY|{listed}"

    def _item(self, item: str) -> str:
        due = next((loans[item] for loans in self.loans.values() if item in loans), None)
        told = f"AH{_sip(due)}|" if due is not None else ""
        return f"18{'03' if due is None else '04'}0201{DATE}AB{item}|AJ{title(item)}|{told}"

    def _carry_out(self, kind: str, patron: str, item: str) -> str:
        self.executed[kind, patron, item] += 1
        if kind == "15":
            self.holds[patron] += 1
            return f"161N{DATE}AOKENRITSU|AA{patron}|AB{item}|AJ{title(item)}|BR{self.holds[patron]}|"
        loans = self.loans.setdefault(patron, {})
        if kind == "29" and item not in loans:
            return f"300NUN{DATE}AA{patron}|AB{item}|AJ|AH|AOKENRITSU|AFItem not checked out|"
        loans[item] = loans[item] + timedelta(days=14) if item in loans else FIRST_DUE
        body = f"{DATE}AA{patron}|AB{item}|AJ{title(item)}|AH{_sip(loans[item])}|AOKENRITSU|"
        return ("121NNY" if kind == "11" else "301YNN") + body


def title(item: str) -> str:
    return f"竹取物語・芸 {item[-3:]}"


def _sip(day: date) -> str:
    return f"{day:%Y%m%d}    235900"


@unique
class Mood(Enum):
    GOOD = "answers"
    PIECES = "answers in pieces"
    BREAKS = "has breaks within a text"
    CRLF_LATE = "ends with CRLF, its LF after a while"
    TWICE = "answers twice in one go"
    GLUED = "another answer right behind"
    SWAPPED = "another answer right before"
    OTHER = "another answer instead"
    OTHER_NUMBER = "answers under the number before"
    ALTERED = "one byte is altered"
    CUT = "stops in the middle and closes"
    UNENDED = "answers without an end and says no more"
    SILENT = "says nothing"
    DEAF = "does nothing and says nothing"
    LATE = "answers when it is too late"
    DONE_LATE = "does it when nobody waits any more"
    GONE_BEFORE = "closes before doing it"
    GONE_AFTER = "does it and closes"
    RESET_AFTER = "does it and resets"
    NOISE = "sends noise without an end"
    NOISY_LINES = "sends lines of noise"
    NOT_UNDERSTOOD = "does nothing and says 96"
    UNASKED = "answers, and later says something more"


ALTERING = frozenset({Mood.ALTERED})
NEEDS_NUMBERS = frozenset({Mood.OTHER_NUMBER})
_ELSEWHERE = b"98YYYYNN100005" + DATE.encode() + b"2.00AOELSEWHERE|\r"


@dataclass
class UnreliableServer:
    """Serves one client after the other, misbehaving as scripted; well-behaved once the moods are used up."""

    shelf: SmallLibrary
    chance: random.Random
    encoding: str = "utf-8"
    noise: int = 300_000
    """Raw bytes received."""
    moods: list[Mood] = field(default_factory=list)
    """Taken from the end."""
    requests: int = 0
    _last: list[bytes] = field(default_factory=list)
    """Replies sent before, to be repeated at the wrong time."""

    def talk(self, line: Line) -> None:
        while request := line.read():
            self.requests += 1
            mood = self.moods.pop() if self.moods else Mood.GOOD
            if not self._answer(mood, request, line):
                return

    def _answer(self, mood: Mood, request: bytes, line: Line) -> bool:  # noqa: C901, PLR0915
        """Send the reply in this mood. Returns whether to continue."""
        if mood is Mood.GONE_BEFORE:
            return False
        if mood is Mood.DEAF:
            return True
        if mood is Mood.DONE_LATE:
            line.read()
            self.shelf.reply(request)
            return False
        if mood is Mood.NOT_UNDERSTOOD:
            line.say(b"96\r")
            return True
        if mood is Mood.OTHER_NUMBER:
            wrong = request.replace(b"AY%c" % request[-7], b"AY%d" % ((request[-7] - 0x30 - 1) % 10)) if b"AY" in request else request
            line.say(seal(self.shelf.reply(request), wrong, encoding=self.encoding))
            return True
        reply = self.shelf.reply(request)
        if mood is Mood.BREAKS and "|" in reply:
            reply += "AF一行目\r二行目\r\n三行目\n|"
        whole = seal(reply, request, encoding=self.encoding)
        other = self._other(whole)
        at = self.chance.randrange(1, len(whole) - 1)
        match mood:
            case Mood.PIECES:
                line.say(*(whole[i : i + 7] for i in range(0, len(whole), 7)))
            case Mood.CRLF_LATE:
                line.say(whole, b"\n")
            case Mood.TWICE:
                line.say(whole + whole)
            case Mood.GLUED:
                line.say(whole + other)
            case Mood.SWAPPED:
                line.say(other + whole)
            case Mood.OTHER:
                line.say(other)
            case Mood.ALTERED:
                flipped = whole[at] ^ (1 << self.chance.randrange(8))
                line.say(whole[:at] + bytes([flipped]) + whole[at + 1 :])
            case Mood.CUT:
                line.say(whole[:at])
                return False
            case Mood.UNENDED:
                line.say(whole[:-1])
            case Mood.SILENT:
                pass
            case Mood.LATE:
                # Not before the client has given up; if it sends another request instead, this is the reply it gets.
                line.read()
                line.say(whole)
            case Mood.GONE_AFTER:
                return False
            case Mood.RESET_AFTER:
                line.reset()
                return False
            case Mood.NOISE:
                line.say(self.chance.randbytes(self.noise).replace(b"\r", b" "))
            case Mood.NOISY_LINES:
                line.say(self.chance.randbytes(self.noise // 100))
            case Mood.UNASKED:
                # Without sequence numbers, an old reply that arrives after the next request cannot be distinguished from its answer.
                line.say(whole, other if b"AY" in request else _ELSEWHERE)
            case _:
                line.say(whole)
        self._last = [*self._last[-8:], whole]
        return True

    def _other(self, whole: bytes) -> bytes:
        """An earlier reply about something else: repeating the same one would be correct."""
        others = [line for line in self._last if line[:2] != whole[:2] or _about(line) != _about(whole)]
        return self.chance.choice(others) if others else _ELSEWHERE


def _about(line: bytes) -> tuple[str, str]:
    return field_of(line, "AA"), field_of(line, "AB")
