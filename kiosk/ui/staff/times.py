"""Times in words for staff."""

from __future__ import annotations

from datetime import datetime

from kiosk.domain.calendar import JAPAN


def to_the_minute(at: datetime) -> str:
    return f"{at.astimezone(JAPAN):%H:%M}"


def to_the_second(at: datetime) -> str:
    """Return a time for what may be retried within a minute: each attempt has to look different."""
    return f"{at.astimezone(JAPAN):%H:%M:%S}"
