"""Due dates in words."""

from __future__ import annotations

from datetime import date

from kiosk.domain.calendar import WEEKDAYS
from kiosk.domain.circulation import Due
from kiosk.text import say

_YEAR_SAID_FROM_DAYS = 300
"""Days from which the year is included, to avoid ambiguity."""


def day_words(day: date, today: date) -> str:
    """Return the day, e.g. 12月9日(水)."""
    key = "staff.line.day-year" if abs((day - today).days) > _YEAR_SAID_FROM_DAYS else "staff.line.day"
    return say(key, year=day.year, month=day.month, day=day.day, weekday=WEEKDAYS[day.weekday()])


def due_words(due: Due | None, today: date) -> str:
    """Return the due day; "" if unknown."""
    return "" if due is None or due.day is None else day_words(due.day, today)


def is_overdue(due: Due | None, today: date) -> bool:
    """Whether the due day has passed. The library system may count otherwise."""
    return due is not None and due.day is not None and due.day < today


def due_said(due: Due | None) -> str:
    """Return the server's text if no date could be parsed from it."""
    if due is None or due.day is not None or not due.text.strip():
        return ""
    return say("staff.line.said-due", said=" ".join(due.text.split()))


def due_spoken(due: Due | None) -> str:
    """Return the due day for screen readers: without the weekday, and a word if unknown."""
    if due is None or due.day is None:
        return say("staff.line.spoken-no-due")
    return say("staff.line.spoken-due", due=say("staff.line.spoken-day", month=due.day.month, day=due.day.day))
