"""When a counter that has crashed is started again, and when people are told instead. Times are of a monotonic clock, in seconds.

Whether a computer's sleep counts on that clock differs between systems, and does no harm: a pause ends at once, or a crash from before is
forgotten. No dataclasses: the parent process, which the counter waits for at its start, would load a tenth more modules.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple, Self

MOST, WITHIN = 5, 60.0
"""How often it is started again within how long."""
PAUSES = (0.5, 1.0, 2.0, 3.0, 4.0)
"""How long after a crash it is started again, by how often that was done within that time: each less than five seconds."""

_NUMBER, _WHY = r"[0-9A-F-]{1,16}", r"[0-9A-Za-z +-]{1,40}"


class Crash(NamedTuple):
    """An end that nobody had asked for. Nothing personal is in it."""

    number: str
    """The incident number that staff are shown."""
    at: datetime
    """Aware, to the second."""
    why: str
    """What the system says of it: a signal or an exit code."""

    def __str__(self) -> str:
        return f"{self.number},{self.at.isoformat(timespec='seconds')},{self.why}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Of what `str` gives. Raises ValueError."""
        number, at, why = text.split(",", 2)
        # Who may write the file that it stands in may write anything, and it is shown as it is.
        if not (re.fullmatch(_NUMBER, number) and re.fullmatch(_WHY, why)):
            raise ValueError(text)
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError(text)
        return cls(number, moment, why)


class Running(NamedTuple):
    """It runs. `restarts`: when it was started again, oldest first, as far as that still counts."""

    restarts: tuple[float, ...] = ()


class Pausing(NamedTuple):
    """It has crashed, and is started again at `until`."""

    until: float
    restarts: tuple[float, ...]


class GaveUp(NamedTuple):
    """It crashes again and again: people are told, and decide whether to try once more."""


class Ended(NamedTuple):
    """It ended in order, or was asked to end, and is not started again."""


Keeping = Running | Pausing | GaveUp | Ended


def ended(state: Running, now: float, *, in_order: bool) -> Pausing | GaveUp | Ended:
    """It has ended. `in_order`: it has said so itself, or somebody had asked for it."""
    if in_order:
        return Ended()
    recent = tuple(at for at in state.restarts if now - at < WITHIN)
    return GaveUp() if len(recent) >= MOST else Pausing(now + PAUSES[len(recent)], recent)


def started_again(state: Pausing, now: float) -> Running:
    return Running((*state.restarts, now))
