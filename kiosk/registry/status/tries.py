"""How long an administrator waits after wrong tries. Pure; kept with the account, so that all servers of one database count alike.

Each address waits for its own tries, longer each time and never longer than a quarter of an hour. All together have so many an hour: a
guesser with many addresses does not get more. Whoever sits at the server itself is not kept waiting by those, and `kiosk registry admin
reset` forgets all tries: nobody locks an administrator out for good.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

FREE = 5
"""Wrong tries of one address without a pause."""
FIRST_PAUSE, LONGEST_PAUSE = 30, 900
HOUR = 3600
MOST_AN_HOUR = 20
"""Wrong tries of all addresses but the server's own."""
_FORGOTTEN_AFTER = 86_400
_MOST_ADDRESSES = 50


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong ones. Times are Unix seconds."""

    addresses: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """How many since the last that was right, and when the last was."""
    hour: int = 0
    """When the hour began in which `in_hour` are counted."""
    in_hour: int = 0

    def pause(self, address: str, now: int, *, is_here: bool) -> int:
        """Seconds until the next try is heard; 0: now. `is_here`: it comes from the server's own machine."""
        count, last = self.addresses.get(address, (0, now))
        own = 0 if count < FREE else min(FIRST_PAUSE << min(count - FREE, 10), LONGEST_PAUSE) - _since(last, now)
        of_all = 0 if is_here or not self._is_full(now) else HOUR - _since(self.hour, now)
        return max(0, own, of_all)

    def after_wrong(self, address: str, now: int) -> Tries:
        count, _ = self.addresses.get(address, (0, now))
        kept = sorted(((last, one, many) for one, (many, last) in self.addresses.items() if one != address), reverse=True)
        others = {one: (many, last) for last, one, many in kept[: _MOST_ADDRESSES - 1] if _since(last, now) < _FORGOTTEN_AFTER}
        is_same_hour = _since(self.hour, now) < HOUR
        hour, in_hour = (self.hour, self.in_hour) if is_same_hour else (now, 0)
        return Tries({**others, address: (count + 1, now)}, hour, in_hour + 1)

    def after_right(self, address: str) -> Tries:
        """What others tried stays counted."""
        return Tries({one: tried for one, tried in self.addresses.items() if one != address}, self.hour, self.in_hour)

    def _is_full(self, now: int) -> bool:
        return self.in_hour >= MOST_AN_HOUR and _since(self.hour, now) < HOUR


def _since(then: int, now: int) -> int:
    """Seconds; a time that lies ahead was noted by a wrong clock, and is long ago."""
    return now - then if then <= now else _FORGOTTEN_AFTER
