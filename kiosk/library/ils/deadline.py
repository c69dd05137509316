"""Deadlines that cover a whole step, so that a server trickling bytes does not extend them."""

from __future__ import annotations

from collections.abc import Callable


class Deadline:
    """A deadline `seconds` from now on a monotonic clock, never later than `within`."""

    def __init__(self, seconds: float, monotonic: Callable[[], float], within: Deadline | None = None) -> None:
        self._monotonic = monotonic
        self._at = monotonic() + seconds
        if within is not None:
            self._at = min(self._at, within._at)

    @property
    def left(self) -> float:
        """Remaining seconds; 0 or less once it has passed."""
        return self._at - self._monotonic()

    def step(self, seconds: float) -> Deadline:
        """A deadline for one step, `seconds` from now, within this one."""
        return Deadline(seconds, self._monotonic, self)
