"""When something is to be returned, in words."""

from __future__ import annotations

from datetime import date

from kiosk.domain.calendar import WEEKDAYS
from kiosk.domain.circulation import Due
from kiosk.text import say
from kiosk.ui.widgets.words import unmarked

_YEAR_SAID_FROM_DAYS = 300
"""Further off, a day without its year could be taken for another."""


def day_words(day: date, today: date) -> str:
    """12月9日(水)."""
    key = "staff.line.day-year" if abs((day - today).days) > _YEAR_SAID_FROM_DAYS else "staff.line.day"
    return say(key, year=day.year, month=day.month, day=day.day, weekday=WEEKDAYS[day.weekday()])


def due_words(due: Due | None, today: date) -> str:
    """The day; where none could be read, what the server sent; empty where it said nothing."""
    if due is None:
        return ""
    return day_words(due.day, today) if due.day is not None else unmarked(due.text)


def due_spoken(due: Due | None) -> str:
    """The same to be heard: without the weekday, and with a word where nothing is known."""
    if due is None or (due.day is None and not due.text.strip()):
        return say("staff.line.spoken-no-due")
    day = due.day
    return say(
        "staff.line.spoken-due", due=unmarked(due.text) if day is None else say("staff.line.spoken-day", month=day.month, day=day.day)
    )
