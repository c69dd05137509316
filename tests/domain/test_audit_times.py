"""Implausible times in an audit trail, by row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from kiosk.domain.audit_times import SLACK, ClockFault, Misdated, misdated

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def found(*times: datetime | str) -> list[tuple[ClockFault, int, int]]:
    rows = [(place, time if isinstance(time, str) else time.isoformat()) for place, time in enumerate(times, 1)]
    return [(one.fault, one.first, one.last) for one in misdated(rows, NOW)]


def test_times_that_follow_each_other_are_nothing_to_tell() -> None:
    assert found() == []
    assert found(NOW - MINUTE, NOW - MINUTE, NOW) == []
    # A clock that is set right by a little, and two programs that write at once.
    assert found(NOW, NOW - SLACK, NOW + SLACK) == []


def test_each_step_back_is_told_with_the_row_behind_it() -> None:
    assert found(NOW, NOW - 3 * MINUTE, NOW, NOW - 9 * MINUTE) == [(ClockFault.BACK, 2, 2), (ClockFault.BACK, 4, 4)]
    (one,) = misdated([(7, NOW.isoformat()), (8, (NOW - 60 * MINUTE).isoformat())], NOW)
    assert one == Misdated(ClockFault.BACK, 8, 8, NOW - 60 * MINUTE, NOW)


def test_rows_of_times_to_come_are_told_as_a_run() -> None:
    ahead = NOW + timedelta(days=7000)
    assert found(NOW, ahead, ahead + MINUTE, ahead, NOW) == [(ClockFault.AHEAD, 2, 4), (ClockFault.BACK, 5, 5)]


def test_what_is_no_time_is_told_and_nothing_is_compared_with_it() -> None:
    assert found(NOW, "yesterday", "2026-11-23T03:00:00", NOW) == [(ClockFault.NO_TIME, 2, 3)]


def test_the_first_and_the_last_times_there_are_can_be_compared_with() -> None:
    first, last = "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+09:00"
    assert found(first, NOW, first) == [(ClockFault.BACK, 3, 3)]
    assert found(last, NOW) == [(ClockFault.AHEAD, 1, 1), (ClockFault.BACK, 2, 2)]
    # Neither is a day in Japan.
    assert found("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00") == [(ClockFault.NO_TIME, 1, 2)]


@example(["0001-01-01T00:00:00+00:00", "0001-01-01T00:00:00+14:00"])
@example(["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"])
@given(st.lists(st.one_of(st.text(max_size=30), st.datetimes().map(str), st.datetimes(timezones=st.just(UTC)).map(str))))
def test_whatever_stands_there_it_never_raises_and_names_each_row_once(times: list[str]) -> None:
    named = [place for one in misdated(enumerate(times, 1), NOW) for place in range(one.first, one.last + 1)]
    assert named == sorted(set(named))
    assert set(named) <= set(range(1, len(times) + 1))
