"""An event that ends a thread's work after some rounds, none of which waits."""

from __future__ import annotations

from threading import Event


class Rounds(Event):
    def __init__(self, count: int) -> None:
        super().__init__()
        self._left = count

    def wait(self, timeout: float | None = None) -> bool:
        self._left -= 1
        if self._left <= 0:
            self.set()
        return self.is_set()
