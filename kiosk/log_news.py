"""What is news for the log: a state that lasts is written when it begins and when it changes, not at every look.

Its end is for the caller to write, where that tells anybody something (`is_over`). With `forget_after` nobody hears of it: what was not met
for so long is over.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Hashable


class LogNews:
    """Remembers what was written last of each thing that is looked at, tried or asked again and again. Thread-safe."""

    def __init__(self, forget_after: float = math.inf, monotonic: Callable[[], float] = time.monotonic) -> None:
        """`forget_after`: for states that nobody hears the end of: what was not met for so many seconds is over."""
        self._forget_after, self._monotonic = forget_after, monotonic
        self._lock = threading.Lock()
        self._written: dict[Hashable, tuple[object, float]] = {}

    def is_news(self, of: Hashable, state: object = None) -> bool:
        """Whether `state` of this thing is to be written: it is not what was met last."""
        with self._lock:
            now = self._monotonic()
            if self._forget_after < math.inf:
                self._written = {known: met for known, met in self._written.items() if now - met[1] < self._forget_after}
            before = self._written.get(of)
            self._written[of] = state, now
            return before is None or before[0] != state

    def is_over(self, of: Hashable) -> bool:
        """All is well with this thing. Returns whether that is to be written: something else was."""
        with self._lock:
            return self._written.pop(of, None) is not None
