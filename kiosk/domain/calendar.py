"""The calendar as libraries in Japan write it: years by era, days in Japanese time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

JAPAN = timezone(timedelta(hours=9), "JST")
"""Days are counted in Japanese time; Japan has no daylight saving time."""

WEEKDAYS = "月火水木金土日"

# First day of each era (元号を改める政令). Nobody alive was born before Meiji.
_ERAS = (
    (date(2019, 5, 1), "令和"),
    (date(1989, 1, 8), "平成"),
    (date(1926, 12, 25), "昭和"),
    (date(1912, 7, 30), "大正"),
    (date(1868, 10, 23), "明治"),
)


def wareki(day: date) -> str:
    """The year of `day` in its era: 平成23年, 令和元年. Raises ValueError before Meiji."""
    for first, era in _ERAS:
        if day >= first:
            year = day.year - first.year + 1
            return f"{era}{'元' if year == 1 else year}年"
    raise ValueError("before Meiji")


def in_japan(moment: datetime) -> datetime:
    """An aware moment by Japanese time; in its own zone at the ends of the calendar, where Japan has none."""
    try:
        return moment.astimezone(JAPAN)
    except OverflowError:
        return moment


def second_in_japan(moment: datetime) -> str:
    """An aware moment as commands write it: 2026-12-07 09:30:00, by Japanese time; as ISO 8601, with its zone, where Japan has none."""
    here = in_japan(moment)
    return f"{here:%Y-%m-%d %H:%M:%S}" if here.tzinfo is JAPAN else moment.isoformat()


def unix_second_in_japan(seconds: int) -> str:
    """`second_in_japan` of so many seconds since 1970."""
    return second_in_japan(datetime.fromtimestamp(seconds, UTC))


def day_in_japan(moment: datetime) -> date:
    """The date in Japan at an aware moment."""
    return in_japan(moment).date()
