"""An implausible date is detected from earlier records and pinned authorities."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from kiosk.domain.calendar import JAPAN
from kiosk.domain.clock import ClockBounds, check_clock, clock_bounds

NOW = datetime(2026, 11, 23, 12, tzinfo=JAPAN)
BEGINS = (datetime(2013, 10, 20, tzinfo=UTC), datetime(2023, 7, 16, tzinfo=UTC))
LATER = (datetime(2027, 1, 1, tzinfo=UTC),)


@pytest.mark.parametrize(
    ("now", "bounds", "expected"),
    [
        (NOW, ClockBounds(), "clock.plausible"),
        (NOW.replace(year=2010), ClockBounds(), "clock.doubtful"),
        (NOW.replace(year=1970), ClockBounds(), "clock.doubtful"),
        (NOW.replace(year=2045), ClockBounds(), "clock.doubtful"),
        (NOW, clock_bounds(BEGINS), "clock.plausible"),
        (NOW, clock_bounds(LATER), "clock.doubtful"),
        (NOW, clock_bounds((), NOW - timedelta(days=1)), "clock.plausible"),
        (NOW, clock_bounds((), NOW + timedelta(hours=20)), "clock.plausible"),
        (NOW, clock_bounds((), NOW + timedelta(days=3)), "clock.doubtful"),
        (NOW, clock_bounds((), NOW - timedelta(days=390)), "clock.plausible"),
        (NOW.replace(year=2029), clock_bounds((), NOW), "clock.doubtful"),
        # What was once written with a clock in 2045 does not make 2026 doubtful for ever.
        (NOW, clock_bounds((), NOW.replace(year=2045)), "clock.plausible"),
        (NOW.astimezone(UTC), ClockBounds(), "clock.zone"),
        (NOW.astimezone(timezone(-timedelta(hours=5))), ClockBounds(), "clock.zone"),
    ],
)
def test_what_can_be_the_date(now: datetime, bounds: ClockBounds, expected: str) -> None:
    finding = check_clock(now, bounds)
    assert finding.outcome == expected
    assert finding.number("year") == now.astimezone(JAPAN).year
