"""Whether the computer's date can be right. Nobody can tell that it is; some dates cannot be.

A card's dates are held against this clock, so that a wrong one would turn away every card and blame each of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from kiosk.domain.calendar import day_in_japan
from kiosk.domain.health import Finding

FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""No earlier program than this one has read a clock."""
LIFETIME = timedelta(days=3653)
"""Nor will this very program be in use when so long has passed: every authority known to it has ended by then."""
SET_BACK = timedelta(days=1)
"""A clock that is put right by less than this says nothing about dates."""
UNUSED = timedelta(days=400)
"""No counter stands unused for longer than that, and is then switched on without anybody looking at its date."""
_JAPAN = timedelta(hours=9)


@dataclass(frozen=True, slots=True)
class ClockBounds:
    """Between which moments "now" can lie. Aware."""

    earliest: datetime = FIRST_DAY
    latest: datetime = FIRST_DAY + LIFETIME

    def admit(self, now: datetime) -> bool:
        return self.earliest <= now <= self.latest

    def admits_day(self, today: date) -> bool:
        return day_in_japan(self.earliest) <= today <= day_in_japan(self.latest)


def clock_bounds(authorities_begin: Iterable[datetime] = (), last_record: datetime | None = None) -> ClockBounds:
    """The bounds, from the days on which the pinned authorities begin, and the latest act written down before this run began.

    What this run writes down itself proves nothing: it comes from the same clock.
    """
    earliest, latest = [FIRST_DAY, *authorities_begin], [FIRST_DAY + LIFETIME]
    if last_record is not None and last_record <= FIRST_DAY + LIFETIME:
        earliest.append(last_record - SET_BACK)
        latest.append(last_record + UNUSED)
    # Where they contradict each other, one of what they rest on is wrong and nobody knows which: any date is doubtful then.
    return ClockBounds(max(earliest), min(latest))


def check_clock(now: datetime, bounds: ClockBounds) -> Finding:
    """`now` is aware, in the computer's own time zone."""
    day = day_in_japan(now)
    params: dict[str, str | int] = {"now": f"{now:%Y-%m-%d %H:%M}", "zone": str(now.tzname())}
    params |= {"year": day.year, "month": day.month, "day": day.day}
    if not bounds.admit(now):
        return Finding("clock.doubtful", params)
    return Finding("clock.plausible" if now.utcoffset() == _JAPAN else "clock.zone", params)
