"""Which lines of a list cannot be taken, and why: numbers of lines, never what is in them."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import NamedTuple

from kiosk.domain.moving_list import Cause

_CAUSES = tuple(Cause)
_PLACES = {cause: place for place, cause in enumerate(_CAUSES)}


class Fault(NamedTuple):
    line: int
    cause: Cause
    other: int
    """The line that it repeats; 0 if none."""


class Faults:
    """Compact: a list of a million lines may have a fault in each."""

    def __init__(self) -> None:
        self._lines, self._others, self._causes = array("Q"), array("Q"), bytearray()

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, line: int, cause: Cause, other: int = 0) -> None:
        self._lines.append(line)
        self._others.append(other)
        self._causes.append(_PLACES[cause])

    def all(self) -> Iterator[Fault]:
        """In the order of the lines."""
        for place in sorted(range(len(self._lines)), key=self._lines.__getitem__):
            yield Fault(self._lines[place], _CAUSES[self._causes[place]], self._others[place])

    def lines(self) -> int:
        """How many lines have one."""
        return len(set(self._lines))

    def counts(self) -> dict[Cause, int]:
        """Of each cause that there is, in their order."""
        counts = {cause: self._causes.count(place) for place, cause in enumerate(_CAUSES)}
        return {cause: count for cause, count in counts.items() if count}

    def first(self, cause: Cause, most: int) -> list[Fault]:
        """The first lines of a cause."""
        of_cause = (place for place, found in enumerate(self._causes) if found == _PLACES[cause])
        return [Fault(line, cause, other) for line, other in sorted((self._lines[place], self._others[place]) for place in of_cause)[:most]]
