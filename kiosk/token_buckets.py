"""Limits on how often something is asked: token buckets, one for each who asks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

_OTHERS = "others"
_TIDY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and afterwards so many a second."""

    burst: int
    per_second: float


class Buckets:
    """Token buckets by key. In doubt the answer is no: whoever is new while too many keys are in use shares one bucket. Thread-safe."""

    def __init__(self, rate: Rate, monotonic: Callable[[], float] = time.monotonic, most: int = 10_000) -> None:
        self._rate, self._monotonic, self._most = rate, monotonic, most
        self._lock = threading.Lock()
        self._used: dict[str, tuple[float, float]] = {}
        """What is left, and when that was."""
        self._tidied = monotonic() - _TIDY_SECONDS

    def take(self, key: str, count: int = 1) -> float:
        """Take so many, not more than the burst. Returns 0 if there were so many, else the seconds until there will be."""
        with self._lock:
            now = self._monotonic()
            if key not in self._used and len(self._used) >= self._most:
                self._forget_the_full(now)
                if len(self._used) >= self._most:
                    key = _OTHERS
            left = self._left(*self._used.get(key, (self._rate.burst, now)), now)
            if left < count:
                return (count - left) / self._rate.per_second
            self._used[key] = left - count, now
            return 0.0

    def _left(self, left: float, since: float, now: float) -> float:
        return min(self._rate.burst, left + (now - since) * self._rate.per_second)

    def _forget_the_full(self, now: float) -> None:
        if now - self._tidied < _TIDY_SECONDS:
            return
        self._tidied = now
        self._used = {key: used for key, used in self._used.items() if self._left(*used, now) < self._rate.burst}
