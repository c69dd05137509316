"""Plausibility of the computer's date. It can be proved wrong, never right.

A card's validity is checked against this clock, so a wrong one would reject every card and blame each of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from kiosk.domain.calendar import day_in_japan
from kiosk.domain.health import Finding
from kiosk.domain.lazy_dataclass import dataclass

FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""The program did not exist before this day."""
LIFETIME = timedelta(days=3653)
"""The program will not be in use after this: every authority it knows will have expired."""
SET_BACK = timedelta(days=1)
"""A clock set back by less than this is not a problem for dates."""
UNUSED = timedelta(days=400)
"""No counter stays unused longer than this and is then switched on without anybody checking its date."""
_JAPAN = timedelta(hours=9)


@dataclass(frozen=True, slots=True)
class ClockBounds:
    """The interval in which "now" must lie. Aware."""

    earliest: datetime = FIRST_DAY
    latest: datetime = FIRST_DAY + LIFETIME

    def admit(self, now: datetime) -> bool:
        return self.earliest <= now <= self.latest

    def admits_day(self, today: date) -> bool:
        return day_in_japan(self.earliest) <= today <= day_in_japan(self.latest)


def clock_bounds(authorities_begin: Iterable[datetime] = (), last_record: datetime | None = None) -> ClockBounds:
    """The bounds, from the start dates of the pinned authorities and the last act recorded before this run.

    Records of this run prove nothing: they come from the same clock.
    """
    earliest, latest = [FIRST_DAY, *authorities_begin], [FIRST_DAY + LIFETIME]
    if last_record is not None and last_record <= FIRST_DAY + LIFETIME:
        earliest.append(last_record - SET_BACK)
        latest.append(last_record + UNUSED)
    # If the bounds contradict each other, one of their sources is wrong and it is not known which: then every date is doubtful.
    return ClockBounds(max(earliest), min(latest))


def check_clock(now: datetime, bounds: ClockBounds) -> Finding:
    """Check the clock. `now` is aware, in the computer's own time zone."""
    day = day_in_japan(now)
    params: dict[str, str | int] = {"now": f"{now:%Y-%m-%d %H:%M}", "zone": str(now.tzname())}
    params |= {"year": day.year, "month": day.month, "day": day.day}
    if not bounds.admit(now):
        return Finding("clock.doubtful", params)
    return Finding("clock.plausible" if now.utcoffset() == _JAPAN else "clock.zone", params)
