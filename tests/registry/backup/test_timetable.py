"""The timetable of backups."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.registry.backup.timetable import Timetable, pause_after


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """A local time: those of the timetable have no zone."""
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC).replace(tzinfo=None)


NIGHTLY = Timetable(2, 24)
TIMES = st.datetimes(at(2026, 1, 1), at(2036, 1, 1))


def test_once_a_night_at_its_hour() -> None:
    assert NIGHTLY.latest(at(2026, 12, 3, 2)) == at(2026, 12, 3, 2)
    assert NIGHTLY.latest(at(2026, 12, 3, 1, 59, 59)) == at(2026, 12, 2, 2)
    assert not NIGHTLY.is_due(at(2026, 12, 3, 2, 0, 1), at(2026, 12, 4, 1, 59))
    assert NIGHTLY.is_due(at(2026, 12, 3, 2, 0, 1), at(2026, 12, 4, 2))


def test_what_was_missed_while_the_server_was_off_is_made_up_for() -> None:
    assert NIGHTLY.is_due(at(2026, 12, 1, 2), at(2026, 12, 3, 9, 30))


def test_the_first_is_due_at_once() -> None:
    assert NIGHTLY.is_due(None, at(2026, 12, 3, 15))


def test_one_made_by_a_clock_that_was_ahead_does_not_stop_the_next() -> None:
    assert NIGHTLY.is_due(at(2027, 12, 3, 15), at(2026, 12, 3, 15))


def test_never_by_itself_is_never() -> None:
    assert not Timetable(2, 0).is_due(None, at(2026, 12, 3, 15))


def test_several_times_a_day_and_once_a_week() -> None:
    assert [Timetable(2, 8).latest(at(2026, 12, 3, hour)).hour for hour in (1, 2, 9, 10, 18, 23)] == [18, 2, 2, 10, 18, 18]
    weekly = {Timetable(2, 168).latest(at(2026, 12, 1) + timedelta(days=day)) for day in range(14)}
    assert len(weekly) <= 3
    assert len({moment.weekday() for moment in weekly}) == 1


@given(st.integers(0, 23), st.integers(1, 168), TIMES)
def test_there_is_always_a_latest_time_and_a_backup_made_then_lasts_until_the_next(hour: int, every: int, now: datetime) -> None:
    timetable = Timetable(hour, every)
    latest = timetable.latest(now)
    assert latest <= now < latest + timedelta(hours=every)
    assert not timetable.is_due(latest, now)
    assert timetable.is_due(latest - timedelta(seconds=1), now)
    assert timetable.is_due(latest, latest + timedelta(hours=every))


@pytest.mark.parametrize(("failures", "minutes"), [(1, 1), (2, 2), (3, 4), (7, 60), (1000, 60)])
def test_a_failure_is_tried_again_soon_and_never_later_than_in_an_hour(failures: int, minutes: int) -> None:
    assert pause_after(failures) == timedelta(minutes=minutes)
