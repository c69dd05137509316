"""How soon a counter may speak to the library's server again, whatever the server says: requests that bring nothing are bounded."""

from __future__ import annotations

from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.outbox import jittered

FREE = 10
"""Requests in a row that may bring nothing before pauses grow: a batch of 100 is halved seven times until one operation is alone."""
_SHORT, _LONGEST = 0.2, 60.0
_LONGEST_UNREACHED = 15.0
_LONGEST_ASKED = 300.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Pace:
    """When the next request may be made, in seconds on a monotonic clock. `draw`: between 0 and 1, at random."""

    due: float = 0.0
    in_vain: int = 0
    """Requests in a row that brought nothing."""
    unreached: int = 0
    """Attempts in a row that found no server."""

    def moved(self) -> Pace:
        """The reply brought this counter forward: answers, entries or links; or a wait for news lasted."""
        return Pace()

    def reached(self) -> Pace:
        """Somebody answered, whatever it was."""
        return Pace(self.due, self.in_vain)

    def brought_nothing(self, now: float, draw: float, asked: float = 0.0) -> Pace:
        """A reply that is no progress, whatever it says. `asked`: seconds that it asks to wait (Retry-After)."""
        beyond = self.in_vain - FREE
        pause = _SHORT if beyond < 0 else min(2.0**beyond, _LONGEST)
        return Pace(now + max(jittered(pause, draw), min(asked, _LONGEST_ASKED)), min(self.in_vain + 1, 64))

    def found_nobody(self, now: float, draw: float) -> Pace:
        """No server answered at all."""
        return Pace(now + jittered(min(2.0**self.unreached, _LONGEST_UNREACHED), draw), self.in_vain, min(self.unreached + 1, 64))

    def hurried(self, now: float) -> Pace:
        """Somebody acts at the counter: try at once, if no server was there when it was last tried."""
        return Pace(min(self.due, now), self.in_vain, self.unreached) if self.unreached else self
