"""Wrong tries for names that nobody has: they wait as for a name that somebody has, so that waiting tells nobody's name."""

from __future__ import annotations

from threading import Lock

from kiosk.registry.status.tries import Tries

_MOST_NAMES = 1000


class Strangers:
    """Thread-safe; in the memory of this process. Names and addresses are given as keys of them, times in Unix seconds."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._tries: dict[str, Tries] = {}
        """By name, the one that was tried last at the end."""

    def pause(self, name: str, address: str, now: int, *, is_here: bool) -> int:
        """As `Tries.pause`."""
        with self._lock:
            return self._tries.get(name, Tries()).pause(address, now, is_here=is_here)

    def note(self, name: str, address: str, now: int) -> None:
        with self._lock:
            self._tries[name] = self._tries.pop(name, Tries()).after_wrong(address, now)
            if len(self._tries) > _MOST_NAMES:
                del self._tries[next(iter(self._tries))]
