"""Until when something may take. A limit is for all of a step, so that a byte now and then does not lengthen it."""

from __future__ import annotations

from collections.abc import Callable


class Deadline:
    """So many seconds from now on, on a clock that only goes forward; never later than `within`."""

    def __init__(self, seconds: float, monotonic: Callable[[], float], within: Deadline | None = None) -> None:
        self._monotonic = monotonic
        self._at = monotonic() + seconds
        if within is not None:
            self._at = min(self._at, within._at)

    @property
    def left(self) -> float:
        """Seconds; 0 or less once it has passed."""
        return self._at - self._monotonic()

    def step(self, seconds: float) -> Deadline:
        """A part of it that may take so long from now on."""
        return Deadline(seconds, self._monotonic, self)
