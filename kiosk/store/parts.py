"""Writes much in many transactions, so that nobody has to wait long for the write lock, however slow the machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import TypeVar

ROWS, ENTRIES, STOPS = 2000, 50, 200
"""Of a snapshot, in the order of a table; of the feed; heard ahead of it: at most so many in one transaction."""
WEIGHT = 8
"""Of such a part, in acts: as many pages of the file."""
LONG = 0.04
"""Seconds under the lock after which the next part is half as large. Far below what anybody may have to wait: one part may take several
times as long as the one before."""
_LEAST = 16
"""Of how many such parts a full one consists at the most: pauses would take all the time."""
T = TypeVar("T")


class Parts:
    """How much the next transaction writes."""

    def __init__(self, most: int, *, acts: int = 1, is_synced: bool = True) -> None:
        """`acts`: how many acts write as much as a full part. `is_synced`: whether a power failure must not undo one."""
        self._most, self._acts, self.is_synced = most, acts, is_synced
        self.size = most

    @property
    def acts(self) -> int:
        return max(1, self._acts * self.size // self._most)

    def of(self, rows: Sequence[T]) -> Iterator[Sequence[T]]:
        """Cut up rows; each part is as large as it may be when its turn comes."""
        first = 0
        while first < len(rows):
            part = rows[first : first + self.size]
            yield part
            first += len(part)

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Around what holds the lock."""
        begun = perf_counter()
        yield
        self.took(perf_counter() - begun)

    def took(self, seconds: float) -> None:
        """A part that took that long."""
        if seconds > LONG:
            self.size = max(1, self._most // _LEAST, self.size // 2)
        elif seconds < LONG / 3:
            self.size = min(self._most, self.size * 2)
