"""When the next backup is due. Pure; times are local, as in registry.toml."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=1)
_GRACE = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Timetable:
    """Every so many hours, counted from one hour of the day, so that backups do not wander through it."""

    hour: int
    every_hours: int
    """0: never by itself."""

    def latest(self, now: datetime) -> datetime:
        """The latest time at or before `now` for which the timetable asks."""
        whole = now.replace(minute=0, second=0, microsecond=0)
        since = (whole.toordinal() * 24 + whole.hour - self.hour) % self.every_hours
        return whole - timedelta(hours=since)

    def is_due(self, made: datetime | None, now: datetime) -> bool:
        """Whether a backup is lacking. `made`: of the newest one. One that lies ahead was made by a wrong clock, and proves nothing."""
        if self.every_hours == 0:
            return False
        return made is None or made > now or made < self.latest(now)

    def is_overdue(self, made: datetime, now: datetime) -> bool:
        """Whether a backup is lacking so long that somebody should look: a slow disk, or a try that failed once, is no news."""
        return self.every_hours > 0 and now - made > timedelta(hours=self.every_hours) + _GRACE


def pause_after(failures: int) -> timedelta:
    """How long to wait after so many failures in a row: longer each time, and never so long that a new disk waits for the next night."""
    return min(LONGEST_RETRY, FIRST_RETRY * (1 << min(failures - 1, 10)))
