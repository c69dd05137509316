"""The lines of a list as tokens and numbers, in little memory: 48 bytes a line or so, and as much again while they are compared."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator

from kiosk.domain.moving_list import Cause
from kiosk.ledger.bulk import Value
from kiosk.registry.moving.faults import Faults

TOKEN = 32
_PLACE_BITS = 32
_PLACE = (1 << _PLACE_BITS) - 1


class Gathered:
    """Rows with the numbers of their lines. No serial number is kept."""

    def __init__(self) -> None:
        self._tokens, self._numbers = bytearray(), bytearray()
        self._ends, self._lines = array("Q", [0]), array("I")
        self._opened: list[tuple[str, str]] = []

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, line: int, token: bytes, number: str, opened: tuple[str, str] | None = None) -> None:
        """`token`: 32 bytes; `number`: ASCII; `opened`: when (as `counters.told`) and at which counter, of all rows or of none."""
        if opened is not None:
            self._opened.append(opened)
        self._tokens += token
        self._numbers += number.encode("ascii")
        self._ends.append(len(self._numbers))
        self._lines.append(line)

    def token(self, place: int) -> bytes:
        return bytes(self._tokens[TOKEN * place : TOKEN * (place + 1)])

    def number(self, place: int) -> str:
        return self._numbers[self._ends[place] : self._ends[place + 1]].decode("ascii")

    def line(self, place: int) -> int:
        return self._lines[place]

    def opened(self, place: int) -> tuple[str, str] | None:
        """When and where it was linked, if that is known."""
        return self._opened[place] if self._opened else None

    def lengths(self) -> dict[int, int]:
        """How many numbers have how many characters: where a spreadsheet has dropped zeros, they differ."""
        counts: dict[int, int] = {}
        for place in range(len(self)):
            length = self._ends[place + 1] - self._ends[place]
            counts[length] = counts.get(length, 0) + 1
        return dict(sorted(counts.items()))

    def in_order_of_tokens(self) -> array[int]:
        """The places of all rows in the order in which the table of links grows fastest."""
        keys = self._sorted(lambda place: int.from_bytes(self._tokens[TOKEN * place : TOKEN * place + 8], "big"))
        return array("I", (key & _PLACE for key in keys))

    def find_repeated(self, faults: Faults) -> None:
        """Rows that have a card, or a number, of an earlier one."""
        for earlier, place in self._repeated(self.token, lambda place: hash(self.token(place))):
            is_whole = self.number(place) == self.number(earlier)
            faults.add(self.line(place), Cause.ROW_TWICE if is_whole else Cause.CARD_TWICE, self.line(earlier))
        for earlier, place in self._repeated(self.number, lambda place: hash(self.number(place))):
            if self.token(place) != self.token(earlier):
                faults.add(self.line(place), Cause.NUMBER_TWICE, self.line(earlier))

    def _repeated(self, value_of: Callable[[int], Value], hash_of: Callable[[int], int]) -> Iterator[tuple[int, int]]:
        """Pairs of places with the same value, the first that has it before each other."""
        run: dict[Value, int] = {}
        last = -1
        for key in self._sorted(lambda place: hash_of(place) & 0xFFFFFFFFFFFFFFFF):
            hashed, place = key >> _PLACE_BITS, key & _PLACE
            if hashed != last:
                last, run = hashed, {}
            first = run.setdefault(value_of(place), place)
            if first != place:
                yield first, place

    def _sorted(self, key_of: Callable[[int], int]) -> list[int]:
        """Keys of 64 bits with the places behind them: one list of numbers, which is half of what pairs would take."""
        keys = [key_of(place) << _PLACE_BITS | place for place in range(len(self))]
        keys.sort()
        return keys
