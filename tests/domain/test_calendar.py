"""Years by Japanese era, and the date in Japan."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from kiosk.domain.calendar import day_in_japan, second_in_japan, unix_second_in_japan, wareki


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2011, 11, 24), "平成23年"),
        (date(2026, 11, 23), "令和8年"),
        (date(2019, 4, 30), "平成31年"),
        (date(2019, 5, 1), "令和元年"),
        (date(2020, 1, 1), "令和2年"),
        (date(1989, 1, 7), "昭和64年"),
        (date(1989, 1, 8), "平成元年"),
        (date(1926, 12, 24), "大正15年"),
        (date(1926, 12, 25), "昭和元年"),
        (date(1912, 7, 29), "明治45年"),
    ],
)
def test_a_year_is_named_by_the_era_of_its_day(day: date, year: str) -> None:
    assert wareki(day) == year


def test_there_is_no_era_before_meiji() -> None:
    with pytest.raises(ValueError, match="Meiji"):
        wareki(date(1868, 10, 22))


def test_the_day_turns_at_midnight_in_japan() -> None:
    assert day_in_japan(datetime(2026, 11, 22, 14, 59, 59, tzinfo=UTC)) == date(2026, 11, 22)
    assert day_in_japan(datetime(2026, 11, 22, 15, 0, tzinfo=UTC)) == date(2026, 11, 23)


def test_a_clock_at_the_end_of_the_calendar_has_a_day_as_well() -> None:
    assert day_in_japan(datetime(9999, 12, 31, 23, tzinfo=UTC)) == date(9999, 12, 31)


def test_a_moment_is_written_by_japanese_time_and_as_it_stands_where_japan_has_none() -> None:
    assert second_in_japan(datetime(2026, 11, 22, 15, 0, tzinfo=UTC)) == "2026-11-23 00:00:00"
    assert second_in_japan(datetime(9999, 12, 31, 23, tzinfo=UTC)) == "9999-12-31T23:00:00+00:00"


def test_a_second_counted_from_1970_is_told_by_japanese_time() -> None:
    assert unix_second_in_japan(0) == "1970-01-01 09:00:00"
