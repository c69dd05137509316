"""Times in words for staff."""

from __future__ import annotations

from datetime import date, datetime

from kiosk.domain.calendar import JAPAN


def to_the_minute(at: datetime) -> str:
    return f"{at.astimezone(JAPAN):%H:%M}"


def to_the_day_and_minute(at: datetime, today: date) -> str:
    """Return the time, with its day unless that is today."""
    moment = at.astimezone(JAPAN)
    return f"{moment:%H:%M}" if moment.date() == today else f"{moment.month}/{moment.day} {moment:%H:%M}"


def to_the_second(at: datetime) -> str:
    """Return a time for what may be retried within a minute: each attempt has to look different."""
    return f"{at.astimezone(JAPAN):%H:%M:%S}"
